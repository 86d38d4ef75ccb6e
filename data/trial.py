"""`paidan try`: a scenario or kind file over stored history, in a desk that is thrown away.

The readings of the stretch are taken again, in the order of their time, by the centre's own ingest, rules and scenarios; reports of
the scenario's class are filed again. As nobody works at such a desk, each case counts as taken at once and as closed when all its
alarms are over (a reported one, and one of a press: after its time to finish; one that a person ends: when the value is back);
steps `unless = ["taken"]` therefore do not happen.

Where nothing is on its way, quiet readings only meet the memory, as a centre's do, and no transaction is opened for them.
"""

import heapq
import json
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from data.acts import proposal
from data.centre.ingest import ingest, settle
from data.centre.intake import file_report, raise_level
from data.centre.memory import Memory
from data.centre.scenes import advance, on_alarm
from data.centre.stories import Stage
from data.domain.case import case_from
from data.domain.messages import ReportMessage
from data.domain.reading import Reading
from data.domain.sensor import Sensor
from data.domain.vocabulary import FINISHED
from data.kinds import Kind, load_kinds, read_kind
from data.kinds.register import changes, sync_sensors
from data.rules import QUIET, Press, Rule, Threshold
from data.rules.quiet import Heard
from data.scenarios import load_scenarios, mistakes, read_scenario
from data.scenarios.spec import Scenario
from data.settings import Settings, load
from data.store.desk import Desk, Transaction
from data.store.history import open_reader
from data.store.schema import migrate, open_desk
from data.store.sqlite import connect
from data.words import Words

MINUTE_MS = 60_000
SHORT_S = 600.0
"""Delays shorter than this are looked at at every step."""
STEP_MS = 10_000
"""Readings of so long are one batch, as a centre takes them; a story moves at most this late."""
_DONE = ",".join(f"'{state}'" for state in FINISHED)


@dataclass(slots=True)
class _Clock:
    """Stands where the trial is."""

    time: int

    def now(self) -> int:
        """The moment being replayed, UTC ms."""
        return self.time

    def wait_s(self, until: int) -> float:
        """Nothing is waited for."""
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCase:
    """A case that would have been opened, with the orders that one key would have sent at that moment."""

    opened_at: int
    place: str
    class_code: str
    level: int
    """As urgent as it became."""
    text: str
    alarms: int
    orders: tuple[tuple[str, str], ...]
    """Unit, the lead's first, and the text."""
    warned: tuple[str, ...]
    """Warnings at the site."""
    told: tuple[str, ...]
    """Who would have been called."""
    over_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it."""

    file: str
    since: int
    until: int
    sensors: int
    readings: int
    reports: int
    alarms: int
    only_warned: int
    """Stories that ended without a case: a warning on the site was enough, or the signal went away."""
    cases: tuple[TrialCase, ...]


@dataclass(slots=True)
class _Play:
    """The throw-away desk and what it is played with."""

    settings: Settings
    stage: Stage
    desk: Desk
    clock: _Clock
    memory: Memory
    plans: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    readings: int = 0
    reports: int = 0
    is_still: bool = False
    """Nothing but a loud reading, a report or a story's moment can bring anything about."""
    due: int | None = None
    """When the next story moves, UTC ms."""

    def rule(self, sensor: str, name: str) -> Rule | None:
        """The rule of an alarm."""
        return next((rule for rule in self.stage.kinds[self.stage.sensors[sensor].kind].rules if rule.name == name), None)


def attempt(home: Path, file: Path, since: int, until: int, progress: Callable[[int], None] = lambda _at: None) -> Trial:
    """Play `[since, until)` (UTC ms) of a home's history. Raises `SettingsError` for a mistake in the file or the home.

    `progress` is told how far it is (UTC ms) at every step that has readings.
    """
    settings = load(home)
    kinds, scenarios = _recipes(home, file, settings)
    source = open_desk(home / "desk.db")
    try:
        register = changes(source, 0)[1]
        sensors = {id: sensor for id, sensor in register.items() if sensor and sensor.kind in _kinds_of(file, scenarios, kinds)}
        stage = Stage(scenarios=scenarios, tables=settings.tables, sensors=sensors, kinds=kinds)
        with tempfile.TemporaryDirectory(prefix="paidan-try-") as folder:
            migrate(Path(folder) / "desk.db")
            conn = connect(Path(folder) / "desk.db")
            conn.execute("PRAGMA synchronous=OFF")  # it is thrown away
            clock = _Clock(since)
            play = _Play(settings, stage, Desk(conn, clock), clock, Memory(kinds, settings.zone))
            with play.desk.transaction() as tx:
                sync_sensors(tx, sensors)
            _run(play, home, list(_reports(source, scenarios, file, since, until)), since, until, progress)
            found = _result(play, str(file), since, until)
            conn.close()
            return found
    finally:
        source.close()


def _recipes(home: Path, file: Path, settings: Settings) -> tuple[Mapping[str, Kind], Mapping[str, Scenario]]:
    """With a scenario's file that one alone; with a kind's file that kind, and the home's scenarios."""
    kinds = load_kinds(home)
    if _is_kind(file):
        kinds = {**kinds, file.stem: read_kind(file)}
        return kinds, load_scenarios(home, kinds, settings.tables)
    scenario = read_scenario(file)
    for mistake in mistakes(file, scenario, kinds, settings.tables):
        raise mistake
    return kinds, {scenario.name: scenario}


def _is_kind(file: Path) -> bool:
    try:
        return "plausible" in tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError):
        return False  # the reader of scenarios says what is wrong with it


def _kinds_of(file: Path, scenarios: Mapping[str, Scenario], kinds: Mapping[str, Kind]) -> set[str]:
    if _is_kind(file):
        return {file.stem}
    return {trigger.kind for scenario in scenarios.values() for trigger in scenario.trigger if trigger.kind in kinds}


def _reports(source: Any, scenarios: Mapping[str, Scenario], file: Path, since: int, until: int) -> Iterator[tuple[int, ReportMessage]]:
    """Reports that were filed in the stretch and whose case is of a class that the scenario is triggered by."""
    codes = set() if _is_kind(file) else {trigger.class_ for scenario in scenarios.values() for trigger in scenario.trigger if trigger.class_}
    marks = ",".join("?" * len(codes))
    sql = (
        f"SELECT r.*, c.class AS code FROM reports r JOIN cases c ON c.id = r.case_id WHERE c.class IN ({marks}) AND NOT c.exercise"
        " AND r.received_at >= ? AND r.received_at < ? ORDER BY r.received_at"
    )
    for row in source.execute(sql, (*codes, since, until)) if codes else ():
        yield row["received_at"], ReportMessage(
            id=row["message"], text=row["text"], class_=row["code"], grid=row["grid"], address=row["address"], lat=row["lat"], lon=row["lon"],
            media=json.loads(row["media"] or "[]"),
        )  # fmt: skip


def _run(play: _Play, home: Path, reports: list[tuple[int, ReportMessage]], since: int, until: int, progress: Callable[[int], None]) -> None:
    history = open_reader(home)
    try:
        readings = heapq.merge(*(_readings(history, sensor, since, until) for sensor in play.stage.sensors.values()), key=lambda one: one[0])
        items: Iterator[tuple[int, Reading | ReportMessage]] = heapq.merge(readings, reports, key=lambda one: one[0])
        for step, batch in groupby(items, key=lambda one: one[0] // STEP_MS):
            moment = (step + 1) * STEP_MS
            _catch_up(play, moment)
            _take(play, [item for _, item in batch], moment)
            progress(moment)
        _catch_up(play, until)
    finally:
        history.close()


def _readings(history: Any, sensor: Sensor, since: int, until: int) -> Iterator[tuple[int, Reading]]:
    for point in history.points(sensor.id, since, until):
        if point.is_good:
            yield point.at, Reading(sensor=sensor.id, value=point.value, observed_at=point.at, received_at=point.at)


def _catch_up(play: _Play, until: int) -> None:
    """Move the stories, and settle what time alone brings about, before the next readings come."""
    if play.is_still and (play.due is None or play.due >= until):
        return
    while True:
        with play.desk.transaction() as tx:
            _settle(play, tx)
            _move(play, tx)
            then = min((at for at in (play.due, _ripens_at(play, tx)) if at is not None), default=until)
        if then >= until:
            return
        play.clock.time = max(then, play.clock.time + 1)


def _ripens_at(play: _Play, tx: Transaction) -> int | None:
    """When to look again at values that stand: soon where a short delay runs, else each minute; None where none does."""
    rows = tx.conn.execute("SELECT sensor, rule FROM rule_states WHERE waits").fetchall()
    if not rows:
        return None
    pairs = [(play.rule(row["sensor"], row["rule"]), play.memory.states.get((row["sensor"], row["rule"]), QUIET)) for row in rows]
    is_short = any(isinstance(rule, Threshold) and rule.on_delay_s < SHORT_S and not state.level for rule, state in pairs)
    return play.clock.time + (STEP_MS if is_short else MINUTE_MS)


def _settle(play: _Play, tx: Transaction) -> None:
    stage = play.stage
    done = settle(tx, stage.sensors, stage.kinds, tx.now, play.settings.zone, memory=play.memory, **_rest(play))
    play.memory.absorb(done, stage.sensors)


def _rest(play: _Play) -> dict[str, Any]:
    return {"words": Words(play.settings.centre.language), "open_case": partial(on_alarm, play.stage), "raise_level": raise_level}


def _move(play: _Play, tx: Transaction) -> None:
    """The stories, then the people."""
    before = _journal(tx)
    play.due = advance(play.stage, tx)
    _look(play, tx)
    play.is_still = _journal(tx) == before and _is_still(play, tx)


def _journal(tx: Transaction) -> int:
    return int(tx.conn.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])


def _is_still(play: _Play, tx: Transaction) -> bool:
    """No value ripens, no alarm waits for a person, and no case for its time."""
    if tx.one(_WAITS) or tx.one(_TIMED):
        return False
    open_alarms = tx.conn.execute("SELECT sensor, rule FROM alarms WHERE cleared_at IS NULL").fetchall()
    return not any(_is_by_hand(play.rule(row["sensor"], row["rule"])) for row in open_alarms)


def _is_by_hand(rule: Rule | None) -> bool:
    return isinstance(rule, Press) or (isinstance(rule, Threshold) and rule.latched)


def _take(play: _Play, items: list[Reading | ReportMessage], moment: int) -> None:
    """The readings and reports of one step."""
    play.clock.time = moment
    readings = [item for item in items if isinstance(item, Reading)]
    reports = [item for item in items if isinstance(item, ReportMessage)]
    play.readings += len(readings)
    play.reports += len(reports)
    if reports or not play.is_still or not _are_quiet(play, readings):
        _take_loud(play, readings, reports)


def _are_quiet(play: _Play, readings: Sequence[Reading]) -> bool:
    """Whether all of these stir nothing; then they are remembered."""
    heard: dict[str, Heard] = {}
    memory, kinds, sensors = play.memory, play.stage.kinds, play.stage.sensors
    for one in readings:
        sensor = sensors[one.sensor]
        now = memory.quiet(one, sensor, kinds[sensor.kind], heard.get(one.sensor) or memory.heard.get(one.sensor))
        if now is None:
            return False
        heard[one.sensor] = now
    memory.heard.update(heard)
    return True


def _take_loud(play: _Play, readings: list[Reading], reports: list[ReportMessage]) -> None:
    stage, zone, memory = play.stage, play.settings.zone, play.memory
    with play.desk.transaction() as tx:
        before = _journal(tx)
        for report in reports:
            file_report(tx, report, play.settings.tables, zone)
        # It is never undone, so what is taken may be remembered before it is committed.
        memory.absorb(ingest(tx, readings, stage.sensors, stage.kinds, tx.now, zone, memory=memory, **_rest(play)), stage.sensors)
        if play.is_still and _journal(tx) == before and not tx.one(_WAITS):
            return
        _settle(play, tx)
        _move(play, tx)
        play.is_still = play.is_still and _journal(tx) == before


_LIVE = f"SELECT * FROM cases WHERE state NOT IN ({_DONE})"
_TIMED = f"{_LIVE} AND id NOT IN (SELECT case_id FROM alarms WHERE case_id IS NOT NULL)"
_WAITS = "SELECT 1 FROM rule_states WHERE waits LIMIT 1"
_STANDS = "SELECT sensor, rule FROM alarms WHERE case_id=? AND cleared_at IS NULL"
_HAD = "SELECT 1 FROM alarms WHERE case_id=?"


def _look(play: _Play, tx: Transaction) -> None:
    """What people would do: take a new case, and close one whose signals are over."""
    for row in tx.conn.execute(_LIVE).fetchall():
        if row["id"] not in play.plans:
            play.plans[row["id"]] = _orders(play, tx, row)
            with tx.entry("try_take", subject=row["id"], operator="system", seat="try") as entry:
                entry.update("cases", row["id"], {"taken_at": tx.now, "taken_by": "system"})
        elif _is_over(play, tx, row):
            with tx.entry("try_close", subject=row["id"], operator="system", seat="try") as entry:
                entry.update("cases", row["id"], {"state": "closed", "closed_at": tx.now, "closed_by": "system"})


def _is_over(play: _Play, tx: Transaction, case: Any) -> bool:
    if tx.one(_HAD, case["id"]):
        return not any(_stands(play, tx, case, row) for row in tx.conn.execute(_STANDS, (case["id"],)))
    return _is_done(tx, case)


def _is_done(tx: Transaction, case: Any) -> bool:
    return case["done_by"] is not None and bool(case["done_by"] <= tx.now)


def _stands(play: _Play, tx: Transaction, case: Any, alarm: Any) -> bool:
    """Whether an alarm keeps its case open; what ends only with its case does so until a person would have been done with it."""
    rule = play.rule(alarm["sensor"], alarm["rule"])
    if isinstance(rule, Press) and not rule.hold_s:
        return not _is_done(tx, case)
    return not (isinstance(rule, Threshold) and rule.latched and play.memory.states.get((alarm["sensor"], alarm["rule"]), QUIET).is_within)


def _orders(play: _Play, tx: Transaction, row: Any) -> tuple[tuple[str, str], ...]:
    plan = proposal(tx, case_from(row), play.settings.tables)
    units = [plan.unit, *(assist.unit for assist in plan.assists)]
    return tuple((unit.name, plan.text) for unit in units if unit is not None)


def _result(play: _Play, file: str, since: int, until: int) -> Trial:
    conn = play.desk.conn
    cases = tuple(_case(play, row) for row in conn.execute("SELECT * FROM cases ORDER BY number").fetchall())
    count = {table: conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("alarms",)}
    warned = conn.execute("SELECT count(*) FROM stories WHERE case_id IS NULL AND ended_at IS NOT NULL").fetchone()[0]
    return Trial(
        file=file, since=since, until=until, sensors=len(play.stage.sensors), readings=play.readings, reports=play.reports,
        alarms=count["alarms"], only_warned=warned, cases=cases,
    )  # fmt: skip


def _case(play: _Play, row: Any) -> TrialCase:
    conn = play.desk.conn
    story = conn.execute("SELECT id FROM stories WHERE case_id=?", (row["id"],)).fetchone()
    warned = conn.execute("SELECT unit FROM outbox WHERE kind='warn' AND id LIKE ? || '-%'", (story["id"] if story else "",)).fetchall()
    told = conn.execute("SELECT name, phone FROM callbacks WHERE case_id=? AND tells", (row["id"],)).fetchall()
    alarms = conn.execute("SELECT count(*) FROM alarms WHERE case_id=?", (row["id"],)).fetchone()[0]
    return TrialCase(
        opened_at=row["opened_at"], place=row["address"] or row["grid"] or "", class_code=row["class"] or "", level=row["level"], text=row["text"],
        alarms=alarms, orders=play.plans.get(row["id"], ()), warned=tuple(one["unit"] for one in warned),
        told=tuple(f"{one['name']} {one['phone']}" for one in told), over_at=row["closed_at"],
    )  # fmt: skip


def span_ms(text: str) -> int:
    """`30d`, `12h`, `90m` as milliseconds. Raises `ValueError`."""
    unit = {"d": 86_400_000, "h": 3_600_000, "m": 60_000}.get(text[-1:])
    if unit is None or not text[:-1].isdecimal() or int(text[:-1]) == 0:
        raise ValueError(text)
    return int(text[:-1]) * unit



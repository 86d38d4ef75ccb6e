"""Readings come in: they are graded, meet the rules of their kind, and raise, change and clear alarms.

Runs on the centre's main thread, in its transaction; the same readings again change nothing. Once that is committed:

    with desk.transaction() as tx:
        outcome = ingest(tx, readings, sensors, kinds, tx.now, zone, words=…, open_case=…, raise_level=…, memory=memory)
    memory.absorb(outcome, sensors)        # never before the commit: a redelivery after a rollback must count
    history.append(outcome.readings)       # and then acknowledge to the broker
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never
from zoneinfo import ZoneInfo

import msgspec

from data.alarms import end_shelves
from data.centre.alarm_text import alarm_text
from data.centre.memory import Memory, StateKey, said
from data.domain.reading import Reading, grade
from data.domain.sensor import Sensor, places
from data.domain.vocabulary import FINISHED, Level, State
from data.ids import new_id
from data.kinds import Kind
from data.rules import (
    QUIET,
    Absence,
    Cleared,
    Event,
    LevelChanged,
    Press,
    Raised,
    Repeated,
    Rule,
    RuleState,
    Scene,
    Threshold,
    dump_state,
    load_state,
    must_keep,
    take,
    tick,
    waits,
)
from data.rules.quiet import Heard
from data.words import Words

if TYPE_CHECKING:
    from data.store.desk import Transaction
    from data.store.sqlite import sqlite3

OpenCase = Callable[["Transaction", Mapping[str, object], Sensor, Kind, str, int], str | None]
"""(tx, alarm, sensor, kind, text, now) → id of the case that the alarm opened; whether its kind opens any is asked there."""
RaiseLevel = Callable[["Transaction", str, Level, int], object]
"""(tx, case id, level, now)."""

MAX_UNKNOWN = 1000
"""Unknown sensors that are counted by name; a flood of names costs no more memory than this."""


@dataclass(slots=True)
class Unknown:
    """Counts messages of sensors that are not in the register; in memory only, for the health place."""

    counts: dict[str, int] = field(default_factory=dict)
    others: int = 0
    """Messages of sensors beyond the first thousand."""

    def count(self, sensor: str) -> None:
        """One more message of this one."""
        if sensor in self.counts or len(self.counts) < MAX_UNKNOWN:
            self.counts[sensor] = self.counts.get(sensor, 0) + 1
        else:
            self.others += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a batch came to."""

    readings: tuple[Reading, ...] = ()
    """Those of known sensors, graded: for `History.append` after the commit."""
    states: Mapping[StateKey, RuleState] = field(default_factory=dict)
    """What the rules remember now: for the memory, after the commit."""
    heard: Mapping[str, Heard] = field(default_factory=dict)
    """Sensors of which the batch had quiet readings only, with the last one: for the memory, after the commit."""
    last: Mapping[str, Reading] = field(default_factory=dict)
    """The last reading of each sensor in `states`."""
    raised: tuple[str, ...] = ()
    """Ids of new alarms."""
    cleared: tuple[str, ...] = ()
    unknown: int = 0
    thinned: int = 0
    """Quiet readings that were left out (`data.centre.thinning`)."""


def ingest(
    tx: "Transaction",
    readings: Sequence[Reading],
    sensors: Mapping[str, Sensor],
    kinds: Mapping[str, Kind],
    now: int,
    zone: ZoneInfo,
    *,
    words: Words,
    open_case: OpenCase,
    raise_level: RaiseLevel,
    memory: Memory | None = None,
    unknown: Unknown | None = None,
    shares: Mapping[str, int] | None = None,
) -> Outcome:
    """Take a batch in its order. `shares` says by kind how many milliseconds lie at least between two quiet readings that are kept.

    `memory` spares reading states from the desk; without it all still holds, but a late reading of a sensor that is quiet
    cannot be told from a timely one.
    """
    batch = _Batch(tx, sensors, kinds, now, zone, words, open_case, raise_level)
    known, heard, loud, strangers, thinned = _sorted(readings, sensors, kinds, memory, shares or {})
    batch.remember({reading.sensor for reading in loud}, memory, heard)
    for reading in loud:
        batch.take(reading)
    batch.keep()
    for sensor in strangers:
        if unknown is not None:
            unknown.count(sensor)
    last = {reading.sensor: reading for reading in loud}
    return replace(batch.outcome(), readings=tuple(known), heard=heard, last=last, unknown=len(strangers), thinned=thinned)


def settle(
    tx: "Transaction",
    sensors: Mapping[str, Sensor],
    kinds: Mapping[str, Kind],
    now: int,
    zone: ZoneInfo,
    *,
    words: Words,
    open_case: OpenCase,
    raise_level: RaiseLevel,
    silent: Mapping[str, int] | None = None,
    explained: Callable[[str], str] = lambda _sensor: "",
    stale_s: Callable[[str], float | None] = lambda _sensor: None,
    memory: Memory | None = None,
) -> Outcome:
    """What time and people bring about, every few seconds; costs O(open alarms and waiting states), never O(sensors).

    Clears presses whose hold is over and what a person finished, lets held values ripen, and raises what is silent:
    `silent` are the sensors lost by their kind's staleness, with the time of their last reading; `explained` says what else is
    down that explains a silence, or ""; `stale_s` after how long a sensor is lost, where that is another time than its kind's.
    """
    batch = _Batch(tx, sensors, kinds, now, zone, words, open_case, raise_level, explained, stale_s)
    open_alarms = tx.conn.execute("SELECT * FROM alarms WHERE cleared_at IS NULL").fetchall()
    ruled = [(alarm, rule) for alarm in open_alarms if (rule := batch.rule(alarm["sensor"], alarm["rule"])) is not None]
    by_hand = [(alarm, rule) for alarm, rule in ruled if isinstance(rule, Press) or (isinstance(rule, Threshold) and rule.latched)]
    waiting = tx.conn.execute("SELECT sensor, rule FROM rule_states WHERE waits").fetchall()
    lost = {sensor for sensor in silent or {} if sensor in sensors and _asks_after_silence(batch.kind_of(sensor))}
    released = [alarm for alarm in open_alarms if alarm["suppressed_by"] and explained(alarm["sensor"]) != alarm["suppressed_by"]]
    asked = (*waiting, *released, *(alarm for alarm, _ in by_hand))
    batch.remember({row["sensor"] for row in asked if row["sensor"] in sensors} | lost, memory)
    for row in waiting:
        batch.ripen(row["sensor"], row["rule"])
    for alarm, rule in by_hand:
        batch.settle(alarm, rule)
    for alarm in released:
        batch.release(alarm)
    # What others hang on first.
    for sensor in sorted(lost, key=lambda one: (bool(sensors[one].parent), one)):
        batch.miss(sensor, (silent or {})[sensor])
    end_shelves(tx)
    batch.keep()
    return replace(batch.outcome(), states={key: batch.states[key] for key in batch.changed})


def _asks_after_silence(kind: Kind | None) -> bool:
    return kind is not None and any(isinstance(rule, Absence) for rule in kind.rules)


def _sorted(
    readings: Iterable[Reading], sensors: Mapping[str, Sensor], kinds: Mapping[str, Kind], memory: Memory | None, shares: Mapping[str, int]
) -> tuple[list[Reading], dict[str, Heard], list[Reading], list[str], int]:
    """All of known sensors, graded; what the quiet ones said last; those that must meet their rules; names nobody knows; how many were thinned.

    A sensor that had one reading that is not quiet takes the long way for the rest of the batch.
    """
    known: list[Reading] = []
    heard: dict[str, Heard] = {}
    loud: list[Reading] = []
    louds: set[str] = set()
    strangers: list[str] = []
    thinned = 0
    place_of, kind_of = places(sensors).get, kinds.get
    for one in readings:
        id = one.sensor
        place = place_of(id)
        kind = kind_of(place.kind) if place is not None else None
        if place is None or kind is None:
            strangers.append(id)
            continue
        if memory is not None and id not in louds:
            before = heard.get(id) or memory.heard.get(id)
            now = memory.quiet(one, place, kind, before)
            if now is not None:
                if shares and before is not None and now[0] - before[0] < shares.get(place.kind, 0):
                    thinned += 1
                    continue
                heard[id] = now
                known.append(one)
                continue
        quality = grade(one, kind.plausible.low, kind.plausible.high)
        graded = one if quality is one.quality else msgspec.structs.replace(one, quality=quality)
        known.append(graded)
        loud.append(graded)
        louds.add(id)
    return known, heard, loud, strangers, thinned


@dataclass(slots=True)
class _Batch:
    """One transaction's work: the states as they go, and what happened."""

    tx: "Transaction"
    sensors: Mapping[str, Sensor]
    kinds: Mapping[str, Kind]
    now: int
    zone: ZoneInfo
    words: Words
    open_case: OpenCase
    raise_level: RaiseLevel
    explained: Callable[[str], str] = lambda _sensor: ""
    stale_s: Callable[[str], float | None] = lambda _sensor: None
    states: dict[StateKey, RuleState] = field(default_factory=dict)
    changed: set[StateKey] = field(default_factory=set)
    raised: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)

    def kind_of(self, sensor: str) -> Kind | None:
        """The kind of a sensor, if the register and the settings still have both."""
        place = places(self.sensors).get(sensor)
        return self.kinds.get(place.kind) if place is not None else None

    def rule(self, sensor: str, name: str) -> Rule | None:
        """The rule of an alarm, if the settings still have it."""
        kind = self.kind_of(sensor)
        return next((rule for rule in kind.rules if rule.name == name), None) if kind else None

    def remember(self, sensors: set[str], memory: Memory | None, heard: Mapping[str, Heard] | None = None) -> None:
        """Load the states of these sensors: what the batch itself heard, else from memory, else from the desk."""
        asked = []
        for sensor in sensors:
            kind = self.kind_of(sensor)
            if kind is None:
                continue  # retired meanwhile, or a kind that the settings no longer have
            rules = kind.rules
            if heard and sensor in heard:
                self.states |= said(sensor, rules, heard[sensor])
            elif memory is not None and (states := memory.states_of(sensor, rules)) is not None:
                self.states |= states
            else:
                asked.append(sensor)
        sql = "SELECT * FROM rule_states WHERE sensor IN (SELECT value FROM json_each(?))"
        for row in self.tx.conn.execute(sql, (json.dumps(asked),)) if asked else ():
            self.states.setdefault((row["sensor"], row["rule"]), _readable(row["state"]))

    def take(self, reading: Reading) -> None:
        """One reading meets every rule of its kind."""
        sensor = self.sensors[reading.sensor]
        kind = self.kinds[sensor.kind]
        scene = Scene(sensor=sensor.id, area_class=sensor.area_class, zone=self.zone)
        for rule in kind.rules:
            before = self.states.get((sensor.id, rule.name), QUIET)
            self._step(rule, sensor, kind, before, *take(rule, before, reading, scene))

    def settle(self, alarm: "sqlite3.Row", rule: Rule) -> None:
        """Clear what does not clear by itself: because its case is finished, or a press by time."""
        key = (alarm["sensor"], rule.name)
        before = self.states.get(key, QUIET)
        if isinstance(rule, Threshold) and not before.is_within:
            return
        after, events = tick(rule, before, self.now)
        if events or self._is_finished(alarm["case_id"]):
            self._become(key, before, msgspec.structs.replace(after, level=0), rule)
            self._clear(alarm, Cleared(at=self.now, value=None))

    def ripen(self, sensor: str, name: str) -> None:
        """Time goes on for a value that stands until the next one."""
        rule, known, kind = self.rule(sensor, name), self.sensors.get(sensor), self.kind_of(sensor)
        if rule is None or known is None or kind is None:
            return
        self._step(rule, known, kind, *self._ticked(rule, known))

    def miss(self, sensor: str, last_at: int) -> None:
        """A sensor is silent; what its kind thinks of that."""
        known, kind = self.sensors[sensor], self.kinds[self.sensors[sensor].kind]
        for rule in kind.rules:
            if isinstance(rule, Absence):
                if rule.after_s == kind.timing.stale_s and (own := self.stale_s(sensor)) is not None:
                    rule = msgspec.structs.replace(rule, after_s=own)  # noqa: PLW2901 — the same rule with the sensor's own time
                before = self.states.get((sensor, rule.name), QUIET)
                if not before.level:
                    self.states[sensor, rule.name] = msgspec.structs.replace(before, last_at=max(before.last_at, last_at))
                    self._step(rule, known, kind, *self._ticked(rule, known))

    def _ticked(self, rule: Rule, sensor: Sensor) -> tuple[RuleState, RuleState, tuple[Event, ...]]:
        before = self.states.get((sensor.id, rule.name), QUIET)
        scene = Scene(sensor=sensor.id, area_class=sensor.area_class, zone=self.zone)
        return before, *tick(rule, before, self.now, scene)

    def _step(self, rule: Rule, sensor: Sensor, kind: Kind, before: RuleState, after: RuleState, events: tuple[Event, ...]) -> None:
        self._become((sensor.id, rule.name), before, after, rule)
        for event in events:
            self._happen(rule, sensor, kind, event)

    def keep(self) -> None:
        """Store the states that must outlive this process."""
        rows = [(*key, dump_state(state := self.states[key]), self._waits(key, state)) for key in sorted(self.changed)]
        self.tx.conn.executemany("INSERT OR REPLACE INTO rule_states (sensor, rule, state, waits) VALUES (?,?,?,?)", rows)

    def _waits(self, key: StateKey, state: RuleState) -> bool:
        rule = self.rule(*key)
        return rule is not None and waits(rule, state)

    def outcome(self) -> Outcome:
        """What it came to, but for the readings."""
        return Outcome(states=self.states, raised=tuple(self.raised), cleared=tuple(self.cleared))

    def _become(self, key: StateKey, before: RuleState, after: RuleState, rule: Rule) -> None:
        self.states[key] = after
        if must_keep(before, after, rule):
            self.changed.add(key)

    def _happen(self, rule: Rule, sensor: Sensor, kind: Kind, event: Event) -> None:
        alarm = self.tx.one("SELECT * FROM alarms WHERE rule=? AND sensor=? AND cleared_at IS NULL", rule.name, sensor.id)
        match event:
            case Raised() if alarm is None:
                self._raise(rule, sensor, kind, event)
            case Raised() | LevelChanged() if alarm is not None:
                self._change(alarm, rule, sensor, kind, event)
            case Repeated() if alarm is not None and isinstance(rule, Press) and self._is_finished(alarm["case_id"]):
                # The call was answered and this is another one: it must not be swallowed by the old alarm.
                self._clear(alarm, Cleared(at=event.at, value=None))
                self._raise(rule, sensor, kind, Raised(at=event.at, level=Level(rule.level), value=event.value, force=None))
            case Repeated() if alarm is not None:
                self._write("repeat", alarm["id"], occurrences=alarm["occurrences"] + 1, last_at=event.at, value=event.value)
            case Cleared() if alarm is not None:
                self._clear(alarm, event)
            case Raised() | LevelChanged() | Repeated() | Cleared():
                pass  # the alarm is gone: its row was closed by hand
            case _:
                assert_never(event)

    def release(self, alarm: "sqlite3.Row") -> None:
        """What explained a silence is another thing now, or is back: then the silence counts from there on, and is raised once more if it lasts.

        One of which a person has the case already goes on as it is.
        """
        by = self.explained(alarm["sensor"])
        self._write("suppress" if by else "unsuppress", alarm["id"], suppressed_by=by or None)
        rule = self.rule(alarm["sensor"], alarm["rule"])
        if by or alarm["case_id"] is not None or rule is None:
            return
        key = (alarm["sensor"], rule.name)
        before = self.states.get(key, QUIET)
        self._become(key, before, msgspec.structs.replace(before, level=0), rule)
        self._clear(alarm, Cleared(at=self.now, value=None))

    def _chatters(self, rule: Rule, sensor: Sensor, event: Raised) -> "sqlite3.Row | None":
        """The alarm that this one is once more, where it comes and goes too often: it is counted and opens no case."""
        if not isinstance(rule, Threshold):
            return None
        rows = self.tx.conn.execute(_PAST, (sensor.id, rule.name)).fetchall()
        often = len(rows) == CHATTER_TIMES and event.at - rows[-1]["raised_at"] < CHATTER_MS
        still = bool(rows and rows[0]["chattering"]) and event.at - rows[0]["last_at"] < CHATTER_OVER_MS
        return rows[0] if (often or still) and event.level >= rows[0]["level"] else None

    def _raise(self, rule: Rule, sensor: Sensor, kind: Kind, event: Raised) -> None:
        if past := self._chatters(rule, sensor, event):
            count, since = past["occurrences"] + 1, past["chattering"] or event.at
            self._write("chatter", past["id"], cleared_at=None, occurrences=count, chattering=since, last_at=event.at, value=event.value)
            return
        parent = (self.explained(sensor.id) if isinstance(rule, Absence) else "") or None
        alarm = {
            "id": new_id(self.now),
            "suppressed_by": parent,
            "rule": rule.name,
            "sensor": sensor.id,
            "raised_at": event.at,
            "occurrences": 1,
            **_facts(event),
        }
        with self.tx.entry("raise", subject=f"alarm:{alarm['id']}", operator="system", seat="centre") as entry:
            entry.insert("alarms", alarm)
        self.raised.append(str(alarm["id"]))
        if parent is None:
            self._open(alarm, rule, sensor, kind, event)

    def _open(self, alarm: Mapping[str, object], rule: Rule, sensor: Sensor, kind: Kind, event: Raised | LevelChanged) -> None:
        if isinstance(rule, Threshold) and (sibling := self._work_of(sensor.id)):
            # Another limit of the same sensor was passed: one piece of work, as urgent as the more urgent of the two.
            self._write("link", str(alarm["id"]), case_id=sibling)
            self.raise_level(self.tx, sibling, event.level, self.now)
            return
        text = alarm_text(self.words, sensor, kind, event.value, event.force, rule)
        case = self.open_case(self.tx, alarm, sensor, kind, text, self.now)
        linked = self.tx.one("SELECT case_id FROM alarms WHERE id=?", alarm["id"])
        if case and linked is not None and linked["case_id"] != case:
            self._write("link", str(alarm["id"]), case_id=case)

    def _work_of(self, sensor: str) -> str | None:
        """The unfinished case of an open alarm of this sensor about a value; a call or a silence is another matter."""
        rows = self.tx.conn.execute(_WORK_OF, (sensor,))
        return next((row["id"] for row in rows if isinstance(self.rule(sensor, row["rule"]), Threshold)), None)

    def _change(self, alarm: "sqlite3.Row", rule: Rule, sensor: Sensor, kind: Kind, event: Raised | LevelChanged) -> None:
        self._write("level", alarm["id"], **_facts(event))
        if event.level >= alarm["level"]:
            return
        if alarm["case_id"] and not self._is_finished(alarm["case_id"]):
            self.raise_level(self.tx, alarm["case_id"], event.level, self.now)
        else:
            # It was dealt with and got worse: that is new work.
            self._open({**dict(alarm), **_facts(event)}, rule, sensor, kind, event)

    def _clear(self, alarm: "sqlite3.Row", event: Cleared) -> None:
        self._write("clear", alarm["id"], cleared_at=event.at)
        self.cleared.append(alarm["id"])

    def _write(self, act: str, alarm: str, **values: object) -> None:
        with self.tx.entry(act, subject=f"alarm:{alarm}", operator="system", seat="centre") as entry:
            entry.update("alarms", alarm, values)

    def _is_finished(self, case: str | None) -> bool:
        row = self.tx.one("SELECT state FROM cases WHERE id=?", case) if case else None
        return row is not None and State(row["state"]) in FINISHED


CHATTER_TIMES, CHATTER_MS = 3, 60_000
"""An alarm that was raised so often in so long comes and goes too often; judgement, `ux.md` §3."""
CHATTER_OVER_MS = 30 * 60_000
"""After so long without one more it is over."""
_PAST = f"SELECT * FROM alarms WHERE sensor=? AND rule=? ORDER BY raised_at DESC LIMIT {CHATTER_TIMES}"
_WORK_OF = f"""
SELECT cases.id, alarms.rule FROM alarms JOIN cases ON cases.id = alarms.case_id
WHERE alarms.sensor=? AND alarms.cleared_at IS NULL AND cases.state NOT IN ({",".join(f"'{state}'" for state in sorted(FINISHED))})
"""


def _facts(event: Raised | LevelChanged) -> dict[str, object]:
    force = event.force
    return {
        "level": int(event.level),
        "value": event.value,
        "limit_value": force.limit if force else None,
        "limit_source": force.source if force else None,
        "last_at": event.at,
    }


def _readable(text: str) -> RuleState:
    try:
        return load_state(text)
    except msgspec.MsgspecError:
        # From a newer program or damaged: begin anew. An alarm that is open stays the one alarm (see `_happen`).
        return QUIET

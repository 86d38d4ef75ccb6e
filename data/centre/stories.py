"""Rows of `stories`: what is known of a running scenario, and how it begins. Used by `scenes`, in the writer's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from data.centre.intake import SEAT, SYSTEM
from data.domain.sensor import Sensor
from data.domain.tables import Device, Tables
from data.domain.vocabulary import FINISHED, Level
from data.ids import new_id
from data.kinds import Kind
from data.scenarios import engine
from data.scenarios.engine import Facts, Signal
from data.scenarios.spec import Scenario, Step
from data.store.desk import Transaction
from data.store.sqlite import sqlite3

DAY = 86_400_000
_STANDING = "SELECT 1 FROM story_alarms s JOIN alarms a ON a.id = s.alarm WHERE s.story=? AND a.cleared_at IS NULL"
_OTHERS = (
    "SELECT a.sensor FROM story_alarms s JOIN alarms a ON a.id = s.alarm"
    " WHERE s.story=? AND a.sensor != ? AND a.cleared_at IS NULL AND a.raised_at >= ?"
)
_ALARMS = "SELECT a.* FROM story_alarms s JOIN alarms a ON a.id = s.alarm WHERE s.story=?"


@dataclass(frozen=True, slots=True)
class Stage:
    """What stories are played with: the recipes, the centre's tables and its register of sensors."""

    scenarios: Mapping[str, Scenario]
    tables: Tables
    sensors: Mapping[str, Sensor]
    kinds: Mapping[str, Kind]


def signal_of(alarm: Mapping[str, object], sensor: Sensor) -> Signal:
    """An alarm as the engine sees it."""
    return Signal(
        kind=sensor.kind, rule=str(alarm["rule"]), sensor=sensor.id, level=Level(int(str(alarm["level"]))), raised_at=int(str(alarm["raised_at"])),
        grid=sensor.grid, area_class=sensor.area_class,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """Where a story plays; "" for what is not known of it."""

    sensor: str
    place: str
    grid: str


def devices(stage: Stage, site: Site, step: Step) -> list[Device]:
    """Loudspeakers, boards and sirens that a warning reaches: on the site, or below it in its valley, its own grid included."""
    wanted = [each for each in stage.tables.devices if each.kind == step.to]
    here = stage.tables.valleys.get(site.grid)
    if step.where == "site" or here is None:
        return [each for each in wanted if each.serves(site.sensor, site.grid)]
    reach = stage.tables.valleys
    below = {grid for grid in reach if reach[grid].valley == here.valley and reach[grid].step >= here.step}
    return [each for each in wanted if _grid_of(stage, each) in below]


def _grid_of(stage: Stage, device: Device) -> str:
    sensor = stage.sensors.get(device.sensor)
    return sensor.grid if sensor else device.grid


def story_at(stage: Stage, tx: Transaction, scenario: Scenario, key: str, site: Site, case_id: str | None = None) -> sqlite3.Row:
    """The story that runs at this key, else a new one."""
    sql = "SELECT * FROM stories WHERE scenario=? AND place=? AND ended_at IS NULL"
    if running := tx.one(sql, scenario.name, key):
        return running
    warned = [device for step in scenario.step if step.what == "warn" for device in devices(stage, site, step)]
    row = {
        "id": new_id(tx.now), "scenario": scenario.name, "place": key, "started_at": tx.now, "done": 0, "can_warn": int(bool(warned)),
        "next_at": tx.now, "case_id": case_id, "sensor": site.sensor or None,
    }  # fmt: skip
    with tx.entry("story_begin", subject=f"story:{row['id']}", operator=SYSTEM, seat=SEAT) as entry:
        entry.insert("stories", row)
        entry.remark(text=scenario.label(stage.tables.language))
    return tx.one(sql, scenario.name, key)  # type: ignore[return-value]  # just inserted


def site_of(stage: Stage, tx: Transaction, story: sqlite3.Row) -> Site:
    """Where the story's newest alarm is; a story of a report has its case's place."""
    row = tx.one(f"{_ALARMS} ORDER BY a.raised_at DESC LIMIT 1", story["id"])
    if row is not None and (sensor := stage.sensors.get(row["sensor"])):
        return Site(sensor.id, sensor.place or sensor.name, sensor.grid)
    case = tx.one("SELECT address, grid FROM cases WHERE id=?", story["case_id"]) if story["case_id"] else None
    played = (story["sensor"] or "") if story["place"].startswith("exercise:") else ""
    return Site(played, (case["address"] or case["grid"] or "") if case else "", (case["grid"] or "") if case else "")


def level_of(stage: Stage, tx: Transaction, scenario: Scenario, story: sqlite3.Row, only: Signal | None = None) -> Level:
    """How urgent the story is now, repeats at its place included; `only`: as far as this one signal makes it so."""
    earlier = tx.one(
        "SELECT count(*) AS n FROM stories WHERE scenario=? AND place=? AND id != ? AND case_id IS NOT NULL AND started_at > ?",
        scenario.name, story["place"], story["id"], tx.now - (scenario.grade.days if scenario.grade else 0) * DAY,
    )  # fmt: skip
    signals = signals_of(stage, tx, story["id"]) if only is None else [only]
    witnesses = _witnesses(stage, tx, scenario, {signal.grid for signal in signals}) if only is None else []
    return engine.level(scenario, signals, earlier["n"] if earlier else 0, now=tx.now, witnesses=witnesses)


def _witnesses(stage: Stage, tx: Transaction, scenario: Scenario, grids: set[str]) -> list[Signal]:
    """Standing alarms in these grids that only agree, no more than it takes. Cost: the sensors of those kinds there, whatever else stands."""
    kinds = engine.witness_kinds(scenario)
    asked = {(kind, together.within_min): together.kinds.count(kind) for together in scenario.together for kind in together.kinds if kind in kinds}
    found: dict[str, Signal] = {}
    for grid in sorted(grids - {""}):
        for (kind, within_min), need in asked.items():
            rows = tx.conn.execute(_STANDING_AT, (grid, kind, tx.now - within_min * 60_000))
            known = (signal_of(dict(row), stage.sensors[row["sensor"]]) for row in rows if row["sensor"] in stage.sensors)
            found |= {signal.sensor: signal for signal in islice(known, need)}
    return list(found.values())


_STANDING_AT = """
SELECT a.* FROM sensors s CROSS JOIN alarms a ON a.sensor = s.id WHERE s.grid=? AND s.kind=? AND s.retired_at IS NULL
AND a.cleared_at IS NULL AND a.suppressed_by IS NULL AND a.raised_at >= ? GROUP BY s.id HAVING max(a.raised_at)"""
"""The newest of each sensor."""


def witnessed(stage: Stage, tx: Transaction, signal: Signal) -> list[tuple[Scenario, sqlite3.Row]]:
    """Running stories in this signal's grid that it could make more urgent though it is none of theirs."""
    found = []
    for name, scenario in stage.scenarios.items():
        if signal.kind in engine.witness_kinds(scenario):
            best = min(together.level for together in scenario.together if signal.kind in together.kinds)
            found += [(scenario, row) for row in tx.conn.execute(_RUNNING_AT, (name, signal.grid, best)).fetchall()]
    return found


_RUNNING_AT = """
SELECT s.* FROM stories s JOIN cases c ON c.id = s.case_id WHERE s.scenario=? AND s.ended_at IS NULL AND c.grid=? AND c.level > ?"""


def signals_of(stage: Stage, tx: Transaction, story_id: str) -> list[Signal]:
    """The story's alarms that stand; those of sensors no longer in the register are left out."""
    rows = tx.conn.execute(f"{_ALARMS} AND a.cleared_at IS NULL", (story_id,)).fetchall()
    return [signal_of(dict(row), stage.sensors[row["sensor"]]) for row in rows if row["sensor"] in stage.sensors]


def brings_together(stage: Stage, tx: Transaction, scenario: Scenario, story_id: str, signal: Signal) -> bool:
    """Whether a new signal may be the one that was missing: not where enough of its kind stood there without it.

    Stops at the first that are enough: a story of a whole valley may have thousands.
    """
    for together in scenario.together:
        need = together.kinds.count(signal.kind)
        if not need:
            continue
        rows = tx.conn.execute(_OTHERS, (story_id, signal.sensor, tx.now - together.within_min * 60_000))
        others = {row["sensor"] for row in islice((row for row in rows if _is_of(stage, row["sensor"], signal.kind)), need)}
        if len(others) < need:
            return True
    return False


def _is_of(stage: Stage, sensor: str, kind: str) -> bool:
    known = stage.sensors.get(sensor)
    return known is not None and known.kind == kind


def text_of(tx: Transaction, story_id: str, alarm_id: str) -> str:
    """What an alarm said when it joined the story."""
    row = tx.one("SELECT text FROM story_alarms WHERE story=? AND alarm=?", story_id, alarm_id)
    return str(row["text"]) if row else ""


def facts_of(tx: Transaction, story: sqlite3.Row, done: int | None = None) -> Facts:
    """What the engine must know of a story; `done` overrules the row's count of moments that are over."""
    # Looked for, not counted: a story of a whole valley may have thousands.
    any_alarm = tx.one("SELECT 1 FROM story_alarms WHERE story=? LIMIT 1", story["id"])
    standing = tx.one(f"{_STANDING} LIMIT 1", story["id"]) if any_alarm else None
    case = tx.one("SELECT state, taken_at, acknowledged_at FROM cases WHERE id=?", story["case_id"]) if story["case_id"] else None
    return Facts(
        started_at=story["started_at"],
        done=story["done"] if done is None else done,
        can_warn=bool(story["can_warn"]),
        stands=any_alarm is None or standing is not None,
        opened=case is not None,
        taken=case is not None and case["taken_at"] is not None,
        finished=case is not None and case["state"] in FINISHED,
    )


def remark(tx: Transaction, story: sqlite3.Row, act: str, remarks: Mapping[str, str]) -> None:
    """Journal something that the story did and that changes no row."""
    with tx.entry(act, subject=story["case_id"] or f"story:{story['id']}", operator=SYSTEM, seat=SEAT) as entry:
        entry.remark(**remarks)



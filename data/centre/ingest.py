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
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from data.alarms import end_shelves
from data.centre.alarms import Alarms, OpenCase, RaiseLevel
from data.centre.memory import Memory, StateKey, said
from data.domain.reading import Reading, grade
from data.domain.sensor import Sensor, places
from data.kinds import Kind
from data.rules import (
    QUIET,
    Absence,
    Event,
    Press,
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
    batch = _Batch(tx, sensors, kinds, now, zone, Alarms(tx, now, words, open_case, raise_level, partial(_rule, sensors, kinds)))
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
    rule_of = partial(_rule, sensors, kinds)
    batch = _Batch(tx, sensors, kinds, now, zone, Alarms(tx, now, words, open_case, raise_level, rule_of, explained), stale_s)
    open_alarms = tx.conn.execute("SELECT * FROM alarms WHERE cleared_at IS NULL").fetchall()
    ruled = [(alarm, rule) for alarm in open_alarms if (rule := rule_of(alarm["sensor"], alarm["rule"])) is not None]
    by_hand = [(alarm, rule) for alarm, rule in ruled if isinstance(rule, Press) or (isinstance(rule, Threshold) and rule.latched)]
    waiting = tx.conn.execute("SELECT sensor, rule FROM rule_states WHERE waits").fetchall()
    lost = {sensor for sensor in silent or {} if sensor in sensors and _asks_after_silence(_kind(sensors, kinds, sensor))}
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


def _kind(sensors: Mapping[str, Sensor], kinds: Mapping[str, Kind], sensor: str) -> Kind | None:
    """The kind of a sensor, if the register and the settings still have both."""
    place = places(sensors).get(sensor)
    return kinds.get(place.kind) if place is not None else None


def _rule(sensors: Mapping[str, Sensor], kinds: Mapping[str, Kind], sensor: str, name: str) -> Rule | None:
    """The rule of a sensor's alarm, if the settings still have it."""
    kind = _kind(sensors, kinds, sensor)
    return next((rule for rule in kind.rules if rule.name == name), None) if kind else None


@dataclass(slots=True)
class _Batch:
    """One transaction's work: the states of the rules as they go, and the alarms that come of them."""

    tx: "Transaction"
    sensors: Mapping[str, Sensor]
    kinds: Mapping[str, Kind]
    now: int
    zone: ZoneInfo
    alarms: Alarms
    stale_s: Callable[[str], float | None] = lambda _sensor: None
    states: dict[StateKey, RuleState] = field(default_factory=dict)
    changed: set[StateKey] = field(default_factory=set)

    def remember(self, sensors: set[str], memory: Memory | None, heard: Mapping[str, Heard] | None = None) -> None:
        """Load the states of these sensors: what the batch itself heard, else from memory, else from the desk."""
        asked = []
        for sensor in sensors:
            kind = _kind(self.sensors, self.kinds, sensor)
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
        if events or self.alarms.is_finished(alarm["case_id"]):
            self._become(key, before, msgspec.structs.replace(after, level=0), rule)
            self.alarms.clear(alarm, self.now)

    def ripen(self, sensor: str, name: str) -> None:
        """Time goes on for a value that stands until the next one."""
        rule, known, kind = self.alarms.rule_of(sensor, name), self.sensors.get(sensor), _kind(self.sensors, self.kinds, sensor)
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
            self.alarms.happen(rule, sensor, kind, event)

    def keep(self) -> None:
        """Store the states that must outlive this process."""
        rows = [(*key, dump_state(state := self.states[key]), self._waits(key, state)) for key in sorted(self.changed)]
        self.tx.conn.executemany("INSERT OR REPLACE INTO rule_states (sensor, rule, state, waits) VALUES (?,?,?,?)", rows)

    def _waits(self, key: StateKey, state: RuleState) -> bool:
        rule = self.alarms.rule_of(*key)
        return rule is not None and waits(rule, state)

    def outcome(self) -> Outcome:
        """What it came to, but for the readings."""
        return Outcome(states=self.states, raised=tuple(self.alarms.raised), cleared=tuple(self.alarms.cleared))

    def _become(self, key: StateKey, before: RuleState, after: RuleState, rule: Rule) -> None:
        self.states[key] = after
        if must_keep(before, after, rule):
            self.changed.add(key)

    def release(self, alarm: "sqlite3.Row") -> None:
        """What explained a silence is another thing now, or is back: then the silence counts from there on, and is raised once more if it lasts.

        One of which a person has the case already goes on as it is.
        """
        by = self.alarms.explained(alarm["sensor"])
        self.alarms.suppress(alarm, by)
        rule = self.alarms.rule_of(alarm["sensor"], alarm["rule"])
        if by or alarm["case_id"] is not None or rule is None:
            return
        key = (alarm["sensor"], rule.name)
        before = self.states.get(key, QUIET)
        self._become(key, before, msgspec.structs.replace(before, level=0), rule)
        self.alarms.clear(alarm, self.now)


def _readable(text: str) -> RuleState:
    try:
        return load_state(text)
    except msgspec.MsgspecError:
        # From a newer program or damaged: begin anew. An alarm that is open stays the one alarm (see `Alarms.happen`).
        return QUIET

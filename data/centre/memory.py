"""What a running centre remembers of its sensors between batches; everything that must survive is in the desk.

A sensor of which all is quiet costs one short tuple; a `RuleState` a rule stands only for the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from data.domain.reading import TRUST_MS, Quality, Reading
from data.domain.sensor import Place, Sensor, places
from data.kinds import Kind
from data.rules import Rule, RuleState
from data.rules.quiet import NOTHING, Bands, Heard, add_recent, is_plain, is_within, reach_s, spoken, windows_of

if TYPE_CHECKING:
    from data.centre.ingest import Outcome
    from data.store.sqlite import sqlite3

StateKey = tuple[str, str]
"""Sensor and rule."""
_OK = Quality.OK


class Memory:
    """For the centre's thread. `quiet` looks at a reading; what it says counts only once `absorb` is told that it was committed."""

    def __init__(self, kinds: Mapping[str, Kind], zone: ZoneInfo) -> None:
        self.states: dict[StateKey, RuleState] = {}
        self.heard: dict[str, Heard] = {}
        self._bands = Bands(zone)
        self._rules = {name: (kind.rules, reach_s(kind.rules)) for name, kind in kinds.items() if is_plain(kind.rules)}
        self._stored: set[str] | None = None

    def learn(self, conn: "sqlite3.Connection") -> None:
        """At a start: of which sensors the desk keeps a state. All others are quiet, and need not be asked for."""
        self._stored = {row[0] for row in conn.execute("SELECT DISTINCT sensor FROM rule_states")}

    def first(self, sensor: str, kind: str) -> Heard | None:
        """What counts as heard of a sensor that this process has not met; None where its desk must be asked, or its rules."""
        plain = self._rules.get(kind)
        if plain is None:
            return None
        rules, _ = plain
        if self._stored is None or sensor in self._stored:
            return NOTHING if not rules else None
        return None if rules and (sensor, rules[0].name) in self.states else NOTHING

    def quiet(self, reading: Reading, sensor: Place, kind: Kind, heard: Heard | None) -> Heard | None:
        """What is heard now, where the reading takes the short way; None where it must meet the rules."""
        plain = self._rules.get(sensor.kind)
        if plain is None or reading.retained or reading.quality is not _OK:
            return None
        heard = heard or self.first(reading.sensor, sensor.kind)
        if heard is None:
            return None
        rules, reach = plain
        came, seen, value = reading.received_at, reading.observed_at, reading.value
        before, trusted, last, last_seen, last_id, recent, parts, within = heard
        if seen is None:
            at = came
        elif -TRUST_MS <= came - seen <= TRUST_MS:
            at = seen
            if seen > trusted:  # noqa: PLR1730 — no call more for each reading
                trusted = seen
        else:
            return None
        band = self._bands.find(sensor.kind, rules, reading.sensor, sensor.area_class, at)
        low, high = band
        limits = kind.plausible
        # What equals the last one may be that one again.
        if (
            at < before or not (low < value < high and limits.low <= value <= limits.high)
            or (value == last and seen == last_seen and reading.message_id == last_id)
        ):  # fmt: skip
            return None
        if reach:
            more = add_recent(recent, at, value, reach) if within == band or is_within(rules, parts, recent, band) else None
            if more is None:
                return None
            recent = more
        return (at, trusted, value, seen, reading.message_id, recent, parts, band)

    def states_of(self, sensor: str, rules: Sequence[Rule]) -> dict[StateKey, RuleState] | None:
        """What the rules of a sensor remember; None when this process has not met it yet."""
        heard = self.heard.get(sensor)
        if heard is not None:
            return said(sensor, rules, heard)
        keys = [(sensor, rule.name) for rule in rules]
        return {key: self.states[key] for key in keys} if all(key in self.states for key in keys) else None

    def absorb(self, outcome: "Outcome", sensors: Mapping[str, Sensor]) -> None:
        """A batch was committed."""
        known_as = places(sensors)
        self.heard.update(outcome.heard)
        by_sensor: dict[str, list[StateKey]] = {}
        for key in outcome.states:
            by_sensor.setdefault(key[0], []).append(key)
        self.states.update(outcome.states)
        for sensor, keys in by_sensor.items():
            heard, known = self.heard.pop(sensor, None), known_as.get(sensor)
            if heard is not None and known is not None and known.kind in self._rules:
                for key, state in said(sensor, self._rules[known.kind][0], heard).items():
                    self.states.setdefault(key, state)
            self._shorten(sensor, keys, known, outcome.last.get(sensor))

    def forget(self, sensors: Iterable[str]) -> None:
        """These measure something else now."""
        for sensor in sensors:
            self.heard.pop(sensor, None)

    def _shorten(self, sensor: str, keys: Sequence[StateKey], known: Place | None, last: Reading | None) -> None:
        """All quiet, and all rules took the same reading: one tuple says it all."""
        rules, _ = self._rules.get(known.kind, (None, 0)) if known else (None, 0)
        if rules is None or last is None or {name for _, name in keys} != {rule.name for rule in rules}:
            return
        states = [self.states[sensor, rule.name] for rule in rules]
        at, trusted = (states[0].last_at, states[0].trusted_at) if states else (0, 0)
        bare: Heard = (at, trusted, last.value, last.observed_at, last.message_id, b"", (), None)
        if all(msgspec.structs.replace(state, parts=()) == one for state, one in zip(states, spoken(rules, bare), strict=True)):
            for key in keys:
                del self.states[key]
            self.heard[sensor] = (*bare[:5], b"", windows_of(rules, states), None)


def said(sensor: str, rules: Sequence[Rule], heard: Heard) -> dict[StateKey, RuleState]:
    """The states of a quiet sensor's rules, by sensor and rule."""
    return {(sensor, rule.name): state for rule, state in zip(rules, spoken(rules, heard), strict=True)}

"""What a running centre remembers of its sensors between batches; everything that must survive is in the desk.

A sensor of which all is quiet costs one short tuple; a `RuleState` a rule stands only for the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.domain.reading import TRUST_MS, Quality, Reading
from data.domain.sensor import Sensor
from data.kinds import Kind
from data.rules import QUIET, RuleState
from data.rules.quiet import Bands, is_plain
from data.rules.state import fingerprint_of

if TYPE_CHECKING:
    from data.centre.ingest import Outcome

StateKey = tuple[str, str]
"""Sensor and rule."""
Heard = tuple[int, int, float, int | None, str]
"""The reading taken last: rule time, newest device time believed, value, device time, message id."""

NOTHING: Heard = (0, 0, 0.0, None, "")


class Memory:
    """For the centre's thread. `take` looks at a reading; what it says counts only once `absorb` is told that it was committed."""

    def __init__(self, kinds: Mapping[str, Kind], zone: ZoneInfo) -> None:
        self.states: dict[StateKey, RuleState] = {}
        self.heard: dict[str, Heard] = {}
        self._bands = Bands(zone)
        self._rules = {name: kind.rules for name, kind in kinds.items() if is_plain(kind.rules)}

    def quiet(self, reading: Reading, sensor: Sensor, kind: Kind, heard: Heard | None) -> Heard | None:
        """What is heard now, where the reading takes the short way; None where it must meet the rules."""
        rules = self._rules.get(sensor.kind)
        if rules == () and heard is None:
            heard = NOTHING
        if rules is None or heard is None or reading.retained or reading.quality is not Quality.OK:
            return None
        came, seen, value = reading.received_at, reading.observed_at, reading.value
        if seen is None:
            at, trusted = came, heard[1]
        elif -TRUST_MS <= came - seen <= TRUST_MS:
            at, trusted = seen, max(seen, heard[1])
        else:
            return None
        low, high = self._bands.find(sensor.kind, rules, sensor.id, sensor.area_class, at)
        # What equals the last one may be that one again.
        if at < heard[0] or not low < value < high or (value == heard[2] and seen == heard[3] and reading.message_id == heard[4]):
            return None
        limits = kind.plausible
        return (at, trusted, value, seen, reading.message_id) if limits.low <= value <= limits.high else None

    def states_of(self, sensor: str, rules: Iterable[str]) -> dict[StateKey, RuleState] | None:
        """What the rules of a sensor remember; None when this process has not met it yet."""
        heard = self.heard.get(sensor)
        if heard is not None:
            return dict.fromkeys(((sensor, rule) for rule in rules), spoken(heard))
        keys = [(sensor, rule) for rule in rules]
        return {key: self.states[key] for key in keys} if all(key in self.states for key in keys) else None

    def absorb(self, outcome: "Outcome", sensors: Mapping[str, Sensor]) -> None:
        """A batch was committed."""
        self.heard.update(outcome.heard)
        by_sensor: dict[str, list[StateKey]] = {}
        for key in outcome.states:
            by_sensor.setdefault(key[0], []).append(key)
        self.states.update(outcome.states)
        for sensor, keys in by_sensor.items():
            heard, known = self.heard.pop(sensor, None), sensors.get(sensor)
            if heard is not None and known is not None:
                for rule in self._rules.get(known.kind, ()):
                    self.states.setdefault((sensor, rule.name), spoken(heard))
            self._shorten(sensor, keys, known, outcome.last.get(sensor))

    def _shorten(self, sensor: str, keys: Sequence[StateKey], known: Sensor | None, last: Reading | None) -> None:
        """All quiet, and all rules took the same reading: one tuple says it all."""
        rules = self._rules.get(known.kind) if known else None
        if rules is None or last is None or len(keys) != len(rules):
            return
        states = [self.states[key] for key in keys]
        heard = (states[0].last_at if states else 0, states[0].trusted_at if states else 0, last.value, last.observed_at, last.message_id)
        if all(state == spoken(heard) for state in states):
            for key in keys:
                del self.states[key]
            self.heard[sensor] = heard


def spoken(heard: Heard) -> RuleState:
    """The state of a quiet rule that took this reading last."""
    at, trusted, value, seen, message_id = heard
    return RuleState(last_at=at, last_hash=fingerprint_of(value, seen, message_id), trusted_at=trusted) if at else QUIET

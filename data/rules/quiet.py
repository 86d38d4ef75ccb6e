"""The short way of nearly all readings: a sensor of which nothing is open and nothing on its way sends a value well within its limits.

Between the two ends of its band no plain rule of its kind stirs, so all there is to remember is which reading came last.
"""

from collections.abc import Sequence
from math import inf
from zoneinfo import ZoneInfo

from data.rules.limits import Scene, ever_in_force, in_force
from data.rules.spec import Absence, Rule, Threshold

Band = tuple[float, float]
"""Values between these, both excluded, stir nothing."""
SLOT_MS = 900_000
"""Day and night change on a quarter of an hour in every zone there is."""


def is_plain(rules: Sequence[Rule]) -> bool:
    """Whether readings within a band change nothing but which one came last."""
    return all(isinstance(rule, Absence) or (isinstance(rule, Threshold) and rule.window is None) for rule in rules)


def band(rules: Sequence[Rule], scene: Scene, at: int) -> Band:
    """Where the rules of a place are quiet at `at` (UTC ms), until its quarter of an hour ends."""
    low, high = -inf, inf
    for rule in rules:
        if isinstance(rule, Threshold):
            for force in ever_in_force(rule, scene) if rule.holds else in_force(rule, scene, at):
                if rule.direction == "high":
                    high = min(high, force.trip)
                else:
                    low = max(low, force.trip)
    return low, high


class Bands:
    """Bands by kind, place and quarter of an hour; for one set of kinds and one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._slot = 0
        self._known: dict[tuple[str, str, str], Band] = {}
        self._particular: dict[str, frozenset[str]] = {}

    def find(self, kind: str, rules: Sequence[Rule], sensor: str, area_class: str, at: int) -> Band:
        """The band of a sensor; sensors without limits of their own share one."""
        if at // SLOT_MS != self._slot:
            self._slot = at // SLOT_MS
            self._known.clear()
        own = self._particular.get(kind)
        if own is None:
            limits = (row.sensor for rule in rules if isinstance(rule, Threshold) for row in rule.limits)
            own = self._particular[kind] = frozenset(filter(None, limits))
        key = (kind, area_class, sensor if sensor in own else "")
        found = self._known.get(key)
        if found is None:
            scene = Scene(sensor=sensor, area_class=area_class, zone=self._zone)
            found = self._known[key] = band(rules, scene, at)
        return found

"""The short way of nearly all readings: a sensor of which nothing is open and nothing on its way sends a value well within its limits.

Between the two ends of its band no plain rule of its kind stirs, so all there is to remember is which reading came last.
"""

from collections.abc import Iterable, Sequence
from math import inf, log10
from struct import Struct
from zoneinfo import ZoneInfo

import msgspec

from data.rules.limits import Scene, ever_in_force, in_force
from data.rules.spec import Absence, Rule, Threshold, Window
from data.rules.state import KEPT_WINDOW_S, Part, RuleState, fingerprint_of
from data.rules.windows import grown

Heard = tuple[int, int, float, int | None, str, bytes, "Parts", "Band | None"]
"""The reading taken last: rule time, newest device time believed, value, device time, message id. Then for short windows: the readings of late,
what the windows held before those, and the band within which all of that is known to lie."""
NOTHING: Heard = (0, 0, 0.0, None, "", b"", (), None)
Band = tuple[float, float]
"""Values between these, both excluded, stir nothing."""
MOST_BANDS = 4_096
SLOT_MS = 900_000
"""Day and night change on a quarter of an hour in every zone there is."""


Parts = tuple[tuple[Part, ...], ...]
"""The windows of a kind's rules, rule by rule."""
_RECENT = Struct("<Ii")
MOST_RECENT = 64 * _RECENT.size
"""Bytes of readings that are kept beside their window; then they go into it."""


def is_plain(rules: Sequence[Rule]) -> bool:
    """Whether readings within a band change nothing but which one came last, and what a short mean is made of."""
    return all(isinstance(rule, Absence) or (isinstance(rule, Threshold) and _is_short(rule.window)) for rule in rules)


def _is_short(window: Window | None) -> bool:
    # What all lies within the band has its mean and its greatest there. Windows that are stored as they move take the long way.
    return window is None or (window.how in {"mean", "leq", "max"} and window.over_s < KEPT_WINDOW_S and window.part_ms % 1000 == 0)


def reach_s(rules: Sequence[Rule]) -> int:
    """How far back, in seconds, a window of these rules may look; 0 without one."""
    return max((rule.window.part_ms * (rule.window.parts + 1) // 1000 for rule in rules if isinstance(rule, Threshold) and rule.window), default=0)


def add_recent(recent: bytes, at: int, value: float, reach: int) -> bytes | None:
    """Readings of the last `reach` seconds with one more; None where the value is no whole thousandth or they became too many."""
    whole = round(value * 1000)
    if whole / 1000 != value or not -(2**31) <= whole < 2**31 or len(recent) >= MOST_RECENT:
        return None
    second, old = at // 1000, 0
    while old < len(recent) and _RECENT.unpack_from(recent, old)[0] < second - reach:
        old += _RECENT.size
    return recent[old:] + _RECENT.pack(second, whole)


def is_within(rules: Sequence[Rule], parts: Parts, recent: bytes, band: "Band") -> bool:
    """Whether all that the windows hold lies within a band."""
    low, high = band
    if not all(low < whole / 1000 < high for _, whole in _RECENT.iter_unpack(recent)):
        return False
    windows = [rule.window for rule in rules if isinstance(rule, Threshold) and rule.window] if parts else []
    return all(low < _figure(window, part) < high for window, own in zip(windows, parts, strict=False) for part in own)


def _figure(window: Window, part: Part) -> float:
    _, amount, count = part
    if window.how == "max":
        return amount
    return amount / count if window.how == "mean" else 10 * log10(amount / count)


def windows_of(rules: Sequence[Rule], states: Iterable[RuleState]) -> Parts:
    """What the windows of these states hold; () for nothing."""
    found = tuple(state.parts for rule, state in zip(rules, states, strict=True) if isinstance(rule, Threshold) and rule.window)
    return found if any(found) else ()


def spoken(rules: Sequence[Rule], heard: Heard) -> tuple[RuleState, ...]:
    """The states of quiet rules that took this reading last."""
    at, trusted, value, seen, message_id, recent, parts, _ = heard
    plain = RuleState(last_at=at, last_hash=fingerprint_of(value, seen, message_id), trusted_at=trusted) if at else RuleState()
    if not recent and not parts:
        return (plain,) * len(rules)
    rest = iter(parts)
    return tuple(
        msgspec.structs.replace(plain, parts=_replayed(rule.window, next(rest, ()), recent))
        if isinstance(rule, Threshold) and rule.window else plain
        for rule in rules
    )  # fmt: skip


def _replayed(window: Window, parts: tuple[Part, ...], recent: bytes) -> tuple[Part, ...]:
    return grown(window, parts, ((second * 1000, whole / 1000) for second, whole in _RECENT.iter_unpack(recent)))


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
        self._known: dict[tuple[int, str, str, str], Band] = {}
        self._particular: dict[str, frozenset[str]] = {}

    def find(self, kind: str, rules: Sequence[Rule], sensor: str, area_class: str, at: int) -> Band:
        """The band of a sensor; sensors without limits of their own share one."""
        own = self._particular.get(kind)
        if own is None:
            limits = (row.sensor for rule in rules if isinstance(rule, Threshold) for row in rule.limits)
            own = self._particular[kind] = frozenset(filter(None, limits))
        key = (at // SLOT_MS, kind, area_class, sensor if own and sensor in own else "")
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST_BANDS:
                self._known.clear()
            scene = Scene(sensor=sensor, area_class=area_class, zone=self._zone)
            found = self._known[key] = band(rules, scene, at)
        return found

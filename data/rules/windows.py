"""What a window makes of readings: sums, means, the worst, change and speed. Bounded: a window has at most `parts` + 1 parts.

Figures of a part: sum and counter (amount, readings); mean and leq (total, readings); max (greatest, readings);
change and speedup (first value, its time in ms).
"""

from collections.abc import Iterable
from math import log10

from data.rules.spec import Window
from data.rules.state import Part, RuleState

HOUR_MS = 3_600_000
Seen = tuple[tuple[Part, ...], float | None, float | None]
"""Parts, counter total, and the figure for the limits; the figure is None while too little is known."""


def look(window: Window, state: RuleState, value: float, at: int) -> Seen:
    """Add a reading that is not older than the last one; `at` is its rule time."""
    number = at // window.part_ms
    kept = tuple(part for part in state.parts if part[0] >= number - window.parts)
    if window.how in ("change", "speedup"):
        parts = _begin(kept, number, value, at)
        return parts, None, _change(window, parts, value, at) if window.how == "change" else _speedup(window, parts, value, at)
    if window.how in ("sum", "counter"):
        parts = _grow(window, state, kept, value, at) if window.how == "counter" else _add(kept, number, value, 1.0) if value else kept
        return parts, value if window.how == "counter" else None, _sum(parts)
    if window.how == "max":
        parts = _peak(kept, number, value)
        return parts, None, max(part[1] for part in parts)
    parts = _add(kept, number, 10 ** (value / 10) if window.how == "leq" else value, 1.0)
    mean = _mean(window, parts)
    return parts, None, mean if mean is None or window.how == "mean" else 10 * log10(mean)


def grown(window: Window, parts: tuple[Part, ...], readings: Iterable[tuple[int, float]]) -> tuple[Part, ...]:
    """What `look` one by one leaves in the window of a mean, leq or max; `readings` are (rule time, value) in order. Without the figures."""
    made, length, is_peak, is_leq, number = list(parts), window.part_ms, window.how == "max", window.how == "leq", 0
    for at, value in readings:
        number, amount = at // length, 10 ** (value / 10) if is_leq else value
        if made and made[-1][0] == number:
            _, before, count = made[-1]
            made[-1] = (number, max(before, amount) if is_peak else before + amount, count + 1)
        else:
            made.append((number, amount, 1.0))
    return tuple(part for part in made if part[0] >= number - window.parts)


def _add(parts: tuple[Part, ...], number: int, amount: float, count: float) -> tuple[Part, ...]:
    if parts and parts[-1][0] == number:
        return (*parts[:-1], (number, parts[-1][1] + amount, parts[-1][2] + count))
    return (*parts, (number, amount, count))


def _peak(parts: tuple[Part, ...], number: int, value: float) -> tuple[Part, ...]:
    if parts and parts[-1][0] == number:
        return (*parts[:-1], (number, max(parts[-1][1], value), parts[-1][2] + 1))
    return (*parts, (number, value, 1.0))


def _begin(parts: tuple[Part, ...], number: int, value: float, at: int) -> tuple[Part, ...]:
    return parts if parts and parts[-1][0] == number else (*parts, (number, value, float(at)))


def _sum(parts: tuple[Part, ...]) -> float:
    # Tips of 0.1 or 0.2 mm add up to 49.99999999999999 otherwise, which is not 50.
    return round(sum(part[1] for part in parts), 6)


def _mean(window: Window, parts: tuple[Part, ...]) -> float | None:
    if len(parts) < window.fill * window.parts:
        return None
    return sum(part[1] for part in parts) / sum(part[2] for part in parts)


def _grow(window: Window, state: RuleState, parts: tuple[Part, ...], total: float, at: int) -> tuple[Part, ...]:
    """Spread the growth since the last total evenly over the time since: a gap is no cloudburst."""
    if state.total is None:
        return parts
    growth = _growth(window, state.total, total, max(at - state.last_at, HOUR_MS) / HOUR_MS)
    if growth == 0:
        return parts
    length, since = window.part_ms, min(state.last_at, at)
    last, first = at // length, max(since // length, at // length - window.parts)
    if at <= since or first == last:
        return _add(parts, last, growth, 1.0)
    for number in range(first, last + 1):
        overlap = min(at, (number + 1) * length) - max(since, number * length)
        if overlap > 0:
            parts = _add(parts, number, growth * overlap / (at - since), 1.0)
    return parts


def _growth(window: Window, before: float, now: float, hours: float) -> float:
    growth = now - before
    if growth < 0:
        rolled = growth + window.rolls_at
        # It either rolled over, which takes no more rain than can fall, or was reset and counts from 0.
        growth = rolled if window.rolls_at and 0 <= rolled <= window.most_per_h * hours else now
    return growth if 0 <= growth <= window.most_per_h * hours else 0.0


def _change(window: Window, parts: tuple[Part, ...], value: float, at: int) -> float | None:
    _, first, since = parts[0]
    change = value - first
    if window.per_s:
        elapsed = at - since
        if elapsed < window.fill * window.over_s * 1000 or elapsed <= 0:
            return None
        change *= window.per_s * 1000 / elapsed
    return abs(change) if window.either else change


def _speedup(window: Window, parts: tuple[Part, ...], value: float, at: int) -> float | None:
    _, first, since = parts[0]
    if at - since < window.fill * window.over_s * 1000:
        return None
    middle = (at + since) / 2
    _, half, half_at = min(parts, key=lambda part: abs(part[2] - middle))
    if not since < half_at < at:
        return None
    per_ms = (window.per_s or window.over_s) * 1000
    older, newer = (half - first) / (half_at - since) * per_ms, (value - half) / (at - half_at) * per_ms
    return newer if newer > 0 and newer >= window.ratio * older else 0.0

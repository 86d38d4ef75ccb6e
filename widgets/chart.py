"""A chart in Braille with axes of ASCII: the only module that knows plotext, which is imported when the first chart is drawn.

Axes, limits and labels are ours: plotext's are of uncertain width, and it counts a title in characters. It has one figure a
process, so charts are drawn one after the other, in the thread of the screen.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.domain.vocabulary import Level
from data.views.models.sensors import Trend
from data.words import Words
from widgets.cells import fit
from widgets.lines import Line, Piece
from widgets.theme import Tone
from widgets.times import short_clock

_LABEL = 7
"""Cells left of the axis: a number, and for a limit its word."""
_TONES = {Level.CRITICAL: Tone.LATE, Level.HIGH: Tone.LEVEL2}
_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Scale:
    """What the lowest and the highest dot stand for."""

    low: float
    high: float

    def row(self, value: float, rows: int) -> int:
        """Line of a value, 0 at the top; may lie outside."""
        return round((self.high - value) / (self.high - self.low) * (rows - 1))


def chart_lines(trend: Trend, other: Sequence[float | None], *, zone: str, words: Words, width: int, height: int) -> list[Line]:
    """`height` lines: the curve with its limits (and a second, paler curve), the axis and the times under it."""
    rows, cells = height - 2, width - _LABEL - 3
    if trend.states:
        return [*_state_rows(trend, other, words, rows, cells), *_axis(trend, cells, zone)]
    scale = scale_of([*trend.values, *other], [limit for _, limit in trend.limits], trend.low)
    canvas = _canvas((other, trend.values), scale, cells, rows)
    limits = {scale.row(limit, rows): (level, limit) for level, limit in reversed(trend.limits) if scale.low <= limit <= scale.high}
    labels = _labels(scale, rows, limits)
    lines = [_row(row, canvas[row], labels.get(row, ""), limits.get(row), words) for row in range(rows)]
    return [*lines, *_axis(trend, cells, zone)]


def _state_rows(trend: Trend, other: Sequence[float | None], words: Words, rows: int, cells: int) -> list[Line]:
    """A yes/no kind has no scale but its words, each at its line; a line of a limit would say the same again."""
    top = len(trend.states) - 1
    scale = Scale(-0.1 * top, 1.1 * top)
    kept = [[None if value is None else min(max(value, 0.0), top) for value in curve] for curve in (other, trend.values)]
    canvas = _canvas(kept, scale, cells, rows)
    labels = {scale.row(at, rows): words(state) for at, state in enumerate(trend.states)}
    return [Line(((fit(labels.get(row, ""), _LABEL + 1, "right") + " |", Tone.DIM), (canvas[row], Tone.TEXT))) for row in range(rows)]


def _row(row: int, canvas: str, label: str, limit: tuple[Level, float] | None, words: Words) -> Line:
    if limit is None:
        return Line((("  " + fit(label, _LABEL - 1, "right") + " |", Tone.DIM), (canvas, Tone.TEXT)))
    level, value = limit
    name = fit(f"{words(f'line.{int(level)}')} {value:g}", _LABEL + 1, "right")
    return Line(((f"{name} |", _TONES.get(level, Tone.STRONG)), *_dashed(canvas, _TONES.get(level, Tone.DIM))))


def _dashed(canvas: str, tone: Tone) -> Iterator[Piece]:
    """The limit's dashes wherever the curve is not."""
    run, is_curve = "", False
    for at, sign in enumerate(canvas):
        curve = sign != " "
        if run and curve != is_curve:
            yield run, Tone.TEXT if is_curve else tone
            run = ""
        run, is_curve = run + (sign if curve else "- "[at % 2]), curve
    yield run, Tone.TEXT if is_curve else tone


def _labels(scale: Scale, rows: int, limits: dict[int, tuple[Level, float]]) -> dict[int, str]:
    """Round numbers at their lines, away from those of the limits."""
    step = _round_step((scale.high - scale.low) / max(rows // 2, 1))
    labels: dict[int, str] = {}
    tick = math.ceil(scale.low / step) * step
    while tick <= scale.high + step / 1e6:
        row = scale.row(tick, rows)
        if 0 <= row < rows and row not in limits and row not in labels:
            labels[row] = f"{round(tick, 10):g}"
        tick += step
    return labels


def _round_step(least: float) -> float:
    size = 10.0 ** math.floor(math.log10(least))
    return next(size * times for times in (1, 2, 5, 10) if size * times >= least * (1 - 1e-9))


def scale_of(values: Sequence[float | None], limits: Sequence[float], rest: float) -> Scale:
    """From the least to the most of values and limits, with a little air; `rest` where there is neither."""
    known = [value for value in values if value is not None and math.isfinite(value)] + list(limits)
    low, high = (min(known), max(known)) if known else (rest, rest)
    if 0 <= low < high / 2:
        low = 0.0
    air = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return Scale(low if low == 0 else low - air, high + air)


def _canvas(curves: Sequence[Sequence[float | None]], scale: Scale, cells: int, rows: int) -> list[str]:
    """The curves as lines of Braille and blanks; a gap is left open."""
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.plot_size(cells, rows)
    figure.axes(active=False)
    for axis in ("x", "y"):
        figure.ruler(axis=axis).ticks([], [])
    longest = max(len(curve) for curve in curves)
    figure.ruler(axis="x").lim(0, max(longest - 1, 1))
    figure.ruler(axis="y").lim(scale.low, scale.high)
    for curve in curves:
        for xs, ys in _runs(curve, (scale.high - scale.low) / rows / 4):
            figure.draw(figure.signal(xs, ys, marker="braille"))
    text = plotext.uncolorize(figure.build().string())
    lines = [line.replace("\u2800", " ") for line in text.split("\n")]
    figure.clear()
    return [fit(lines[row] if row < len(lines) else "", cells) for row in range(rows)]


def _runs(values: Sequence[float | None], dot: float) -> Iterator[tuple[list[float], list[float]]]:
    """Stretches without a gap; between two columns as many points as make a line of them (`dot`: what one dot is high)."""
    xs: list[float] = []
    ys: list[float] = []
    for at, value in enumerate([*values, None]):
        if value is None:
            if xs:
                yield xs, ys
            xs, ys = [], []
            continue
        if xs:
            last = ys[-1]
            parts = max(4, min(math.ceil(abs(value - last) / dot), 400))
            xs += [at - 1 + part / parts for part in range(1, parts)]
            ys += [last + (value - last) * part / parts for part in range(1, parts)]
        xs.append(float(at))
        ys.append(value)


def _axis(trend: Trend, cells: int, zone: str) -> Iterator[Line]:
    """A mark and a time at each fifth, or date where it is more than a day."""
    marks = max(min(cells // 12, 6), 1)
    places = [cells * mark // marks for mark in range(marks + 1)]
    axis = "".join("+" if at in places else "-" for at in range(cells))
    yield Line(((" " * (_LABEL + 1) + " +" + axis[1:], Tone.DIM),))
    times = [" "] * (cells + _LABEL + 3)
    for mark, place in enumerate(places):
        text = _time(trend.start + (trend.end - trend.start) * mark // marks, trend.end - trend.start, zone)
        at = min(_LABEL + place, len(times) - len(text))
        times[at : at + len(text)] = text
    yield Line((("".join(times), Tone.DIM),))


def _time(at: int, span: int, zone: str) -> str:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    if span <= _DAY:
        return short_clock(at, zone)
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).strftime("%m-%d")

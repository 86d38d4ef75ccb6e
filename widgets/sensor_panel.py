"""One line of the board: level, kind, place, value, trend, spark, limit and age. A silent sensor shows no value."""

from data.domain.vocabulary import Freshness, Level
from data.views.models.sensors import Board, FoundSensor, SensorPanel
from data.words import Words
from widgets.case_list import badge, no_badge
from widgets.cells import fit, width
from widgets.lines import Line, Piece, cell, gap, pieces_width
from widgets.spark import spark
from widgets.theme import Tone
from widgets.times import age, shown_age

SPARK_CELLS = 12
PANEL_CELLS = 80
"""Cells of a whole panel, at least; what is right of it is for something else."""
_BESIDE = 40
"""Cells that the areas take at the right of a panel."""
_MOST_WIDER = 20
"""Cells that a wide screen adds to a panel: by then every name is whole."""
_COLUMNS = {"zh": (8, 14, 16, 2), "en": (12, 14, 11, 4)}
"""Cells of kind, place, value and trend, by the length of a language's words; a unit (微克每立方米) is never cut."""
_LONG_KINDS = {"zh": 4, "en": 10}
"""Cells by which the column of the kind grows where there is room: to the longest name that ships."""
_VALUE_TONES = {Level.CRITICAL: Tone.LATE, Level.HIGH: Tone.LEVEL2, Level.MEDIUM: Tone.STRONG, Level.NOTE: Tone.TEXT}
_TRENDS = {1: "up", 0: "flat", -1: "down"}


def cells_beside(width: int) -> int:
    """Cells of a panel with the areas at its right, on a screen of `width`."""
    return PANEL_CELLS + min(max(width - PANEL_CELLS - _BESIDE, 0), _MOST_WIDER)


def title(board: Board, words: Words) -> Line:
    """Heading over the panels: how many there are and how many are shown."""
    shown = sum(panel.level is not None for panel in board.panels)
    said = words("board.some", abnormal=board.abnormal, shown=shown) if board.abnormal else words("board.none")
    return Line((gap(), (words("board.title"), Tone.DIM), gap(2), (said, Tone.DIM)))


def panel_line(panel: SensorPanel, *, old: bool, words: Words, cells: int, now: int | None = None, here: bool = False) -> Line:
    """One panel, `>` before it if the cursor is `here`; with `now` its age moves in steps.

    `old`: the broker is down, so a value is marked `~` and may have changed.
    """
    kind, place, value, trend = _COLUMNS[words.language]
    half = max(cells - PANEL_CELLS, 0) // 2
    kind, place = kind + min(half, _LONG_KINDS[words.language]), place + min(half, 8)
    pieces: tuple[Piece, ...] = (
        (">", Tone.KEY) if here else gap(),
        *(badge(panel.level, words) if panel.level else (no_badge(words),)),
        gap(),
        cell(_kind_name(panel, kind), kind, Tone.TEXT),
        gap(),
        cell(panel.place, place, Tone.STRONG if here else Tone.TEXT),
        cell(value_text(panel, words, old=old), value, _value_tone(panel), "right"),
        gap(),
        cell(_trend(panel, words), trend, Tone.TEXT),
        gap(2 if trend < 4 else 1),
        (spark(panel.spark, SPARK_CELLS, panel.low, panel.high), _spark_tone(panel)),
        gap(),
    )
    return Line((*pieces, *_limit_and_age(panel, words, min(cells - pieces_width(pieces), 20), now)))


def brief_panel(panel: SensorPanel, words: Words) -> tuple[Piece, ...]:
    """Value, limit, spark and trend, one after the other: a panel within another line."""
    limit = () if panel.limit is None else ((f" {_limit(panel, words)}", Tone.DIM),)
    drawn = (spark(panel.spark, SPARK_CELLS, panel.low, panel.high), _spark_tone(panel))
    hour = (gap(2), drawn) if any(point is not None for point in panel.spark) else ()
    trend = _trend(panel, words)
    way = ((f" {trend}", Tone.TEXT),) if trend else ()
    return (value_text(panel, words, old=False), _value_tone(panel)), *limit, *hour, *way


def _kind_name(panel: SensorPanel, cells: int) -> str:
    """The whole name where it fits, else the short one if it has one."""
    return panel.kind_name if width(panel.kind_name) <= cells else panel.kind_short or panel.kind_name


def _limit_and_age(panel: SensorPanel, words: Words, room: int, now: int | None) -> tuple[Piece, ...]:
    """The age stands at the end of every line and never gives way; the limit does."""
    seconds = panel.age_s if now is None or panel.observed_at is None else shown_age(panel.observed_at, now)
    old = age(seconds, words)
    size = max(width(old), 6)
    limit = "" if panel.limit is None else _limit(panel, words)
    stale = panel.freshness is not Freshness.LIVE
    return cell(limit, max(room - size - 2, 0), Tone.DIM), gap(), (fit(old, size, "right"), Tone.LATE if stale else Tone.DIM), gap()


def _limit(panel: SensorPanel, words: Words) -> str:
    name = words(f"line.{int(panel.limit_level)}") if panel.limit_level else ""
    return f"{name}{panel.limit:g}"


def value_text(panel: SensorPanel | FoundSensor, words: Words, *, old: bool) -> str:
    """`52.0毫米`, the word of a yes/no kind, or what it is instead of a value: `失联 -`, `未报 -`."""
    if panel.freshness is Freshness.NEVER:
        return f"{words('board.never')} -"
    if panel.freshness is not Freshness.LIVE:
        return f"{words('board.retained' if panel.freshness is Freshness.RETAINED else 'board.lost')} -"
    mark = "~" if old or panel.source_down_since is not None else ""
    if panel.state_word:
        return mark + words(panel.state_word)
    if panel.value is None:
        return "-"
    blank = " " if panel.unit_name[:1].isascii() and panel.unit_name else ""
    return f"{mark}{panel.value:.{panel.precision}f}{blank}{panel.unit_name}"


def _value_tone(panel: SensorPanel) -> Tone:
    if panel.freshness is not Freshness.LIVE:
        return Tone.DIM
    return _VALUE_TONES[panel.level] if panel.level else Tone.TEXT


def _spark_tone(panel: SensorPanel) -> Tone:
    return Tone.LATE if panel.level is Level.CRITICAL else Tone.DIM


def _trend(panel: SensorPanel, words: Words) -> str:
    """A silent sensor has no trend."""
    return words(f"trend.{_TRENDS[panel.trend]}") if panel.freshness is Freshness.LIVE else ""

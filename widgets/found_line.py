"""Sensors that a search found, one a line: level, code, name, place, value and age; a silent one shows no value."""

from data.domain.vocabulary import Freshness
from data.views.models.sensors import FoundSensor
from data.words import Words
from widgets.case_list import badge, no_badge
from widgets.lines import Line, Piece, cell, gap
from widgets.sensor_panel import value_text
from widgets.theme import Ground, Tone
from widgets.times import age

_CODE = 16
_VALUE = 14
_AGE = 7
_BESIDE = 7
"""Mark, badge and the blank behind it."""


def found_heading(words: Words, width: int) -> Line:
    """Names of the columns."""
    name, place = _room(width)
    titles = (cell(words(f"sensors.{title}"), size, Tone.DIM) for title, size in (("code", _CODE), ("name", name), ("place", place)))
    value, old = (cell(words(f"sensors.{title}"), size, Tone.DIM, "right") for title, size in (("value", _VALUE), ("age", _AGE)))
    return Line((gap(_BESIDE), *titles, value, old))


def found_line(found: FoundSensor, *, old: bool, here: bool, words: Words, width: int) -> Line:
    """One of them; `old`: nothing can come from it now, so its value is marked."""
    name, place = _room(width)
    is_live = found.freshness is Freshness.LIVE
    pieces: tuple[Piece, ...] = (
        (">", Tone.KEY) if here else gap(),
        *(badge(found.level, words) if found.level else (no_badge(words),)),
        gap(),
        cell(found.sensor, _CODE - 1, Tone.DIM),
        gap(),
        cell(found.name or found.kind_name, name - 1, Tone.STRONG if here else Tone.TEXT),
        gap(),
        cell(found.place, place, Tone.TEXT),
        cell(value_text(found, words, old=old), _VALUE, Tone.STRONG if is_live else Tone.DIM, "right"),
        cell("" if found.freshness is Freshness.NEVER else age(found.age_s, words), _AGE, Tone.DIM, "right"),
    )
    return Line(pieces, Ground.CURSOR if here else Ground.SCREEN)


def _room(width: int) -> tuple[int, int]:
    """Cells of name, with its blank, and of place."""
    both = max(width - _BESIDE - _CODE - _VALUE - _AGE - 1, 20)
    return both // 2, both - both // 2

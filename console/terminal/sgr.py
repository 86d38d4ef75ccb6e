"""How a cell looks, and the shortest sequence from one look to the next."""

from functools import lru_cache
from typing import NamedTuple

_OFF = {1: 22, 2: 22, 3: 23, 4: 24, 21: 24, 5: 25, 6: 25, 7: 27, 8: 28, 9: 29, 53: 55, 51: 54, 52: 54}
"""SGR code of a mark → the code that ends it."""
_ON = {off: frozenset(on for on, ends in _OFF.items() if ends == off) for off in set(_OFF.values())}
_INKED = frozenset({4, 21, 9, 53})
"""Marks that are seen on a blank."""
_REVERSE = 7
_HIDDEN = 8


class Look(NamedTuple):
    """Colours as SGR parameters ("" is the terminal's own) and marks as SGR codes."""

    front: str = ""
    back: str = ""
    marks: frozenset[int] = frozenset()


PLAIN = Look()


@lru_cache(maxsize=4096)
def obey(look: Look, parameters: str) -> Look:
    """`look` after `ESC [ parameters m`; parameters that are not known change nothing."""
    front, back, marks = look
    codes = parameters.split(";")
    while codes:
        code = int(codes.pop(0) or 0)
        if code == 0:
            front, back, marks = PLAIN
        elif code in _OFF:
            marks |= {code}
        elif code in _ON:
            marks -= _ON[code]
        elif code in {38, 48}:
            colour = _long_colour(str(code), codes)
            front, back = (colour, back) if code == 38 else (front, colour)
        elif 30 <= code <= 39 or 90 <= code <= 97:
            front = "" if code == 39 else str(code)
        elif 40 <= code <= 49 or 100 <= code <= 107:
            back = "" if code == 49 else str(code)
    return Look(front, back, marks)


def _long_colour(code: str, rest: list[str]) -> str:
    """`38;5;n` or `38;2;r;g;b`, its parameters taken from `rest`."""
    size = {"5": 2, "2": 4}.get(rest[0] if rest else "", 1)
    taken, rest[:] = rest[:size], rest[size:]
    return ";".join([code, *(each or "0" for each in taken)])


@lru_cache(maxsize=4096)
def on_blank(look: Look) -> Look:
    """All of `look` that can be seen where nothing is written."""
    if look.marks & _INKED:
        return look
    if _REVERSE in look.marks:
        # Some terminals draw a bold colour brighter, and here it is the ground.
        return Look(look.front, look.back if _HIDDEN in look.marks else "", look.marks & {1, 2, _REVERSE, _HIDDEN})
    return Look("", look.back, frozenset())


@lru_cache(maxsize=4096)
def for_blank(pen: Look | None, blank: Look) -> Look:
    """The look nearest to the pen's that shows a blank as `blank`."""
    if pen is None or blank.marks:
        return blank
    return Look(pen.front, blank.back, pen.marks - _INKED - {_REVERSE, _HIDDEN})


@lru_cache(maxsize=16384)
def change(old: Look | None, new: Look) -> str:
    """The shortest sequence after which the pen has the look `new`; `old` None: it may have any."""
    if old == new:
        return ""
    anew = "\x1b[" + ";".join(["", *_codes(new)]) + "m"
    if old is None:
        return anew
    return min(anew, "\x1b[" + ";".join(_steps(old, new)) + "m", key=len)


def _codes(look: Look) -> list[str]:
    return [*map(str, sorted(look.marks)), *filter(None, (look.front, look.back))]


def _steps(old: Look, new: Look) -> list[str]:
    ended = {_OFF[mark] for mark in old.marks - new.marks}
    lost = frozenset[int]().union(*(_ON[off] for off in ended))
    marks = (new.marks - old.marks) | (new.marks & lost)
    steps = [*map(str, sorted(ended)), *map(str, sorted(marks))]
    if old.front != new.front:
        steps.append(new.front or "39")
    if old.back != new.back:
        steps.append(new.back or "49")
    return steps

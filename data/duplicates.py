"""How likely two troubles are one: pure scoring with its reasons. `domain.md` §6d; weights are our judgement.

    ≤ 50 m, or the same building     0.40        class the same          0.10
    same grid                        0.20        time, falling to 0      0.10 at once, 0 after 72 h
    buildings that differ  -0.25                 text, by bigrams        0.45 at a likeness of 0.6, from 0.3 on
    one building, grids differ  0.05             (without the buildings it names)

Both must be of one class group and at one place before they are compared at all (`places` gives the keys to look under).
"""

import math
import re
from functools import lru_cache

from msgspec import Struct

from data.domain.reason import Reason, because

HOUR = 3_600_000
WINDOW_MS = 72 * HOUR
"""Older troubles are not compared."""
CLOSED_MS = 24 * HOUR
"""A case closed longer ago than this is no candidate."""
NEAR_M = 50.0
"""Radius of "the same spot", as FixMyStreet has it."""
ATTACH = 0.8
"""From here on a report joins by itself."""
SUGGEST = 0.4
"""From here on a person is told."""
SUPPORT_STEPS = (3, 10)
"""Numbers of supporting reports at which a case becomes one level more urgent."""
OF_ALARMS = "!"
"""Before the place keys of cases that an alarm opened: a storm of them must not stand before what people said."""
_CELL = 0.0005
"""Degrees of a place cell: 55 m of latitude, at least 27 m of longitude up to 60 degrees north."""

_KEPT = 4096
"""Texts whose parts are remembered: in a flood the same two hundred neighbours are compared with each new report."""

_NAMES = "小区|花园|家园|苑|新村|大厦|广场|公寓|院子|大院|新城|雅居|佳园|庭|府|坊|寓"
_BUILDING = re.compile(rf"(?:([一-鿿]{{1,8}}?(?:{_NAMES}))?\s*([0-9０-９]{{1,4}}|[一二三四五六七八九十]{{1,3}}|[A-Za-z])\s*(?:号楼|栋|幢|座|号院))")
_PARTICLES = re.compile("^.*(?:位于|在|于|的|我们|我|到|从|去|是|请|有)(?=.{2})")
_DIGITS = {sign: index for index, sign in enumerate("零一二三四五六七八九")}


class Trouble(Struct, frozen=True, kw_only=True):
    """What a report, an alarm or a case says of one trouble; `at` is UTC ms, `group` the class group."""

    class_code: str | None
    group: str
    text: str
    grid: str | None
    address: str | None
    lat: float | None
    lon: float | None
    at: int
    is_alarm: bool = False

    @property
    def said(self) -> str:
        """Address and words together."""
        return f"{self.address or ''} {self.text}"


class Likeness(Struct, frozen=True, kw_only=True):
    """A score from 0 to 1 with what it is made of."""

    score: float
    reasons: tuple[Reason, ...]


def likeness(one: Trouble, other: Trouble) -> Likeness:
    """Score two troubles of one class group. An alarm and a person's word of it at one place are one trouble."""
    place, named = _place(one, other)
    reasons = _place_reasons(one, other, named)
    if _is_alarm_and_word(one, other, place):
        return Likeness(score=1.0, reasons=(*reasons, because("alike_alarm")))
    alike = _text(one, other)
    more = (because("alike_class"),) if _is_same_class(one, other) else ()
    text = (because("alike_text", percent=round(alike * 100)),) if alike >= 0.3 else ()
    hours = because("alike_time", hours=round(abs(one.at - other.at) / HOUR, 1))
    return Likeness(score=_sum(one, other, place, alike), reasons=(*reasons, *more, hours, *text))


def score(one: Trouble, other: Trouble) -> float:
    """The score alone: of two hundred neighbours only the likest are told why."""
    place, _ = _place(one, other)
    return 1.0 if _is_alarm_and_word(one, other, place) else _sum(one, other, place, _text(one, other))


def _is_same_class(one: Trouble, other: Trouble) -> bool:
    return bool(one.class_code) and one.class_code == other.class_code


def _is_alarm_and_word(one: Trouble, other: Trouble, place: float) -> bool:
    return place > 0 and one.is_alarm != other.is_alarm and (place >= 0.4 or one.class_code == other.class_code)


def _sum(one: Trouble, other: Trouble, place: float, alike: float) -> float:
    found = place + 0.1 * _is_same_class(one, other) + 0.1 * max(0.0, 1 - abs(one.at - other.at) / WINDOW_MS)
    return round(min(1.0, max(0.0, found + (0.45 * min(1.0, alike / 0.6) if alike >= 0.3 else 0.0))), 3)


def _text(one: Trouble, other: Trouble) -> float:
    return _jaccard(_said_else(one.text), _said_else(other.text))


def _place(one: Trouble, other: Trouble) -> tuple[float, str]:
    """What the place weighs, and what it is known by: `near`, `grid`, `` or a building, with `!` before it where they differ."""
    metres = distance(one, other)
    if metres is not None and metres <= NEAR_M:
        return 0.4, "near"
    mine, theirs = buildings(one.said), buildings(other.said)
    same_grid = bool(one.grid) and one.grid == other.grid
    if mine and theirs:
        return _by_buildings(mine, theirs, same_grid=same_grid, differ=bool(one.grid and other.grid) and not same_grid)
    return (0.2, "grid") if same_grid else (0.0, "")


def _by_buildings(
    mine: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...], *, same_grid: bool, differ: bool
) -> tuple[float, str]:
    shared = _shared(mine, theirs, loose=same_grid)
    if shared:
        return (0.05, f"!{shared}") if differ else (0.4, shared)
    return 0.2 * same_grid - 0.25, "!"


def _place_reasons(one: Trouble, other: Trouble, named: str) -> tuple[Reason, ...]:
    match named:
        case "":
            return ()
        case "near":
            return (because("alike_near", metres=round(distance(one, other) or 0)),)
        case "grid":
            return (because("alike_grid", grid=one.grid or ""),)
        case "!":
            return (because("unlike_building"),)
    same = because("alike_building", name=named.removeprefix("!"))
    return (same, because("unlike_grid")) if named.startswith("!") else (same,)


def _shared(mine: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...], *, loose: bool) -> str:
    """The building that both name; `loose`: the estate's name may be missing on one side."""
    for estate, number in sorted(mine, reverse=True) if len(mine) > 1 else mine:
        for other, other_number in theirs:
            if number == other_number and ((estate and estate == other) or (loose and (not estate or not other))):
                return f"{estate or other}{number}"
    return ""


@lru_cache(_KEPT)
def buildings(text: str) -> tuple[tuple[str, str], ...]:
    """Buildings named in a text as (estate or "", `6栋`)."""
    return tuple((_PARTICLES.sub("", estate), f"{_number(number)}栋") for estate, number in _BUILDING.findall(text))


@lru_cache(_KEPT)
def _said_else(text: str) -> frozenset[str]:
    """Bigrams of a text without the buildings that it names."""
    return bigrams(_BUILDING.sub(" ", text))


def _number(text: str) -> str:
    if text.isdecimal():
        return str(int(text))
    if not set(text) <= set(_DIGITS) | {"十"}:
        return text.upper()
    tens, ten, ones = text.partition("十")
    return str((_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones if ten else text[-1:], 0))


def distance(one: Trouble, other: Trouble) -> float | None:
    """Metres between two positions (equirectangular, exact enough below a kilometre), or None where one has none."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    north = (one.lat - other.lat) * 111_320
    east = (one.lon - other.lon) * 111_320 * math.cos(math.radians(one.lat))
    return math.hypot(north, east)


def bigrams(text: str) -> frozenset[str]:
    """Overlapping pairs of letters, digits and signs; punctuation and blanks are left out."""
    signs = "".join(sign for sign in text.casefold() if sign.isalnum())
    return frozenset(signs[index : index + 2] for index in range(len(signs) - 1))


def _jaccard(mine: frozenset[str], theirs: frozenset[str]) -> float:
    both = len(mine & theirs)
    return both / (len(mine) + len(theirs) - both) if both else 0.0


def places(grid: str | None, said: str, lat: float | None, lon: float | None, *, around: bool = False) -> list[str]:
    """Keys under which a trouble is found again: its grid, its buildings, its cell; `around` adds the neighbouring cells."""
    keys = [f"g/{grid}"] if grid else []
    keys += [f"b/{estate}{number}" for estate, number in buildings(said) if estate]
    if lat is not None and lon is not None:
        row, column = math.floor(lat / _CELL), math.floor(lon / _CELL)
        rows, columns = ((-1, 0, 1), (-2, -1, 0, 1, 2)) if around else ((0,), (0,))
        keys += [f"c/{row + up}/{column + right}" for up in rows for right in columns]
    return keys


def raised(level: int, supports: int) -> int:
    """The level of a case after its n-th supporting report: one step up at 3 and at 10, never to 1 by numbers alone."""
    return max(2, level - 1) if supports in SUPPORT_STEPS and level > 2 else level

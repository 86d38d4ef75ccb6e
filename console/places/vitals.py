"""8 城市体征: the indicators a leader asks for, with goal and week; Enter opens to what a number counts, `g` to communities and kinds."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from console.desk import Desk, Picture
from console.keys import Key
from console.pages import Entry, Kept, ListPage
from console.places.base import Room
from console.rows import Cut
from data.views.models.vitals import CountedSensor, VitalGroup, VitalSign
from data.views.vitals import MOST
from data.words import Words
from widgets.case_list import badge, no_badge
from widgets.lines import Line, Piece, cell, gap, line
from widgets.spark import spark
from widgets.theme import Tone
from widgets.times import day_and_time

if TYPE_CHECKING:
    from console.desk_keys import DeskKeys

_ALL = "*"
_NOWHERE = "-"
"""Asks the office for what is of no community; an entry without an id could not hold the cursor."""
_WEEK = 7
_COLUMNS = (("name", 18, "left"), ("value", 12, "right"), ("goal", 12, "right"), ("of", 9, "right"))


class VitalsPage(ListPage):
    """Three levels: indicators; communities and kinds of one; alarms or sensors that a number counts. Cases open in the queue."""

    meanings: ClassVar[Mapping[Key, str]] = {Key.OPEN: "vitals.open", Key.GROUP: "vitals.groups"}

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        # Its cost grows with the cases of a month: not more often than a leader can see a difference.
        self._kept: Kept[tuple[VitalSign, ...]] = Kept(least_s=20.0, most_s=60.0)
        self._listed: Kept[tuple[CountedSensor, ...]] = Kept(least_s=5.0, most_s=30.0)
        self._of = ""
        """The indicator whose groups are shown."""
        self._list: tuple[str, str] | None = None
        """Indicator and group whose alarms or sensors are shown."""

    def _read(self) -> tuple[VitalSign, ...]:
        return self._kept.get(self.desk, None, self.desk.office.vitals.signs)

    def _sign(self, name: str) -> VitalSign | None:
        return next((sign for sign in self._read() if sign.name == name), None)

    # --- looks

    def head(self, picture: Picture, room: Room) -> list[Line]:
        """Where one is, then the names of the columns."""
        words, sign = self.desk.words, self._sign(self._list[0] if self._list else self._of)
        trail = " > ".join([words("place.vitals"), *([sign.label] if sign else []), *([self._group_name(sign)] if sign and self._list else [])])
        trail += self._only_first(len(self._found())) if self._list else ""
        hint = words("vitals.hint_list" if self._list else "vitals.hint_groups" if self._of else "vitals.hint")
        return [line(gap(), (trail, Tone.STRONG), gap(3), (hint, Tone.DIM)), self._columns(room)]

    def _columns(self, room: Room) -> Line:
        words = self.desk.words
        if self._list:
            names = (("column.level", 6), ("areas.kind", 12), ("areas.sensor", 14), ("areas.place", max(room.width - 58, 14)), ("vitals.at", 13))
            return line(gap(), *(cell(words(name), size, Tone.DIM) for name, size in names), (words("vitals.case"), Tone.DIM))
        columns = [cell(words(f"vitals.column.{name}"), size, Tone.DIM, align) for name, size, align in _COLUMNS]
        return line(gap(), *columns, gap(2), ("" if self._of else words("vitals.column.week"), Tone.DIM))

    def _group_name(self, sign: VitalSign) -> str:
        group = self._list[1] if self._list else ""
        return next((each.name for each in (*sign.by_community, *sign.by_kind) if each.id == group), self.desk.words("vitals.all"))

    def entries(self, picture: Picture, room: Room) -> list[Entry]:
        """Indicators, or groups, or what is counted."""
        if self._list:
            return [Entry(each.id, self._counted(each, picture.now, room)) for each in self._found()]
        sign = self._sign(self._of)
        return self._groups(sign) if sign else [Entry(each.name, self._indicator(each)) for each in self._read()]

    def _indicator(self, sign: VitalSign) -> tuple[Piece, ...]:
        words = self.desk.words
        value = cell(said(sign.what, sign.value, words), 12, Tone.LATE if sign.good is False else Tone.STRONG, "right")
        goal = "-" if sign.budget is None else words(f"vitals.goal_{sign.better}", value=said(sign.what, sign.budget, words))
        kept = "" if sign.good is None else words("vitals.good" if sign.good else "vitals.bad")
        week = (cell(_week(sign.trend), _WEEK, Tone.DIM), gap(2), (kept, Tone.LATE if sign.good is False else Tone.TEXT))
        return (cell(sign.label, 18, Tone.TEXT), value, cell(goal, 12, Tone.DIM, "right"), cell(f"{sign.of:,}", 9, Tone.TEXT, "right"), gap(2), *week)

    def _groups(self, sign: VitalSign) -> list[Entry]:
        """All of it, then each community, then each class of cases or kind of sensors."""
        words = self.desk.words
        whole = VitalGroup(id=_ALL, name=words("vitals.all"), value=sign.value, of=sign.of)
        communities = [self._group(sign, each, "c/") for each in sign.by_community]
        kinds = [self._group(sign, each, "k/") for each in sign.by_kind]
        headings = [Entry("", ((words(name), Tone.DIM),)) for name in ("vitals.by_community", "vitals.by_kind")]
        return [self._group(sign, whole, ""), headings[0], *communities, headings[1], *kinds]

    def _group(self, sign: VitalSign, each: VitalGroup, before: str) -> Entry:
        name = each.name or self.desk.words("vitals.nowhere")
        value = cell(said(sign.what, each.value, self.desk.words), 12, Tone.STRONG, "right")
        pieces = (cell(name, 18, Tone.TEXT), value, cell("", 12, Tone.DIM), cell(f"{each.of:,}", 9, Tone.TEXT, "right"))
        return Entry(before + (each.id or _NOWHERE), pieces)

    def _counted(self, each: CountedSensor, now: int, room: Room) -> tuple[Piece, ...]:
        words = self.desk.words
        level = badge(each.level, words)[0] if each.level else no_badge(words, words("areas.loses"))
        at = "-" if each.at is None else day_and_time(each.at, now, self.desk.office.info.zone)
        case = f"#{each.case_number}" if each.case_number is not None else ""
        names = (cell(each.kind_name, 11, Tone.TEXT), gap(), cell(each.sensor, 13, Tone.DIM), gap())
        return (level, gap(), *names, cell(each.place, max(room.width - 58, 14) - 1, Tone.TEXT), gap(), cell(at, 13, Tone.TEXT), (case, Tone.TEXT))

    def foot(self, picture: Picture, room: Room) -> list[Line]:
        """How the number at the cursor is made, whose figure its goal is, its week day by day, and its communities."""
        sign = None if self._list else self._sign(self._of or self.cursor)
        if sign is None:
            return []
        words = self.desk.words
        source = words("vitals.source" if sign.confirmed else "vitals.reference", source=sign.source)
        days = "  ".join(said(sign.what, value, words) for value in sign.trend)
        said_lines = [(words("vitals.formula", text=sign.formula), Tone.TEXT), (source, Tone.DIM), (words("vitals.days", days=days), Tone.TEXT)]
        lines = [Line(), *(line(gap(), piece) for piece in said_lines)]
        return lines if self._of else [*lines, *self._beside(sign, room)]

    def _beside(self, sign: VitalSign, room: Room) -> list[Line]:
        """Communities at the left, kinds at the right, the largest first, as far as there is room."""
        words, half, rows = self.desk.words, (room.width - 3) // 2, max(room.height - 15, 0)
        halves = [sorted(groups, key=lambda each: -each.of)[: max(rows - 1, 0)] for groups in (sign.by_community, sign.by_kind)]
        heads = [cell(words(name), half, Tone.DIM) for name in ("vitals.by_community", "vitals.by_kind")]
        lines = [line(gap(), heads[0], gap(), heads[1])] if rows > 1 else []
        for at in range(max(map(len, halves), default=0)):
            pairs = [self._half(sign, groups[at] if at < len(groups) else None, half) for groups in halves]
            lines.append(line(gap(), *pairs[0], gap(), *pairs[1]))
        return lines

    def _half(self, sign: VitalSign, each: VitalGroup | None, cells: int) -> tuple[Piece, ...]:
        if each is None:
            return (gap(cells),)
        name, value = cell(each.name or self.desk.words("vitals.nowhere"), cells - 19, Tone.TEXT), said(sign.what, each.value, self.desk.words)
        return name, cell(value, 10, Tone.STRONG, "right"), cell(f"{each.of:,}", 9, Tone.DIM, "right")

    # --- keys

    def press(self, key: Key, keys: "DeskKeys") -> bool:
        """Enter opens what the number counts, `g` its groups; Esc up."""
        doings: Mapping[Key, Callable[[], bool]] = {Key.OPEN: self._open, Key.GROUP: self._deeper, Key.BACK: self._up}
        return doings[key]() if key in doings else super().press(key, keys)

    def _up(self) -> bool:
        """A level up; from the indicators out."""
        if self._list:
            (name, _), self._list = self._list, None
            self.cursor = self._before if self._of else name
        elif self._of:
            self.cursor, self._of = self._of, ""
        else:
            return False
        return True

    def _deeper(self) -> bool:
        if not self._list and not self._of:
            self._of, self.cursor = self.cursor, _ALL
        return True

    _before = ""

    def _open(self) -> bool:
        """Cases in the queue, alarms and sensors in a list; of those a case or a trend."""
        if self._list:
            self._follow()
            return True
        sign = self._sign(self._of or self.cursor)
        if sign is None:
            return True
        group = "" if not self._of or self.cursor == _ALL else self.cursor[2:]
        what, ids = self.desk.office.vitals.behind(sign.name, group)
        if not ids:
            self.desk.say(self.desk.words("vitals.nothing"))
        elif what == "cases":
            self._cases(sign, group, len(ids))
        else:
            self._before, self._list, self.cursor = self.cursor, (sign.name, group), ""
        return True

    def _only_first(self, found: int) -> str:
        """Said beside a list that was cut: the number may be larger than what it opens to."""
        return " " + self.desk.words("vitals.first", n=found) if found >= MOST else ""

    def _cases(self, sign: VitalSign, group: str, found: int) -> None:
        desk, office = self.desk, self.desk.office
        name = next((each.name for each in (*sign.by_community, *sign.by_kind) if each.id == group and group), desk.words("vitals.all"))
        title = desk.words("vitals.behind", name=sign.label, group=name) + self._only_first(found)
        desk.go("cases")
        desk.cut(Cut(title=title, load=lambda: office.cases.rows_of(office.vitals.behind(sign.name, group)[1])))

    def _found(self) -> tuple[CountedSensor, ...]:
        office, wanted = self.desk.office, self._list
        assert wanted is not None
        return self._listed.get(self.desk, wanted, lambda: office.vitals.counted(*office.vitals.behind(*wanted)))

    def _follow(self) -> None:
        """The case of an alarm, else the trend of the sensor."""
        here, desk = next((each for each in self._found() if each.id == self.cursor), None), self.desk
        if here is None:
            return
        if here.case_id and desk.rows.position(here.case_id) is not None:
            desk.go("cases")
            desk.set_cursor(here.case_id)
        else:
            desk.go("trends")
            desk.sensor = here.sensor


def said(what: str, value: float | None, words: Words) -> str:
    """A value of an indicator as it is read: a part in per cent, a count whole, minutes and rates with one digit where they have one."""
    if value is None:
        return "-"
    if what in {"part", "online"}:
        return f"{value:.1%}".replace(".0%", "%")
    number = f"{value:,.1f}".removesuffix(".0")
    return words("vitals.minutes", n=number) if what == "median_min" else number


def _week(trend: tuple[float | None, ...]) -> str:
    """A cell a day from nothing to the most of the week; a day nobody looked at stays empty."""
    most = max((value for value in trend if value is not None), default=0)
    return spark([value for value in trend for _ in range(2)], len(trend), 0, most or 1)


PAGE = VitalsPage

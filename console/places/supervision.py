"""5 督办: units by what is late, the late first; each number opens to the cases it counts; F2 urges."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from console.desk import Desk, Picture
from console.keys import Key
from console.pages import Entry, Kept, ListPage
from console.places.base import WIDE, Room
from console.rows import Cut
from data.views.models.cases import CaseRow
from data.views.models.supervision import Supervision, UnitFigures
from data.words import Words
from widgets.case_list import badge
from widgets.cells import fit
from widgets.lines import Line, Piece, cell, gap, line, spread
from widgets.spark import spark
from widgets.theme import Ground, Tone
from widgets.times import short_left, span

if TYPE_CHECKING:
    from console.desk_keys import DeskKeys

_FIGURES = ("in_hand", "accept_late", "done_late", "returned")
_LATE = 45
"""Cells of the pane with the cases of the unit under the cursor, where there is room for it."""


class SupervisionPage(ListPage):
    """Units and their figures. The cursor takes its unit's worst case along, so that strip and keys are about that."""

    meanings: ClassVar[Mapping[Key, str]] = {Key.OPEN: "supervision.open", Key.STEP: "act.urge"}

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._kept: Kept[Supervision] = Kept(least_s=3.0, most_s=15.0)
        self._rows: dict[str, UnitFigures] = {}
        self._cases: Kept[tuple[CaseRow, ...]] = Kept(least_s=3.0, most_s=15.0)

    def _read(self) -> Supervision:
        found = self._kept.get(self.desk, None, self.desk.office.supervision.units)
        self._rows = {row.unit: row for row in found.rows}
        return found

    def head(self, picture: Picture, room: Room) -> list[Line]:
        """Totals of the day, then the names of the columns."""
        words, found = self.desk.words, self._read()
        rate = "-" if found.late_rate is None else f"{found.late_rate:.1%}"
        facts = words("supervision.today", due=found.to_accept, good=found.accepted_in_time, late=found.accepted_late, up=found.escalated)
        bad = found.late_rate is not None and found.late_rate > found.late_rate_limit
        limit = words("supervision.limit", limit=f"{found.late_rate_limit:.0%}")
        right = ((f"{limit} ", Tone.DIM), (words("supervision.rate", rate=rate), Tone.LATE if bad else Tone.TEXT), gap())
        names = (("unit", _name_cells(room), "left"), *((name, 9, "right") for name in _FIGURES), ("median", 9, "right"))
        columns = [cell(words(f"supervision.{name}"), size, Tone.DIM, align) for name, size, align in names]
        return [
            spread((gap(), (words("place.supervision"), Tone.STRONG), gap(2), (facts, Tone.TEXT)), right, room.width, Ground.SCREEN),
            line(gap(), *columns, gap(2), *self._last_names(room)),
        ]

    def _last_names(self, room: Room) -> tuple[Piece, ...]:
        worst = (self.desk.words("supervision.worst"), Tone.DIM)
        return (worst,) if room.width < WIDE else (cell(self.desk.words("supervision.hours"), 8, Tone.DIM), gap())

    def lines(self, picture: Picture, room: Room) -> list[Line]:
        """Where there is room, the cases themselves beside the units."""
        if room.width < WIDE:
            return super().lines(picture, room)
        left = super().lines(picture, room)
        right = self._beside(picture, Room(_LATE, room.height - 3))
        at = room.width - _LATE
        under = [Line(pieces) for pieces in right]
        return [left[0], *(Line(one.pieces, one.ground, (at, more)) for one, more in zip_longest(left[1:-1], under, fillvalue=Line())), left[-1]]

    def _beside(self, picture: Picture, room: Room) -> list[tuple[Piece, ...]]:
        """What the unit is late with, else what it has in hand; the most urgent first."""
        row, desk = self._rows.get(self.cursor), self.desk
        if row is None:
            return []
        figure, words = _figure(row), desk.words
        title = words("supervision.behind", unit=row.name, figure=words(f"supervision.{figure}"))
        found = self._cases.get(desk, (row.unit, figure, room.height), lambda: self._behind(figure, row.unit, room.height))
        return [(gap(), (title, Tone.DIM)), *(_case(each, picture.now, words) for each in found)]

    def _behind(self, figure: str, unit: str, most: int) -> tuple[CaseRow, ...]:
        return self.desk.office.cases.rows_of(self.desk.office.supervision.behind(figure, unit)[:most])

    def entries(self, picture: Picture, room: Room) -> list[Entry]:
        """One unit a line."""
        return [Entry(row.unit, self._pieces(row, room)) for row in self._read().rows]

    def _pieces(self, row: UnitFigures, room: Room) -> tuple[Piece, ...]:
        words = self.desk.words
        median = "-" if row.median_s is None else span(round(row.median_s * 1000), words)
        figures = [cell(_count(getattr(row, name)), 9, _tone(name, getattr(row, name)), "right") for name in _FIGURES]
        worst = words("supervision.worst_case", number=row.worst.number, span=span(round(row.worst.late_s * 1000), words)) if row.worst else ""
        most = max(*row.spark, 4) if row.spark else 4
        hours = fit(spark([n or None for n in row.spark], 6, 0, most), 6)
        last = cell(worst, 16, Tone.LATE) if room.width < WIDE else (hours, Tone.DIM)
        return (cell(row.name, _name_cells(room), Tone.TEXT), *figures, cell(median, 9, Tone.TEXT, "right"), gap(2), last)

    def foot(self, picture: Picture, room: Room) -> list[Line]:
        """What the key would do."""
        row = self._rows.get(self.cursor)
        if row is None or row.worst is None:
            return [line(gap(), (self.desk.words("supervision.nobody"), Tone.DIM))]
        said = self.desk.words("supervision.urge", unit=row.name, number=row.worst.number)
        return [line(gap(), (said, Tone.TEXT))]

    def move(self, steps: int) -> None:
        """The unit's worst case comes along."""
        super().move(steps)
        row = self._rows.get(self.cursor)
        if row is not None and row.worst is not None and self.desk.rows.position(row.worst.case_id) is not None:
            self.desk.set_cursor(row.worst.case_id)

    def press(self, key: Key, keys: "DeskKeys") -> bool:
        """Enter opens the list behind the unit; F2 urges its worst case."""
        if key is Key.OPEN:
            self._open()
            return True
        if key is Key.STEP:
            self._urge(keys)
            return True
        return super().press(key, keys)

    def _open(self) -> None:
        row = self._rows.get(self.cursor)
        if row is None:
            return
        figure = _figure(row)
        office, unit = self.desk.office, row.unit
        title = self.desk.words("supervision.behind", unit=row.name, figure=self.desk.words(f"supervision.{figure}"))
        self.desk.go("cases")
        self.desk.cut(Cut(title=title, load=lambda: office.cases.rows_of(office.supervision.behind(figure, unit))))

    def _urge(self, keys: "DeskKeys") -> None:
        desk, row = self.desk, self._rows.get(self.cursor)
        if row is None or row.worst is None:
            desk.say(desk.words("supervision.nobody"), bad=True)
            return
        outcome = desk.office.acts.do("urge", row.worst.case_id)
        keys.acting.told(outcome)


def _figure(row: UnitFigures) -> str:
    """The worst number that a unit has."""
    return "done_late" if row.done_late else "accept_late" if row.accept_late else "in_hand"


def _name_cells(room: Room) -> int:
    return 14 if room.width < WIDE else 18


def _case(row: CaseRow, now: int, words: Words) -> tuple[Piece, ...]:
    late = row.due is not None and row.due < now
    number, left = cell(f"#{row.number}", 6, Tone.DIM), cell(short_left(row.due, now, words), 7, Tone.LATE if late else Tone.TEXT, "right")
    return (gap(), *badge(row.level, words), gap(), number, left, gap(), cell(row.text, _LATE - 22, Tone.TEXT))


def _count(number: int) -> str:
    return str(number) if number else "-"


def _tone(name: str, number: int) -> Tone:
    return Tone.LATE if number and name.endswith("late") else Tone.TEXT


PAGE = SupervisionPage

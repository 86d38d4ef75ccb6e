"""0 离开后: what is new, late and closed since this person last looked, by name. Leaving the place notes that it was read."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from console.desk import Desk, Picture
from console.keys import Key
from console.pages import Entry, Kept, ListPage
from console.places.base import Room
from data.views.models.past import JournalNotice, Since, SinceCase
from widgets.case_list import badge
from widgets.lines import Line, cell, gap, spread
from widgets.theme import Ground, Tone
from widgets.times import clock, span

if TYPE_CHECKING:
    from console.desk_keys import DeskKeys


class SincePage(ListPage):
    """Three lists and the notices of the desk."""

    meanings: ClassVar[Mapping[Key, str]] = {Key.OPEN: "key.open"}

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._kept: Kept[Since] = Kept(least_s=5.0, most_s=30.0)

    def _read(self) -> Since:
        return self._kept.get(self.desk, None, self.desk.office.news.since)

    def head(self, picture: Picture, room: Room) -> list[Line]:
        """Since when."""
        words, found = self.desk.words, self._read()
        at = found.looked_at
        when = words("since.first") if at is None else words("since.at", at=clock(at, self.desk.office.info.zone), span=span(found.at - at, words))
        counts = words("since.counts", new=found.new_total, late=found.late_total, closed=found.closed_total)
        return [
            spread((gap(), (words("place.since"), Tone.STRONG), gap(2), (when, Tone.TEXT)), ((counts, Tone.TEXT), gap()), room.width, Ground.SCREEN)
        ]

    def entries(self, picture: Picture, room: Room) -> list[Entry]:
        """New, late, closed by others, notices; each under its heading."""
        found = self._read()
        lists = (("new", found.new, found.new_total), ("late", found.late, found.late_total), ("closed", found.closed, found.closed_total))
        entries: list[Entry] = []
        for name, cases, total in lists:
            entries += self._list(name, cases, total, room)
        if found.notices:
            entries.append(self._heading("notices", len(found.notices)))
            entries += [self._notice(each) for each in found.notices]
        return entries

    def _list(self, name: str, cases: tuple[SinceCase, ...], total: int, room: Room) -> Iterator[Entry]:
        if not cases:
            return
        yield self._heading(name, total)
        for each in cases:
            yield self._case(name, each, room)
        if total > len(cases):
            yield Entry("", ((self.desk.words("since.more", n=total - len(cases)), Tone.DIM),))

    def _heading(self, name: str, total: int) -> Entry:
        return Entry("", ((f"{self.desk.words(f'since.{name}')} {total}", Tone.DIM),))

    def _case(self, name: str, each: SinceCase, room: Room) -> Entry:
        words, row = self.desk.words, each.row
        number = cell(f"#{row.number}", 7, Tone.DIM)
        who = cell(each.who, 10, Tone.STRONG)
        state, kind = cell(words(f"state.{row.state}"), 7, Tone.TEXT), cell(words.named(row.class_name), 9, Tone.TEXT)
        text = cell(row.text, max(room.width - 54, 10), Tone.TEXT)
        return Entry(
            f"{name}/{row.id}",
            (*badge(row.level, words), gap(), number, state, kind, text, gap(), who, (row.place, Tone.DIM)),
        )

    def _notice(self, each: JournalNotice) -> Entry:
        at = clock(each.at, self.desk.office.info.zone)
        return Entry(f"notice/{each.at}/{each.act}", ((f"{at} ", Tone.DIM), (self.desk.words.say(each.what), Tone.TEXT)))

    def foot(self, picture: Picture, room: Room) -> list[Line]:
        """Nothing new is said, too."""
        found = self._read()
        if found.new or found.late or found.closed:
            return []
        return [Line((gap(), (self.desk.words("since.nothing"), Tone.STRONG)))]

    def press(self, key: Key, keys: "DeskKeys") -> bool:
        """Enter opens the case."""
        if key is Key.OPEN:
            kind, _, case_id = self.cursor.partition("/")
            if kind in {"new", "late", "closed"} and self.desk.office.cases.position(case_id) is not None:
                self.desk.cut(None)
                self.desk.go("cases")
                self.desk.set_cursor(case_id)
                self.desk.opened = True
            return True
        return super().press(key, keys)

    def leave(self) -> None:
        """What was shown is no longer news."""
        self.desk.office.news.looked()
        self._kept = Kept(least_s=5.0, most_s=30.0)


PAGE = SincePage

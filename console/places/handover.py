"""7 交班: the sheet of the shift; each thing that must be said is ticked with `y`, then Enter signs. Nobody leaves unsigned by mistake.

Where there is room the report stands beside it as it would be printed.
"""

from collections.abc import Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from console.desk import Desk, Picture
from console.finding import LineOf
from console.keys import Key
from console.pages import Entry, Kept, ListPage
from console.places.base import WIDE, Room
from data.views.models.handover import Handover, MustSay
from data.views.models.handover import ShiftFigures as Figures
from widgets.lines import Line, gap, line, spread
from widgets.printed import printed_lines
from widgets.theme import Ground, Tone
from widgets.times import clock, short_clock, span

if TYPE_CHECKING:
    from console.desk_keys import DeskKeys

_ACROSS = 3
"""Lines of the head that have the whole width."""


class HandoverPage(ListPage):
    """Figures, what must be said, lines for the next shift, signatures."""

    meanings: ClassVar[Mapping[Key, str]] = {
        Key.ACKNOWLEDGE: "handover.say",
        Key.UNDO: "handover.unsay",
        Key.EDIT: "handover.leave",
        Key.OPEN: "handover.sign",
        Key.OUTPUT: "page.export",
    }

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._kept: Kept[Handover] = Kept(least_s=2.0, most_s=15.0)
        self._printed: tuple[Handover, list[str]] | None = None

    def _read(self) -> Handover:
        return self._kept.get(self.desk, None, self.desk.office.shift.sheet)

    def lines(self, picture: Picture, room: Room) -> list[Line]:
        """At the right, where there is room, the report of the same moment."""
        left = super().lines(picture, room)
        if room.width < WIDE:
            return left
        at, body = room.width * 3 // 5, left[_ACROSS:-1]
        right = self._report(len(body))
        beside = [Line(one.pieces, one.ground, (at, more)) for one, more in zip_longest(body, right, fillvalue=Line())]
        return [*left[:_ACROSS], *beside, left[-1]]

    def _report(self, most: int) -> list[Line]:
        """Its lines; the last one says how many there was no room for."""
        found = self._read()
        if self._printed is None or self._printed[0] is not found:
            made = self.desk.office.shift.printed(found)
            self._printed = found, list(printed_lines(made.heads, made.columns, made.rows))
        texts = self._printed[1]
        shown = texts if len(texts) < most else texts[: max(most - 2, 0)]
        more = [line(gap(), (self.desk.words("handover.more", n=len(texts) - len(shown)), Tone.DIM))] if len(shown) < len(texts) else []
        title = line(gap(), (self.desk.words("handover.printed"), Tone.DIM))
        return [title, *(line(gap(), (text, Tone.TEXT)) for text in shown), *more][:most]

    def head(self, picture: Picture, room: Room) -> list[Line]:
        """Who, since when, and the shift in numbers."""
        words, found, zone = self.desk.words, self._read(), self.desk.office.info.zone
        shift = words(
            "handover.shift", name=self.desk.office.info.operator, since=short_clock(found.shift.since, zone), until=short_clock(found.at, zone)
        )
        over = words("handover.overdue", at=short_clock(found.overdue_since, zone)) if found.overdue_since else ""
        title = spread(
            (gap(), (words("place.handover"), Tone.STRONG), gap(2), (shift, Tone.TEXT)), ((over, Tone.LATE), gap()), room.width, Ground.SCREEN
        )
        left = [one for one in found.must_say if not one.said]
        must = words("handover.must", left=len(left), total=len(found.must_say)) if found.must_say else words("handover.nothing")
        return [
            title,
            line(gap(), (self._figures(found.shift), Tone.TEXT)),
            line(gap(), (self._stand(found), Tone.TEXT)),
            Line(),
            line(gap(), (must, Tone.DIM)),
        ]

    def _figures(self, shift: Figures) -> str:
        words = self.desk.words
        mean, longest = ("-" if s is None else span(round(s * 1000), words) for s in (shift.mean_accept_s, shift.longest_accept_s))
        return words(
            "handover.figures", got=shift.received, sent=shift.dispatched, closed=shift.closed, no=shift.declined, mean=mean, longest=longest
        )

    def _stand(self, found: Handover) -> str:
        words = self.desk.words
        levels = " ".join(f"{words(f'level.{each.level}')}{each.count}" for each in found.open_by_level) or "0"
        return words("handover.stand", levels=levels, unsent=found.unsent_total, silent=found.silent_total)

    def entries(self, picture: Picture, room: Room) -> list[Entry]:
        """What must be said, then the lines that were left."""
        words, zone, found = self.desk.words, self.desk.office.info.zone, self._read()
        must = [self._must(one) for one in found.must_say]
        lines = [Entry(f"line/{each.id}", ((f"{clock(each.at, zone)} {each.by}: ", Tone.DIM), (each.text, Tone.TEXT))) for each in found.lines]
        return [*must, *([Entry("", ((words("handover.lines"), Tone.DIM),))] if lines else []), *lines]

    def _must(self, one: MustSay) -> Entry:
        tick = ("[x] ", Tone.DIM) if one.said else ("[ ] ", Tone.LEVEL2)
        return Entry(f"must/{one.item}", (tick, (self.desk.words.say(one.what), Tone.DIM if one.said else Tone.STRONG)))

    def foot(self, picture: Picture, room: Room) -> list[Line]:
        """The keys, or whose signature is waited for."""
        words, found = self.desk.words, self._read()
        if found.signed_by:
            at = short_clock(found.signed_at or found.at, self.desk.office.info.zone)
            return [line(gap(), (words("handover.waits", name=found.signed_by, at=at), Tone.LEVEL2))]
        return [line(gap(), (words("handover.keys"), Tone.DIM))]

    def press(self, key: Key, keys: "DeskKeys") -> bool:
        """`y` said, `u` not said, `e` a line, `o` the sheet as a file, Enter signs."""
        office, found = self.desk.office, self._read()
        kind, _, item = self.cursor.partition("/")
        if key in {Key.ACKNOWLEDGE, Key.UNDO}:
            if kind == "must":
                keys.acting.told(office.shift.say(item, said=key is Key.ACKNOWLEDGE))
                if key is Key.ACKNOWLEDGE:
                    self.move(1)
        elif key is Key.EDIT:
            self.desk.overlay = LineOf(self.desk, self.desk.words("handover.line_title"), lambda text: keys.acting.told(office.shift.leave(text)))
        elif key is Key.OPEN:
            mine = found.signed_by and found.signed_by != office.info.operator
            keys.acting.told(office.shift.take() if mine else office.shift.sign())
        elif key is Key.OUTPUT and keys.picture is not None:
            self.save(keys.picture, f"{self.desk.words('place.handover')}_{office.info.operator}")
        else:
            return super().press(key, keys)
        return True


PAGE = HandoverPage

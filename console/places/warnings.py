"""9 上级预警: warnings from above with their whole text, those that stand first; who is called up is told with them."""

from collections.abc import Mapping
from typing import ClassVar

from console.desk import Desk, Picture
from console.keys import Key
from console.pages import Entry, Kept, ListPage
from console.places.base import Room
from data.views.models.seat import Banner, Callback
from widgets.cells import wrap
from widgets.lines import Line, Piece, cell, cut_pieces, gap, line, pieces_width
from widgets.theme import Tone
from widgets.times import day_and_time
from widgets.warning_line import scale

_SCALE = 18
_PEOPLE = 6
"""How many who are called up are named."""


class WarningsPage(ListPage):
    """A list above, the text of the one at the cursor below."""

    meanings: ClassVar[Mapping[Key, str]] = {}

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._kept: Kept[tuple[Banner, ...]] = Kept(least_s=1.0, most_s=5.0)
        self._people: Kept[tuple[Callback, ...]] = Kept(least_s=2.0, most_s=10.0)

    def _read(self) -> tuple[Banner, ...]:
        return self._kept.get(self.desk, None, self.desk.office.news.banners)

    def head(self, picture: Picture, room: Room) -> list[Line]:
        """What this is, then the names of the columns."""
        words = self.desk.words
        names = (("scale", _SCALE), ("headline", max(room.width - _SCALE - 34, 20)), ("area", 16), ("until", 12))
        title = line(gap(), (words("place.warnings"), Tone.STRONG), gap(2), (words("warnings.hint"), Tone.DIM))
        return [title, line(gap(), *(cell(words(f"warnings.{name}"), size, Tone.DIM) for name, size in names))]

    def entries(self, picture: Picture, room: Room) -> list[Entry]:
        """One warning a line."""
        return [Entry(each.id, self._pieces(each, picture.now, room)) for each in self._read()]

    def _pieces(self, each: Banner, now: int, room: Room) -> tuple[Piece, ...]:
        tone = Tone.DIM if each.is_over else Tone.TEXT
        marks = cut_pieces(scale(each, self.desk.words), _SCALE - 1)
        rest = max(_SCALE - pieces_width(marks), 1)
        until = day_and_time(each.ends, now, self.desk.office.info.zone) if each.is_over or each.expires is not None else "-"
        headline = cell(each.headline, max(room.width - _SCALE - 34, 20) - 1, tone)
        return (*marks, gap(rest), headline, gap(), cell(each.area, 15, tone), gap(), cell(until, 12, tone))

    def foot(self, picture: Picture, room: Room) -> list[Line]:
        """The whole text of the one at the cursor, as far as there is room for it beside the list."""
        here = next((each for each in self._read() if each.id == self.cursor), None)
        if here is None:
            return [line(gap(), (self.desk.words("warnings.none"), Tone.STRONG))]
        return [Line(), *self._text(here, picture.now, room.width - 2)][: room.height - 2 - min(len(self._read()), 4)]

    def _text(self, here: Banner, now: int, width: int) -> list[Line]:
        words, zone = self.desk.words, self.desk.office.info.zone
        times = {name: day_and_time(at, now, zone) if (at := getattr(here, name)) is not None else "-" for name in ("sent", "onset", "expires")}
        facts = words("warnings.facts", event=here.event, sender=here.sender_name or "-", **times)
        paragraphs = ((here.headline, Tone.STRONG), (facts, Tone.DIM), (here.text, Tone.TEXT), (here.instruction, Tone.STRONG))
        said = [line(gap(), (each, tone)) for text, tone in paragraphs if text for each in wrap(text, width)]
        return [*said, *self._called(here, width)]

    def _called(self, here: Banner, width: int) -> list[Line]:
        """Who is still to be called for it, two a line where there is room."""
        calls = self._people.get(self.desk, here.id, lambda: self.desk.office.phone.calls_for(here.id))
        each = [cell(f"{call.name} {call.phone}", min(width // 2, 44), Tone.TEXT) for call in calls[:_PEOPLE]]
        head = [line(gap(), (self.desk.words("warnings.calls", n=len(calls)), Tone.DIM))] if calls else []
        return [*head, *(line(gap(), *each[at : at + 2]) for at in range(0, len(each), 2))]


PAGE = WarningsPage

"""A window below 80×24, or a thin line: one line of head, the thin list, and what the one key would do."""

from textual.app import ComposeResult

from console.desk import Desk, Picture, Wanted
from console.pages import Pages
from console.places.base import Place, Room
from console.places.cases import paged
from widgets.case_list import LEVEL_TONES, level_text
from widgets.detail import detail_lines
from widgets.lines import Line, Piece, gap, line
from widgets.pane import Pane
from widgets.strip import StripView, strip_lines
from widgets.theme import Ground, Theme, Tone
from widgets.times import left, short_clock
from widgets.warning_line import warning_line

READABLE = 4
"""Lines from which on the strip's first line is shown, and keys may act."""
_THIN_ROWS = 5
_SHOWN = frozenset({"help", "overlay"})
"""Pages that are of use however small the window is."""


class SmallPlace(Place):
    """The whole screen, without the frame. `thin_word` is set on a thin line: then the rows are few, wherever the window ends."""

    thin_word = ""

    def __init__(self, theme: Theme, pages: Pages, *, id: str) -> None:
        super().__init__(theme, id=id)
        self._pages = pages
        self._page = Pane(theme)

    def compose(self) -> ComposeResult:
        """One pane."""
        yield self._page

    def wanted(self, desk: Desk, room: Room) -> Wanted:
        """As many rows as fit above the strip."""
        return Wanted(rows=self._rows(desk, room), panels=0, spark=0, detail=desk.opened)

    def _rows(self, desk: Desk, room: Room) -> int:
        return max(min(room.height - READABLE - self._warned(desk, room), _THIN_ROWS if self.thin_word else room.height), 1)

    def _warned(self, desk: Desk, room: Room) -> int:
        """Lines of the warning from above: one, where a case is left room too."""
        return int(bool(desk.above_us.banners) and room.height > READABLE + 1)

    def draw(self, desk: Desk, picture: Picture, room: Room) -> None:
        """With a bare strip."""
        self.show(desk, picture, room, StripView(proposal=picture.proposal))

    def show(self, desk: Desk, picture: Picture, room: Room, view: StripView) -> None:
        """Draw with the strip that the frame would show: its first and third line."""
        above = warning_line(desk.above_us.banners, picture.now, desk.office.info.zone, desk.words, room.width) if self._warned(desk, room) else None
        lines = [self._head(desk, picture, room), *([above] if above else []), *self._body(desk, picture, room)]
        if room.height >= READABLE:
            zone = desk.office.info.zone
            first, second, third = strip_lines(view, now=picture.now, zone=zone, words=desk.words, width=room.width, theme=self.theme)
            lines += [] if self.thin_word else [Line()] * (room.height - 3 - len(lines))
            lines += [first, second, third]
        self._page.show(lines[: room.height])

    def _body(self, desk: Desk, picture: Picture, room: Room) -> list[Line]:
        """What was asked for here: help or a list to choose from, the opened case, which counts as seen; else the cases."""
        left = Room(room.width, max(room.height - READABLE - self._warned(desk, room), 1))
        page = self._pages.current
        if page is not None and self._pages.name in _SHOWN:
            return page.lines(picture, left)[: left.height]
        if desk.opened and picture.detail is not None:
            zone, words = desk.office.info.zone, desk.words
            lines = detail_lines(picture.detail, picture.proposal, now=picture.now, zone=zone, words=words, width=room.width)
            return paged(lines, desk, left.height, Ground.PANEL)
        return [_row(desk, picture, index) for index in range(len(picture.page.rows))][: self._rows(desk, room)]

    def _head(self, desk: Desk, picture: Picture, room: Room) -> Line:
        if not self.thin_word:
            return line((desk.words("seat.too_small", width=room.width, height=room.height), Tone.LATE))
        counts, at = picture.counts, short_clock(picture.now, desk.office.info.zone)
        numbers = {name: getattr(counts, name) for name in ("open", "late", "abnormal", "lost")}
        return line((desk.words("thin.head", word=self.thin_word, at=at, **numbers), Tone.TEXT))


def _row(desk: Desk, picture: Picture, index: int) -> Line:
    row, words = picture.page.rows[index], desk.words
    here = row.id == desk.cursor
    pieces: tuple[Piece, ...] = (
        (">", Tone.KEY) if here else gap(),
        (level_text(row.level, words), LEVEL_TONES[row.level]),
        gap(),
        (left(row.due, picture.now, words), Tone.LATE if row.due is not None and row.due < picture.now else Tone.TEXT),
        gap(),
        (f"{words(f'state.{row.state}')} {words.named(row.class_name)} {row.text} {row.place}", Tone.TEXT),
    )
    return Line(pieces, Ground.CURSOR if here else Ground.SCREEN)

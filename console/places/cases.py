"""2 案件: the queue; the case under the cursor stands beside it where there is room, else Enter puts it in its place."""

from textual.app import ComposeResult
from textual.containers import Container

from console.desk import Desk, Picture, Wanted
from console.places.base import DETAIL, WIDE, Place, Room
from widgets.case_list import CaseList, cut_title, header
from widgets.detail import brief_lines, detail_lines
from widgets.lines import Line, gap, line
from widgets.pane import Pane
from widgets.theme import Ground, Theme, Tone


class CasesPlace(Place):
    """The list with its header, and the detail."""

    def __init__(self, theme: Theme, *, id: str) -> None:
        super().__init__(theme, id=id)
        self._header = Pane(theme)
        self._list = CaseList(theme)
        self._detail = Pane(theme, ground=Ground.PANEL)
        self._left = Container(self._header, self._list, id="queue")

    def compose(self) -> ComposeResult:
        """List and detail side by side."""
        self._header.styles.height = 1
        yield self._left
        yield self._detail

    def wanted(self, desk: Desk, room: Room) -> Wanted:
        """Rows under the header; the detail where it is shown."""
        return Wanted(rows=room.height - 1, panels=0, spark=0, detail=desk.opened or room.width >= WIDE)

    def draw(self, desk: Desk, picture: Picture, room: Room) -> None:
        """List, detail or both."""
        wide = room.width >= WIDE
        alone = desk.opened and not wide
        self._left.display, self._detail.display = not alone, alone or wide
        self._detail.styles.width = DETAIL if wide else room.width
        if not alone:
            self._draw_list(desk, picture, room.width - (DETAIL if wide else 0))
        if alone or (wide and desk.rested):
            self._draw_detail(desk, picture, DETAIL if wide else room.width, room.height)

    def _draw_list(self, desk: Desk, picture: Picture, width: int) -> None:
        words = desk.words
        title = desk.rows.title
        self._header.show([cut_title(title, picture.page.total, words) if title else header(words, width)])
        if picture.page.rows:
            self._list.show_rows(picture.page.rows, cursor=desk.cursor, marks=desk.marks, now=picture.now, words=words, width=width)
        else:
            self._list.show(_empty(desk, picture))

    def _draw_detail(self, desk: Desk, picture: Picture, width: int, height: int) -> None:
        if picture.detail is None:
            self._detail.show([])
            return
        zone, words = desk.office.info.zone, desk.words
        lines = detail_lines(picture.detail, picture.proposal, now=picture.now, zone=zone, words=words, width=width)
        if width != DETAIL:
            # In place of the list: a page with the essence, and PgDn turns to the whole.
            which = words("detail.which", at=desk.position + 1, of=picture.page.total)
            brief = brief_lines(picture.detail, which, now=picture.now, zone=zone, words=words, width=width)[: height - 2]
            lines = [*brief, *[Line((), Ground.PANEL)] * (height - 1 - len(brief)), *lines]
        self._detail.show(paged(lines, desk, height, Ground.PANEL))


def _empty(desk: Desk, picture: Picture) -> list[Line]:
    words, counts = desk.words, picture.counts
    if desk.rows.title:
        return [line(gap(), (words("list.none_found"), Tone.STRONG))]
    sensors = words("list.empty_sensors", sensors=f"{counts.sensors:,}", abnormal=counts.abnormal, lost=counts.lost)
    said = ((words("list.empty"), Tone.STRONG), (sensors, Tone.TEXT), (words("list.empty_keys"), Tone.DIM))
    return [line(gap(), piece) for piece in said]


def paged(lines: list[Line], desk: Desk, height: int, ground: Ground) -> list[Line]:
    """The part of a long text that is on the screen; its last line says how much is below."""
    desk.scroll = min(desk.scroll, max(len(lines) - height, 0))
    rest = len(lines) - desk.scroll - height
    shown = lines[desk.scroll : desk.scroll + height]
    if rest > 0:
        shown[-1:] = [line(gap(), (desk.words("detail.more", n=rest + 1), Tone.DIM), ground=ground)]
    return shown

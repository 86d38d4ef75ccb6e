"""1 态势: the worst sensors, then the head of the queue."""

from textual.app import ComposeResult

from console.desk import Desk, Picture, Wanted
from console.places.around import Around
from console.places.base import WIDE, Place, Room
from widgets.case_list import CaseList, cut_title
from widgets.lines import Line, gap, line
from widgets.pane import Pane
from widgets.sensor_panel import SPARK_CELLS, cells_beside, panel_line, title
from widgets.theme import Theme, Tone

_HEADINGS = 3
"""Title of the panels, a blank, title of the list."""


class BoardPlace(Place):
    """Panels above, cases below; the cursor is always in the cases."""

    def __init__(self, theme: Theme, *, id: str) -> None:
        super().__init__(theme, id=id)
        self._panels = Pane(theme)
        self._list = CaseList(theme)
        self._foot = Pane(theme)
        self._around = Around()

    def compose(self) -> ComposeResult:
        """Panels above the list; under it, on a tall screen, kinds and the last events."""
        yield self._panels
        yield self._list
        yield self._foot

    def wanted(self, desk: Desk, room: Room) -> Wanted:
        """Panels, and rows for what they leave."""
        panels = _panels(room.height)
        return Wanted(rows=room.height - panels - _HEADINGS - self._around.foot_height(room), panels=panels, spark=SPARK_CELLS * 2, detail=False)

    def draw(self, desk: Desk, picture: Picture, room: Room) -> None:
        """Panels and list."""
        words = desk.words
        lines = self._board_lines(desk, picture, room)
        self._panels.styles.height = len(lines)
        self._panels.show(self._around.beside(desk, lines, room) if room.width >= WIDE else lines)
        foot = self._around.foot(desk, room)
        self._foot.display, self._foot.styles.height = bool(foot), max(len(foot), 1)
        self._foot.show(foot)
        if picture.page.rows:
            cursor = None if desk.panel else desk.cursor
            self._list.show_rows(picture.page.rows, cursor=cursor, marks=desk.marks, now=picture.now, words=words, width=room.width)
        else:
            self._list.show([line(gap(), (words("list.none_found" if desk.rows.title else "list.empty"), Tone.STRONG))])

    def _board_lines(self, desk: Desk, picture: Picture, room: Room) -> list[Line]:
        words, board = desk.words, picture.board
        if board is None:
            return []
        old = not picture.link.broker_up or not picture.link.running
        cells = cells_beside(room.width) if room.width >= WIDE else room.width
        panels = [panel_line(panel, old=old, words=words, cells=cells, now=picture.now, here=panel.sensor == desk.panel) for panel in board.panels]
        first = line(gap(), (words("list.first"), Tone.DIM), gap(2), (words("list.first_hint"), Tone.DIM))
        cut = desk.rows.title
        return [title(board, words), *panels, Line(), cut_title(cut, picture.page.total, words) if cut else first]


def _panels(height: int) -> int:
    """Seven at 24 lines; more only on a very tall screen, where the list still gets two thirds."""
    return max(1, min(7, height // 2 - 2) if height < 42 else min(14, height // 4))

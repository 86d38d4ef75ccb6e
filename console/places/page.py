"""The body of every place that is a page of lines."""

from textual.app import ComposeResult

from console.desk import Desk, Picture, Wanted
from console.pages import Pages
from console.places.base import Place, Room
from widgets.pane import Pane
from widgets.theme import Theme


class PagePlace(Place):
    """One pane for all pages: a change of place repaints the lines that differ."""

    def __init__(self, theme: Theme, pages: Pages, *, id: str) -> None:
        super().__init__(theme, id=id)
        self._pages = pages
        self._pane = Pane(theme)

    def compose(self) -> ComposeResult:
        """One pane."""
        yield self._pane

    def wanted(self, desk: Desk, room: Room) -> Wanted:
        """A page of rows around the cursor's case, which keeps its line in the list."""
        return Wanted(rows=room.height - 1, panels=0, spark=0, detail=False)

    def draw(self, desk: Desk, picture: Picture, room: Room) -> None:
        """The page's lines."""
        page = self._pages.current
        self._pane.show(page.lines(picture, room) if page else [])

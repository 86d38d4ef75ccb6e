"""A pane of lines: shows what it is given and repaints the lines that changed, no others."""

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from widgets.lines import Line, draw
from widgets.theme import Ground, Theme


class Pane(Widget, can_focus=False, inherit_bindings=False):
    """Lines from top to bottom on one ground; lines beyond the last are blank."""

    ALLOW_SELECT = False

    def __init__(self, theme: Theme, *, ground: Ground = Ground.SCREEN, id: str | None = None) -> None:
        super().__init__(id=id)
        self._theme = theme
        self._blank = Line((), ground)
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines from now on."""
        before, self._lines = self._lines, tuple(lines)
        for y in range(max(len(before), len(self._lines))):
            if _at(before, y, self._blank) != _at(self._lines, y, self._blank):
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line, drawn when Textual asks for it."""
        return draw(_at(self._lines, y, self._blank), self.size.width, self._theme)


def _at(lines: tuple[Line, ...], y: int, blank: Line) -> Line:
    return lines[y] if y < len(lines) else blank

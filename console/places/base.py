"""What every place is: a widget that draws one picture of the desk, and says how much of it it has room for."""


from msgspec import Struct
from textual.containers import Container

from console.desk import Desk, Picture, Wanted
from widgets.theme import Theme

FRAME = 6
"""Lines of the frame: places, counts, three of the strip, keys."""
MIN_WIDTH, MIN_HEIGHT = 80, 24
WIDE = 110
DETAIL = 40


class Room(Struct, frozen=True):
    """Cells that the body has."""

    width: int
    height: int


class Place(Container, can_focus=False, inherit_bindings=False):
    """One body. `draw` only hands lines to panes; what changed is repainted by them."""

    def __init__(self, theme: Theme, *, id: str) -> None:
        super().__init__(id=id)
        self.theme = theme

    def wanted(self, desk: Desk, room: Room) -> Wanted:
        """What to read for this room."""
        raise NotImplementedError

    def draw(self, desk: Desk, picture: Picture, room: Room) -> None:
        """Show the picture."""
        raise NotImplementedError

"""Under a line being typed: what the palette lists, the fields of the report form."""

from console.desk import Picture
from console.pages import Page
from console.places.base import Room
from widgets.lines import Line


class OverlayPage(Page):
    """Lines of the overlay that is open."""

    def lines(self, picture: Picture, room: Room) -> list[Line]:
        """Its own."""
        overlay = self.desk.overlay
        return overlay.lines(self.desk.words, room.width, room.height) if overlay else []


PAGE = OverlayPage

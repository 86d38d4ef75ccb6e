"""The keys that move and look; none of them changes a case."""

from console.acting import Acting
from console.bell import Bell
from console.desk import Desk
from widgets.bars import PLACES
from widgets.times import short_clock

READY = ("board", "cases")
"""Places that exist; the other digits say that theirs comes later."""


class Looking:
    """Cursor, places, pages of text, the bell."""

    def __init__(self, desk: Desk, acting: Acting, bell: Bell) -> None:
        self.desk = desk
        self.page = 1
        """Lines that the page keys move by."""
        self._acting = acting
        self._bell = bell

    def open(self) -> None:
        """Open the case; whoever ordered it learns that it was seen."""
        proposal = self._acting.proposal
        if proposal is None:
            return
        self.desk.go("cases")
        self.desk.opened = True
        self.desk.office.see(proposal.case_id)

    def move(self, steps: int) -> None:
        """The cursor; inside a page of text, the page."""
        if self.desk.helping:
            self.desk.scroll = max(self.desk.scroll + steps, 0)
        else:
            self.desk.move(steps)

    def point(self, line: int) -> None:
        """The case on this line of the list."""
        rows = self._acting.picture.page.rows if self._acting.picture else ()
        if self.desk.question is None and line < len(rows):
            self.desk.line = line
            self.desk.set_cursor(rows[line].id)

    def turn(self, pages: int) -> None:
        """A page of the list, or of the text when one is open."""
        if self.desk.opened or self.desk.helping:
            self.desk.scroll = max(self.desk.scroll + pages * self.page, 0)
        else:
            self.desk.move(pages * self.page)

    def home(self) -> None:
        """The most urgent case there is."""
        if self.desk.opened or self.desk.helping:
            self.desk.scroll = 0
            return
        rows = self.desk.office.queue(1).rows
        self.desk.line = 0
        self.desk.set_cursor(rows[0].id if rows else None)

    def help(self) -> None:
        """The keys here, or back."""
        self.desk.helping = not self.desk.helping
        self.desk.scroll = 0

    def back(self) -> None:
        """One level up, never out."""
        if self.desk.helping or self.desk.opened:
            self.desk.helping = self.desk.opened = False
            self.desk.scroll = 0
        elif self.desk.place != "board":
            self.desk.go("board")

    def last(self) -> None:
        """The place before."""
        self.desk.go(self.desk.last_place)

    def place(self, number: int) -> None:
        """The place with this digit."""
        name = PLACES[number - 1] if 1 <= number <= len(PLACES) else ""
        if name in READY:
            self.desk.go(name)
        else:
            words = self.desk.words
            self.desk.say(words("place.later", place=words(f"place.{name}" if name else "place.since")))

    def mute(self) -> None:
        """Ten minutes of silence for all but level 1, or an end of it."""
        words, office = self.desk.words, self.desk.office
        if self._bell.toggle_mute(self.desk.clock()):
            self.desk.say(words("mute.said", at=short_clock(office.now() + 600_000, office.info.zone)))
        else:
            self.desk.say(words("mute.ended"))

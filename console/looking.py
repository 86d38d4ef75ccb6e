"""The keys that move and look; none of them changes a case."""

from collections.abc import Callable, Sequence

from console.acting import Acting
from console.bell import Bell
from console.desk import Desk
from console.pages import Pages
from console.rows import Cut
from data.views.models.cases import CaseRow
from widgets.bars import PLACES, UNDER_BOARD
from widgets.times import short_clock

READY = PLACES
"""Places that exist."""


class Looking:
    """Cursor, places, pages of text, the bell."""

    def __init__(self, desk: Desk, acting: Acting, bell: Bell, pages: Pages) -> None:
        self.desk = desk
        self.page = 1
        """Lines that the page keys move by."""
        self._acting = acting
        self._bell = bell
        self._pages = pages

    def open(self) -> None:
        """Open the case, or the incident that the row stands for; whoever ordered a case learns that it was seen."""
        proposal, picture = self._acting.proposal, self._acting.picture
        if proposal is None or picture is None or self.desk.helping:
            return
        row = picture.cursor
        if row is not None and row.count > 1:
            title = self.desk.words("rows.members", class_name=self.desk.words.named(row.class_name), place=row.place)
            self.desk.go("cases")
            self.desk.cut(Cut(title=title, load=lambda: self.desk.office.cases.members(row.id)))
            return
        self.desk.go("cases")
        self.desk.opened = True
        self.desk.office.acts.see(proposal.case_id)

    def move(self, steps: int) -> None:
        """The cursor; inside a page of text, the page."""
        if self.desk.helping:
            self.desk.scroll = max(self.desk.scroll + steps, 0)
        elif self.desk.place in {"board", "cases"}:
            self.desk.move(steps)

    def neighbour(self, steps: int) -> None:
        """From an open case to the one before or after it."""
        if self.desk.opened and self.desk.place == "cases":
            self.desk.move(steps)
        else:
            self.desk.say(self.desk.words("key.not_here", key=self.desk.words("key.earlier" if steps < 0 else "key.later")), bad=True)

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
        rows = self.desk.rows.page(1).rows
        self.desk.line = 0
        self.desk.set_cursor(rows[0].id if rows else None)

    def end(self) -> None:
        """The last case, or the end of the text."""
        if self.desk.opened or self.desk.helping:
            self.desk.scroll = 1_000_000
        else:
            self.desk.move(self.desk.rows.page(1).total)

    def help(self) -> None:
        """The keys here, or back."""
        self.desk.helping = not self.desk.helping
        self.desk.scroll = 0

    def back(self) -> None:
        """One level up, never out: the text, the marks, the cut, the place."""
        desk = self.desk
        if desk.helping or desk.opened:
            desk.helping = desk.opened = False
            desk.scroll = 0
        elif desk.marks:
            desk.marks = {}
        elif desk.rows.title and desk.place in {"board", "cases"}:
            desk.cut(None)
        elif desk.place != "board":
            desk.go("board")

    def last(self) -> None:
        """The place before."""
        self.desk.go(self.desk.last_place)

    def place(self, number: int) -> None:
        """The place with this digit; 0 is what happened since this person last looked."""
        if number == 1:
            self.desk.area = ()
        self.desk.go(("since", *PLACES, *UNDER_BOARD)[number])

    def faults(self) -> None:
        """Only what is late or could not be delivered; again: all."""
        self._toggle("faults", "rows.faults", self.desk.office.cases.faults)

    def group(self) -> None:
        """On the board where it is abnormal, by area; in the queue incidents instead of cases. Again: back."""
        desk = self.desk
        flood = isinstance(desk.rows, Cut) and desk.rows.kind == "groups"
        if desk.place == "board" and not flood:
            desk.area = ("",)
            return
        self._toggle("groups", "rows.flood" if desk.flood.on else "rows.groups", lambda: desk.office.cases.incidents(desk.cursor or ""))

    def _toggle(self, kind: str, title: str, load: Callable[[], Sequence[CaseRow]]) -> None:
        desk = self.desk
        if isinstance(desk.rows, Cut) and desk.rows.kind == kind:
            desk.cut(None)
            return
        if self._pages.name:
            desk.go("cases")
        desk.cut(Cut(title=desk.words(title), load=load, kind=kind))

    def mute(self) -> None:
        """Ten minutes of silence for all but level 1, or an end of it."""
        words, office = self.desk.words, self.desk.office
        if self._bell.toggle_mute(self.desk.clock()):
            self.desk.say(words("mute.said", at=short_clock(office.now() + 600_000, office.info.zone)))
        else:
            self.desk.say(words("mute.ended"))

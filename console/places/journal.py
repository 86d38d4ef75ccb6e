"""4 流水: every step as it is taken; following stops when one goes up and resumes with End. Of one case when one came from it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from console.desk import Desk, Picture
from console.keys import Key
from console.pages import Kept, Page
from console.places.base import Room
from data.views.models.past import JournalLine, JournalPage
from widgets.lines import Line, cell, gap, line, spread
from widgets.theme import Ground, Tone
from widgets.times import clock

if TYPE_CHECKING:
    from console.desk_keys import DeskKeys


class JournalPlace(Page):
    """A window of the journal. `g` changes between the whole and the case under the cursor."""

    meanings: ClassVar[Mapping[Key, str]] = {Key.GROUP: "journal.scope", Key.END: "journal.follow", Key.UP: "journal.stop"}

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.of_case = True
        self.until: int | None = None
        """Row at the window's end while it stands still; None: it follows."""
        self._height = 1
        self._page: JournalPage | None = None
        self._kept: Kept[JournalPage] = Kept(least_s=0.5, most_s=5.0)

    @property
    def case(self) -> str:
        """The case whose journal it is, or ""."""
        desk = self.desk
        return desk.cursor or "" if self.of_case else ""

    def lines(self, picture: Picture, room: Room) -> list[Line]:
        """Oldest first, the newest at the foot."""
        words, zone = self.desk.words, self.desk.office.info.zone
        self._height = room.height - 1
        of = (self.case, self.until, self._height)
        self._page = self._kept.get(self.desk, of, lambda: self.desk.office.journal.page(of[2], until=of[1], case_id=of[0]))
        number = picture.cursor.number if picture.cursor and self.case else None
        title = words("journal.of_case", number=number) if number else words("journal.all")
        state = words("journal.following") if self.until is None else words("journal.stands")
        head = spread((gap(), (title, Tone.STRONG)), ((state, Tone.DIM if self.until is None else Tone.LEVEL2), gap()), room.width, Ground.SCREEN)
        return [head, *(self._line(each, zone) for each in self._page.lines)]

    def _line(self, each: JournalLine, zone: str) -> Line:
        words = self.desk.words
        about = f"#{each.number}" if each.number else each.subject
        pieces = (
            (clock(each.at, zone), Tone.DIM),
            gap(),
            cell(about, 8, Tone.STRONG if each.number else Tone.DIM),
            gap(),
        )
        return line(gap(), *pieces, (words.say(each.what), Tone.TEXT))

    def press(self, key: Key, keys: "DeskKeys") -> bool:
        """Up and Page Up stop following, End resumes."""
        steps = {Key.UP: -1, Key.DOWN: 1, Key.PAGE_UP: -self._height, Key.PAGE_DOWN: self._height}
        if key is Key.GROUP:
            self.of_case, self.until = not self.of_case, None
        elif key is Key.END:
            self.until = None
        elif key is Key.HOME:
            self._stand(-1_000_000)
        elif key in steps:
            self._stand(steps[key])
        else:
            return False
        return True

    def _stand(self, steps: int) -> None:
        """The window stands so many rows further; at the end it follows again."""
        page = self._page
        if page is None or not page.lines or page.last is None:
            return
        office, case = self.desk.office, self.case
        end = office.journal.step(page.lines[-1].seq, steps, case)
        # The first window that is full: no further up than that.
        first = office.journal.step(page.first or 0, self._height - 1, case)
        at = max(end or 0, first or 0)
        self.until = None if at >= page.last and steps > 0 else at


PAGE = JournalPlace

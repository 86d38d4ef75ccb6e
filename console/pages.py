"""Places that are a page of lines: all of them are drawn by one widget, and each is imported when somebody first goes there."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from msgspec import Struct

from console.desk import Desk, Picture
from console.keys import Key
from console.places.base import Room
from widgets.lines import Line, Piece, gap
from widgets.theme import Ground, Tone

if TYPE_CHECKING:
    from console.desk_keys import DeskKeys

_T = TypeVar("_T")
_PRINTED = 100
"""Columns of a page on paper: what A4 holds at ten points."""


class Page:
    """One place: its lines for a picture of the desk, and the keys it takes for itself."""

    meanings: ClassVar[Mapping[Key, str]] = {}
    """Keys that mean something else here, each with the word for it: for key line and help."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def lines(self, picture: Picture, room: Room) -> list[Line]:
        """All that is shown, at most `room.height` lines."""
        raise NotImplementedError

    def press(self, key: Key, keys: "DeskKeys") -> bool:
        """Whether this key was for the page."""
        return False

    def leave(self) -> None:
        """Another place was gone to."""


class Entry(Struct, frozen=True):
    """One line of a list: what it is, and how it looks. A heading has no id and never the cursor."""

    id: str
    pieces: tuple[Piece, ...]


class ListPage(Page):
    """A list whose cursor stays on its entry while others come and go."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.cursor = ""
        self._at = 0
        self._top = 0
        self._height = 1
        self._entries: Sequence[Entry] = ()

    def entries(self, picture: Picture, room: Room) -> Sequence[Entry]:
        """The list as it is now."""
        raise NotImplementedError

    def head(self, picture: Picture, room: Room) -> list[Line]:
        """Lines above it."""
        return []

    def foot(self, picture: Picture, room: Room) -> list[Line]:
        """Lines under it."""
        return []

    def lines(self, picture: Picture, room: Room) -> list[Line]:
        """Head, the part of the list that holds the cursor, foot."""
        self._entries = self.entries(picture, room)
        self._settle()
        head, foot = self.head(picture, room), self.foot(picture, room)
        self._height = max(room.height - len(head) - len(foot), 1)
        self._top = max(min(self._top, self._at, len(self._entries) - self._height), self._at - self._height + 1, 0)
        shown = [self._line(entry) for entry in self._entries[self._top : self._top + self._height]]
        shown += [Line()] * (self._height - len(shown))
        return [*head, *shown, *foot]

    def save(self, picture: Picture, name: str) -> None:
        """All of it as a text file of the home, as it would be printed; said where."""
        lines = self.lines(picture, Room(_PRINTED, 2000))
        text = "\n".join("".join(piece for piece, _ in each.pieces).rstrip() for each in lines).rstrip()
        path = self.desk.office.export_text(name, text)
        self.desk.say(self.desk.words("trends.exported", path=str(path)))

    def _settle(self) -> None:
        """The cursor on its entry; one that is gone leaves it on what is now in its place."""
        ids = [entry.id for entry in self._entries]
        if self.cursor and self.cursor in ids:
            self._at = ids.index(self.cursor)
            return
        self._at = min(self._at, max(len(ids) - 1, 0))
        around = sorted((abs(at - self._at), at) for at, id in enumerate(ids) if id)
        self._at = around[0][1] if around else 0
        self.cursor = ids[self._at] if around else ""

    def _line(self, entry: Entry) -> Line:
        here = bool(entry.id) and entry.id == self.cursor
        return Line(((">", Tone.KEY) if here else gap(), *entry.pieces), Ground.CURSOR if here else Ground.SCREEN)

    def move(self, steps: int) -> None:
        """The cursor by so many entries; headings do not count."""
        ids = [entry.id for entry in self._entries if entry.id]
        if ids:
            at = ids.index(self.cursor) if self.cursor in ids else 0
            self.cursor = ids[min(max(at + steps, 0), len(ids) - 1)]

    def press(self, key: Key, keys: "DeskKeys") -> bool:
        """The moving keys move here."""
        far = len(self._entries)
        steps = {Key.UP: -1, Key.DOWN: 1, Key.PAGE_UP: -self._height, Key.PAGE_DOWN: self._height, Key.HOME: -far, Key.END: far}
        if key not in steps:
            return False
        self.move(steps[key])
        if key is Key.HOME:
            self._top = 0
        return True


class Kept(Generic[_T]):
    """What was last read of the store: read anew when the store has changed, but not every moment, or when asked for something else."""

    def __init__(self, *, least_s: float = 2.0, most_s: float = 10.0) -> None:
        self._least_s, self._most_s = least_s, most_s
        self._of: object = None
        self._revision = -1
        self._at = float("-inf")
        self._value: _T | None = None

    def get(self, desk: Desk, of: object, load: Callable[[], _T]) -> _T:
        """The value for `of`."""
        age = desk.clock() - self._at
        stale = age >= self._most_s or (desk.revision != self._revision and age >= self._least_s)
        if self._value is None or of != self._of or stale or desk.acted >= self._at:
            self._of, self._revision, self._at = of, desk.revision, desk.clock()
            self._value = load()
        return self._value


class Pages:
    """The pages of one seat."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._made: dict[str, Page] = {}

    def of(self, name: str) -> Page:
        """The page of this name: class `PAGE` of `console.places.<name>`."""
        if name not in self._made:
            made: type[Page] = import_module(f"console.places.{name}").PAGE
            self._made[name] = made(self._desk)
        return self._made[name]

    @property
    def current(self) -> Page | None:
        """The page that has the body; None while a list of cases has it."""
        name = self.name
        return self.of(name) if name else None

    @property
    def name(self) -> str:
        """Its name, or ""."""
        desk = self._desk
        if desk.overlay is not None and desk.overlay.covers:
            return "overlay"
        if desk.helping:
            return "help"
        if desk.place == "board" and desk.area:
            return "areas"
        return "" if desk.place in {"board", "cases"} else desk.place

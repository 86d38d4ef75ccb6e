"""The terminal's cursor: where it is, what it would write, and the shortest way to anywhere.

Only what xterm, tmux, screen, PuTTY and the Linux console share: CUP, CHA, VPA, CUU, CUD, CUF, CUB, BS, CR, LF (down, the
column kept: the driver turns the line discipline's translation off), EL, ED, DL, DECSTBM, SGR.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from console.terminal.picture import Cell
from console.terminal.sgr import Look, change, for_blank, on_blank

ERASE_LINE = "\x1b[K"
HOME_AND_ERASE = "\x1b[H\x1b[2J"


@dataclass(slots=True)
class Pen:
    """None is not known. `can_erase`: erased cells take the ground."""

    can_erase: bool = True
    x: int | None = None
    y: int | None = None
    look: Look | None = None
    out: list[str] = field(default_factory=list)

    def fork(self) -> "Pen":
        """A pen at the same place, with nothing written."""
        return Pen(self.can_erase, self.x, self.y, self.look)

    def join(self, other: "Pen") -> None:
        """Write what a forked pen wrote."""
        self.x, self.y, self.look = other.x, other.y, other.look
        self.out += other.out

    @property
    def cost(self) -> int:
        """Bytes written."""
        return size("".join(self.out))

    def move(self, y: int, x: int) -> None:
        """Go there."""
        if (self.y, self.x) != (y, x):
            self.out.append(way(self.y, self.x, y, x))
            self.y, self.x = y, x

    def wear(self, look: Look) -> None:
        """Change the look."""
        if self.look != look:
            self.out.append(change(self.look, look))
            self.look = look

    def wear_blank(self, ground: Look) -> None:
        """Change as little as shows a blank on this ground."""
        if self.look is None or on_blank(self.look) != ground:
            self.wear(for_blank(self.look, ground))

    def wears(self, cell: Cell) -> bool:
        """Whether the cell can be written without a change."""
        if self.look is None:
            return False
        return on_blank(self.look) == cell.look if cell.sign == " " else self.look == cell.look

    def write(self, cells: list[Cell], columns: int) -> None:
        """Write from the cursor on; at the right edge terminals differ in where the cursor then is."""
        assert self.x is not None
        self.out.append("".join(cell.sign for cell in cells))
        self.x += len(cells)
        if self.x >= columns:
            self.x = None


def size(text: str) -> int:
    """Bytes of `text` on the line."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


@lru_cache(maxsize=16384)
def way(from_y: int | None, from_x: int | None, y: int, x: int) -> str:
    """The shortest sequence that takes the cursor to (x, y); nothing if it is there."""
    if (from_y, from_x) == (y, x):
        return ""
    ways = ["\x1b[" + _pair(y, x) + "H"]
    if from_y is not None:
        across = min(_across(from_x, x), key=len)
        ways += [down + across for down in _down(from_y, y)]
        ways += [f"\x1b[{y + 1}d" + across]
    return min(ways, key=len)


def _pair(y: int, x: int) -> str:
    return f"{y + 1};{x + 1}" if x else f"{y + 1}" if y else ""


def _across(from_x: int | None, x: int) -> list[str]:
    ways = ["\r" + _times("C", x), f"\x1b[{x + 1}G"]
    if from_x is not None:
        ways += [_times("C", x - from_x)] if x >= from_x else ["\b" * (from_x - x), _times("D", from_x - x)]
    return ways


def _down(from_y: int, y: int) -> list[str]:
    return [_times("A", from_y - y)] if y <= from_y else ["\n" * (y - from_y), _times("B", y - from_y)]


def _times(letter: str, times: int) -> str:
    return f"\x1b[{times}{letter}" if times > 1 else f"\x1b[{letter}" if times else ""

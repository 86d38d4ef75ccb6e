"""From the picture that was sent to the one that is wanted, in the fewest bytes.

Moves are relative where that is shorter, a look is changed by its difference only, a run of blanks is erased.
Only sequences that xterm, tmux, screen, PuTTY and the Linux console share are used: CUP, CHA, CUF, BS, CR, EL, ED, SGR.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from console.terminal.picture import Cell, Picture, Row, blank
from console.terminal.sgr import PLAIN, Look, change, for_blank, on_blank

_WORTH_TRYING = 12
"""Changed cells from which on it pays to look whether erasing the line first is shorter."""


@dataclass(slots=True)
class Pen:
    """Where the terminal's cursor is and what it would write; None is not known. `can_erase`: erased cells take the ground."""

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
        return sum(len(piece) if piece.isascii() else len(piece.encode()) for piece in self.out)

    def move(self, y: int, x: int) -> None:
        """Go there by the shortest way."""
        if (self.y, self.x) != (y, x):
            self.out.append(min(self._ways(y, x), key=len))
            self.y, self.x = y, x

    def _ways(self, y: int, x: int) -> list[str]:
        ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"]
        if self.y is None:
            return ways
        if self.y == y:
            ways += ["\r" + _right(x), f"\x1b[{x + 1}G"]
            if self.x is not None:
                ways.append(_right(x - self.x) if x > self.x else min("\b" * (self.x - x), f"\x1b[{self.x - x}D", key=len))
        elif 0 < y - self.y <= 2:
            ways.append("\r\n" * (y - self.y) + _right(x))
        return ways

    def wear(self, look: Look) -> None:
        """Change the look."""
        self.out.append(change(self.look, look))
        self.look = look

    def wear_blank(self, ground: Look) -> None:
        """Change as little as shows a blank on this ground."""
        if self.look is None or on_blank(self.look) != ground:
            self.wear(for_blank(self.look, ground))

    def put(self, cell: Cell, width: int) -> None:
        """Write one sign at the cursor; at the right edge terminals differ in where the cursor then is."""
        assert self.x is not None
        self.out.append(cell.sign)
        self.x += width


def _right(cells: int) -> str:
    return f"\x1b[{cells}C" if cells > 1 else "\x1b[C" if cells else ""


def paint(pen: Pen, sent: Picture | None, wanted: Picture) -> None:
    """Write what makes `wanted` of `sent`; None: it is not known what the terminal shows."""
    if sent is None or (sent.width, sent.height) != (wanted.width, wanted.height):
        sent = _erase_all(pen, wanted)
    for y, (old, new) in enumerate(zip(sent.rows, wanted.rows, strict=True)):
        if old != new:
            _paint_row(pen, y, old, new)


def _erase_all(pen: Pen, wanted: Picture) -> Picture:
    ground = _ground(pen, [cell for row in wanted.rows for cell in row])
    pen.look = None
    pen.wear(ground)
    pen.out.append("\x1b[H\x1b[2J")
    pen.y = pen.x = 0
    return Picture(wanted.width, wanted.height, ground)


def _ground(pen: Pen, cells: Sequence[Cell]) -> Look:
    """The ground that most blanks have, if the terminal can erase to it."""
    grounds = Counter(cell.look for cell in cells if cell.sign == " " and _erasable(pen, cell.look))
    return grounds.most_common(1)[0][0] if grounds else PLAIN


def _erasable(pen: Pen, ground: Look) -> bool:
    return not ground.marks and (pen.can_erase or not ground.back)


def _paint_row(pen: Pen, y: int, old: Row, new: Row) -> None:
    plain = pen.fork()
    _differences(plain, y, old, new)
    changed = [x for x, cell in enumerate(new) if old[x] != cell]
    if len(changed) >= _WORTH_TRYING and (erased := _erased_first(pen, y, changed[0], old, new)).cost < plain.cost:
        plain = erased
    pen.join(plain)


def _erased_first(pen: Pen, y: int, x: int, old: Row, new: Row) -> Pen:
    """Erase from the first change to the line's end to the ground that most blanks there have, and write on that."""
    trial = pen.fork()
    ground = _ground(pen, new[x:])
    trial.move(y, x)
    trial.wear_blank(ground)
    trial.out.append("\x1b[K")
    _differences(trial, y, old[:x] + [blank(ground)] * (len(new) - x), new)
    return trial


def _differences(pen: Pen, y: int, old: Row, new: Row) -> None:
    tail = _tail(pen, new)
    for x, cell in enumerate(new):
        if cell == old[x] or cell.sign == "":
            continue
        if x >= tail and sum(old[at] != new[at] for at in range(x, len(new))) > 3:
            pen.move(y, x)
            pen.wear_blank(cell.look)
            pen.out.append("\x1b[K")
            return
        if not _bridge(pen, y, x, new):
            pen.move(y, x)
        _write(pen, x, new)


def _tail(pen: Pen, new: Row) -> int:
    """Where the blanks at the line's end begin that one erasure can make."""
    last, at = new[-1], len(new)
    if last.sign != " " or not _erasable(pen, last.look):
        return at
    while at and new[at - 1] == last:
        at -= 1
    return at


def _bridge(pen: Pen, y: int, x: int, new: Row) -> bool:
    """Write again what stands between the cursor and `x`, if no move is as short and no look changes."""
    if pen.y != y or pen.x is None or not 0 <= x - pen.x <= 4:
        return False
    between = new[pen.x : x]
    if not all(_wears(pen, cell) for cell in between) or (between and between[0].sign == ""):
        return False
    text = "".join(cell.sign for cell in between)
    if len(text.encode()) > len(min(pen._ways(y, x), key=len)):
        return False
    if text:
        pen.out.append(text)
    pen.x = x
    return True


def _wears(pen: Pen, cell: Cell) -> bool:
    if pen.look is None:
        return False
    return on_blank(pen.look) == cell.look if cell.sign == " " else pen.look == cell.look


def _write(pen: Pen, x: int, new: Row) -> None:
    """The sign at `x`, where the cursor is."""
    cell = new[x]
    if not _wears(pen, cell):
        if cell.sign == " ":
            pen.wear(_look_ahead(pen, x, new) or for_blank(pen.look, cell.look))
        else:
            pen.wear(cell.look)
    width = 2 if x + 1 < len(new) and new[x + 1].sign == "" else 1
    pen.put(cell, width)
    if pen.x is not None and pen.x >= len(new):
        pen.x = None


def _look_ahead(pen: Pen, x: int, new: Row) -> Look | None:
    """The look of the next sign if it shows this blank just as well: then one change serves both."""
    following = next((cell for cell in new[x + 1 : x + 9] if cell.sign != " "), None)
    return following.look if following is not None and following.sign and on_blank(following.look) == new[x].look else None

"""A screen as cells: what the terminal should show, or what it has been sent."""

from functools import lru_cache
from typing import NamedTuple

from rich.cells import get_character_cell_size

from console.terminal.sgr import PLAIN, Look, on_blank


class Cell(NamedTuple):
    """A sign with the marks that combine with it; "" is the right half of the wide sign before it."""

    sign: str
    look: Look


Row = list[Cell]


@lru_cache(maxsize=1024)
def blank(look: Look) -> Cell:
    """Nothing, on the ground of `look`."""
    return Cell(" ", on_blank(look))


@lru_cache(maxsize=4096)
def cells(text: str, look: Look) -> tuple[Cell, ...]:
    """`text` as cells; it holds no control characters."""
    made: list[Cell] = []
    for sign in text:
        if sign == " ":
            made.append(blank(look))
        elif size := get_character_cell_size(sign):
            made += (Cell(sign, look), Cell("", look))[:size]
        elif made:
            _combine(made, sign)
    return tuple(made)


def _combine(made: list[Cell], mark: str) -> None:
    at = -2 if made[-1].sign == "" else -1
    made[at] = Cell(made[at].sign + mark, made[at].look)


class Picture:
    """Rows of exactly `width` cells; a wide sign is never halved."""

    def __init__(self, width: int, height: int, ground: Look = PLAIN) -> None:
        self.width, self.height = width, height
        self.rows: list[Row] = [[blank(ground)] * width for _ in range(height)]

    def resize(self, width: int, height: int) -> None:
        """Cut or pad with blanks at the right and at the bottom."""
        self.rows = [self._fit(row, width) for row in self.rows[:height]]
        self.rows += [[blank(PLAIN)] * width for _ in range(height - len(self.rows))]
        self.width, self.height = width, height

    @staticmethod
    def _fit(row: Row, width: int) -> Row:
        if 0 < width < len(row) and row[width].sign == "":
            row[width - 1] = blank(row[width - 1].look)
        return row[:width] + [blank(PLAIN)] * (width - len(row))

    def put(self, y: int, x: int, text: str, look: Look) -> int:
        """Write `text` from (x, y) on and give the column after it; what is beyond the edge is lost."""
        new = cells(text, look)
        end = x + len(new)
        if not 0 <= y < self.height or not 0 <= x < self.width or not new:
            return end
        row = self.rows[y]
        if end > self.width:
            new = self._cut(new, self.width - x)
        if row[x].sign == "":
            row[x - 1] = blank(row[x - 1].look)
        if (after := x + len(new)) < self.width and row[after].sign == "":
            row[after] = blank(row[after].look)
        row[x:after] = new
        return end

    @staticmethod
    def _cut(new: tuple[Cell, ...], room: int) -> tuple[Cell, ...]:
        kept = new[:room]
        return (*kept[:-1], blank(kept[-1].look)) if new[room].sign == "" else kept

    def copy(self) -> "Picture":
        """The same, to be changed without this one."""
        other = Picture(0, 0)
        other.width, other.height, other.rows = self.width, self.height, [row[:] for row in self.rows]
        return other

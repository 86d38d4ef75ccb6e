"""A terminal that is stricter than pyte: halves of wide signs die together, and what it does not know is an error.

Written apart from the driver's own reading, so that both can be compared on it. It follows xterm with `?7l`: no wrapping.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from wcwidth import wcwidth

_SEQUENCE = re.compile(
    r"\x1b\[(?P<private>[?<>]?)(?P<args>[0-9;]*)(?P<letter>[$]?[A-Za-z])|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)|(?P<sign>[^\x1b])", re.DOTALL
)
_COLOURS = {**{30 + n: ("front", str(30 + n)) for n in range(8)}, **{90 + n: ("front", str(90 + n)) for n in range(8)}}
_COLOURS |= {**{40 + n: ("back", str(40 + n)) for n in range(8)}, **{100 + n: ("back", str(100 + n)) for n in range(8)}}
_MARKS = {1: "bold", 2: "dim", 3: "italic", 4: "under", 5: "blink", 6: "blink", 7: "reverse", 8: "hidden", 9: "strike", 21: "double", 53: "over"}
_ENDS = {
    22: ("bold", "dim"), 23: ("italic",), 24: ("under", "double"), 25: ("blink",), 27: ("reverse",), 28: ("hidden",), 29: ("strike",), 55: ("over",)
}  # fmt: skip
_NOTHING = ("", "", frozenset())
Style = tuple[str, str, frozenset[str]]


@dataclass
class Emulator:
    """`cells[y][x]` is (sign, style); the right half of a wide sign is ""."""

    columns: int
    lines: int
    cells: list[list[tuple[str, Style]]] = field(default_factory=list)
    x: int = 0
    y: int = 0
    style: Style = _NOTHING
    modes: dict[str, bool] = field(default_factory=dict)
    asked: int = 0
    bells: int = 0
    title: str = ""
    pending: str = ""
    region: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self.cells = [[(" ", _NOTHING)] * self.columns for _ in range(self.lines)]

    def resize(self, columns: int, lines: int) -> None:
        """As xterm: what is outside is lost, what is new is blank; a halved sign dies."""
        self.cells = [row[:columns] + [(" ", _NOTHING)] * (columns - len(row)) for row in self.cells[:lines]]
        self.cells += [[(" ", _NOTHING)] * columns for _ in range(lines - len(self.cells))]
        for row in self.cells:
            if row and wcwidth(row[-1][0] or "a") == 2:
                row[-1] = (" ", row[-1][1])
        self.columns, self.lines = columns, lines
        self.x, self.y = min(self.x, columns - 1), min(self.y, lines - 1)

    def feed(self, text: str) -> None:
        """Obey. Raises: `AssertionError` for a sequence that it does not know."""
        text = self.pending + text
        at = 0
        while at < len(text):
            found = _SEQUENCE.match(text, at)
            if found is None:
                assert len(text) - at < 300, repr(text[at : at + 60])
                break
            self._obey(found)
            at = found.end()
        self.pending = text[at:]

    def _obey(self, found: re.Match[str]) -> None:
        if (sign := found["sign"]) is not None:
            self._sign(sign)
        elif found["osc"] is not None:
            assert found["osc"].startswith("2;"), found["osc"]
            self.title = found["osc"][2:]
        elif found["private"] == "?":
            assert found["letter"] in {"h", "l"}, found[0]
            self.modes[found["args"]] = found["letter"] == "h"
        else:
            assert not found["private"], found[0]
            self._control(found["letter"], [int(each or 0) for each in found["args"].split(";")])

    def _control(self, letter: str, args: list[int]) -> None:
        n = max(args[0], 1)
        if letter == "H":
            self.y, self.x = n - 1, max([*args, 0][1], 1) - 1
        elif letter in "ABCD":
            self.y += {"A": -n, "B": n}.get(letter, 0)
            self.x += {"D": -n, "C": n}.get(letter, 0)
        elif letter == "G":
            self.x = n - 1
        elif letter == "d":
            self.y = n - 1
        elif letter == "K":
            assert args == [0]
            self._erase(self.y, self.x)
        elif letter == "J":
            assert args == [2]
            for y in range(self.lines):
                self._erase(y, 0)
        elif letter == "m":
            self._colour(args)
        elif letter == "r":
            self.region = (n - 1, args[1] if len(args) > 1 else self.lines)
            self.x = self.y = 0
        elif letter == "M":
            top, bottom = self.y, self.region[1]
            assert self.region[0] <= top and n <= bottom - top
            empty = [(" ", ("", self.style[1], frozenset[str]()))] * self.columns
            self.cells[top:bottom] = self.cells[top + n : bottom] + [empty[:] for _ in range(n)]
        else:
            assert (letter, args) == ("n", [6]), (letter, args)
            self.asked += 1
        self.x, self.y = min(max(self.x, 0), self.columns - 1), min(max(self.y, 0), self.lines - 1)

    def _erase(self, y: int, x: int) -> None:
        row = self.cells[y]
        if x and row[x][0] == "":
            row[x - 1] = (" ", row[x - 1][1])
        row[x:] = [(" ", ("", self.style[1], frozenset()))] * (self.columns - x)

    def _colour(self, args: list[int]) -> None:
        front, back, marks = self.style
        while args:
            code = args.pop(0)
            if code == 0:
                front, back, marks = _NOTHING
            elif code in _MARKS:
                marks |= {_MARKS[code]}
            elif code in _ENDS:
                marks -= set(_ENDS[code])
            elif code in {38, 48}:
                size = 2 if args[0] == 5 else 4
                colour = ";".join(map(str, [code, *args[:size]]))
                del args[:size]
                front, back = (colour, back) if code == 38 else (front, colour)
            elif code in {39, 49}:
                front, back = ("", back) if code == 39 else (front, "")
            else:
                which, colour = _COLOURS[code]
                front, back = (colour, back) if which == "front" else (front, colour)
        self.style = (front, back, marks)

    def _sign(self, sign: str) -> None:
        if sign == "\r":
            self.x = 0
        elif sign == "\n":
            assert self.y < self.lines - 1, "scrolled"
            self.y += 1
        elif sign == "\b":
            self.x = max(self.x - 1, 0)
        elif sign == "\x07":
            self.bells += 1
        else:
            assert unicodedata.category(sign) != "Cc", repr(sign)
            self._draw(sign)

    def _draw(self, sign: str) -> None:
        size = wcwidth(sign)
        row = self.cells[self.y]
        if size <= 0:
            at = self.x - 1 if self.x and row[self.x - 1][0] else self.x - 2
            row[at] = (row[at][0] + sign, row[at][1])
            return
        assert self.x + size <= self.columns, "beyond the edge"
        for at in range(self.x, self.x + size):
            self._break(row, at)
        row[self.x] = (sign, self.style)
        if size == 2:
            row[self.x + 1] = ("", self.style)
        # At the edge xterm waits there and others do not; whoever writes next must say where.
        self.x = min(self.x + size, self.columns - 1) if self.x + size < self.columns else self.columns - 1

    def _break(self, row: list[tuple[str, Style]], at: int) -> None:
        if row[at][0] == "" and at:
            row[at - 1] = (" ", row[at - 1][1])
        elif at + 1 < self.columns and row[at + 1][0] == "":
            row[at + 1] = (" ", row[at + 1][1])

    def seen(self) -> list[list[tuple[str, Style]]]:
        """What a person can see: a blank has no front colour, and only marks that show."""
        return [[(sign, _seen(sign, style)) for sign, style in row] for row in self.cells]


def _seen(sign: str, style: Style) -> Style:
    front, back, marks = style
    if sign != " " or marks & {"under", "double", "strike", "over"}:
        return style
    if "reverse" in marks:
        return (front, back if "hidden" in marks else "", marks & {"bold", "dim", "reverse", "hidden"})
    return ("", back, frozenset())

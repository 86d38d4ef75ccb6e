"""A line of the screen as pieces with a tone, and its drawing into exactly as many cells as the screen is wide."""

from collections.abc import Iterable

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from widgets.cells import cut, fit, plain, width
from widgets.theme import Ground, Theme, Tone

Piece = tuple[str, Tone]
"""Text from anywhere and what it is; folded to safe characters when drawn, never read as markup."""


class Line(Struct, frozen=True):
    """Pieces from left to right on one ground; what lacks is blank, what is too much is cut."""

    pieces: tuple[Piece, ...] = ()
    ground: Ground = Ground.SCREEN
    beside: "tuple[int, Line] | None" = None
    """Another line from this cell on, on its own ground."""


def line(*pieces: Piece, ground: Ground = Ground.SCREEN) -> Line:
    """A line of these pieces."""
    return Line(tuple(pieces), ground)


def spread(left: Iterable[Piece], right: Iterable[Piece], cells: int, ground: Ground, *, keep_right: bool = False) -> Line:
    """`left` and `right` at the two ends of `cells`; the right end gives way first when both do not fit, unless it is to be kept."""
    left, right = tuple(left), tuple(right)
    if keep_right:
        left = cut_pieces(left, max(cells - pieces_width(right), 0))
    gap = cells - pieces_width(left) - pieces_width(right)
    if gap >= 0:
        return Line((*left, (" " * gap, Tone.TEXT), *right), ground)
    room = cells - pieces_width(left)
    return Line((*left, *cut_pieces(right, max(room, 0))), ground)


def pieces_width(pieces: Iterable[Piece]) -> int:
    """Cells of all pieces together."""
    return sum(width(text) for text, _ in pieces)


def cut_pieces(pieces: Iterable[Piece], cells: int) -> tuple[Piece, ...]:
    """The pieces that fit into `cells`, the last one cut with the mark."""
    kept: list[Piece] = []
    for raw, tone in pieces:
        text = plain(raw)
        size = width(text)
        if size > cells:
            kept.append((cut(text, cells), tone))
            break
        kept.append((text, tone))
        cells -= size
    return tuple(kept)


def draw(what: Line, cells: int, theme: Theme) -> Strip:
    """The strip of `what`, exactly `cells` wide, neighbours of equal look in one segment."""
    if what.beside is not None:
        at, other = what.beside
        return Strip.join([draw(Line(what.pieces, what.ground), min(at, cells), theme), draw(other, max(cells - at, 0), theme)])
    pieces = cut_pieces(what.pieces, cells)
    rest = cells - pieces_width(pieces)
    joined = _joined([*pieces, (" " * rest, Tone.TEXT)], what.ground, theme)
    return Strip([Segment(text, style) for text, style in joined], cells)


def _joined(pieces: list[Piece], ground: Ground, theme: Theme) -> list[tuple[str, Style]]:
    """A blank takes the look of what stands before it where nobody can see the difference: each change costs ~20 bytes."""
    joined: list[tuple[str, Style]] = []
    for text, tone in pieces:
        style = theme.style(tone, ground)
        if not text:
            continue
        if joined and (joined[-1][1] == style or (text.isspace() and _same_ground(joined[-1][1], style))):
            joined[-1] = (joined[-1][0] + text, joined[-1][1])
        elif joined and joined[-1][0].isspace() and _same_ground(style, joined[-1][1]):
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return joined


def _same_ground(one: Style, two: Style) -> bool:
    return one.bgcolor == two.bgcolor and one.reverse == two.reverse and not one.underline and not (one.reverse and one.bold)


def cell(text: str, cells: int, tone: Tone, align: str = "left") -> Piece:
    """`text` as a column of `cells`."""
    return fit(text, cells, align), tone


def apart(name: str) -> Piece:
    """What stands between a key and the word for it: Han needs nothing, letters a blank."""
    return gap() if name[:1].isascii() and name else ("", Tone.TEXT)


def gap(cells: int = 1) -> Piece:
    """Blanks."""
    return " " * cells, Tone.TEXT

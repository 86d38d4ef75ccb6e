"""Colours by name, for four depths of terminal. The only module that knows a colour.

Colour never stands alone: the word and the digit beside it say the same.
"""

from enum import StrEnum
from functools import cache

from msgspec import Struct
from rich.style import Style


class Depth(StrEnum):
    """What the terminal can show."""

    TRUE = "truecolor"
    EIGHT_BIT = "256"
    SIXTEEN = "standard"
    MONO = "mono"


class Tone(StrEnum):
    """What a piece of text is."""

    TEXT = "text"
    STRONG = "strong"
    DIM = "dim"
    LEVEL1 = "level1"
    LEVEL2 = "level2"
    LATE = "late"
    YELLOW = "yellow"
    BLUE = "blue"
    """Of the national scale of warnings, whose red and orange are those of levels 1 and 2."""
    KEY = "key"
    CHIP = "chip"


class Ground(StrEnum):
    """What it stands on."""

    SCREEN = "screen"
    PANEL = "panel"
    BAR = "bar"
    STRIP = "strip"
    CURSOR = "cursor"


_FRONT: dict[Depth, dict[Tone, str]] = {
    Depth.TRUE: {
        Tone.TEXT: "#c9ced6",
        Tone.STRONG: "#f2f4f7",
        Tone.DIM: "#8b95a1",
        Tone.LEVEL1: "#ffffff",
        Tone.LEVEL2: "#ffa033",
        Tone.LATE: "#ff5c57",
        Tone.YELLOW: "#ffd84d",
        Tone.BLUE: "#7aa7ff",
        Tone.KEY: "#7fd1e6",
        Tone.CHIP: "#101317",
    },
    Depth.EIGHT_BIT: {
        Tone.TEXT: "color(252)",
        Tone.STRONG: "color(255)",
        Tone.DIM: "color(246)",
        Tone.LEVEL1: "color(15)",
        Tone.LEVEL2: "color(215)",
        Tone.LATE: "color(203)",
        Tone.YELLOW: "color(221)",
        Tone.BLUE: "color(111)",
        Tone.KEY: "color(116)",
        Tone.CHIP: "color(233)",
    },
    Depth.SIXTEEN: {
        Tone.TEXT: "color(7)",
        Tone.STRONG: "color(15)",
        Tone.DIM: "color(7)",
        Tone.LEVEL1: "color(15)",
        Tone.LEVEL2: "color(11)",
        Tone.LATE: "color(9)",
        Tone.YELLOW: "color(11)",
        Tone.BLUE: "color(12)",
        Tone.KEY: "color(14)",
        Tone.CHIP: "color(0)",
    },
}
_BACK: dict[Depth, dict[Ground | Tone, str]] = {
    Depth.TRUE: {
        Ground.SCREEN: "#15181c",
        Ground.PANEL: "#1b1f24",
        Ground.BAR: "#262b32",
        Ground.STRIP: "#1f2a30",
        Ground.CURSOR: "#33414f",
        Tone.LEVEL1: "#c4292b",
        Tone.CHIP: "#7fd1e6",
    },
    Depth.EIGHT_BIT: {
        Ground.SCREEN: "color(234)",
        Ground.PANEL: "color(234)",
        Ground.BAR: "color(236)",
        Ground.STRIP: "color(235)",
        Ground.CURSOR: "color(238)",
        Tone.LEVEL1: "color(160)",
        Tone.CHIP: "color(116)",
    },
    Depth.SIXTEEN: {Ground.CURSOR: "color(4)", Tone.LEVEL1: "color(1)", Tone.CHIP: "color(14)"},
}
_BOLD = frozenset({Tone.STRONG, Tone.LEVEL1, Tone.LEVEL2, Tone.LATE, Tone.YELLOW, Tone.BLUE, Tone.CHIP, Tone.KEY})


class Theme(Struct, frozen=True):
    """The styles of one depth."""

    depth: Depth

    @property
    def mono(self) -> bool:
        """No colour codes at all: brackets stand where a chip would."""
        return self.depth is Depth.MONO

    @property
    def paints_cursor(self) -> bool:
        """Whether the cursor's line has a ground of its own, which costs 400 bytes a step; else `>` is all of it."""
        return self.depth is Depth.TRUE

    def style(self, tone: Tone, ground: Ground) -> Style:
        """How `tone` looks on `ground`."""
        return _mono(tone, ground) if self.mono else _coloured(self.depth, tone, ground)


@cache
def _coloured(depth: Depth, tone: Tone, ground: Ground) -> Style:
    # Dim and late are too weak on the cursor's ground (contrast 3.4); the word 超 stays.
    if ground is Ground.CURSOR and tone is Tone.DIM:
        tone = Tone.TEXT
    if ground is Ground.CURSOR and tone is Tone.LATE:
        tone = Tone.STRONG
    back = _BACK[depth].get(tone) or _BACK[depth].get(ground)
    if back is None and ground is Ground.BAR:
        return Style(color=_FRONT[depth][tone], reverse=True, bold=tone in _BOLD)
    return Style(color=_FRONT[depth][tone], bgcolor=back, bold=tone in _BOLD)


@cache
def _mono(tone: Tone, ground: Ground) -> Style:
    reverse = (ground in {Ground.CURSOR, Ground.BAR}) != (tone in {Tone.LEVEL1, Tone.CHIP})
    return Style(bold=tone in _BOLD - {Tone.KEY}, reverse=reverse, underline=tone is Tone.KEY)

"""Our driver and the stock one leave the same picture, cell by cell, whatever was drawn, at any depth, in any size."""

import random
import re
from itertools import pairwise

import pytest
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from console.terminal.output import Output
from console.terminal.reading import controls
from tests.terminal.emulator import Emulator

_SIGNS = "ab 12>~  " + "派单山洪石峡子沟2号，。（）" + "\u28ff\u2801" + "한あＡ"
_DEPTHS = ("truecolor", "256", "standard", None)


class Pair:
    """Both drivers' terminals, fed the same frames."""

    def __init__(self, columns: int, lines: int, *, can_erase: bool = True) -> None:
        self.stock, self.ours = Emulator(columns, lines), Emulator(columns, lines)
        self.output = Output(-1, (columns, lines), can_erase=can_erase, lost=lambda: None, report=lambda *_: None)
        self.caret = False

    def frame(self, data: str, cursor: tuple[int, int]) -> None:
        """One frame as `App._display` hands it over."""
        data += f"\x1b[{cursor[1] + 1};{cursor[0] + 1}H"
        # The stock driver leaves the line discipline's translation on.
        self.stock.feed(data.replace("\n", "\r" if self.stock.y == self.stock.lines - 1 else "\r\n"))
        assert controls(data) is None
        self.output.draw(data)
        self.output.place_caret(cursor if self.caret else None)

    def send(self) -> str:
        sent = self.output._next()
        self.ours.feed(sent)
        return sent

    def resize(self, columns: int, lines: int) -> None:
        self.stock.resize(columns, lines)
        self.ours.resize(columns, lines)
        self.output.resized((columns, lines))

    def check(self) -> None:
        for y, (stock, ours) in enumerate(zip(self.stock.seen(), self.ours.seen(), strict=True)):
            assert stock == ours, f"line {y}"
        if self.caret:
            assert (self.stock.x, self.stock.y) == (self.ours.x, self.ours.y)
        assert self.ours.modes.get("25", False) is self.caret


def _style(chance: random.Random) -> Style:
    def colour() -> Color | None:
        kind = chance.random()
        if kind < 0.3:
            return None
        if kind < 0.6:
            return Color.from_ansi(chance.randrange(16))
        if kind < 0.8:
            return Color.from_ansi(chance.choice((234, 236, 246, 252)))
        return Color.from_rgb(*(chance.randrange(0, 256, 51) for _ in range(3)))

    marks = {name: True for name in ("bold", "dim", "italic", "underline", "reverse", "strike") if chance.random() < 0.15}
    return Style(color=colour(), bgcolor=colour(), **marks)


class Drawer:
    """Random frames in the forms that Textual's compositor makes."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.console = Console(color_system=self.chance.choice(_DEPTHS), force_terminal=True, width=80)  # type: ignore[arg-type]  # one of its names
        self.styles = [_style(self.chance) for _ in range(5)]

    def strip(self, cells: int) -> Strip:
        segments, left = [], cells
        while left:
            kind, size = self.chance.random(), self.chance.randint(1, left)
            text = " " * size if kind < 0.35 else "".join(self.chance.choice(_SIGNS) for _ in range(size))
            strip = Strip([Segment(text, self.chance.choice(self.styles))]).crop(0, size)
            segments += list(strip)
            left -= strip.cell_length
        return Strip(segments, cells)

    def whole(self, columns: int, lines: int) -> str:
        return LayoutUpdate([[self.strip(columns)] for _ in range(lines)], Region(0, 0, columns, lines)).render_segments(self.console)

    def part(self, columns: int, lines: int) -> str:
        """Spans of lines, as after widgets refreshed."""
        spans, chops, ends = [], [], []
        for y in range(lines):
            cuts = sorted({0, columns, *(self.chance.randint(0, columns) for _ in range(2))})
            chops.append({x: self.strip(end - x) for x, end in pairwise(cuts)})
            ends.append(cuts[1:])
            if self.chance.random() < 0.3:
                at = self.chance.randrange(len(cuts) - 1)
                spans.append((y, cuts[at], cuts[at + 1]))
        return ChopsUpdate(chops, spans, ends).render_segments(self.console) if spans else ""


def session(seed: int) -> None:
    """Some frames, some of them skipped because the terminal was slow, sizes that change."""
    drawer = Drawer(seed)
    chance = drawer.chance
    columns, lines = chance.randint(1, 60), chance.randint(1, 14)
    pair = Pair(columns, lines, can_erase=chance.random() < 0.8)
    pair.frame(drawer.whole(columns, lines), (0, 0))
    for _ in range(chance.randint(2, 8)):
        if chance.random() < 0.15:
            columns, lines = chance.randint(1, 60), chance.randint(1, 14)
            pair.resize(columns, lines)
            pair.frame(drawer.whole(columns, lines), (0, 0))
        pair.caret = chance.random() < 0.5
        frame = drawer.whole(columns, lines) if chance.random() < 0.2 else drawer.part(columns, lines)
        pair.frame(frame, (chance.randrange(columns), chance.randrange(lines)))
        if chance.random() < 0.8:
            pair.send()
            pair.check()
    pair.send()
    pair.check()
    assert pair.send() == "" and pair.output.dropped == 0


@pytest.mark.parametrize("seeds", [range(at, at + 100) for at in range(0, 400, 100)], ids=str)
def test_random_frames_leave_the_same_picture(seeds: range) -> None:
    """Wide signs at the edge and half overwritten, every mark, every depth, sizes that change, frames that are skipped."""
    for seed in seeds:
        try:
            session(seed)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seeds", [range(at, at + 1000) for at in range(1000, 9000, 1000)], ids=str)
def test_thousands_of_random_sessions_leave_the_same_picture(seeds: range) -> None:
    """The same, long."""
    test_random_frames_leave_the_same_picture(seeds)


def test_the_last_guard_drops_and_counts_what_no_frame_may_hold() -> None:
    """Foreign sequences in a text never leave, whatever they are; the frame around them does."""
    pair = Pair(40, 3)
    bad = ("\x1b[?1049l", "\x1b]52;c;aGk=\x1b\\", "\x1b]8;;http://x\x1b\\", "\x1bc", "\x1b[6n", "\x9b", "\x07", "\x00", "\x1b[2J", "\x1b(0", "\x7f")
    pair.output.draw("\x1b[1;1H" + "".join(f"好{each}a" for each in bad))
    sent = pair.output._next()

    assert [] == [each for each in bad if each in re.sub(r"\x1b\[H\x1b\[2J", "", sent, count=1)]
    assert "好a" * len(bad) in sent
    assert len(bad) == pair.output.dropped


def test_only_whole_known_controls_pass() -> None:
    """Modes, bell, title and the question for the cursor pass; mixed with anything else they are drawn as a frame, which drops them."""
    assert ("\x07",) == controls("\x07")
    assert ("\x1b[?1049h", "\x1b[?25l") == controls("\x1b[?1049h\x1b[?1004h\x1b[?25l")
    assert controls("\x1b[?1049h x") is None
    assert controls("\x1b]2;a\x1b[2Jb\x1b\\") is None
    assert controls("\x1b]52;c;aGk=\x07") is None

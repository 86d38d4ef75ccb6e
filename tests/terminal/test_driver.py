"""The driver in a real terminal: beside the stock one, with a line that stands still, in tmux, suspended and crashed."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.tools import needs
from tests.helpers.waiting import wait_until
from tests.terminal.emulator import Emulator
from tests.terminal.seat_in_pty import Terminal, open_modes, stand_in, start

pytestmark = pytest.mark.timeout(120)
_WIDGETS = str(Path(__file__).with_name("run_widgets.py"))
_STOCK_ONLY = re.compile(rb"\x1b\[\?(?:1004|2026|2048)(?:[hl]|\$p)|\x1b\]22;[a-z_-]*\x07|\x1b\[[<>][0-9]*u|\x1b\]2;[^\x1b]*\x1b\\|\x1b\[6n")


def _shown(seed: int, driver: str, depth: str) -> Emulator:
    """The screen after a session that the seed decides."""
    chance = random.Random(seed)
    columns, lines = chance.randint(20, 90), chance.randint(8, 24)
    env = {"TEXTUAL_COLOR_SYSTEM": depth}
    terminal = start([_WIDGETS, str(seed), driver], columns=columns, lines=lines, env=env)
    emulator = Emulator(columns, lines)
    fed = 0

    def follow() -> None:
        nonlocal fed
        emulator.feed(_STOCK_ONLY.sub(b"", bytes(terminal.output[fed:])).replace(b"\x1b[>25u", b"").decode())
        fed = len(terminal.output)

    def settle() -> None:
        before = bytes(terminal.output).count(b"]2;done")
        terminal.press(b"\x19")
        terminal.wait(lambda: bytes(terminal.output).count(b"]2;done") > before)
        for _ in range(12):
            terminal.read(0.02)
        follow()

    try:
        # A small screen is drawn in fewer than 300 bytes, modes included; a key that comes before it is drawn waits in the pty.
        terminal.wait(lambda: len(terminal.output) > min(300, 8 * lines))
        settle()
        for _ in range(chance.randint(3, 8)):
            kind = chance.random()
            if kind < 0.15:
                columns, lines = chance.randint(10, 90), chance.randint(8, 24)
                emulator.resize(columns, lines)
                terminal.resize(columns, lines)
                time.sleep(0.2)
            elif kind < 0.35:
                terminal.press(chance.choice(("山", "洪a", "\x1b[D", "\x7f")).encode())
            else:
                terminal.press(b"\x0e")
            settle()
    finally:
        terminal.close()
    return emulator


def _compare(seed: int) -> None:
    depth = ("truecolor", "256", "standard")[seed % 3]
    stock, ours = _shown(seed, "stock", depth), _shown(seed, "ours", depth)
    for y, (one, two) in enumerate(zip(stock.seen(), ours.seen(), strict=True)):
        assert one == two, f"seed {seed}, {depth}, line {y}"
    assert (stock.x, stock.y) == (ours.x, ours.y), f"seed {seed}: the cursor"


@pytest.mark.parametrize("seed", range(6))
def test_widgets_of_textual_look_the_same_on_both_drivers(seed: int) -> None:
    """Textual's own widgets, a field with the hardware cursor, sizes that change, three depths: every cell and the cursor agree."""
    _compare(seed)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seeds", [range(at, at + 50) for at in range(100, 400, 50)], ids=str)
def test_hundreds_of_sessions_of_widgets_look_the_same(seeds: range) -> None:
    """The same, long."""
    for seed in seeds:
        _compare(seed)


@pytest.fixture
def seat() -> Iterator[Terminal]:
    """A seat over the stand-in, painted."""
    terminal = stand_in()
    terminal.wait(lambda: terminal.shows("未静音") and terminal.shows("1特急"))
    yield terminal
    terminal.close()


def _memory_kb(pid: int) -> int:
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])  # type: ignore[index]  # the kernel writes it


def test_a_terminal_that_takes_nothing_costs_no_memory_and_shows_the_newest_picture(seat: Terminal) -> None:
    """Hundreds of frames into a terminal that does not read: memory stays, the seat works on, and then only the newest comes."""
    before = _memory_kb(seat.pid)
    for turn in range(150):
        seat.press(b"2" if turn % 2 else b"1")
        seat.press(b"\x1bOP" if turn % 3 else b"\x1b")
        time.sleep(0.02)
    seat.press(b"\x1b\x1b1")
    time.sleep(1.0)
    grown = _memory_kb(seat.pid) - before
    size = len(seat.output)
    seat.wait(lambda: seat.shows("异常感知"))

    assert grown < 6000
    assert len(seat.output) - size < 40_000


def test_the_cursor_stands_at_the_caret_while_a_field_is_open(seat: Terminal) -> None:
    """Input methods open their window at the cursor: it is shown at the caret, moves with it, and is hidden afterwards."""
    seat.press(b"b")
    seat.wait(lambda: seat.shows("输入中") and not seat.screen.cursor.hidden)
    start_x = seat.screen.cursor.x
    seat.press("水退".encode())
    seat.wait(lambda: seat.screen.cursor.x == start_x + 4)
    line = seat.screen.cursor.y
    seat.press(b"\x1b")
    seat.wait(lambda: seat.screen.cursor.hidden)

    assert 21 == line


def test_suspended_and_resumed_the_seat_paints_anew(seat: Terminal) -> None:
    """SIGTSTP gives the terminal back; SIGCONT takes it again and paints everything."""
    os.kill(seat.pid, signal.SIGTSTP)
    seat.wait(lambda: b"\x1b[?1049l" in seat.output and b"\x1b[?25h" in seat.output[-200:])
    wait_until(lambda: "T" in Path(f"/proc/{seat.pid}/stat").read_text().rsplit(")", 1)[1][:3], 5, "stopped")
    assert set() == open_modes(bytes(seat.output))
    seat.screen.reset()
    os.kill(seat.pid, signal.SIGCONT)
    seat.wait(lambda: seat.shows("未静音") and seat.shows("1特急"))


def test_a_crash_prints_after_the_terminal_was_given_back() -> None:
    """An exception in an app on this driver: all modes reset, the trace readable on the ordinary screen."""
    terminal = start([_WIDGETS, "1", "ours"], columns=80, lines=24)
    try:
        terminal.wait(lambda: len(terminal.output) > 300)
        terminal.press(b"\x05")
        assert terminal.finish() != 0
    finally:
        terminal.close()
    after = bytes(terminal.output).rsplit(b"\x1b[?1049l", 1)[1]

    assert set() == open_modes(bytes(terminal.output))
    assert b"boom" in after


def test_without_colour_erasure_the_ground_is_written() -> None:
    """GNU screen erases to black: on TERM=screen the grounds are written as blanks, and the screen is the same."""
    terminal = stand_in(env={"TERM": "screen-256color"})
    try:
        terminal.wait(lambda: terminal.shows("未静音"))
        for _ in range(20):
            terminal.read(0.02)
        ground = {terminal.screen.buffer[y][x].bg for y in (2, 10) for x in (70, 79)}
    finally:
        terminal.close()

    assert {"1c1c1c"} == ground


def test_inside_tmux_the_screen_is_whole(tmp_path: Path) -> None:
    """Inside tmux 3.3 the seat shows what it shows in a plain terminal, and leaves it as it was."""
    tmux = [needs("tmux"), "-L", f"seat-{os.getpid()}", "-f", "/dev/null"]
    env = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TMUX": ""}
    run = str(Path(__file__).with_name("run_stand_in.py"))
    def said(*words: str) -> str:
        return subprocess.run([*tmux, *words], env=env, capture_output=True, text=True, check=False).stdout

    def screen() -> str:
        return said("capture-pane", "-p", "-t", "s")

    said("-u", "new-session", "-d", "-s", "s", "-x", "80", "-y", "24", "sh")
    try:
        said("send-keys", "-t", "s", f"{sys.executable} {run}; echo le''ft", "Enter")
        wait_until(lambda: "未静音" in screen() and "1特急" in screen(), 20, "painted in tmux")
        said("send-keys", "-t", "s", "2")
        wait_until(lambda: "事由" in screen(), 10, "the cases")
        plain = stand_in()
        try:
            plain.wait(lambda: plain.shows("未静音") and plain.shows("1特急"))
            plain.press(b"2")
            plain.wait(lambda: plain.shows("事由"))
            expected = [line.rstrip() for line in plain.lines()]
        finally:
            plain.close()
        wait_until(lambda: expected == [line.rstrip() for line in screen().split("\n")[:24]], 10, "the same screen")
        said("send-keys", "-t", "s", "C-q")
        wait_until(lambda: "left" in screen() and "1特急" not in screen(), 10, "left")
    finally:
        said("kill-server")

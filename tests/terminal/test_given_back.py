"""However a seat ends, its terminal is as it was; and a terminal that takes nothing is nobody else's trouble."""

import fcntl
import os
import signal
import struct
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.homes import ROOT
from tests.helpers.still_home import CLERK, file_reports, still_home
from tests.helpers.waiting import wait_until
from tests.terminal.seat_in_pty import Terminal, open_modes, stand_in, start

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def opened() -> Iterator[list[Terminal]]:
    """Terminals that the test opened; none outlives it."""
    terminals: list[Terminal] = []
    yield terminals
    for terminal in terminals:
        terminal.close()


def _sit_down(opened: list[Terminal], *args: str) -> Terminal:
    opened.append(terminal := stand_in(args=args))
    terminal.wait(lambda: terminal.shows("未静音") and terminal.shows("1特急"))
    assert termios.tcgetattr(terminal.fd) != terminal.before
    return terminal


def _jam(terminal: Terminal) -> None:
    """Make it say so much that the line, which nobody reads, takes no more."""
    held: list[int] = []
    for turn in range(600):
        terminal.press((b"2", b"\x1bOP", b"1", b"\x1b")[turn % 4])
        time.sleep(0.05)
        held.append(_unread(terminal))
        if len(held) > 12 and held[-1] == held[-12] and held[-1] > 2000:
            return
    pytest.fail(f"the line took {held[-1]} bytes and more")


def _unread(terminal: Terminal) -> int:
    return int(struct.unpack("i", fcntl.ioctl(terminal.fd, termios.FIONREAD, b"\0" * 4))[0])


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, "ctrl+q", "crash"])
def test_the_line_discipline_is_as_before(opened: list[Terminal], ending: signal.Signals | str) -> None:
    """Echo, line editing, signals by key, output processing: whatever ended the seat, and beside every private mode."""
    terminal = _sit_down(opened, *(["boom"] if ending == "crash" else []))
    if isinstance(ending, signal.Signals):
        os.kill(terminal.pid, ending)
    elif ending == "crash":
        terminal.press(b"2")
        terminal.wait(lambda: terminal.shows("事由"))
        terminal.resize(100, 30)
    else:
        terminal.press(b"\x11")
    terminal.finish()

    assert terminal.before == termios.tcgetattr(terminal.fd)
    assert set() == open_modes(bytes(terminal.output))


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_seat_whose_terminal_takes_nothing_ends_and_gives_the_line_back(opened: list[Terminal], ending: signal.Signals) -> None:
    """What it had still to say is lost with a reader that does not read; the line discipline needs no reader."""
    terminal = _sit_down(opened)
    _jam(terminal)
    os.kill(terminal.pid, ending)
    wait_until(terminal.ended, 8, "the end of a seat that nobody reads")

    assert terminal.before == termios.tcgetattr(terminal.fd)


def _real_seat(opened: list[Terminal], home: Path) -> Terminal:
    words = ["-c", "from console.__main__ import main; main()", "--home", str(home), "--as", CLERK]
    opened.append(terminal := start(words, columns=80, lines=24, env={"PYTHONPATH": str(ROOT)}))
    terminal.wait(lambda: terminal.shows("静音"), 30)
    return terminal


def test_a_terminal_that_takes_nothing_slows_nobody_else(opened: list[Terminal], tmp_path: Path) -> None:
    """While one seat stands before a reader that does not read, another is answered, and what is filed comes on its screen."""
    with still_home(tmp_path, reports=3) as home:
        jammed, other = _real_seat(opened, home), _real_seat(opened, home)
        other.press(b"2")
        other.wait(lambda: other.shows("2号楼垃圾堵门"))
        _jam(jammed)
        before = len(jammed.output)
        began = time.monotonic()
        file_reports(home, 5)
        filed_s = time.monotonic() - began
        other.wait(lambda: other.shows("4号楼垃圾堵门"), 5)
        other.press(b"\x1bOP")
        other.wait(lambda: other.shows("这里能按的键"), 5)
        other.press(b"\x1b")
        # What the jammed one still has to say is the newest picture, and not all that it had meanwhile.
        jammed.press(b"\x1b\x1b2")
        time.sleep(1.0)
        jammed.wait(lambda: jammed.shows("4号楼垃圾堵门"), 10)

    assert filed_s < 5
    assert len(jammed.output) - before < 40_000

"""Keys at random at the real seat: it never runs another program, writes no file of its own and never dies of a key."""

import random
import signal
import sys
from pathlib import Path

import pytest

from tests.helpers.still_home import CLERK, still_home
from tests.helpers.tools import needs
from tests.terminal.seat_in_pty import Terminal, open_modes, start_program

pytestmark = pytest.mark.timeout(600)
ROOT = Path(__file__).resolve().parents[2]
_QUIT = {0x11}
_NAMED = (
    *(f"\x1b[{sign}".encode() for sign in "ABCDHFZ"), *(f"\x1bO{sign}".encode() for sign in "PQRS"),
    *(f"\x1b[{number}~".encode() for number in (2, 3, 5, 6, 11, 12, 15, 17, 18, 19, 20, 21, 23, 24)),
    b"\x1b", b"\r", b"\t", b" ", b"\x7f", "派".encode(), "？".encode(), b"\x1b[200~!sh -c id\r\x1b[201~", b"\x1b[6n", b"\xff\xfe",
)  # fmt: skip
"""Arrows, function keys, keys of both widths, a paste, an answer that nobody asked for, bytes that are no text."""


def key(dice: random.Random) -> bytes:
    """One key: a letter or sign, with Alt now and then, a control, or one that has a name."""
    kind = dice.random()
    if kind < 0.35:
        return dice.choice(_NAMED)
    sign = bytes([dice.choice([code for code in range(1, 32) if code not in _QUIT] if kind < 0.55 else range(32, 127))])
    return b"\x1b" + sign if kind > 0.93 else sign


def sit_down(folder: Path, home: Path, log: Path) -> Terminal:
    """The seat under strace, in a folder of its own."""
    command = [needs("strace"), "-f", "-A", "-o", str(log), "-e", "trace=execve,execveat", sys.executable, "-m", "console"]
    env = {"PYTHONPATH": str(ROOT), "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "PAIDAN_LANG": "zh"}
    terminal = start_program([*command, "--home", str(home), "--as", CLERK], columns=100, lines=30, env=env, folder=folder)
    terminal.wait(lambda: terminal.shows("垃圾堵门"), 60)
    return terminal


def press_at_random(terminal: Terminal, dice: random.Random, most: int) -> int:
    """Keys until so many were pressed or the seat has ended; how many."""
    for count in range(most):
        if count % 200 == 100:
            terminal.resize(dice.randint(20, 160), dice.randint(5, 50))
        try:
            terminal.press(key(dice))
        except OSError:
            return count + 1
        if not terminal.read(0.002) or (count % 50 == 0 and terminal.ended()):
            return count + 1
    return most


@pytest.mark.parametrize("keys", [pytest.param(300, id="three hundred"), pytest.param(10_000, id="ten thousand", marks=pytest.mark.long)])
def test_no_key_runs_a_program_or_writes_a_file(tmp_path: Path, keys: int) -> None:
    """Where a key leaves the seat (a confirmed quit), another sits down; it ends by itself with 0 and never by an error."""
    folder, log, dice = tmp_path / "work", tmp_path / "strace.log", random.Random(keys)
    folder.mkdir()
    log.touch()
    seats = pressed = 0
    with still_home(tmp_path) as home:
        before = {path.relative_to(home).parts[0] for path in home.rglob("*")}
        while pressed < keys:
            assert seats < 20
            terminal = sit_down(folder, home, log)
            seats += 1
            try:
                pressed += press_at_random(terminal, dice, keys - pressed)
                if pressed >= keys:
                    terminal.press(b"\x1b" * 4 + b"\x11\x11")
                status = terminal.finish()
                # A key that ends a program reaches it once the line is given back: then the modes are.
                assert status == 0 or (status in {-signal.SIGINT, -signal.SIGQUIT} and not open_modes(bytes(terminal.output))), terminal.lines()
                assert b"Traceback" not in terminal.output
            finally:
                terminal.close()
        after = {path.relative_to(home).parts[0] for path in home.rglob("*")}
    assert log.read_text().count("execve") == seats
    assert sorted(path.name for path in folder.rglob("*")) == []
    assert after - before <= {"exports", "drafts", "desk.db-wal", "desk.db-shm"}

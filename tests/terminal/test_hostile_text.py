"""The real seat over a desk whose every text is hostile, past the cleaning at the way in: no byte of it reaches the terminal as a control."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import lease
from tests.helpers.clock import FakeClock
from tests.helpers.leftover import end_centre
from tests.helpers.office import Centre, open_centre
from tests.terminal.seat_in_pty import Terminal, start

MARKER = "HOSTIL"
HOSTILE = f"\x1b]52;c;{MARKER}\x07\x1b]8;;http://x\x1b\\\x1bc\x1b[6n\x1b[2J\x9b31m\x90q\x9c\u202e\u2066\u200b\u2028\x00\x07\x0e[/x][@click=app.quit][red"
OURS = re.compile(
    rb"\x1b\[[0-9;]*[mHABCDEFGdXKLMPST@r]|\x1b\[[012]?J|\x1b\[\?[0-9;]+[hl]|\x1b\[\?[0-9;]+\$p|\x1b\[[<>=][0-9;]*u|\x1b\[[0-9;]* q"
    rb"|\x1b\]2;[^\x00-\x1f\x7f]*\x1b\\|\r\n|\r|\n|\x08"
)
"""Colours, places, moving, scrolling, erasing, modes and their questions, the key protocol, the cursor's form, the title: all that a seat sends."""
PROBE = b"\x1b[6n"
"""The seat itself asks where the cursor is, to measure the line; the hostile question is followed by the wish to erase the screen."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Centre]:
    """A street's desk whose rows were spoiled in the file itself, and whose names are hostile too. The lock is held: no centre starts."""
    centre = open_centre(tmp_path / "pailou", "street", FakeClock())
    home = centre.settings.home
    for number, grid in enumerate(("DHG-01", "DHG-02", "DHG-03", "X"), 1):
        centre.report(id=f"rep-{number}", grid=grid, text=f"{number}号路灯不亮", reporter={"kind": "resident", "name": "李", "phone": "13800000076"})
    centre.act("dispatch", 1, confirm=True)
    centre.act("note", 1, text="x")
    conn = centre.desk.conn
    conn.execute("DROP TRIGGER journal_no_update")
    conn.execute("UPDATE journal SET after = json_set(after, '$.\"\".\"\".text', ?) WHERE act='note'", (HOSTILE.replace("\x00", ""),))
    for table, columns in {"cases": ("text", "address", "result"), "reports": ("text", "name", "kind"), "orders": ("text", "answer")}.items():
        for column in columns:
            conn.execute(f"UPDATE {table} SET {column} = ?", (HOSTILE,))
    units = home / "units.toml"
    escaped = "".join(f"\\u{ord(sign):04X}" for sign in HOSTILE if sign != "\x00")
    units.write_text(re.sub(r'(?m)^name = ".*"$', lambda _: f'name = "{escaped}"', units.read_text(encoding="utf-8")), encoding="utf-8")
    with lease.Lock(home):
        yield centre
    conn.close()
    end_centre(home)


@pytest.fixture
def seat(desk: Centre) -> Iterator[Terminal]:
    terminal = start(["-m", "console", "--home", str(desk.settings.home), "--as", "周敏"], columns=120, lines=40)
    yield terminal
    terminal.close()


def test_no_stored_byte_reaches_the_terminal_as_a_control(seat: Terminal) -> None:
    """Board, queue, detail, journal, supervision, health, handover, news, search: the bytes are our sequences and clean text, nothing else."""
    seat.wait(lambda: seat.shows("未静音"), 30)
    for keys in (b"2", b"\x1b[B", b"\r", b"\x1b", b"3", b"4", b"5", b"6", b"7", b"0", b"2", b"/", MARKER.encode(), b"\x1b", b"1"):
        seat.press(keys)
        for _ in range(8):
            seat.read(0.1)
    assert MARKER in seat.output.decode("utf-8", "replace")
    output = bytes(seat.output)
    assert PROBE + b"\x1b[2J" not in output
    left = OURS.sub(b"", output.replace(PROBE, b"")).decode("utf-8")
    bad = {sign for sign in left if unicodedata.category(sign) in {"Cc", "Cf"}} | set(re.findall("\u2028|\u2029", left))
    assert bad == set(), {hex(ord(sign)) for sign in bad}
    assert not seat.ended()


def test_the_plain_seat_sends_no_control_either(desk: Centre) -> None:
    """By lines, for braille displays and scripts."""
    terminal = start(["-m", "console", "--home", str(desk.settings.home), "--as", "周敏", "--plain"], columns=120, lines=40)
    try:
        for keys in (b"2\n", b"n\n", b"1\n", b"\n", b"q\n"):
            for _ in range(10):
                terminal.read(0.1)
            terminal.press(keys) if not terminal.ended() else None
        for _ in range(10):
            terminal.read(0.1)
        left = terminal.output.replace(b"\r\n", b"").decode("utf-8")
        assert MARKER in left
        assert {sign for sign in left if unicodedata.category(sign) in {"Cc", "Cf"}} == set()
    finally:
        terminal.close()

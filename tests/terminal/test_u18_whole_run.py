"""U18 over everything a seat can show: lesson, palette, form, filter, drill-down, every place, help, questions, thin view, too small a window."""

import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.clock import FakeClock
from tests.helpers.leftover import end_centre
from tests.helpers.office import Centre, open_centre
from tests.terminal.seat_in_pty import Terminal, start

pytestmark = pytest.mark.timeout(160)
ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "“退水”…温度25℃·风速≥3级→●■①×÷±§—–’ 😀 ä"
LESSON = (b"\x1b[B", b"\x1bOQ", b"\x1b[19~", b"\x1b[15~", b"bx\r", b"\x1b[20~1")
DESK = (
    b"2", b"\r", b"\x1b[6~", b"]", b"\x1b", b"3", b"h", b"p", b"4", b"5", b"6", b"7", b"e", HOSTILE.encode(), b"\r", b"0", b"8", b"9",
    b"1", b"g", b"\r", b"\r", b"\x1b", b"\x1b", b"1", b"\x1b[H", b"\x1b[A", b"s", b"\x1b", b"\x1b", b"\x1bOP", b"\x1b[6~", b"\x1b",
    b":", b"t", b"\x1b", b"i", HOSTILE.encode(), b"\t", "大河沟".encode(), b"\x1bOQ", b"/", HOSTILE.encode(), b"\x1b",
    b"2", b"a", b"\x1b", b"b", HOSTILE.encode(), b"\r", b"c", b"\x1b", b"m", b"\x1b", b"V", b"\x1b", b"n", b"n", b"g", b"g",
    "的派单，".encode(), b"\x1b[200~dddd\x1b[201~", b"x", b"L", b"\x1b[B", b"L", b"1", b"\x1bOQ", b"\x1b[19~",
)  # fmt: skip


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    """牌楼's desk without a broker; what people reported is full of signs of uncertain width."""
    centre = open_centre(tmp_path / "pailou", "street", clock)
    for number, grid in enumerate(("DHG-03", "JN-01", "HX-01")):
        centre.report(id=f"rep-{number}", text=f"{HOSTILE} 垃圾{number}", grid=grid, name=f"周{HOSTILE}", address=HOSTILE)
    with (tmp_path / "pailou" / "operators.csv").open("a", encoding="utf-8") as operators:
        operators.write("Mei,clerk supervisor,en,sample\n")
    yield centre
    centre.desk.conn.close()
    end_centre(tmp_path / "pailou")


def _press(terminal: Terminal, *keys: bytes) -> None:
    """Each after the one before has been drawn."""
    for key in keys:
        terminal.press(key)
        _rest(terminal, 0.35)


def _rest(terminal: Terminal, seconds: float) -> None:
    """What is on the strip has been read."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert terminal.read(0.05), "\n".join(terminal.lines())


@pytest.mark.parametrize(("operator", "env"), [("王梅", {"COLORTERM": "truecolor"}), ("Mei", {"NO_COLOR": "1"})])
def test_u18_nothing_a_seat_shows_has_an_uncertain_width(street: Centre, tmp_path: Path, operator: str, env: dict[str, str]) -> None:
    """No code point of East-Asian width A anywhere in the stream, from the first byte of the lesson to the last of the desk."""
    known = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PAIDAN_TUTORIAL": ""} | env
    terminal = start(["-m", "console", "--home", str(street.settings.home), "--as", operator], columns=120, lines=40, env=known)
    try:
        terminal.wait(lambda: terminal.shows("教学 1/") or terminal.shows("Tutorial 1/"), 40)
        for step, key in enumerate(LESSON, 2):
            _rest(terminal, 1.0)
            terminal.press(key)
            terminal.wait(lambda at=step: terminal.shows(f"{at}/13"), 20)
        terminal.press(b"\x11")
        terminal.wait(lambda: terminal.shows("垃圾0") and not terminal.shows("7/13"), 40)
        _press(terminal, *DESK)
        for columns, lines in ((80, 24), (60, 15), (200, 60)):
            terminal.resize(columns, lines)
            _press(terminal, b"1", b"2")
        terminal.press(b"\x11\x11")  # the second says yes where something is unsent
        terminal.finish()
    finally:
        terminal.close()
    assert {} == {sign: hex(ord(sign)) for sign in terminal.output.decode() if unicodedata.east_asian_width(sign) == "A"}
    assert "Traceback" not in terminal.output.decode()

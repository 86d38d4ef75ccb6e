"""Sitting down: the lesson comes by itself once, never in the way of level 1 or a lost line; and what `[seat]` of paidan.toml says.

A person who has sat at a desk before, on this machine or by another, is not taught unasked.
"""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.domain.errors import SettingsError
from data.settings import load
from tests.helpers.clock import FakeClock
from tests.helpers.leftover import end_centre
from tests.helpers.office import Centre, open_centre
from tests.terminal.seat_in_pty import Terminal, start

pytestmark = pytest.mark.timeout(120)
ROOT = Path(__file__).resolve().parents[2]
Sit = Callable[..., Terminal]


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    """牌楼's desk with one report; its broker is nowhere, so that no centre can serve it."""
    centre = open_centre(tmp_path / "pailou", "street", clock)
    centre.report()
    yield centre
    centre.desk.conn.close()
    end_centre(tmp_path / "pailou")


@pytest.fixture
def sit(street: Centre, tmp_path: Path) -> Iterator[Sit]:
    """Sit down at it as an operator of this machine."""
    opened: list[Terminal] = []

    def open_seat(operator: str = "王梅", **env: str) -> Terminal:
        known = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PAIDAN_TUTORIAL": ""} | env
        terminal = start(["-m", "console", "--home", str(street.settings.home), "--as", operator], columns=80, lines=24, env=known)
        opened.append(terminal)
        return terminal

    yield open_seat
    for terminal in opened:
        terminal.close()


def test_the_first_time_begins_with_the_lesson_and_no_other(street: Centre, sit: Sit) -> None:
    """Ctrl+Q goes on to the real desk, where nothing was done; the next time the desk comes at once, and another person is taught anew."""
    before = street.all("journal")
    terminal = sit()
    terminal.wait(lambda: terminal.shows("教学 1/"), 30)
    assert terminal.shows("不练就按 Ctrl+Q")
    terminal.press(b"\x11")
    terminal.wait(lambda: terminal.shows("6号楼车库垃圾") and not terminal.shows("教学 1/"), 30)
    assert before == street.all("journal")

    again = sit()
    again.wait(lambda: again.shows("6号楼车库垃圾"), 30)
    assert not again.shows("教学 1/")

    other = sit("周敏")
    other.wait(lambda: other.shows("教学 1/"), 30)


def test_level_one_goes_before_the_lesson(street: Centre, sit: Sit) -> None:
    """While something of level 1 waits, the desk comes; the lesson has not been used up by it."""
    street.desk.conn.execute("UPDATE cases SET level = 1")
    terminal = sit()
    terminal.wait(lambda: terminal.shows("1特急"), 30)
    assert not terminal.shows("教学 1/")
    street.desk.conn.execute("UPDATE cases SET level = 3")
    later = sit()
    later.wait(lambda: later.shows("教学 1/"), 30)


@pytest.mark.parametrize("how", ["environment", "settings"])
def test_it_can_be_switched_off(street: Centre, sit: Sit, how: str) -> None:
    """For one seat by `PAIDAN_TUTORIAL=off`, for all of a desk by `[seat] tutorial = false`."""
    if how == "settings":
        with (street.settings.home / "paidan.toml").open("a", encoding="utf-8") as file:
            file.write("\n[seat]\ntutorial = false\n")
        load(street.settings.home)
    terminal = sit(**({"PAIDAN_TUTORIAL": "off"} if how == "environment" else {}))
    terminal.wait(lambda: terminal.shows("6号楼车库垃圾") or terminal.shows("教学 1/"), 30)
    assert not terminal.shows("教学 1/")


def test_a_line_lost_in_the_lesson_opens_nothing_after_it(sit: Sit) -> None:
    """SIGHUP in the lesson ends the program; the real desk does not open on a terminal that is gone."""
    terminal = sit()
    terminal.wait(lambda: terminal.shows("教学 1/"), 30)
    os.kill(terminal.pid, signal.SIGHUP)
    assert terminal.finish() == 0
    assert not terminal.shows("6号楼车库垃圾堵门 ")


def wish(street: Centre, *lines: str) -> None:
    with (street.settings.home / "paidan.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(("", "[seat]", *lines, "")))


def braille(terminal: Terminal) -> list[str]:
    return [sign for sign in terminal.output.decode() if "\u2800" <= sign <= "\u28ff"]


def test_the_desks_glyphs_are_ascii(street: Centre, sit: Sit) -> None:
    """`[seat] glyphs = "ascii"`: no Braille in the stream, charts included; `PAIDAN_GLYPHS=safe` says otherwise for one seat."""
    wish(street, 'glyphs = "ascii"')
    terminal = sit(PAIDAN_TUTORIAL="off")
    terminal.wait(lambda: terminal.shows("6号楼车库垃圾"), 30)
    terminal.press(b"3")
    terminal.wait(lambda: terminal.shows("h换时长"), 30)
    assert [] == braille(terminal)


def test_the_desks_line_is_thin(street: Centre, sit: Sit) -> None:
    """`[seat] link = "thin"`: the thin view from the first picture; `PAIDAN_LINK=lan` says otherwise for one seat."""
    wish(street, 'link = "thin"')
    terminal = sit(PAIDAN_TUTORIAL="off")
    terminal.wait(lambda: terminal.shows("6号楼车库垃圾"), 30)
    assert terminal.lines()[0].startswith("省流")
    other = sit(PAIDAN_TUTORIAL="off", PAIDAN_LINK="lan")
    other.wait(lambda: other.shows("6号楼车库垃圾"), 30)
    assert not other.lines()[0].startswith("省流")


@pytest.mark.parametrize("line", ['link = "fast"', 'glyphs = "box"', 'tutorial = "no"', "colour = 1"])
def test_a_wish_that_nobody_knows_is_refused(street: Centre, line: str) -> None:
    """With the file and the key."""
    wish(street, line)
    with pytest.raises(SettingsError) as refused:
        load(street.settings.home)
    assert line.split(maxsplit=1)[0] in str(refused.value.reason.args)

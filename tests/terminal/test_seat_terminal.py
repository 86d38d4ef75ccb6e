"""The seat in a real terminal: what its bytes may hold, and in what state it leaves the terminal."""

import os
import signal
import unicodedata
from collections.abc import Iterator

import pytest
from wcwidth import wcswidth

from tests.terminal.seat_in_pty import Terminal, open_modes, stand_in

pytestmark = pytest.mark.timeout(90)
_SIZES = ((80, 24), (120, 40), (200, 60))


@pytest.fixture
def opened() -> Iterator[list[Terminal]]:
    """Terminals that the test opened; none outlives it."""
    terminals: list[Terminal] = []
    yield terminals
    for terminal in terminals:
        terminal.close()


def _sit_down(opened: list[Terminal], **wishes: object) -> Terminal:
    terminal = stand_in(**wishes)  # type: ignore[arg-type]  # handed through
    opened.append(terminal)
    terminal.wait(lambda: terminal.shows("未静音") and terminal.shows("1特急"))
    return terminal


def _session(terminal: Terminal) -> None:
    """A walk through everything that this issue has."""
    terminal.press(b"2")
    terminal.wait(lambda: terminal.shows("事由"))
    terminal.press(b"\x1b[B\x1b[B")
    terminal.wait(lambda: terminal.lines()[5].startswith(">"))
    terminal.press(b"\r")
    terminal.wait(lambda: terminal.shows("石峡子沟左岸"))
    terminal.press(b"\x1bOP")
    terminal.wait(lambda: terminal.shows("这里能按的键"))
    terminal.press(b"\x1b\x1b")
    terminal.press("的派单，".encode())
    terminal.wait(lambda: terminal.shows("输入法开着"))
    terminal.press(b"b")
    terminal.wait(lambda: terminal.shows("输入中"))
    terminal.press("水“退”了…5℃·😀".encode())
    terminal.wait(lambda: terminal.shows("水「退」了~5度."))
    terminal.press(b"\x1b")
    terminal.wait(lambda: not terminal.shows("输入中"))


def _ambiguous(output: bytes) -> set[str]:
    return {sign for sign in output.decode() if unicodedata.east_asian_width(sign) == "A"}


@pytest.mark.parametrize(("columns", "lines"), _SIZES)
def test_no_byte_of_a_session_has_an_uncertain_width(opened: list[Terminal], columns: int, lines: int) -> None:
    """U18, U19: no code point of East-Asian width A in the whole stream; each line is exactly as wide as the screen."""
    terminal = _sit_down(opened, columns=columns, lines=lines)
    _session(terminal)
    widths = {wcswidth(line) for line in terminal.lines()}
    terminal.press(b"\x11")

    assert terminal.finish() == 0
    assert set() == _ambiguous(bytes(terminal.output))
    assert {columns} == widths


def test_u17_no_colour_code_under_no_color(opened: list[Terminal]) -> None:
    """U17: NO_COLOR sends no foreground or background code at all; level 1 is told by reverse, digit and word."""
    terminal = _sit_down(opened, env={"NO_COLOR": "1"})
    _session(terminal)

    assert b"38;" not in terminal.output
    assert b"48;" not in terminal.output
    assert all(f"\x1b[{code}m".encode() not in terminal.output for code in (*range(30, 38), *range(40, 48)))
    badges = [(y, line.index("1特急")) for y, line in enumerate(terminal.lines()) if line.startswith(" 1特急")]
    assert {True} == {terminal.screen.buffer[y][x].reverse for y, x in badges}
    assert {False} == {terminal.screen.buffer[y][0].reverse for y, _ in badges}


def test_no_braille_where_the_font_has_none(opened: list[Terminal]) -> None:
    """The Linux console gets sparklines of ASCII heights; `PAIDAN_GLYPHS` says otherwise either way."""
    terminal = _sit_down(opened, env={"TERM": "linux"})

    assert [] == [sign for sign in terminal.output.decode() if "\u2800" <= sign <= "\u28ff"]
    assert any("#" in line and "雨量" in line for line in terminal.lines())


@pytest.mark.parametrize("env", [{"COLORTERM": "truecolor"}, {"TERM": "xterm-256color"}, {"TERM": "xterm"}, {"NO_COLOR": "1"}])
def test_u17_levels_are_told_by_word_and_digit_in_every_depth(opened: list[Terminal], env: dict[str, str]) -> None:
    """U17: colour is never the only sign of a level."""
    terminal = _sit_down(opened, env=env)
    terminal.press(b"2")
    terminal.wait(lambda: all(terminal.shows(word) for word in ("1特急", "2紧急", "3一般")))


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal(opened: list[Terminal], ending: signal.Signals) -> None:
    """SIGTERM and SIGHUP end the seat cleanly: every mode is reset, the line discipline as before."""
    terminal = _sit_down(opened)
    os.kill(terminal.pid, ending)

    assert terminal.finish() == 0
    assert set() == open_modes(bytes(terminal.output))


def test_quitting_restores_the_terminal(opened: list[Terminal]) -> None:
    """Ctrl+Q leaves; every mode is reset."""
    terminal = _sit_down(opened)
    terminal.press(b"\x11")

    assert terminal.finish() == 0
    assert set() == open_modes(bytes(terminal.output))


def test_a_crash_restores_the_terminal(opened: list[Terminal]) -> None:
    """An error outside every boundary ends the seat, but never leaves the terminal in its modes."""
    terminal = _sit_down(opened, args=("boom",))
    terminal.press(b"2")
    terminal.wait(lambda: terminal.shows("事由"))
    terminal.resize(100, 30)

    assert terminal.finish() != 0
    assert set() == open_modes(bytes(terminal.output))


def test_a_lost_line_ends_the_seat(opened: list[Terminal]) -> None:
    """When the terminal is gone (SSH lost) no seat is left spinning."""
    terminal = _sit_down(opened)
    pid = terminal.pid
    os.close(terminal.fd)
    opened.remove(terminal)
    _wait_gone(pid)


def _wait_gone(pid: int) -> None:
    previous = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("the seat outlived its terminal"))
    signal.alarm(10)
    try:
        os.waitpid(pid, 0)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def test_ctrl_z_and_ctrl_c_do_nothing(opened: list[Terminal]) -> None:
    """Neither stops nor suspends the seat."""
    terminal = _sit_down(opened)
    terminal.press(b"\x1a\x03")
    terminal.press(b"2")
    terminal.wait(lambda: terminal.shows("事由"))

    assert not terminal.ended()


def test_a_paste_never_acts(opened: list[Terminal]) -> None:
    """Bracketed paste of act keys does nothing and says so."""
    terminal = _sit_down(opened)
    terminal.press(b"\x1b[200~dddd\x1b[201~")
    terminal.wait(lambda: terminal.shows("粘贴的内容不当按键用"))

    assert not terminal.shows("已派 #")


def test_a_held_key_dispatches_one_case(opened: list[Terminal]) -> None:
    """U7: thirty `d` in a second and those of an unbracketed paste are one press."""
    terminal = _sit_down(opened)
    terminal.wait(lambda: terminal.shows("F2/d"))
    _read_for(terminal, 0.5)
    terminal.press(b"d" * 30)
    terminal.wait(lambda: terminal.shows("已派 #"))
    _read_for(terminal, 0.5)

    assert terminal.shows("待派 12")


def _read_for(terminal: Terminal, seconds: float) -> None:
    import time

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read()


@pytest.mark.parametrize("key", [b"\x1bOQ", b"\x1b[12~", b"\x1b[[B"])
def test_f2_of_every_terminal_dispatches(opened: list[Terminal], key: bytes) -> None:
    """The xterm, vt and Linux-console forms of F2 all do the step."""
    terminal = _sit_down(opened)
    _read_for(terminal, 0.5)
    terminal.press(key)
    terminal.wait(lambda: terminal.shows("已派 #2041"))


def test_a_full_width_question_mark_opens_the_help(opened: list[Terminal]) -> None:
    """U9: an input method left on does not keep anybody from the help."""
    terminal = _sit_down(opened)
    terminal.press("？".encode())
    terminal.wait(lambda: terminal.shows("这里能按的键"))


def test_a_storm_of_sizes_is_survived(opened: list[Terminal]) -> None:
    """Down to 1x1 and back: the seat still shows its queue, and below 80x24 says what it wants."""
    terminal = _sit_down(opened)
    for columns, lines in ((64, 20), (1, 1), (2, 3), (200, 50), (60, 8)):
        terminal.resize(columns, lines)
        _read_for(terminal, 0.15)
    terminal.wait(lambda: terminal.shows("窗口太小:要 80x24,现 60x8"))
    terminal.resize(80, 24)
    terminal.wait(lambda: terminal.shows("未静音"))


def test_no_mouse_mode_over_ssh(opened: list[Terminal]) -> None:
    """Over SSH the mouse belongs to the terminal, for copying, and colours are 256."""
    terminal = _sit_down(opened, env={"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22", "COLORTERM": "truecolor"})

    assert b"\x1b[?1000h" not in terminal.output
    assert b"38;2;" not in terminal.output
    assert b"38;5;" in terminal.output

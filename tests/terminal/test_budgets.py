"""Bytes of the real seat over a real home, counted in a pty at 256 colours. The limits are `speed.md`'s."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.init import init_home
from tests.helpers import brokers
from tests.helpers.homes import CentreProcess
from tests.helpers.mqtt import Client
from tests.terminal.seat_in_pty import Terminal, start

pytestmark = [pytest.mark.timeout(170), pytest.mark.xdist_group("budgets")]
_TROUBLES = (
    "星都会6号楼车库垃圾堵门，异味难闻", "江南广场跳舞音响太吵，老人睡不着", "望江路下穿道积水没过膝盖", "后山有石头掉到路上",
    "红星桥栏杆松动，孩子爬", "天城大道路灯三盏不亮", "农贸市场门口占道摆摊", "小区电动车飞线充电", "3号楼电梯困人后又停",
    "河边护栏缺了一段", "井盖翘起来，车轮卡住", "消防通道停满私家车", "楼上漏水泡了天花板", "工地半夜打桩", "流浪狗追人",
    "学校门口红绿灯坏了", "公厕没水两天", "广告牌被风吹歪", "沟里有油污味道", "邻居燃气味很重",
)  # fmt: skip
_GRIDS = ("DHG-01", "DHG-02", "DHG-03", "JN-01", "JN-02", "HX-01", "HX-02", "WJ-02", "BP-01")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Client]]:
    """A street with its centre running, twenty cases and a reading of every sensor; and somebody who publishes."""
    folder = tmp_path_factory.mktemp("street")
    broker = brokers.make("nats", folder / "nats")
    broker.start()
    init_home(folder / "pailou", "street", broker=broker.url)
    centre = CentreProcess(folder / "pailou")
    centre.start()
    client = Client(broker.url, "tester")
    for index, text in enumerate(_TROUBLES):
        client.publish("paidan/pailou/in/report", {"id": f"rep-{index}", "text": text, "grid": _GRIDS[index % len(_GRIDS)]})
    for line in (folder / "pailou" / "sensors.csv").read_text(encoding="utf-8-sig").splitlines()[1:]:
        client.publish(f"paidan/pailou/sensor/{line.split(',')[0]}", "0")
    yield folder / "pailou", client
    client.close()
    centre.stop()
    broker.stop()


@pytest.fixture
def seat(home: tuple[Path, Client], request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A seat at it, painted and quiet; parameters are columns, lines and the line's profile."""
    columns, lines, link = getattr(request, "param", (80, 24, ""))
    env = {"PAIDAN_LINK": link, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    terminal = start(["-m", "console", "--home", str(home[0]), "--as", "王梅"], columns=columns, lines=lines, env=env)
    try:
        terminal.wait(lambda: terminal.shows("待派 ") and (terminal.shows("静音") or terminal.shows("省流 |")), 30)
        terminal.first = len(terminal.output)  # type: ignore[attr-defined]  # what the first paint cost
        _settle(terminal)
        yield terminal
    finally:
        terminal.close()


def _settle(terminal: Terminal, quiet_s: float = 0.7) -> None:
    """Read until nothing but a clock's tick has come for a while."""
    end, size = time.monotonic() + quiet_s, len(terminal.output)
    deadline = time.monotonic() + 12
    while time.monotonic() < end and time.monotonic() < deadline:
        terminal.read(0.02)
        if len(terminal.output) - size > 60:
            end = time.monotonic() + quiet_s
        size = len(terminal.output)


def _frames(terminal: Terminal, keys: bytes, seconds: float = 0.5) -> list[int]:
    """Bytes of each write that answers the keys; the clock's ticks, which have under 12 bytes, are left out."""
    terminal.press(keys)
    end, frames = time.monotonic() + seconds, []
    while time.monotonic() < end:
        before = len(terminal.output)
        terminal.read(0.005)
        if len(terminal.output) - before > 12:
            frames.append(len(terminal.output) - before)
    return frames


def test_u20_a_step_of_the_cursor(seat: Terminal) -> None:
    """U20: what moves the cursor is at most 40 bytes; what belongs to the next case follows once the cursor rests."""
    _frames(seat, b"2", 1.0)
    steps = [_frames(seat, b"\x1b[B") for _ in range(6)]

    assert max(step[0] for step in steps) <= 40, steps
    assert max(sum(step) for step in steps) <= 600, steps


def test_a_held_arrow_sends_its_steps_and_one_strip(seat: Terminal) -> None:
    """Ten steps at the speed of a key's repeat cost their own bytes; the strips between are never sent."""
    _frames(seat, b"2", 1.0)
    before = len(seat.output)
    for _ in range(10):
        _frames(seat, b"\x1b[B", 0.03)
    _frames(seat, b"", 0.6)

    assert len(seat.output) - before <= 10 * 40 + 600


def test_open_a_detail(seat: Terminal) -> None:
    """Enter on a case: the page with its essence takes the list's place."""
    _frames(seat, b"2", 1.0)

    assert not seat.shows("经过")
    assert 100 <= sum(_frames(seat, b"\r", 0.8)) <= 500
    assert seat.shows("经过")


def test_u23_another_place(seat: Terminal) -> None:
    """U23: a change of the place, there and back."""
    assert 100 <= sum(_frames(seat, b"2", 1.0)) <= 2500
    assert 100 <= sum(_frames(seat, b"1", 1.0)) <= 2500


def test_u21_first_paint(seat: Terminal) -> None:
    """U21: from nothing to the whole board, the terminal's modes included."""
    assert seat.first <= 2500  # type: ignore[attr-defined]  # set by the fixture


@pytest.mark.parametrize("seat", [(80, 24, "thin")], indirect=True)
def test_u21_first_paint_on_a_thin_line(seat: Terminal) -> None:
    """U21: the thin view."""
    assert seat.first <= 1200  # type: ignore[attr-defined]  # set by the fixture


@pytest.mark.parametrize(("seat", "limit"), [((80, 24, "lan"), 40), ((120, 40, "lan"), 40), ((80, 24, "thin"), 0)], indirect=["seat"])
def test_u22_idle(seat: Terminal, home: tuple[Path, Client], limit: int) -> None:
    """U22: readings come in, nothing crosses a limit: the clock ticks, and ages; on a thin line not even that."""
    before, began = len(seat.output), time.monotonic()
    while time.monotonic() - began < 10:
        for _ in range(20):
            home[1].publish("paidan/pailou/sensor/bp-call-1", "0")
        seat.read(0.05)
    seat.read()

    assert (len(seat.output) - before) / (time.monotonic() - began) <= limit


def test_u18_the_whole_stream_has_no_uncertain_width(seat: Terminal) -> None:
    """U18: every place, the detail, help and a note: no code point of East-Asian width A in the stream, nothing dropped."""
    import unicodedata

    for keys in (b"2", b"\r", b"\x1b", b"3", b"4", b"5", b"6", b"7", b"0", b"1", b"\x1bOP", b"\x1b", b"b", "好…“”℃".encode(), b"\x1b"):
        _frames(seat, keys, 0.4)
    seat.press(b"\x11")
    seat.finish()
    text = seat.output.decode()

    assert set() == {sign for sign in text if unicodedata.east_asian_width(sign) == "A"}
    assert {"\n", "\r", "\b"} >= {sign for sign in _without_sequences(text) if unicodedata.category(sign) == "Cc"}


def _without_sequences(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\]2;[^\x1b]*\x1b\\|\x07", "", text)


def test_a_board_of_forty_panels_of_which_a_third_changes() -> None:
    """Forty values at 120×40, 30 % of them changing a second."""
    from tests.bench.screen import board

    assert board("ours", 6.0) <= 200

"""A sensor over time and where it is abnormal: the services, and what the seat makes of them."""

import csv
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.domain.vocabulary import Level
from data.office import Office
from data.views.trends import safe_name
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive
from widgets.chart import chart_lines

NOISE = "jn-noise-1"


@pytest.fixture
def noisy(street: Centre) -> Centre:
    """A sensor with six hours of readings, a gap among them, and an open alarm; its neighbour is silent."""
    now = street.clock.now()
    for sensor in (NOISE, "jn-noise-2"):
        row = (sensor, "noise", "江南广场" if sensor == NOISE else "滨江路", "JN-01")
        street.desk.conn.execute("INSERT OR REPLACE INTO sensors (id, kind, place, grid) VALUES (?,?,?,?)", row)
    street.desk.conn.execute(
        "INSERT INTO alarms (id, rule, sensor, level, raised_at) VALUES ('a1', 'noise', ?, 2, ?)", (NOISE, now - 60_000)
    )
    return street


def test_a_file_name_never_leaves_its_folder() -> None:
    """Separators, dots and control signs become underscores; Han stays; nothing is empty."""
    names = [safe_name(text) for text in ("../../etc/passwd", "a/b\\c", "雨量 1号", "...", "x" * 200)]

    assert ["etc_passwd", "a_b_c", "雨量_1号", "x", "x" * 60] == names


def test_an_export_is_a_csv_file_of_the_home(noisy: Centre, office: Office) -> None:
    """Under HOME/exports, with a heading; a sensor without readings gives the heading alone."""
    path = office.trends.export(NOISE, "6h")

    assert noisy.settings.home / "exports" == path.parent
    with path.open(encoding="utf-8-sig") as file:
        assert ["start", "min", "max", "mean", "last", "count"] == next(csv.reader(file))


@pytest.mark.parametrize("planted", ["file", "folder"])
def test_an_export_follows_no_link(noisy: Centre, office: Office, tmp_path: Path, planted: str) -> None:
    """Neither of the file nor of the folder; what a link points at stays as it is, and the file is its owner's alone."""
    path = office.trends.export(NOISE, "6h")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other = tmp_path / "other"
    other.mkdir()
    (other / path.name).write_text("kept", encoding="utf-8")
    path.unlink()
    if planted == "file":
        path.symlink_to(other / path.name)
    else:
        path.parent.rmdir()
        path.parent.symlink_to(other)
    with pytest.raises(OSError, match=r"\[Errno"):
        office.trends.export(NOISE, "6h")
    assert (other / path.name).read_text(encoding="utf-8") == "kept"


def test_a_chart_is_exactly_as_large_as_asked_and_has_no_uncertain_sign(noisy: Centre, office: Office) -> None:
    """Title and axes are ours; the limit's name stands at its line."""
    trend = office.trends.one(NOISE, "6h", 70)
    assert trend is not None
    lines = chart_lines(trend, (), zone="Asia/Shanghai", words=office.words, width=80, height=12)

    assert 12 == len(lines)
    texts = ["".join(text for text, _ in line.pieces) for line in lines]
    assert any("黄线" in text or "橙线" in text for text in texts)
    assert not set("│─┼┤└") & set("".join(texts))


def test_down_from_all_to_the_sensor(noisy: Centre, office: Office) -> None:
    """`g` on the board: community, grid, sensor, its trend; Esc comes back up one by one."""

    async def work(seat: Seat) -> None:
        await seat.press("g")
        assert seat.shows("江南")
        await seat.press("enter")
        assert 2 == len(seat.app.desk.area)
        await seat.press("enter")
        assert seat.shows(NOISE)
        await seat.press("enter")
        assert ("trends", NOISE) == (seat.app.desk.place, seat.app.desk.sensor)
        await seat.press("escape", "escape", "escape", "escape")
        assert ("board", ()) == (seat.app.desk.place, seat.app.desk.area)

    drive(work, office=office)


def test_the_journal_stops_on_up_and_follows_again_with_end(noisy: Centre, office: Office) -> None:
    """New steps do not move what is being read; End goes to the newest."""
    for n in range(40):
        noisy.act("note", text=f"第{n}句")

    async def work(seat: Seat) -> None:
        await seat.press("4")
        assert seat.shows("第39句")
        await seat.press("up")
        assert not seat.shows("第39句")
        noisy.act("note", text="最后一句")
        seat.clock.time += 6
        seat.app.redraw()
        assert not seat.shows("最后一句")
        await seat.press("end")
        assert seat.shows("最后一句")

    drive(work, office=office)


def test_a_yes_no_kind_has_words_at_its_axis(noisy: Centre, office: Office) -> None:
    """No number and no limit stands beside a door that is open or shut; a value of another kind keeps both."""
    trend = office.trends.one(NOISE, "6h", 70)
    assert trend is not None
    door = replace(trend, states=("value.down", "value.up"), values=(0.0, 1.0) * 35, limits=((Level.HIGH, 0.0),))
    lines = chart_lines(door, (), zone="Asia/Shanghai", words=office.words, width=80, height=12)

    labels = [line.pieces[0][0].strip(" |") for line in lines[:10]]
    assert ["在线", "断线"] == [label for label in labels if label]
    assert trend.states == ()


def test_supervision_has_the_cases_beside_the_units(noisy: Centre, office: Office) -> None:
    """At 120 columns what the unit under the cursor is late with, or has in hand, stands beside the figures."""
    number, text = noisy.all("cases")[0]["number"], noisy.all("cases")[0]["text"][:6]

    async def work(seat: Seat) -> None:
        await seat.press("5")
        assert any(f"#{number} " in line and text in line for line in seat.text()), seat.text()
        assert seat.shows("近12时")

    drive(work, office=office, size=(120, 40))
    drive(_narrow, office=office)


async def _narrow(seat: Seat) -> None:
    await seat.press("5")
    assert seat.shows("谁在拖")

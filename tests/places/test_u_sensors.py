"""U13 and U16: a dead gateway is one row, a shelf ends by itself; and what a person does to a sensor in the drill-down."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.domain.sensor import Sensor
from data.kinds import load_kinds
from data.kinds.register import sync_sensors
from data.office import Office
from data.store.history.writer import open_writer
from data.store.journal import verify
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive
from tests.sensors.conftest import Stand

GRID, CHIEF = "JN-01", "陈立"


@pytest.fixture
def stand(street: Centre, tmp_path: Path) -> Iterator[Stand]:
    """The sensor half of 牌楼's centre, fed by hand."""
    made = Stand(desk=street.desk, history=open_writer(tmp_path / "pailou"), clock=street.clock, kinds=dict(load_kinds()), sensors={})
    yield made
    made.history.close()


def hang(stand: Stand, *sensors: Sensor) -> None:
    stand.sensors.update({sensor.id: sensor for sensor in sensors})
    with stand.desk.transaction() as tx:
        sync_sensors(tx, stand.sensors)


async def to_the_sensors(seat: Seat) -> None:
    """Board, areas, the first community, its first grid."""
    await seat.press("1", "g", "enter", "enter")
    assert 3 == len(seat.app.desk.area)


def test_u13_a_dead_gateway_is_one_row(stand: Stand, office: Office) -> None:
    """Twenty-six children fall silent with it: 失联 rises by one, 压住 says 26, and the list has one row."""
    buttons = [f"b{number}" for number in range(26)]
    hang(
        stand, Sensor(id="WG-03", kind="gateway", place="北坡机房", grid=GRID),
        *(Sensor(id=one, kind="call_button", parent="WG-03", grid=GRID) for one in buttons),
    )  # fmt: skip
    stand.take(stand.reading("WG-03", 1), *(stand.reading(one, 0) for one in buttons))
    heard = stand.clock.now()
    stand.clock.pass_s(3 * 86_400)
    before = office.status.counts().lost
    stand.sweep()
    stand.settle(**{"WG-03": heard}, **dict.fromkeys(buttons, heard))

    async def work(seat: Seat) -> None:
        counts = office.status.counts()
        assert (before + 1, 26) == (counts.lost, counts.suppressed)
        await to_the_sensors(seat)
        assert seat.shows("压住 26")
        assert not any(seat.shows(one) for one in buttons)

    drive(work, office=office)


def test_u16_a_shelf_ends_and_the_row_returns(stand: Stand, street: Centre, office: Office) -> None:
    """`s 1 1` shelves both its alarms for an hour and takes it off board and count; then it rings, its row is back, and the journal says so."""
    hang(stand, Sensor(id="plaza", kind="noise", place="江南广场", grid=GRID, area_class="2"))
    stand.play("plaza", 60, *[75] * 10)

    async def work(seat: Seat) -> None:
        assert ["plaza"] == [panel.sensor for panel in office.sensors.board(1, 2).panels]
        await to_the_sensors(seat)
        assert seat.shows("为什么 plaza")
        await seat.press("s", "1", "1")
        assert seat.shows("搁置 至")
        assert (0, 1) == (office.status.counts().abnormal, office.status.counts().shelved)
        seat.app.redraw()
        beeps = len(seat.beeps)
        street.clock.pass_s(3601)
        stand.settle()
        seat.clock.time += 11
        await seat.until(lambda: len(seat.beeps) == beeps + 1)
        assert (1, 0) == (office.status.counts().abnormal, office.status.counts().shelved)
        await seat.until(lambda: not seat.shows("搁置 至"))
        assert ["shelve", "shelve", "unshelve", "unshelve"] == [row["act"] for row in street.all("journal") if "shelve" in row["act"]]
        assert verify(street.desk.conn) is None

    drive(work, office=office)


def test_a_shelf_is_taken_off_by_the_same_key(stand: Stand, street: Centre, office: Office) -> None:
    """`s` on what is shelved; the reason may be written too."""
    hang(stand, Sensor(id="plaza", kind="noise", place="江南广场", grid=GRID, area_class="2"))
    stand.play("plaza", 60, *[75] * 10)

    async def work(seat: Seat) -> None:
        await to_the_sensors(seat)
        await seat.press("s", "2", "0", *"换电池", "enter")
        assert "换电池" == street.row("alarms", stand.rows("alarms")[0]["id"])["shelved_why"]
        await seat.press("s")
        assert street.row("alarms", stand.rows("alarms")[0]["id"])["shelved_until"] is None

    drive(work, office=office)


def test_a_supervisor_is_offered_a_weekend(stand: Stand, street: Centre, office: Office) -> None:
    """Up to three days; a clerk up to eight hours."""
    hang(stand, Sensor(id="plaza", kind="noise", place="江南广场", grid=GRID, area_class="2"))
    stand.play("plaza", 60, *[75] * 10)

    async def work(seat: Seat) -> None:
        await to_the_sensors(seat)
        await seat.press("s")
        assert (True, False) == (seat.shows("8小时"), seat.shows("24小时"))
        await seat.press("escape")
        office._held.operator = CHIEF
        await seat.press("s")
        assert seat.shows("72小时")
        await seat.press("7", "1")
        hours = [(row["shelved_until"] - street.clock.now()) / 3_600_000 for row in street.all("alarms")]
        assert [72, 72] == [round(one) for one in hours]

    drive(work, office=office)


def test_what_lives_hang_on_is_refused(stand: Stand, street: Centre, office: Office) -> None:
    """A call button's alarm of level 1 is never shelved; `y` acknowledges it with its case."""
    hang(stand, Sensor(id="button", kind="call_button", place="北坡独居户", grid=GRID))
    stand.send("button", 1)

    async def work(seat: Seat) -> None:
        await to_the_sensors(seat)
        await seat.press("s", "1", "1")
        assert seat.shows("不能搁置")
        assert office.status.counts().shelved == 0
        await seat.press("y")
        assert [office.info.operator] == [row["acknowledged_by"] for row in street.all("alarms")]

    drive(work, office=office)


def test_the_boards_own_rows_take_y_and_s(stand: Stand, street: Centre, office: Office) -> None:
    """Up from the topmost case goes to the sensors: the strip shows that sensor's case, `y` says 知道了, `s 1 1` shelves, Enter shows its trend."""
    hang(stand, Sensor(id="plaza", kind="noise", place="江南广场", grid=GRID, area_class="2"), Sensor(id="fine", kind="noise", grid=GRID))
    stand.play("plaza", 60, *[75] * 10)
    stand.take(stand.reading("fine", 40))
    alarmed = next(row["id"] for row in street.all("cases") if "江南广场" in row["text"])

    async def work(seat: Seat) -> None:
        desk = seat.app.desk
        await seat.press("1", "home", "up")
        assert ("plaza", alarmed) == (desk.panel, seat.app.keys.picture and seat.app.keys.picture.cursor and seat.app.keys.picture.cursor.id)
        assert 1 == sum(line.startswith(">") for line in seat.text())
        await seat.press("y")
        alarm = office.alarms.of("plaza")
        assert alarm is not None
        assert (alarmed, office.info.operator) == (alarm.case_id, alarm.acknowledged_by)
        await seat.press("s", "1", "1")
        assert 1 == office.status.counts().shelved
        seat.app.redraw()
        await seat.press("home", "up", "up", "enter")
        assert ("trends", "fine") == (desk.place, desk.sensor)

    drive(work, office=office)


def test_a_sensor_without_a_case_is_sent_nowhere(stand: Stand, street: Centre, office: Office) -> None:
    """F2 on it dispatches nothing, least of all the case of the list; Down comes back to the topmost case."""
    hang(stand, Sensor(id="fine", kind="noise", place="江南广场", grid=GRID))
    stand.take(stand.reading("fine", 40))

    async def work(seat: Seat) -> None:
        await seat.press("1", "home", "up", "f2")
        assert "fine" == seat.app.desk.panel
        assert [] == street.all("orders")
        await seat.press("s")
        assert seat.shows("fine 没有告警")
        await seat.press("down", "f2")
        assert 1 == len(street.all("orders"))

    drive(work, office=office)


def test_a_held_arrow_stops_at_the_topmost_case(stand: Stand, office: Office) -> None:
    """Held Up goes to the top of the cases and no further."""
    hang(stand, Sensor(id="fine", kind="noise", place="江南广场", grid=GRID))
    stand.take(stand.reading("fine", 40))

    async def work(seat: Seat) -> None:
        await seat.press("1", "end")
        for _ in range(9):
            seat.clock.time += 0.033
            await seat.pilot.press("up")
        assert ("", 0) == (seat.app.desk.panel, seat.app.desk.position)

    drive(work, office=office)


def test_a_digit_to_press_never_runs_into_a_number(stand: Stand, office: Office) -> None:
    """`1 1小时`, not `11小时`: what is pressed and what it stands for are told apart without colour."""
    hang(stand, Sensor(id="plaza", kind="noise", place="江南广场", grid=GRID, area_class="2"))
    stand.play("plaza", 60, *[75] * 10)

    async def work(seat: Seat) -> None:
        await to_the_sensors(seat)
        await seat.press("s")
        assert seat.shows("1 1小时")
        assert not seat.shows("11小时")

    drive(work, office=office)


def test_a_case_shows_the_sensor_that_raised_it(stand: Stand, street: Centre, office: Office) -> None:
    """Its value now, which is not what its text said when it was opened; a reported case shows none."""
    hang(stand, Sensor(id="gas-1", kind="manhole_gas", place="广场窨井", grid=GRID))
    stand.take(stand.reading("gas-1", 26))
    stand.clock.pass_s(60)
    stand.take(stand.reading("gas-1", 24))
    case = street.desk.conn.execute("SELECT id FROM cases WHERE source='alarm'").fetchone()["id"]
    found, reported = office.cases.detail(case), office.cases.detail("pailou-1")
    assert found is not None and reported is not None and found.panel is not None
    assert (found.panel.sensor, found.panel.value, found.panel.limit, reported.panel) == ("gas-1", 24, 20, None)

    async def work(seat: Seat) -> None:
        seat.app.desk.set_cursor(case)
        await seat.press("2", "enter")
        assert seat.shows("gas-1 24 %LEL")

    drive(work, office=office)

"""The seat over a real desk: what its keys leave in the store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.kinds import load_kinds
from data.office import Office
from data.store.desk import Desk
from data.store.history import open_reader, open_writer
from data.store.schema import open_desk
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre
from tests.places.driving import Seat, drive


class _Seated(Office):
    """An Office that starts no centre of its own: the test carries the messages."""

    def ensure_centre(self) -> bool:
        """No process."""
        return False


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    """牌楼's desk with two reports and no broker behind it."""
    centre = open_centre(tmp_path / "pailou", "street", clock)
    open_writer(tmp_path / "pailou").close()
    centre.report()
    centre.report(id="rep-2", text="广场边有人倒了一车垃圾[/b]…", grid="JN-01")
    yield centre
    centre.desk.conn.close()


@pytest.fixture
def office(street: Centre, tmp_path: Path) -> Iterator[Office]:
    """王梅's seat at it."""
    home = tmp_path / "pailou"
    desk = Desk(open_desk(home / "desk.db"), street.clock)
    seated = _Seated(street.settings, desk, open_reader(home), load_kinds(home), "王梅")
    yield seated
    seated.close()


def test_one_key_dispatches_and_one_takes_it_back(street: Centre, office: Office) -> None:
    """U1, U4: F2 stores the order with its grace and says 已派; F8 within it, and nothing ever leaves."""

    async def work(seat: Seat) -> None:
        first = seat.app.desk.cursor
        await seat.press("f2")
        assert seat.shows("已派 #1")
        assert [street.clock.now() + 5000] == [row["next_at"] for row in street.all("outbox")]
        await seat.press("f8")
        assert first == seat.app.desk.cursor
        street.clock.pass_s(60)
        assert [] == street.send()

    drive(work, office=office)


def test_two_keys_dispatch_two_cases(street: Centre, office: Office) -> None:
    """The cursor is on the next case at once; both leave after their grace, none twice."""

    async def work(seat: Seat) -> None:
        await seat.press("f2", "f2")
        street.clock.pass_s(6)
        assert 2 == len([topic for topic, _ in street.send() if topic.endswith("/in/order")])

    drive(work, office=office)


def test_an_input_method_stores_nothing(street: Centre, office: Office) -> None:
    """U8: nothing in the outbox and nothing in the journal."""

    async def work(seat: Seat) -> None:
        before = len(street.all("journal"))
        for sign in "的派单，":
            await seat.press(sign)
        assert ([], before) == (street.all("outbox"), len(street.all("journal")))

    drive(work, office=office)


def test_a_step_that_another_seat_took_is_refused(street: Centre, office: Office) -> None:
    """Between reading and pressing somebody else acted: the desk says who, and does nothing twice."""

    async def work(seat: Seat) -> None:
        await seat.read()
        street.act("dispatch", operator="周敏")
        await seat.pilot.press("f2")
        await seat.pilot.pause()
        assert 1 == len([row for row in street.all("outbox") if row["kind"] == "order"])

    drive(work, office=office)


def test_a_dispatched_order_can_be_withdrawn_and_a_case_closed(street: Centre, office: Office) -> None:
    """U5: after it left F8 asks for a reason; closing without the unit's word wants Enter once more."""

    async def work(seat: Seat) -> None:
        await seat.press("f2")
        street.clock.pass_s(6)
        street.send()
        await seat.until(lambda: seat.shows("待收 1"))
        await seat.press("2", "down", "f8", "1")
        assert seat.shows("已补发撤销 #1")
        await seat.press("f2")
        street.clock.pass_s(6)
        street.send()
        await seat.until(lambda: seat.shows("待收 1"))
        await seat.press("down", "c", "1")
        assert seat.shows("Enter 照办")
        await seat.press("enter")
        assert "closed" in {row["state"] for row in street.all("cases")}

    drive(work, office=office)


def test_the_picker_sorts_a_report_that_nobody_could_place(street: Centre, office: Office) -> None:
    """A report without grid and class waits in 研判; F2 asks for what is missing, by digits."""
    street.report(id="rep-3", text="喂喂喂", grid=None)

    async def work(seat: Seat) -> None:
        await seat.press("2")
        await seat.until(lambda: seat.shows("喂喂喂"))
        while street.case(3)["id"] != seat.app.desk.cursor:
            await seat.press("down")
        await seat.press("f2", "1", "1")
        assert "open" == street.case(3)["state"]

    drive(work, office=office)

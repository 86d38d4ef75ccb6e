"""The seat over a real desk: what its keys leave in the store."""

from data.office import Office
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive


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

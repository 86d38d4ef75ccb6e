"""A flood turns the list to incidents and, when it is over, back to cases; never from under somebody's eyes."""

from data.domain.vocabulary import Level
from data.views.models.seat import Arrivals
from tests.places.driving import Seat, drive

FLOOD = Arrivals(cursor=5, cases=11, critical=0, best=Level.MEDIUM)


def test_the_incidents_leave_by_themselves() -> None:
    """Ten quiet minutes later the whole queue is back, the cursor on its case; the next flood turns it again."""

    async def work(seat: Seat) -> None:
        desk = seat.app.desk
        desk.arrived(FLOOD)
        assert "泛报中" in desk.rows.title
        before = desk.cursor
        seat.clock.time += 601
        desk.tick()
        assert ("", before) == (desk.rows.title, desk.cursor)
        desk.arrived(FLOOD)
        assert "泛报中" in desk.rows.title

    drive(work)


def test_they_stay_while_somebody_reads_and_where_somebody_chose_them() -> None:
    """A key just pressed, an open question or a list of one's own keeps them."""

    async def work(seat: Seat) -> None:
        desk = seat.app.desk
        desk.arrived(FLOOD)
        seat.clock.time += 601
        desk.pressed()
        desk.tick()
        assert "泛报中" in desk.rows.title
        await seat.press("2", "g", "g")
        mine = desk.rows.title
        seat.clock.time += 20
        desk.tick()
        assert mine == desk.rows.title != ""

    drive(work)

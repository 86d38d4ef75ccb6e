"""U2: a heap of reports is worked off with about one key a case; and what else one key does at a real desk."""

from pathlib import Path

import pytest

from data.domain.vocabulary import Level
from data.kinds import load_kinds
from data.office import Office
from data.store.desk import Desk
from data.store.history import open_reader
from data.store.journal import verify
from data.store.schema import open_desk
from data.views.models.seat import Arrivals
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre
from tests.places.conftest import _Seated
from tests.places.driving import Seat, drive
from tests.places.stand_in import StandIn, row

TROUBLES = ("门口垃圾堆成山", "音响太吵睡不着", "路面积水没过膝盖", "井盖翘起来卡车轮")
GRIDS = ("JN-01", "HX-01", "WJ-02", "BP-01")
DUPLICATES = {"6号楼地下车库有垃圾", "6号楼那边垃圾味道大", "6号楼的垃圾没人管"}
LATER = "江边广告牌褪色，垃圾不多"


@pytest.fixture
def heap(tmp_path: Path, clock: FakeClock) -> Centre:
    """Twenty cases: fifteen of their own, one with three that look like it, one that can wait."""
    centre = open_centre(tmp_path / "pailou", "street", clock)
    for grid in GRIDS:
        for text in TROUBLES[: 3 if grid == "BP-01" else 4]:
            centre.report(id=f"{grid}-{text}", text=f"{text}", grid=grid)
    for number, text in enumerate(("星都会6号楼旁边一堆垃圾，臭得很", *sorted(DUPLICATES))):
        centre.report(id=f"d-{number}", text=text, grid="DHG-03")
    centre.report(id="later", text=LATER, grid="JN-02", level=4)
    assert 20 == len(centre.all("cases"))
    return centre


def sit(centre: Centre, operator: str) -> Office:
    home = centre.settings.home
    return _Seated(centre.settings, Desk(open_desk(home / "desk.db"), centre.clock), open_reader(home), load_kinds(home), operator)


def test_u02_twenty_reports_in_twenty_five_keys(heap: Centre) -> None:
    """F2 for each of sixteen, `m 1` for three duplicates, `s 1 1` (until when, why) for the one that waits: 16 + 6 + 3 = 25, and nothing is left.

    Holding a case is a supervisor's act, so a supervisor sits here.
    """
    office, keys = sit(heap, "陈立"), []

    async def work(seat: Seat) -> None:
        await seat.press("2")
        while (picture := seat.app.keys.picture) and picture.cursor and picture.cursor.waits_on_me:
            text = picture.cursor.text
            pressed = ("m", "1") if text in DUPLICATES else ("s", "1", "1") if text == LATER else ("f2",)
            keys.extend(pressed)
            assert len(keys) <= 25, "\n".join(seat.text())
            await seat.press(*pressed)
        states = sorted(each["state"] for each in heap.all("cases"))
        assert ["held", *["merged"] * 3, *["sending"] * 16] == states

    drive(work, office=office)
    assert 25 == len(keys)
    assert verify(heap.desk.conn) is None
    office.close()


def test_undo_splits_what_was_just_merged(heap: Centre) -> None:
    """`m 1`, then F8: both cases as they were, the cursor on the one that was merged; after another act F8 is about that again."""
    office = sit(heap, "陈立")
    twin = next(each["id"] for each in heap.all("cases") if each["text"] in DUPLICATES)

    async def work(seat: Seat) -> None:
        await seat.press("2")
        seat.app.desk.set_cursor(twin)
        seat.app.redraw()
        await seat.press("m", "1")
        assert "merged" == next(each["state"] for each in heap.all("cases") if each["id"] == twin)
        await seat.press("f8")
        assert ("open", twin) == (next(each["state"] for each in heap.all("cases") if each["id"] == twin), seat.app.desk.cursor)
        await seat.press("m", "1", "f2", "f8")
        assert ["merged"] == [each["state"] for each in heap.all("cases") if each["state"] != "open"]

    drive(work, office=office)
    office.close()


def test_retry_makes_a_stuck_order_due_now(street: Centre, office: Office) -> None:
    """`r`: what was given up goes again with its number, and the journal says who wanted it; without anything stuck it says so."""
    street.act("dispatch")
    street.clock.pass_s(6)
    street.desk.conn.execute("UPDATE outbox SET state='failed', next_at=NULL, tries=3")

    async def work(seat: Seat) -> None:
        seat.app.desk.set_cursor(street.case(1)["id"])
        seat.app.redraw()
        await seat.press("r")
        (order,) = street.all("outbox")
        assert ("ready", street.clock.now(), 0) == (order["state"], order["next_at"], order["tries"])
        assert "retry" == street.steps()[-1]
        await seat.press("r")
        assert seat.shows("没有等着重发的")

    drive(work, office=office)


def test_f8_takes_back_what_the_centre_gave(street: Centre, office: Office) -> None:
    """With nothing of one's own in grace, the system's dispatch that is still here is taken back as if it never was."""
    street.act("dispatch")
    street.desk.conn.execute("UPDATE orders SET issued_by='system'")

    async def work(seat: Seat) -> None:
        await seat.press("f8")
        assert ("open", ["cancelled"]) == (street.case(1)["state"], [each["state"] for each in street.all("outbox")])

    drive(work, office=office)


def test_leaving_asks_while_something_is_unsent(street: Centre, office: Office) -> None:
    """Ctrl+Q names what has not left; Esc stays, Ctrl+Q again goes."""
    street.act("dispatch")
    street.clock.pass_s(60)
    left: list[bool] = []

    async def work(seat: Seat) -> None:
        seat.app.keys.quit = lambda: left.append(True)
        seat.app.redraw()
        await seat.press("ctrl+q")
        assert seat.shows("1 件没有发出")
        await seat.press("escape")
        assert seat.app.desk.question is None
        assert left == []
        await seat.press("ctrl+q", "ctrl+q")
        assert left == [True]

    drive(work, office=office)


def test_the_news_since_the_last_look_are_counted_until_they_are_looked_at(street: Centre, office: Office) -> None:
    """离开后 +2 on every screen; gone once the place 0 was left."""

    async def work(seat: Seat) -> None:
        assert seat.shows("离开后 +2")
        await seat.press("0", "2")
        assert not seat.shows("离开后 +")

    drive(work, office=office)


def test_u12_a_flood_turns_the_list_to_incidents_and_rings_once() -> None:
    """More than ten in ten minutes: incidents by themselves, one bell, `g` gives the cases back and it stays so."""
    office = StandIn(lines=[row(4000 + n, 2, n, "open", "内涝", "一处", "望江社区") for n in range(14)])

    async def work(seat: Seat) -> None:
        for cursor in range(2, 8):
            office.arrived = Arrivals(cursor=cursor, cases=4, critical=0, best=Level.HIGH)
            office.dirty = True
            await seat.until(lambda: not office.dirty)
            seat.clock.time += 1
        assert seat.app.desk.rows.title.startswith("泛报中")
        assert seat.shows("泛报中:按事件看(g 看各件)")
        # One for each of the three that came before it was a flood; a timer makes them, a moment later.
        await seat.until(lambda: len(seat.beeps) >= 3)
        assert 3 == len(seat.beeps)
        await seat.press("g")
        assert seat.app.desk.rows.title == ""
        office.arrived, office.dirty = Arrivals(cursor=9, cases=4, critical=0, best=Level.HIGH), True
        await seat.until(lambda: not office.dirty)
        assert seat.app.desk.rows.title == ""

    drive(work, office=office)

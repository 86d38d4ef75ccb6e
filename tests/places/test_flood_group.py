"""`V` on a row of an incident, then F2, on a real desk: one order for all that can go as one; F8 takes all of it back."""

from typing import Any

from data.acts import Done, perform
from data.office import Office
from data.store.journal import verify
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive
from tests.places.test_alarm_flood import Town, hang, see, storm, town

__all__ = ["town"]


def covers(street: Centre) -> list[dict[str, Any]]:
    """The cases of the covers, by number."""
    return [case for case in street.all("cases") if case["class"] == "0301"]


def live_orders(street: Centre) -> list[dict[str, Any]]:
    return [order for order in street.all("orders") if order["cancelled_at"] is None]


def what(case: dict[str, Any]) -> dict[str, Any]:
    """What undo must bring back."""
    return {name: case[name] for name in ("state", "unit", "level", "opened_at", "merged_into", "closed_at", "former")}


async def on_incident(seat: Seat, office: Office) -> None:
    """The incidents' list, the cursor on the covers' row."""
    await see(seat)
    if not seat.app.desk.rows.title:
        await seat.press("2", "g")
    row = next(row for row in office.cases.incidents() if row.count > 1)
    seat.app.desk.set_cursor(row.id)
    seat.app.redraw()
    await seat.read()


def test_a_group_goes_as_one_order_and_is_taken_back_whole(town: Town, street: Centre, office: Office) -> None:
    """Six covers: the strip says so before the press; one order names six; the reports are the head's; F8 gives all six back as they were."""
    storm(town, hang(town, "manhole", 6, "HX-01"), "manhole")
    before = [what(case) for case in covers(street)]

    async def work(seat: Seat) -> None:
        await on_incident(seat, office)
        await seat.press("V")
        assert seat.shows("6 件作一单")
        assert seat.shows("F2 把 6 件并作一单派给")
        assert seat.shows("等6件")
        assert [] == street.all("orders")
        await seat.press("f2")
        states = [case["state"] for case in covers(street)]
        (order,) = live_orders(street)
        assert (["merged"] * 5 + ["sending"], True) == (sorted(states), "等6件" in order["text"])
        (head,) = [case for case in covers(street) if case["state"] == "sending"]
        assert {head["id"]} == {case["merged_into"] for case in covers(street) if case["state"] == "merged"}
        assert {} == seat.app.desk.marks
        await seat.press("f8")
        assert [] == live_orders(street)
        assert before == [what(case) for case in covers(street)]

    drive(work, office=office)
    assert verify(street.desk.conn) is None


def test_what_may_not_be_joined_keeps_its_own_row(town: Town, street: Centre, office: Office) -> None:
    """Another unit's cover stays out and is told; one that is at work stays out; after the press both stand as before."""
    storm(town, hang(town, "manhole", 6, "HX-01"), "manhole")
    ids = [case["id"] for case in covers(street)]
    tables = street.settings.tables
    other = next(unit for unit in tables.units if unit not in {covers(street)[0]["unit"], tables.parent})
    with street.desk.transaction() as tx, tx.entry("reassign", subject=ids[5], operator="王梅", seat="t") as entry:
        entry.update("cases", ids[5], {"unit": other, "unit_chosen": 1})
    assert isinstance(perform(street.desk, tables, "dispatch", ids[4], operator="王梅", seat="t", confirm=True), Done)

    async def work(seat: Seat) -> None:
        await on_incident(seat, office)
        await seat.press("V")
        assert seat.shows("2 件不并")
        await seat.press("f2")
        states = {case["id"]: case["state"] for case in covers(street)}
        assert ("sending", "open") == (states[ids[4]], states[ids[5]])
        assert ["merged"] * 3 + ["sending"] == sorted(states[id] for id in ids[:4])
        assert 2 == len([order for order in live_orders(street) if order["lead"]])

    drive(work, office=office)


def test_more_than_ten_are_asked_for_first(town: Town, street: Centre, office: Office) -> None:
    """Twelve: F2 asks, Esc leaves all as it was, Enter sends one order."""
    storm(town, hang(town, "manhole", 12, "HX-01"), "manhole")

    async def work(seat: Seat) -> None:
        await on_incident(seat, office)
        await seat.press("V", "f2")
        assert seat.shows("12 件并作一单派给")
        await seat.press("escape")
        assert [] == street.all("orders")
        await seat.press("f2", "enter")
        assert (11, 1) == (sum(case["state"] == "merged" for case in covers(street)), len([one for one in live_orders(street) if one["lead"]]))

    drive(work, office=office)


def test_level_1_is_never_joined(town: Town, street: Centre, office: Office) -> None:
    """A case that became level 1 between the look and the press: nothing is sent, nothing joined, and the reason is said."""
    storm(town, hang(town, "manhole", 4, "HX-01"), "manhole")

    async def work(seat: Seat) -> None:
        await on_incident(seat, office)
        await seat.press("V")
        joins = seat.app.desk.group.joins if seat.app.desk.group else ()
        with street.desk.transaction() as tx, tx.entry("edit", subject=joins[0], operator="王梅", seat="t") as entry:
            entry.update("cases", joins[0], {"level": 1})
        await seat.press("f2")
        assert seat.shows("已经变了")
        assert ([], {"open"}) == (street.all("orders"), {case["state"] for case in covers(street)})
        group = office.acts.group([case["id"] for case in covers(street)])
        assert group is not None
        assert ["group_critical"] == [reason.code for _, reason in group.apart]

    drive(work, office=office)


def test_where_a_life_may_hang_on_it_each_goes_by_itself(town: Town, street: Centre, office: Office) -> None:
    """Of a class of life safety no two are one order: `V` marks them as before and says so, F2 sends one order a case."""
    hang(town, "manhole", 3, "HX-01")
    storm(town, list(town.sensors), "manhole")
    code = next(row.code for row in street.settings.tables.classes.values() if row.life_safety)
    with street.desk.transaction() as tx, tx.entry("classify", subject="all", operator="王梅", seat="t") as entry:
        for case in covers(street):
            entry.update("cases", case["id"], {"class": code, "level": 2})
    ids = [case["id"] for case in street.all("cases") if case["class"] == code]
    assert 3 == len(ids)

    async def work(seat: Seat) -> None:
        await on_incident(seat, office)
        await seat.press("V")
        assert seat.shows("并不成一单")
        await seat.press("f2")
        assert [] == [case for case in street.all("cases") if case["state"] == "merged"]

    drive(work, office=office)

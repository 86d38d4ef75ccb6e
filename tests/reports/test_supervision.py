"""Figures by unit: what each counts, and that its list is what it counts."""

from collections.abc import Callable

from data.office import Office
from data.views.models.supervision import UnitFigures
from data.views.supervision import LIVE_FIGURES, ORDER_FIGURES
from tests.helpers.office import Centre
from tests.reports.conftest import order_out, receipt, report

Sit = Callable[[str], Office]


def line(office: Office, unit: str) -> UnitFigures:
    return next(row for row in office.supervision.units().rows if row.unit == unit)


def test_an_order_out_is_in_the_units_hand_and_a_new_case_in_ours(street: Centre, office: Sit) -> None:
    """Who has the next move has the case."""
    order_out(street)
    report(street, 1)
    seat = office("陈立")
    assert (1, 1) == (line(seat, "dahegou").in_hand, line(seat, "pailou").in_hand)
    assert ("pailou-1",) == seat.supervision.behind("in_hand", "dahegou")
    assert ("pailou-1", "pailou-2") == tuple(sorted(seat.supervision.behind("in_hand")))


def test_acceptance_that_is_late_names_the_worst(street: Centre, office: Sit) -> None:
    """Fifteen minutes to accept: at twenty the unit is late by five, a red mark follows past half as long again."""
    order_out(street)
    seat = office("陈立")
    limit = street.all("orders")[0]["accept_by"]
    street.clock.time = limit - 60_000
    assert (1, 0, 0) == (line(seat, "dahegou").near, line(seat, "dahegou").accept_late, line(seat, "dahegou").yellow)
    street.clock.time = limit + 300_000
    found = line(seat, "dahegou")
    assert (0, 1, 1, 0) == (found.near, found.accept_late, found.yellow, found.red)
    assert found.worst is not None
    assert (1, 300.0) == (found.worst.number, found.worst.late_s)
    street.clock.time = limit + 900_000
    assert (0, 1) == (line(seat, "dahegou").yellow, line(seat, "dahegou").red)


def test_median_of_the_first_answers_and_part_on_time(street: Centre, office: Sit) -> None:
    """Answers after 1, 3 and 20 minutes: median 3; one of three accepted late; the one that is done is in time."""
    orders = [order_out(street, n) for n in (0, 2, 4)]
    issued = [street.row("orders", order)["issued_at"] for order in orders]
    for order, start, minutes in zip(orders, issued, (1, 3, 20), strict=True):
        street.clock.time = max(street.clock.time, start + minutes * 60_000)
        receipt(street, order, "accepted")
    receipt(street, orders[0], "done", note="清走")
    seat = office("陈立")
    found = seat.supervision.units()
    assert 180.0 == line(seat, "dahegou").median_s
    assert (3, 2, 1) == (found.to_accept, found.accepted_in_time, found.accepted_late)
    assert 1.0 == line(seat, "dahegou").on_time
    assert found.late_rate is not None
    assert found.late_rate > found.late_rate_limit


def test_refused_twice_is_counted_by_the_unit_and_not_once(street: Centre, office: Sit) -> None:
    """One refusal is no figure; the second makes it one."""
    receipt(street, order_out(street), "refused", note="不归我们")
    seat = office("陈立")
    assert () == seat.supervision.behind("returned")
    street.act("dispatch", 1, confirm=True)
    street.clock.pass_s(6)
    street.send()
    receipt(street, str(street.all("orders")[-1]["id"]), "refused", note="还是不归")
    assert ("pailou-1",) == seat.supervision.behind("returned", "dahegou")


def test_every_number_is_the_length_of_its_list(street: Centre, office: Sit) -> None:
    """Whatever happened, a number and the list behind it agree, unit by unit."""
    for n in range(6):
        order = order_out(street, n, level=1 + n % 4)
        street.clock.pass_s(240)
        if n % 3 == 0:
            receipt(street, order, "accepted")
        if n == 3:
            receipt(street, order, "done", note="好了")
    street.clock.pass_s(5_000)
    seat = office("陈立")
    rows = seat.supervision.units().rows
    assert {"dahegou", "jiangnan", "pailou"} <= {row.unit for row in rows}
    for row in rows:
        for figure in (*LIVE_FIGURES, "yellow", "red"):
            assert getattr(row, figure) == len(seat.supervision.behind(figure, row.unit)), (row.unit, figure)
    assert sum(row.red for row in rows) > 0
    assert {"to_accept", "accepted_late"} <= set(ORDER_FIGURES)
    assert seat.supervision.units().accepted_late == len(seat.supervision.behind("accepted_late"))


def test_the_spark_shows_when_orders_were_in_hand(street: Centre, office: Sit) -> None:
    """In hand two hours ago, none an hour ago, another one now."""
    order = order_out(street)
    street.clock.pass_s(5_400)
    receipt(street, order, "done", note="好了")
    street.act("close", 1, result="好了", confirm=True)
    street.clock.pass_s(3_700)
    order_out(street, 2)
    assert (0,) * 9 + (1, 0, 1) == line(office("陈立"), "dahegou").spark


def test_a_screen_of_figures_reads_the_open_cases_by_their_index(street: Centre) -> None:
    """Neither the live figures nor the orders of a stretch read the whole table."""
    from data.views import supervision as view

    at = view._values(street.settings.tables, 1, 0)
    for owner, condition in LIVE_FIGURES.values():
        plan = street.desk.conn.execute(f"EXPLAIN QUERY PLAN SELECT {owner}, total({condition}) FROM cases c WHERE {view._LIVE} GROUP BY 1", at)
        assert all("SCAN c" != row["detail"] for row in plan)
    plan = street.desk.conn.execute(f"EXPLAIN QUERY PLAN SELECT count(*) FROM {view._ORDERS}", at)
    assert any("orders_issued" in row["detail"] for row in plan)

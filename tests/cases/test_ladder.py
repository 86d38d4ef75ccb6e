"""What happens by itself: the ladder from rows and the clock, across restarts, and automatic dispatch."""

from typing import Any

import pytest
from msgspec.structs import replace

from data.centre.auto import dispatch_clear
from data.centre.ladder import climb, next_at
from data.centre.outbox import Sender, wake_unfinished
from data.store import lease
from data.store.desk import Desk
from data.store.sqlite import connect
from tests.helpers.office import Centre, code, with_tables

MINUTE = 60


def with_units(centre: Centre, **changed: dict[str, Any]) -> None:
    units = dict(centre.settings.tables.units)
    for name, values in changed.items():
        units[name] = replace(units[name], **values)
    with_tables(centre, units=units)


def beat(centre: Centre) -> list[str]:
    """One heartbeat of the centre's loop; the kinds of rungs that it took."""
    before = {row["id"] for row in centre.all("rungs")}
    with centre.desk.transaction() as tx:
        dispatch_clear(tx, centre.settings.tables)
        climb(tx, centre.settings.tables)
    return [row["kind"] for row in centre.all("rungs") if row["id"] not in before]


def restart(centre: Centre) -> None:
    """The process is gone and another holds the lease; nothing but the file is left."""
    home = centre.settings.home
    centre.desk.conn.close()
    conn = connect(home / "desk.db", checkpoints=True)
    centre.desk = Desk(conn, centre.clock, epoch=lease.take(conn, centre.clock.now()))
    centre.sender = Sender(resend_ms=30_000)
    with centre.desk.transaction() as tx:
        wake_unfinished(tx)


def sent(centre: Centre, **fields: Any) -> str:
    centre.report(**fields)
    assert code(centre.act("dispatch")) == "did_dispatch"
    centre.clock.pass_s(5)
    centre.send()
    return str(centre.all("orders")[-1]["id"])


@pytest.mark.parametrize("restarts", [False, True])
def test_an_order_that_nobody_accepts_climbs_rung_by_rung(community: Centre, restarts: bool) -> None:
    """15 min: rung and sent again; at 22.5 nothing without another channel; at 30 the deputy; the supervisor hears of the deputy's silence."""
    order = sent(community)
    heard = []
    for _ in range(200):
        community.clock.pass_s(30)
        if restarts:
            restart(community)
        heard += [(kind, (community.clock.now() - community.row("orders", order)["issued_at"]) // 60_000) for kind in beat(community)]
        community.send()
        if len(heard) == 4:
            break
    assert heard == [("unaccepted", 15), ("deputy", 30), ("unaccepted", 45), ("supervisor", 75)]
    assert [(row["unit"], row["issued_by"], row["cancelled_at"] is None) for row in community.all("orders")] == [
        ("yangjianhong", "王梅", False), ("liguoqiang", "system", True),
    ]  # fmt: skip
    assert community.case()["unit"] == "liguoqiang"


def test_a_resend_is_the_same_order(community: Centre) -> None:
    """At the first rung the message leaves once more with its own id, though it was on its way already."""
    order = sent(community)
    community.clock.pass_s(15 * MINUTE)
    community.send()
    before = len(community.line.out)
    assert beat(community) == ["unaccepted"]
    community.send()
    assert [body["id"] for topic, body in community.line.out[before:] if topic.endswith("/in/order")] == [order]


def test_another_channel_of_the_unit_comes_before_the_deputy(community: Centre) -> None:
    with_units(community, yangjianhong={"channels": ("mqtt", "sms")})
    order = sent(community)
    kinds = []
    for _ in range(50):
        community.clock.pass_s(30)
        kinds += beat(community)
    assert kinds == ["unaccepted", "channel"]
    assert community.row("orders", order)["channel"] == "sms"


def test_a_unit_that_a_person_chose_is_not_replaced(community: Centre) -> None:
    """Only the supervisor hears of it."""
    community.report()
    community.act("reassign", unit="yangjianhong")
    community.act("dispatch")
    community.clock.pass_s(5)
    community.send()
    kinds = []
    for _ in range(100):
        community.clock.pass_s(30)
        kinds += beat(community)
    assert (kinds, community.case()["unit"]) == (["unaccepted", "supervisor"], "yangjianhong")


def test_an_accepted_order_climbs_nothing_more(street: Centre) -> None:
    order = sent(street)
    street.hear("paidan/pailou/in/receipt", {"id": "a", "order": order, "kind": "accepted", "time": "2026-07-21T14:01:00+08:00", "from": "dahegou"})
    street.clock.pass_s(100 * MINUTE)
    assert beat(street) == []


def test_orders_climb_only_when_receipts_could_have_come(street: Centre) -> None:
    """With the line down nobody can be said not to have accepted."""
    sent(street)
    street.clock.pass_s(16 * MINUTE)
    with street.desk.transaction() as tx:
        assert climb(tx, street.settings.tables, heard=False) == 0
    assert beat(street) == ["unaccepted"]


def test_a_case_nears_passes_and_outruns_its_deadline_once_each(street: Centre) -> None:
    """80, 100 and 150 % of four hours; untaken it also rings at its acceptance time."""
    street.report()
    heard = []
    for minute in range(1, 500):
        street.clock.pass_s(MINUTE)
        heard += [(kind, minute) for kind in beat(street)]
    assert heard == [("unanswered", 15), ("nearly_due", 192), ("overdue", 240), ("above", 360)]
    assert (street.case()["state"], street.case()["version"]) == ("open", 1)


def test_more_time_means_that_it_is_nearly_due_again(street: Centre) -> None:
    sent(street)
    street.clock.pass_s(200 * MINUTE)
    assert "nearly_due" in beat(street)
    street.act("extend", operator="陈立", until="+9h")
    assert "nearly_due" not in beat(street)
    street.clock.pass_s(600 * MINUTE)
    assert "nearly_due" in beat(street)


def test_at_150_percent_it_goes_up_and_stays_here(community: Centre) -> None:
    """The centre above gets an order beside; case, state and unit here are what they were."""
    order = sent(community)
    accepted = {"id": "a", "order": order, "kind": "accepted", "time": "2026-07-21T14:01:00+08:00", "from": "yangjianhong"}
    community.hear("paidan/dahegou/in/receipt", accepted)
    community.clock.pass_s(361 * MINUTE)
    for _ in range(3):
        beat(community)
    case, up = community.case(), community.all("orders")[-1]
    assert (case["state"], case["unit"], case["escalated_at"]) == ("working", "yangjianhong", community.clock.now())
    assert (up["unit"], up["lead"], up["required"], up["issued_by"]) == ("pailou", 0, 0, "system")
    assert [body["id"] for topic, body in community.send() if topic == "paidan/pailou/in/order"] == [up["id"]]
    assert beat(community) == []


def test_a_hold_that_runs_out_goes_on_by_itself(street: Centre) -> None:
    street.report()
    street.act("hold", operator="陈立", until="+2h", reason="等")
    street.clock.pass_s(119 * MINUTE)
    assert beat(street) == []
    street.clock.pass_s(2 * MINUTE)
    assert "resumed" in beat(street)
    assert street.case()["state"] == "open"


def test_a_look_at_the_ladder_uses_its_indexes(street: Centre) -> None:
    """No scan of cases or orders, whatever their number."""
    sent(street)
    seen: list[str] = []
    street.desk.conn.set_trace_callback(seen.append)
    beat(street)
    assert next_at(street.desk.conn) == street.all("orders")[0]["accept_by"]
    street.desk.conn.set_trace_callback(None)
    looks = [sql for sql in seen if "rung_at" in sql or "unanswered_at" in sql or "auto IS NULL" in sql]
    assert len(looks) >= 3
    for sql in looks:
        steps = [row["detail"] for row in street.desk.conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert [step for step in steps if step.startswith("SCAN") and "INDEX" not in step and "subquery" not in step.lower()] == []


def automatic(centre: Centre, unit: str = "dahegou") -> None:
    classes = dict(centre.settings.tables.classes)
    classes["0102"] = replace(classes["0102"], auto=True)
    with_tables(centre, classes=classes)
    with_units(centre, **{unit: {"auto": True}})


def test_a_clear_plan_goes_by_itself_and_anybody_may_take_it_back(street: Centre) -> None:
    """As 派单中, after the grace, by the system; undone it waits for a person."""
    automatic(street)
    street.report()
    beat(street)
    order = street.all("orders")[0]
    assert (street.case()["state"], order["issued_by"], order["not_before"]) == ("sending", "system", street.clock.now() + 5000)
    assert code(street.act("undo", operator="李强")) == "did_undo"
    street.clock.pass_s(60)
    beat(street)
    assert (street.case()["state"], len(street.all("orders")), street.send()) == ("open", 1, [])


@pytest.mark.parametrize("kind", ["class only", "warning", "order from above"])
def test_what_is_not_clear_waits_for_a_person(street: Centre, kind: str) -> None:
    """A unit that does not say so, a warning, an order that a person must accept first: looked at once, with the reason in the history."""
    automatic(street, "hongxing" if kind == "class only" else "dahegou")
    if kind == "warning":
        with_units(street, dahegou={"auto": True, "kind": "leader"})
        with_tables(street, load_warn=0)
    street.report()
    if kind == "order from above":
        with street.desk.transaction() as tx, tx.entry("x", subject="pailou-1", operator="a", seat="b") as entry:
            entry.update("cases", "pailou-1", {"order_in": "o-1", "order_from": "dahegou"})
    beat(street)
    beat(street)
    assert (street.case()["state"], street.case()["auto"], street.all("orders")) == ("open", 0, [])
    assert street.steps().count("auto_wait") == 1

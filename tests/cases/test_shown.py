"""What a seat is shown and rung for: stuck orders and how, 2 of 4, possible duplicates, the centre's own dispatches, the ladder."""

from typing import Any

import pytest
from msgspec.structs import replace

from console.bell import Bell
from data.centre.auto import dispatch_clear
from data.centre.ladder import climb
from data.domain.reason import because
from data.store import outbox
from data.views.arrivals import arrivals
from data.views.models.seat import Arrivals
from data.views.queue import detail, grace, newest_order, proposal
from data.words import Words
from tests.helpers.office import Centre, code, with_tables
from widgets.strip import StripView, strip_lines
from widgets.theme import Depth, Theme

CLERK, SUPERVISOR, AUDITOR = "周敏", "陈立", "吴静"


def with_class(centre: Centre, **changed: Any) -> None:
    tables = centre.settings.tables
    with_tables(centre, classes=dict(tables.classes) | {"0102": replace(tables.classes["0102"], **changed)})


def sent(centre: Centre) -> str:
    """The newspaper's case, dispatched and gone; its lead's order."""
    centre.report()
    assert code(centre.act("dispatch", confirm=True)) == "did_dispatch"
    centre.clock.pass_s(5)
    centre.send()
    return str(centre.desk.conn.execute("SELECT id FROM orders WHERE lead=1").fetchone()[0])


def strip(centre: Centre) -> str:
    """The strip's first line for the case."""
    made = proposal(centre.desk.conn, centre.settings.tables, "pailou-1", CLERK, centre.clock.now())
    words, theme = Words("zh"), Theme(Depth.MONO)
    line = strip_lines(StripView(proposal=made), now=centre.clock.now(), zone="Asia/Shanghai", words=words, width=120, theme=theme)[0]
    return "".join(text for text, _ in line.pieces)


def heard(centre: Centre, cursor: int | None, operator: str = CLERK) -> Arrivals:
    return arrivals(centre.desk.conn, centre.settings.tables, operator, cursor)


@pytest.mark.parametrize(
    ("state", "word", "said"),
    [("unknown", "待核实", "是否送到待核实"), ("waiting", "待打电话", "请给"), ("failed", "未送出", "对方回 HTTP 500")],
)
def test_how_an_order_is_stuck_is_on_the_strip(street: Centre, state: str, word: str, said: str) -> None:
    """The word of the outbox and its reason; gone with the unit's word by telephone."""
    order = sent(street)
    reason = {"unknown": because("channel_interrupted"), "waiting": None, "failed": because("channel_status", status=500)}[state]
    with street.desk.transaction() as tx:
        outbox.settle(tx, order, state, next_at=None, reason=reason)
    assert (word in strip(street), said in strip(street)) == (True, True), strip(street)
    assert code(street.act("phoned", name="刘主任")) == "did_phone"
    assert word not in strip(street)


def test_a_call_takes_a_working_case_off_the_top(street: Centre) -> None:
    """An assist that could not be reached is told by telephone while the lead works already."""
    with_class(street, assists=("shizheng",))
    sent(street)
    with street.desk.transaction() as tx, tx.entry("unsent", subject="pailou-1", operator="system", seat="centre") as entry:
        entry.update("cases", "pailou-1", {"state": "working", "failed": 1})
        entry.update("orders", street.all("orders")[0]["id"], {"accepted_at": tx.now})
    assert code(street.act("phoned", unit="shizheng", name="老周")) == "did_phone"
    assert (street.case()["state"], street.case()["failed"]) == ("working", 0)


def test_of_several_units_the_count_of_finished_ones_is_shown(street: Centre) -> None:
    """1 of 2 on the strip, and in the facts of the detail."""
    with_class(street, assists=("shizheng",))
    order = sent(street)
    street.hear("paidan/pailou/in/receipt", {"id": "r1", "order": order, "kind": "accepted", "time": "2026-05-11T09:00:00+08:00", "from": "dahegou"})
    street.hear("paidan/pailou/in/receipt", {"id": "r2", "order": order, "kind": "done", "time": "2026-05-11T09:00:00+08:00", "from": "dahegou"})
    shown = detail(street.desk.conn, street.settings.tables, "pailou-1", street.clock.now())
    assert shown is not None
    assert (street.case()["state"], shown.orders[0].done, shown.orders[0].wanted, "1/2" in strip(street)) == ("working", 1, 2, True)


def test_a_likely_duplicate_is_a_warning_before_the_key(street: Centre) -> None:
    """It names number and score, wants the key again, keeps the case from going by itself; reasons are in the detail. Until the other ends."""
    street.report()
    street.report(id="rep-2", text="星都会小区6号楼垃圾桶满了", **{"class": "0102"})
    row = street.case(2)
    assert row["maybe"] is not None
    now, tables = street.clock.now(), street.settings.tables
    made = proposal(street.desk.conn, tables, "pailou-2", CLERK, now)
    shown = detail(street.desk.conn, tables, "pailou-2", now)
    assert made is not None and shown is not None
    assert [(warning.code, dict(warning.args)["number"]) for warning in made.warnings] == [("possible_duplicate", 1)]
    assert ([one.number for one in shown.alike], bool(shown.alike[0].reasons)) == ([1], True)
    assert code(street.act("dispatch", 2)) == "warned"
    assert code(street.act("void", 1, operator=SUPERVISOR, reason="测试")) == "did_void"
    assert code(street.act("dispatch", 2)) == "did_dispatch"


def test_any_clerk_sees_and_takes_back_what_the_centre_sent_by_itself(street: Centre) -> None:
    """For its grace; an own dispatch goes before it; an auditor is offered nothing."""
    with_class(street, auto=True)
    units = {name: replace(unit, auto=True) for name, unit in street.settings.tables.units.items()}
    street.settings = replace(street.settings, tables=replace(street.settings.tables, units=units))
    street.report()
    with street.desk.transaction() as tx:
        assert dispatch_clear(tx, street.settings.tables) == 1
    conn, tables, now = street.desk.conn, street.settings.tables, street.clock.now()
    offered = grace(conn, tables, CLERK, now)
    assert offered is not None
    assert (offered.number, grace(conn, tables, AUDITOR, now), grace(conn, tables, CLERK, now + 5000)) == (1, None, None)
    street.report(id="rep-2", text="双井路井盖松动", grid="DHG-01", **{"class": "0203"})
    assert code(street.act("dispatch", 2, operator=CLERK, confirm=True)) == "did_dispatch"
    own = grace(conn, tables, CLERK, now)
    assert own is not None and own.number == 2
    assert code(street.act("undo", 2, operator=CLERK)) == "did_undo"
    assert code(street.act("undo", 1, operator=CLERK)) == "did_undo"
    assert grace(conn, tables, CLERK, now) is None


def test_the_ladder_rings_at_the_seat_of_whom_it_calls(street: Centre) -> None:
    """Not accepted: everybody once. Overdue: supervisors alone. Nothing twice."""
    sent(street)
    cursors = {name: heard(street, None, name).cursor for name in (CLERK, SUPERVISOR)}
    rang: dict[str, list[int]] = {CLERK: [], SUPERVISOR: []}
    order = street.all("orders")[0]
    for moment in (order["accept_by"], order["done_by"] + 1000):
        street.clock.pass_s((moment - street.clock.now()) / 1000 + 1)
        with street.desk.transaction() as tx:
            while climb(tx, street.settings.tables):
                pass
        for name, calls in rang.items():
            news = heard(street, cursors[name], name)
            calls.append(news.calls)
            cursors[name] = news.cursor
            assert heard(street, news.cursor, name).calls == 0
    assert rang[CLERK][0] == rang[SUPERVISOR][0] == 1
    assert rang[SUPERVISOR][1] > rang[CLERK][1]


def test_an_unsigned_shift_rings_at_the_supervisors_seat(street: Centre) -> None:
    """And at no other."""
    cursor = heard(street, None).cursor
    with street.desk.transaction() as tx, tx.entry("handover_unsigned", subject="handover/1", operator="system", seat="centre") as entry:
        entry.remark(ended_at=1)
    assert (heard(street, cursor, SUPERVISOR).calls, heard(street, cursor, CLERK).calls) == (1, 0)


def test_a_call_beeps_once_and_about_level_1_three_times_even_when_muted() -> None:
    """The bell's rule for what nobody did in time is that of what came."""
    bell = Bell()
    news = Arrivals(cursor=2, cases=0, critical=0, best=None, calls=2)
    assert bell.arrived(news, 0.0) == 1
    bell.toggle_mute(1.0)
    assert (bell.arrived(news, 2.0), bell.arrived(replace(news, critical_calls=1), 3.0)) == (0, 3)


def test_new_cases_are_counted_by_what_the_journal_says(street: Centre) -> None:
    """One for each case, none for a report that joined it."""
    cursor = heard(street, None).cursor
    street.report()
    street.report(id="rep-2")
    news = heard(street, cursor)
    assert (news.cases, news.calls) == (1, 0)


def test_newest_order_is_read_with_its_facts(street: Centre) -> None:
    """Sent and not stuck: no failure is shown."""
    from data.domain.case import case_from

    sent(street)
    case = case_from(street.desk.conn.execute("SELECT * FROM cases").fetchone())
    facts = newest_order(street.desk.conn, street.settings.tables, case)
    assert facts is not None
    assert (facts.stuck, facts.failure, facts.wanted) == ("", None, 1)


def test_what_was_accepted_in_time_says_when(street: Centre) -> None:
    """Nothing while the unit has not answered; then its answer, and at the end when the case was closed."""
    sent(street)
    order = street.all("orders")[0]

    def kept() -> tuple[int | None, int | None]:
        found = detail(street.desk.conn, street.settings.tables, order["case_id"], street.clock.now())
        assert found is not None
        return found.accepted_at, found.ended_at

    assert kept() == (None, None)
    accepted = street.clock.now()
    answer = {"id": "r-1", "order": order["id"], "kind": "accepted", "time": accepted, "by": "林晓燕", "from": order["unit"]}
    street.hear(f"paidan/{street.name}/in/receipt", answer)
    street.clock.pass_s(3600)
    assert kept() == (accepted, None)
    assert code(street.act("close", 1, result="已清运", confirm=True)) == "did_close"
    assert kept() == (accepted, street.clock.now())

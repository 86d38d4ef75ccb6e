"""The handover: what must be said, the two signatures, what moves with them, and what happens when nobody signs."""

import json
from collections.abc import Callable

from msgspec.structs import replace

from data.acts import Done, Refused
from data.domain.tables import Shift
from data.domain.vocabulary import Role
from data.handover import warn_unsigned
from data.office import Office
from data.store.journal import verify
from data.words import Words
from tests.helpers.office import Centre
from tests.reports.conftest import order_out, report

Sit = Callable[[str], Office]
HOUR = 3_600_000


def code(outcome: Done | Refused) -> str:
    return (outcome.said if isinstance(outcome, Done) else outcome.reason).code


def tick_all(seat: Office) -> None:
    for one in seat.shift.sheet().must_say:
        assert code(seat.shift.say(one.item)) == "did_handover_said"


def test_two_unsaid_critical_cases_are_named_and_nothing_is_signed(street: Centre, office: Sit) -> None:
    """U24: with two level-1 cases that were not said, the signature is refused and both are named."""
    report(street, 0, level=1)
    report(street, 1, level=1)
    seat = office("周敏")
    refused = seat.shift.sign("陈立")
    assert isinstance(refused, Refused)
    sentence = Words("zh").say(refused.reason)
    assert "#1" in sentence
    assert "#2" in sentence
    assert [] == street.all("handovers")
    seat.shift.say(seat.shift.sheet().must_say[0].item)
    assert "handover_unsaid" == code(seat.shift.sign("陈立"))
    tick_all(seat)
    assert "did_handover_sign" == code(seat.shift.sign("陈立"))


def test_a_tick_can_be_taken_back(street: Centre, office: Sit) -> None:
    """Unticked is unsaid again; both steps are in the journal."""
    report(street, 0, level=1)
    seat = office("周敏")
    item = seat.shift.sheet().must_say[0].item
    seat.shift.say(item)
    assert seat.shift.sheet().must_say[0].said
    seat.shift.say(item, said=False)
    assert not seat.shift.sheet().must_say[0].said
    acts = [row["act"] for row in street.all("journal")]
    assert 2 == acts.count("handover_said")
    assert "handover_no_item" == code(seat.shift.say("case/none/open"))


def test_a_critical_case_that_moved_on_must_be_said_anew(street: Centre, office: Sit) -> None:
    """A tick for an untaken case says nothing of the same case sent and unanswered."""
    report(street, 0, level=1)
    seat = office("周敏")
    tick_all(seat)
    street.act("dispatch", 1, confirm=True)
    assert [False] == [one.said for one in seat.shift.sheet().must_say]


def test_signing_moves_what_the_outgoing_had_taken(street: Centre, office: Sit) -> None:
    """Open cases of the outgoing go to the incoming's name; finished ones and those of others stay."""
    for n in range(3):
        report(street, n)
    street.act("accept", 1, operator="周敏")
    street.act("accept", 2, operator="王梅")
    seat = office("周敏")
    assert "did_handover_sign" == code(seat.shift.sign("陈立"))
    assert ["陈立", "王梅", None] == [street.case(n)["taken_by"] for n in (1, 2, 3)]
    signed = street.all("handovers")[0]
    assert ("周敏", "陈立") == (signed["outgoing"], signed["incoming"])
    assert 3 == json.loads(signed["sheet"])["shift"]["received"]
    assert verify(street.desk.conn) is None


def test_the_incoming_may_sign_at_his_own_seat(street: Centre, office: Sit) -> None:
    """Between the two signatures the sheet says who waits; nobody takes over from himself, nor signs twice."""
    report(street, 0)
    street.act("accept", 1, operator="周敏")
    outgoing, incoming = office("周敏"), office("陈立")
    assert "handover_none" == code(incoming.shift.take())
    assert "did_handover_sign_alone" == code(outgoing.shift.sign())
    assert "周敏" == incoming.shift.sheet().signed_by
    assert "handover_waits" == code(outgoing.shift.sign())
    assert "handover_same_name" == code(outgoing.shift.take())
    assert "周敏" == street.case(1)["taken_by"]
    assert "did_handover_take" == code(incoming.shift.take())
    assert ("陈立", "") == (street.case(1)["taken_by"], incoming.shift.sheet().signed_by)


def test_who_may_not_work_may_not_sign(street: Centre, office: Sit) -> None:
    """An auditor neither signs nor is signed over to."""
    assert Role.AUDITOR in street.settings.tables.operators["吴静"].roles
    assert "not_allowed" == code(office("吴静").shift.sign("周敏"))
    assert "not_allowed" == code(office("周敏").shift.sign("吴静"))
    assert "not_allowed" == code(office("吴静").shift.leave("x"))


def test_a_free_line_is_for_the_next_shift_only(street: Centre, office: Sit) -> None:
    """It stands on this shift's sheet, and not on the next one's."""
    seat = office("周敏")
    seat.shift.leave("17:00 文旅局来看数据")
    assert "no_text" == code(seat.shift.leave("  "))
    assert [("周敏", "17:00 文旅局来看数据")] == [(one.by, one.text) for one in seat.shift.sheet().lines]
    street.clock.pass_s(60)
    seat.shift.sign("陈立")
    assert () == seat.shift.sheet().lines


def test_the_sheet_shows_open_by_level_unsent_and_figures(street: Centre, office: Sit) -> None:
    """Counts of the shift, the next deadline by level, and orders that have not left."""
    order_out(street, 0)
    report(street, 1, level=2)
    street.act("dispatch", 2, confirm=True)
    found = office("周敏").shift.sheet()
    assert [(2, 1), (3, 1)] == [(one.level, one.count) for one in found.open_by_level]
    assert street.case(2)["due"] == found.open_by_level[0].next_due
    assert [(2, "ready")] == [(one.number, one.state) for one in found.unsent if one.number == 2]
    assert (2, 2, 0) == (found.shift.received, found.shift.dispatched, found.shift.closed)
    assert found.last_12h.received == found.shift.received


def test_parked_orders_must_be_said_and_their_number_makes_another_item(street: Centre, office: Sit) -> None:
    """An order that was given up is one item; with a second one the tick for the first does not hold."""
    orders = [order_out(street, n) for n in (0, 1)]
    seat = office("周敏")
    street.desk.conn.execute("UPDATE outbox SET state='failed', next_at=NULL WHERE id=?", (orders[0],))
    tick_all(seat)
    assert [True] == [one.said for one in seat.shift.sheet().must_say]
    street.desk.conn.execute("UPDATE outbox SET state='failed', next_at=NULL WHERE id=?", (orders[1],))
    assert [False] == [one.said for one in seat.shift.sheet().must_say]


def test_a_shift_that_nobody_signs_is_told_once_after_fifteen_minutes(street: Centre, office: Sit) -> None:
    """By the roster of the desk itself; a signature by both in time is silence."""
    now = street.clock.now()
    shifts = (Shift(unit="pailou", person="周敏", phone="", start=now - 8 * HOUR, end=now),)
    tables = replace(street.settings.tables, roster=shifts)

    def warned() -> bool:
        with street.desk.transaction() as tx:
            return warn_unsigned(tx, tables)

    street.clock.pass_s(14 * 60)
    assert not warned()
    street.clock.pass_s(61)
    assert [True, False] == [warned(), warned()]
    assert ["handover_unsigned"] == [row["act"] for row in street.all("journal") if row["subject"].startswith("handover/")]
    assert "reason.history_handover_unsigned" not in Words("zh").say(office("陈立").news.since().notices[-1].what)
    assert "handover_unsigned" == office("陈立").news.since().notices[-1].act


def test_a_signed_shift_is_not_told(street: Centre, office: Sit) -> None:
    """Signed by both half an hour before the end: no warning."""
    end = street.clock.now() + 1_800_000
    shifts = (Shift(unit="pailou", person="周敏", phone="", start=end - 8 * HOUR, end=end),)
    office("周敏").shift.sign("陈立")
    street.clock.time = end + 1_800_000
    with street.desk.transaction() as tx:
        assert not warn_unsigned(tx, replace(street.settings.tables, roster=shifts))


def test_a_busy_store_is_a_refusal_that_can_be_said(street: Centre, office: Sit) -> None:
    """While another process writes for longer than a seat waits, nothing is signed and the operator is told."""
    seat = office("周敏")
    seat._held.desk.conn.execute("PRAGMA busy_timeout=50")
    street.desk.conn.execute("BEGIN IMMEDIATE")
    try:
        assert "store_busy" == code(seat.shift.sign("陈立"))
    finally:
        street.desk.conn.execute("ROLLBACK")
    assert "did_handover_sign" == code(seat.shift.sign("陈立"))

"""What each act beyond the one-key road does to a case, its orders, its neighbours, and whom it tells."""

from typing import Any

import pytest
from msgspec.structs import replace

from data.domain.tables import Operator
from data.domain.vocabulary import Role
from tests.helpers.office import Centre, code, with_tables

CHIEF = "陈立"
"""A supervisor of the sample."""
HOUR = 3_600_000


def with_class(centre: Centre, class_code: str, **changed: Any) -> None:
    classes = dict(centre.settings.tables.classes)
    classes[class_code] = replace(classes[class_code], **changed)
    with_tables(centre, classes=classes)


def sent(centre: Centre, number: int = 1, **fields: Any) -> str:
    """A case whose order has left; the order's id."""
    centre.report(id=f"rep-{number}", **fields)
    assert code(centre.act("dispatch", number)) == "did_dispatch"
    centre.clock.pass_s(5)
    centre.send()
    newest = "SELECT id FROM orders WHERE case_id=? AND lead=1 ORDER BY attempt DESC"
    return str(centre.desk.conn.execute(newest, (f"pailou-{number}",)).fetchone()[0])


def receipt(centre: Centre, order: str, kind: str, sender: str = "dahegou", *, again: str = "", note: str = "") -> None:
    centre.hear(
        f"paidan/{centre.name}/in/receipt",
        {"id": f"{order}-{kind}{again}", "order": order, "kind": kind, "time": "2026-07-21T14:01:00+08:00", "by": "林", "from": sender, "note": note},
    )


def messages(centre: Centre, what: str) -> list[dict[str, Any]]:
    """Everything of one kind that has left or leaves now."""
    centre.send()
    return [body for topic, body in centre.line.out if topic.endswith(f"/in/{what}")]


def test_decline_ends_it_with_one_of_four_reasons(street: Centre) -> None:
    """As a word of either language or as its code; anything else is refused."""
    street.report()
    assert code(street.act("decline")) == "no_reason"
    assert code(street.act("decline", reason="不想办")) == "reason_of_list"
    assert code(street.act("decline", reason="not our area")) == "did_decline"
    assert (street.case()["state"], street.case()["result"]) == ("declined", "非本辖区")


def test_where_a_life_may_hang_on_it_a_supervisor_declines(street: Centre) -> None:
    with_class(street, "0102", life_safety=True)
    street.report()
    assert code(street.act("decline", reason="误报")) == "supervisor_only"
    assert code(street.act("decline", reason="误报", operator=CHIEF)) == "did_decline"


@pytest.mark.parametrize(("days", "said"), [(15, "did_reopen"), (15.1, "too_old")])
def test_a_finished_case_comes_back_within_fifteen_days(street: Centre, days: float, said: str) -> None:
    """As round 2, open, to the same unit; the supervisor is rung and the unit is told."""
    order = sent(street)
    receipt(street, order, "done", note="清了")
    street.act("close")
    street.clock.pass_s(days * 86_400)
    assert code(street.act("reopen", reason="又堆起来了")) == said
    if said == "did_reopen":
        case = street.case()
        assert (case["state"], case["round"], case["unit"], case["result"], case["closed_at"]) == ("open", 2, "dahegou", None, None)
        assert [(row["kind"], row["role"]) for row in street.all("rungs")] == [("reopened", "supervisor")]
        assert [note["kind"] for note in messages(street, "note")] == ["closed", "info"]


def test_an_old_round_moves_nothing_any_more(street: Centre) -> None:
    """A late fact of round 1 is kept, and the reopened case stays where it is."""
    order = sent(street)
    street.act("close", result="x", confirm=True)
    street.act("reopen", reason="没清")
    receipt(street, order, "done")
    assert (street.case()["state"], street.row("orders", order)["done_at"] is not None) == ("open", True)


def test_rework_wants_done_once_more_and_the_old_deadline_stands(street: Centre) -> None:
    """Round 2 of the same order; the first `done`, repeated, is not it."""
    order = sent(street)
    receipt(street, order, "accepted")
    receipt(street, order, "done", note="清了")
    due = street.case()["done_by"]
    assert code(street.act("rework")) == "no_reason"
    assert code(street.act("rework", reason="还有一堆")) == "did_rework"
    assert (street.case()["state"], street.case()["round"], street.case()["done_by"]) == ("working", 2, due)
    receipt(street, order, "done", note="清了")
    assert street.case()["state"] == "working"
    receipt(street, order, "done", again="-2", note="这次清了")
    assert (street.case()["state"], street.case()["result"]) == ("to_verify", "这次清了")
    assert [(note["kind"], note["text"]) for note in messages(street, "note")] == [("rework", "还有一堆")]


def test_urge_tells_the_unit_rings_and_waits_ten_minutes(street: Centre) -> None:
    sent(street)
    assert code(street.act("urge")) == "not_allowed"
    assert code(street.act("urge", operator=CHIEF, text="快一点")) == "did_urge"
    street.clock.pass_s(599)
    assert code(street.act("urge", operator=CHIEF)) == "urged_already"
    street.clock.pass_s(1)
    assert code(street.act("urge", operator=CHIEF)) == "did_urge"
    assert [note["text"] for note in messages(street, "note")] == ["快一点", "催办"]
    assert [row["kind"] for row in street.all("rungs")] == ["urge", "urge"]


def test_a_hold_stops_the_clock_and_gives_the_time_back(street: Centre) -> None:
    """Deadlines of case and order are later by the rest; the unit hears of both; facts meanwhile are not lost."""
    order = sent(street)
    before = street.case()
    assert code(street.act("hold", operator=CHIEF, reason="等物业")) == "no_until"
    assert code(street.act("hold", operator=CHIEF, until="2026-07-21 13:00", reason="等")) == "time_passed"
    assert code(street.act("hold", operator=CHIEF, until="+2h", reason="等物业")) == "did_hold"
    receipt(street, order, "accepted")
    assert (street.case()["state"], street.case()["due"]) == ("held", street.clock.now() + 2 * HOUR)
    street.clock.pass_s(1800)
    assert code(street.act("resume", operator=CHIEF)) == "did_resume"
    after = street.case()
    assert (after["state"], after["done_by"] - before["done_by"], after["held_until"]) == ("working", 1_800_000, None)
    notes = messages(street, "note")
    assert [note["kind"] for note in notes] == ["info", "deadline"]
    assert street.row("orders", order)["done_by"] == after["done_by"]


def test_life_safety_is_never_held_extended_or_merged_away(street: Centre) -> None:
    with_class(street, "0102", life_safety=True)
    street.report()
    street.report(id="rep-2", text="路灯不亮")
    assert code(street.act("hold", operator=CHIEF, until="+2h", reason="x")) == "life_safety"
    assert code(street.act("merge", into="2")) == "life_safety"
    assert code(street.act("edit", done_by="+9d")) == "life_safety"
    street.act("dispatch")
    street.clock.pass_s(5)
    street.send()
    assert code(street.act("extend", operator=CHIEF, until="+9d")) == "life_safety"


def test_merge_keeps_earliest_highest_and_everybody_and_split_restores(street: Centre) -> None:
    """Earliest time, highest level, earlier deadline, all reporters; a split gives both back what they had."""
    street.report(level=2)
    street.clock.pass_s(60)
    street.report(id="rep-2", text="单元门口电线掉下来了", **{"class": "0102"}, level=3)
    first, second = street.case(1), street.case(2)
    assert code(street.act("merge", into="#2")) == "did_merge"
    assert (street.case(1)["state"], street.case(1)["merged_into"]) == ("merged", "pailou-2")
    joined = street.case(2)
    assert (joined["opened_at"], joined["level"], joined["done_by"]) == (first["opened_at"], 2, min(first["done_by"], second["done_by"]))
    assert {row["case_id"] for row in street.all("reports")} == {"pailou-2"}
    assert code(street.act("split", 1)) == "did_split"
    changing = {"version", "rung_at"}
    assert [strip(street.case(n), changing) for n in (1, 2)] == [strip(first, changing), strip(second, changing)]
    assert sorted(row["case_id"] for row in street.all("reports")) == ["pailou-1", "pailou-2"]


def strip(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def test_a_chain_of_merges_comes_apart_where_it_is_split(street: Centre) -> None:
    """1 into 2, 2 into 3: splitting 2 brings 1's reporter along; then 1."""
    for number, text in ((1, "路灯不亮"), (2, "树枝压线"), (3, "窨井盖响")):
        street.report(id=f"rep-{number}", text=text, grid=f"DHG-0{number}", **{"class": "0102"})
    street.act("merge", 1, into="2")
    street.act("merge", 2, into="3")
    assert {row["case_id"] for row in street.all("reports")} == {"pailou-3"}
    street.act("split", 2)
    assert sorted(row["case_id"] for row in street.all("reports")) == ["pailou-2", "pailou-2", "pailou-3"]
    street.act("split", 1)
    assert sorted(row["case_id"] for row in street.all("reports")) == ["pailou-1", "pailou-2", "pailou-3"]


def test_a_merge_withdraws_what_works_on_it_only_after_a_second_press(street: Centre) -> None:
    sent(street)
    street.report(id="rep-2", text="树枝压线", **{"class": "0102"}, grid="DHG-01")
    assert code(street.act("merge", 1, into="2")) == "at_work"
    assert code(street.act("merge", 1, into="2", confirm=True)) == "did_merge"
    assert [cancel["reason"] for cancel in messages(street, "cancel")] == ["并入 #2"]
    street.act("split", 1)
    assert street.case(1)["state"] == "open"


@pytest.mark.parametrize(
    ("into", "said"), [("", "no_target"), ("99", "no_such_case"), ("1", "same_case"), ("3", "other_group"), ("2", "wrong_state")]
)
def test_merge_is_refused_with_the_reason(street: Centre, into: str, said: str) -> None:
    street.report()
    street.report(id="rep-2", text="树枝压线", **{"class": "0102"}, grid="DHG-01")
    street.act("void", 2, operator=CHIEF, reason="测试")
    street.report(id="rep-3", text="广场舞太吵", grid="JN-01")
    assert code(street.act("merge", 1, into=into)) == said


def test_reassign_withdraws_and_the_next_key_orders_the_other(street: Centre) -> None:
    sent(street)
    assert code(street.act("reassign", unit="dahegou")) == "same_unit"
    assert code(street.act("reassign", unit="hongxing")) == "did_reassign"
    case = street.case()
    assert (case["state"], case["unit"], case["unit_chosen"]) == ("open", "hongxing", 1)
    assert [cancel["reason"] for cancel in messages(street, "cancel")] == ["改派"]
    assert code(street.act("dispatch")) == "did_dispatch"
    assert [row["unit"] for row in street.all("orders")] == ["dahegou", "hongxing"]


def test_what_an_operator_entered_nothing_else_changes(street: Centre) -> None:
    """A chosen deadline survives a new class and a receipt; the words do too."""
    street.report()
    assert code(street.act("edit", done_by="13:00x")) == "bad_time"
    assert code(street.act("edit", text="车库门口垃圾", done_by="2026-07-21 20:00")) == "did_edit"
    chosen = street.case()["done_by"]
    street.act("classify", **{"class": "0103"})
    street.act("dispatch")
    street.clock.pass_s(5)
    street.send()
    order = street.all("orders")[0]
    receipt(street, order["id"], "accepted", note="另一段话")
    assert (street.case()["done_by"], street.case()["text"], order["done_by"]) == (chosen, "车库门口垃圾", chosen)


def test_told_by_telephone_is_as_good_as_an_acceptance(street: Centre) -> None:
    """With a name; from a case that was never sent the call is the order."""
    street.report()
    assert code(street.act("phoned")) == "no_name"
    assert code(street.act("phoned", name="王某")) == "did_phone"
    order = street.all("orders")[0]
    assert (street.case()["state"], order["channel"], order["phoned_to"], order["accepted_at"]) == ("working", "phone", "王某", street.clock.now())
    street.clock.pass_s(60)
    assert messages(street, "order") == []
    assert [(row["kind"], row["by"], row["sender"]) for row in street.all("receipts")] == [("accepted", "王某", "pailou")]


def test_told_by_telephone_after_the_message_left(street: Centre) -> None:
    order = sent(street)
    assert code(street.act("phoned", name="林晓燕")) == "did_phone"
    assert (street.case()["state"], street.row("orders", order)["phoned_to"]) == ("working", "林晓燕")


def test_a_clerk_records_what_a_unit_told_him(street: Centre) -> None:
    """For a unit that answers itself only after a second press; each fact once."""
    order = sent(street)
    assert code(street.act("arrive")) == "answers_itself"
    assert code(street.act("arrive", confirm=True)) == "did_arrive"
    assert code(street.act("arrive", confirm=True)) == "no_order"
    assert code(street.act("finish", confirm=True)) == "no_note"
    assert code(street.act("finish", note="清了", confirm=True)) == "did_finish"
    facts = street.row("orders", order)
    assert (facts["accepted_at"], facts["arrived_at"] is not None, facts["done_at"] is not None) == (None, True, True)
    assert (street.case()["state"], street.case()["result"]) == ("to_verify", "清了")


def test_a_refusal_recorded_by_a_clerk_brings_it_back(street: Centre) -> None:
    sent(street)
    assert code(street.act("refuse", note="不归我管", confirm=True)) == "did_refuse"
    assert street.case()["state"] == "returned"


def test_more_time_is_given_once_and_the_unit_is_told(street: Centre) -> None:
    order = sent(street)
    receipt(street, order, "delay_request", note="等车")
    assert [(row["kind"], row["role"]) for row in street.all("rungs")] == [("delay_request", "supervisor")]
    assert code(street.act("extend", until="+9h")) == "not_allowed"
    assert code(street.act("extend", operator=CHIEF, until="+1")) == "not_later"
    assert code(street.act("extend", operator=CHIEF, until="+9h")) == "did_extend"
    assert code(street.act("extend", operator=CHIEF, until="+19h")) == "extended_already"
    [note] = messages(street, "note")
    assert (note["kind"], street.case()["done_by"], street.row("orders", order)["done_by"]) == (
        "deadline", street.clock.now() + 9 * HOUR, street.clock.now() + 9 * HOUR,
    )  # fmt: skip


def test_acknowledge_stops_the_bell_and_closes_nothing(street: Centre) -> None:
    street.report()
    assert code(street.act("acknowledge")) == "did_acknowledge"
    assert code(street.act("acknowledge", operator="李强")) == "acknowledged_already"
    assert (street.case()["state"], street.case()["acknowledged_by"]) == ("open", "王梅")


def test_acknowledge_is_for_all_alarms_of_the_case(street: Centre) -> None:
    """One that joins it later wants its own word; then once is enough again. While any of them stands, ending the case asks twice."""
    street.report()
    case = street.case()["id"]

    def join(alarm: str) -> None:
        with street.desk.transaction() as tx, tx.entry("raise", subject=f"alarm:{alarm}", operator="system", seat="centre") as entry:
            entry.insert("alarms", {"id": alarm, "rule": alarm, "sensor": "plaza", "level": 3, "raised_at": tx.now, "case_id": case})

    for alarm in ("over", "leq10"):
        join(alarm)
    assert code(street.act("acknowledge")) == "did_acknowledge"
    assert {"王梅"} == {row["acknowledged_by"] for row in street.all("alarms")}
    join("sudden")
    assert code(street.act("acknowledge", operator="李强")) == "did_acknowledge"
    assert {"over": "王梅", "leq10": "王梅", "sudden": "李强"} == {row["id"]: row["acknowledged_by"] for row in street.all("alarms")}
    assert ("acknowledged_already", "王梅") == (code(street.act("acknowledge")), street.case()["acknowledged_by"])
    assert code(street.act("decline", reason="nothing_found")) == "alarm_stands"


def test_several_units_all_must_finish_before_it_is_verified(street: Centre) -> None:
    """One lead and two assists: 1/3, 2/3, then to be checked with the lead's words."""
    with_class(street, "0102", assists=("shizheng", "xunluo"))
    lead = sent(street)
    orders = {row["unit"]: row["id"] for row in street.all("orders")}
    assert [(row["unit"], row["lead"], row["attempt"]) for row in street.all("orders")] == [("dahegou", 1, 1), ("shizheng", 0, 1), ("xunluo", 0, 1)]
    receipt(street, orders["shizheng"], "accepted", "shizheng")
    assert street.case()["state"] == "sent"
    receipt(street, lead, "accepted")
    receipt(street, lead, "done", note="垃圾已清")
    receipt(street, orders["xunluo"], "done", "xunluo", note="已拦车")
    assert street.case()["state"] == "working"
    assert code(street.act("close", result="x", confirm=True)) == "units_missing"
    receipt(street, orders["shizheng"], "done", "shizheng", note="灯已修")
    assert (street.case()["state"], street.case()["result"]) == ("to_verify", "垃圾已清")


def test_a_supervisor_may_do_without_an_assist(street: Centre) -> None:
    with_class(street, "0102", assists=("shizheng",))
    sent(street)
    assert code(street.act("close", operator=CHIEF, result="市政不用来了")) == "no_feedback"
    assert code(street.act("close", operator=CHIEF, result="市政不用来了", confirm=True)) == "did_close"
    assert {note["kind"] for note in messages(street, "note")} == {"closed"}
    assert len(messages(street, "note")) == 2


def test_an_assist_that_refuses_is_wanted_until_another_takes_its_place(street: Centre) -> None:
    with_class(street, "0102", assists=("shizheng",))
    lead = sent(street)
    assist = next(row["id"] for row in street.all("orders") if row["unit"] == "shizheng")
    receipt(street, assist, "refused", "shizheng", note="不归市政")
    receipt(street, lead, "done", note="清了")
    assert street.case()["state"] == "working"
    assert [(row["kind"], row["role"]) for row in street.all("rungs")] == [("refused", "supervisor")]
    assert code(street.act("assist", unit="xunluo")) == "did_assist"
    third = next(row["id"] for row in street.all("orders") if row["unit"] == "xunluo")
    receipt(street, third, "done", "xunluo")
    assert street.case()["state"] == "to_verify"


def test_undo_takes_the_whole_dispatch_back(street: Centre) -> None:
    """Lead and assists; the case stands exactly where it stood."""
    with_class(street, "0102", assists=("shizheng",))
    street.report()
    street.act("dispatch")
    assert code(street.act("undo")) == "did_undo"
    street.clock.pass_s(60)
    assert (street.send(), street.case()["state"]) == ([], "open")
    assert all(row["cancelled_at"] for row in street.all("orders"))


def test_a_second_refusal_rings_the_supervisor(street: Centre) -> None:
    for attempt in (1, 2):
        order = sent(street) if attempt == 1 else again(street)
        receipt(street, order, "refused", note="不归我")
    assert [(row["kind"], row["role"]) for row in street.all("rungs")] == [("refused", "supervisor")]


def again(street: Centre) -> str:
    street.act("dispatch")
    street.clock.pass_s(5)
    street.send()
    return str(street.all("orders")[-1]["id"])


def test_void_is_the_supervisors_and_not_for_what_others_wait_for(street: Centre) -> None:
    street.report()
    street.report(id="rep-2", text="树枝压线", **{"class": "0102"}, grid="DHG-01")
    street.act("merge", 1, into="2")
    assert code(street.act("void", 2, operator=CHIEF, reason="测试")) == "split_first"
    street.act("split", 1)
    assert code(street.act("void", 2, operator=CHIEF, reason="测试")) == "did_void"


def test_without_a_centre_above_nothing_is_escalated(street: Centre) -> None:
    street.report()
    assert code(street.act("escalate", reason="办不了")) == "no_parent"


def test_an_unknown_role_of_the_sample_is_a_clerk(street: Centre) -> None:
    """The fixture's supervisor is one by the table, not by name."""
    assert street.settings.tables.operators[CHIEF] == Operator(name=CHIEF, roles=frozenset({Role.CLERK, Role.SUPERVISOR}), language="zh")

"""District, streets and communities: orders down, answers and escalations up, notes both ways, and a link that is cut."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.acts import Done, Refused
from data.store.journal import verify
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre
from tests.helpers.tree import Wires, open_tree


@pytest.fixture
def wires(tmp_path: Path, clock: FakeClock) -> Iterator[Wires]:
    tree = open_tree(tmp_path, clock)
    yield Wires(tree)
    for centre in tree.values():
        assert verify(centre.desk.conn) is None, centre.name
        assert [row["reason"] for row in centre.all("quarantine")] == [], centre.name
        centre.desk.conn.close()


@pytest.fixture
def centres(wires: Wires) -> dict[str, Centre]:
    return wires.centres


def code(outcome: Done | Refused) -> str:
    return (outcome.said if isinstance(outcome, Done) else outcome.reason).code


def go(wires: Wires, seconds: float = 6) -> None:
    """Graces end, and everything arrives."""
    next(iter(wires.centres.values())).clock.pass_s(seconds)
    wires.carry()


def dispatched(wires: Wires, *path: str, text: str = "车库垃圾堵门", id: str = "rep-1", grid: str = "DHG-03") -> None:
    """A report at the first centre was ordered down to the last, each accepting before it passes it on."""
    wires.centres[path[0]].report(id=id, text=text, grid=grid)
    for name in path[:-1]:
        centre = wires.centres[name]
        case = centre.all("cases")[-1]["id"]
        if centre.row("cases", case)["order_in"]:
            assert code(centre.act("accept", case)) == "did_accept"
        assert code(centre.act("dispatch", case)) == "did_dispatch"
        go(wires)


def unit_answers(wires: Wires, centre: str, *kinds: str, again: str = "", note: str = "清了") -> None:
    """The area leader of a community answers its newest order."""
    here = wires.centres[centre]
    order = here.all("orders")[-1]
    for kind in kinds:
        receipt = {"id": f"{order['id']}-{kind}{again}", "order": order["id"], "kind": kind, "time": "2026-07-21T14:01:00+08:00", "by": "片区长"}
        here.hear(f"paidan/{centre}/in/receipt", receipt | {"from": f"{centre}-leader", "note": note if kind == "done" else ""})
    go(wires)


def states(wires: Wires, *names: str) -> list[str]:
    return [wires.centres[name].all("cases")[-1]["state"] for name in names]


def test_a_district_order_goes_down_three_desks_and_the_answer_comes_up(wires: Wires, centres: dict[str, Centre]) -> None:
    """Each desk has its own case and number; each closes its own."""
    dispatched(wires, "quxian", "pailou", "dahegou")
    leader = centres["dahegou"]
    leader.act("accept")
    leader.act("dispatch")
    go(wires)
    unit_answers(wires, "dahegou", "accepted", "arrived", "done")
    assert states(wires, "quxian", "pailou", "dahegou") == ["working", "working", "to_verify"]
    assert [centres[name].all("orders")[0]["arrived_at"] is not None for name in ("quxian", "pailou")] == [True, True]
    for name in ("dahegou", "pailou", "quxian"):
        assert code(centres[name].act("close")) == "did_close"
        go(wires)
    assert states(wires, "quxian", "pailou", "dahegou") == ["closed"] * 3
    assert {centres[name].case()["result"] for name in ("quxian", "pailou", "dahegou")} == {"清了"}
    assert [step for step in centres["dahegou"].steps() if step.startswith("note")] == ["note_closed"]


def test_what_cannot_be_solved_goes_up_and_never_leaves_the_queue(wires: Wires, centres: dict[str, Centre]) -> None:
    """The community's own case waits for the street's answer; the street's case is its own and may go on up."""
    here = centres["dahegou"]
    here.report(text="河道有死鱼", **{"class": "0604"}, grid="DHG-03")
    assert code(here.act("escalate", reason="要市政来")) == "did_escalate"
    assert (here.case()["state"], here.case()["unit"]) == ("sending", "pailou")
    go(wires)
    assert (states(wires, "dahegou", "pailou"), here.all("orders")[0]["delivered_at"] is not None) == (["sent", "open"], True)
    assert "要市政来" in here.all("orders")[0]["text"]
    street = centres["pailou"]
    street.act("accept")
    assert code(street.act("escalate", reason="街道也办不了")) == "did_escalate"
    go(wires)
    assert states(wires, "dahegou", "pailou", "quxian") == ["working", "sent", "open"]
    district = centres["quxian"]
    district.act("accept")
    district.act("phoned", name="水利局 王某", confirm=True)
    district.act("finish", note="已清理", confirm=True)
    for name in ("quxian", "pailou", "dahegou"):
        assert code(centres[name].act("close")) == "did_close"
        go(wires)
    assert here.case()["result"] == "已清理"


def test_an_escalation_in_grace_is_undone_as_if_it_never_was(wires: Wires, centres: dict[str, Centre]) -> None:
    here = centres["dahegou"]
    here.report()
    before = {name: value for name, value in here.case().items() if name not in {"version", "taken_at", "taken_by", "accept_by", "waits", "due"}}
    before.pop("unanswered_at")
    here.act("escalate", reason="办不了")
    assert code(here.act("undo")) == "did_undo"
    assert {name: here.case()[name] for name in before} == before
    go(wires)
    assert centres["pailou"].all("cases") == []


def test_sending_it_back_to_who_escalated_it_wants_a_second_look(wires: Wires, centres: dict[str, Centre]) -> None:
    centres["dahegou"].report()
    centres["dahegou"].act("escalate", reason="办不了")
    go(wires)
    street = centres["pailou"]
    street.act("accept")
    assert (street.case()["unit"], code(street.act("dispatch"))) == ("dahegou", "warned")


def test_urging_reaches_the_bottom_and_rings_on_the_way(wires: Wires, centres: dict[str, Centre]) -> None:
    """One desk's urging rings the next desk; whether it goes on down is its own decision."""
    dispatched(wires, "pailou", "dahegou")
    centres["pailou"].act("urge", operator="陈立", text="请快")
    go(wires)
    assert [row["kind"] for row in centres["dahegou"].all("rungs")] == ["urge"]
    assert "note_urge" in centres["dahegou"].steps()


def test_rework_wakes_a_closed_case_and_its_done_counts_again(wires: Wires, centres: dict[str, Centre]) -> None:
    """Three desks: the district's rework wakes the street's case, the street's dispatch anew wakes a leader, and each answers as round 2."""
    dispatched(wires, "pailou", "dahegou")
    here, street = centres["dahegou"], centres["pailou"]
    here.act("accept")
    here.act("dispatch")
    go(wires)
    unit_answers(wires, "dahegou", "accepted", "done")
    here.act("close")
    go(wires)
    assert street.case()["state"] == "to_verify"
    assert code(street.act("rework", reason="还有一堆")) == "did_rework"
    go(wires)
    assert (here.case()["state"], here.case()["round"], street.case()["state"]) == ("open", 2, "working")
    assert code(here.act("dispatch")) == "did_dispatch"
    go(wires)
    unit_answers(wires, "dahegou", "accepted", "done", note="这回清了")
    assert code(here.act("close")) == "did_close"
    go(wires)
    assert (street.case()["state"], street.case()["result"]) == ("to_verify", "这回清了")


def test_more_time_is_asked_for_below_and_given_above(wires: Wires, centres: dict[str, Centre]) -> None:
    """The community's deadline is the street's; the request rings the supervisor there, and his answer moves both."""
    dispatched(wires, "pailou", "dahegou")
    here, street = centres["dahegou"], centres["pailou"]
    here.act("accept")
    assert code(here.act("edit", done_by="+9h")) == "clock_above"
    assert code(here.act("hold", operator="郑岚", until="+2h", reason="等")) == "clock_above"
    assert code(here.act("ask_delay", reason="等清运车")) == "did_ask_delay"
    go(wires)
    assert [(row["kind"], row["role"]) for row in street.all("rungs")] == [("delay_request", "supervisor")]
    street.act("extend", operator="陈立", until="+9h")
    go(wires)
    assert here.case()["done_by"] == street.case()["done_by"] == street.all("orders")[0]["done_by"]


def test_words_go_both_ways_and_change_nothing_else(wires: Wires, centres: dict[str, Centre]) -> None:
    dispatched(wires, "pailou", "dahegou")
    here, street = centres["dahegou"], centres["pailou"]
    here.act("inform", text="车已出发")
    street.act("inform", text="有记者在场")
    before = here.case(), street.case()
    go(wires)
    assert (here.case(), street.case()) == before
    assert [centre.steps()[-1] for centre in (here, street)] == ["note_info", "note_info"]
    assert ["车已出发" in street.all("journal")[-1]["after"], "有记者在场" in here.all("journal")[-1]["after"]] == [True, True]


def test_a_refusal_below_is_a_returned_case_above(wires: Wires, centres: dict[str, Centre]) -> None:
    dispatched(wires, "pailou", "dahegou")
    assert code(centres["dahegou"].act("decline", reason="非本辖区")) == "did_decline"
    go(wires)
    assert (states(wires, "pailou", "dahegou"), centres["pailou"].all("orders")[0]["answer"]) == (["returned", "declined"], "非本辖区")


def test_a_withdrawal_above_voids_all_the_way_down(wires: Wires, centres: dict[str, Centre]) -> None:
    dispatched(wires, "quxian", "pailou", "dahegou")
    here = centres["dahegou"]
    here.act("accept")
    here.act("dispatch")
    go(wires)
    assert code(centres["quxian"].act("withdraw", reason="误派")) == "did_withdraw"
    go(wires)
    assert states(wires, "quxian", "pailou", "dahegou") == ["open", "void", "void"]
    assert [what for what, _ in wires.to_units["dahegou-leader"]] == ["order", "cancel"]


def test_two_orders_that_are_one_trouble_below_are_both_answered(wires: Wires, centres: dict[str, Centre]) -> None:
    """Merged at the community, closed once: both of the street's cases hear `done`."""
    dispatched(wires, "pailou", "dahegou", id="rep-1")
    street, here = centres["pailou"], centres["dahegou"]
    street.report(id="rep-2", text="有人乱扔建渣", **{"class": "0102"}, grid="DHG-03", address="星都会9号楼")
    assert code(street.act("dispatch", 2)) == "did_dispatch"
    go(wires)
    for number in (1, 2):
        here.act("accept", number)
    assert code(here.act("merge", 2, into="1")) == "did_merge"
    here.act("dispatch", 1)
    go(wires)
    unit_answers(wires, "dahegou", "accepted", "arrived", "done")
    here.act("close", 1)
    go(wires)
    assert [street.case(number)["state"] for number in (1, 2)] == ["to_verify", "to_verify"]


def test_when_the_target_of_a_merge_is_withdrawn_the_other_lives_on(wires: Wires, centres: dict[str, Centre]) -> None:
    dispatched(wires, "pailou", "dahegou")
    here = centres["dahegou"]
    here.act("accept")
    here.report(id="own", text="有人乱扔建渣", **{"class": "0102"}, grid="DHG-03", address="星都会9号楼")
    assert code(here.act("merge", 2, into="1")) == "did_merge"
    centres["pailou"].act("withdraw", reason="误派")
    go(wires)
    assert [here.case(number)["state"] for number in (1, 2)] == ["void", "open"]


def test_a_receipt_counts_only_from_the_unit_that_was_ordered(wires: Wires, centres: dict[str, Centre]) -> None:
    """Another street of the same district is not it, and neither is the unit's own unit."""
    dispatched(wires, "quxian", "pailou")
    order = centres["quxian"].all("orders")[0]["id"]
    for forger in ("wuqiao", "dahegou", "dahegou-leader"):
        forged = {"id": "f", "order": order, "kind": "done", "time": "2026-07-21T14:01:00+08:00", "by": "x", "from": forger}
        assert centres["quxian"].hear("paidan/quxian/in/receipt", forged) is False
    assert centres["quxian"].case()["state"] == "sent"
    with centres["quxian"].desk.transaction() as tx:
        tx.conn.execute("DELETE FROM quarantine")


def test_notes_may_overtake_their_order(wires: Wires, centres: dict[str, Centre]) -> None:
    """Urge and deadline that come first wait for it and then count; twice is once."""
    street, here = centres["pailou"], centres["dahegou"]
    street.report()
    street.act("dispatch")
    street.clock.pass_s(6)
    [(topic, order)] = street.send()
    said = {"time": "2026-07-21T14:02:00+08:00", "text": "快", "done_by": "2026-07-21T22:00:00+08:00"}
    note: dict[str, Any] = {"order": order["id"], "from": "pailou", **said}
    for _ in range(2):
        for kind in ("urge", "deadline"):
            assert here.hear("paidan/dahegou/in/note", note | {"id": f"n-{kind}", "kind": kind})
    here.hear(topic, order)
    assert here.steps() == ["order_in", "note_urge", "note_deadline"]
    for kind in ("urge", "deadline"):
        here.hear("paidan/dahegou/in/note", note | {"id": f"n-{kind}", "kind": kind})
    assert len(here.steps()) == 3
    assert here.case()["done_by"] == street.clock.now() + 8 * 3_600_000 - 6_000


def test_with_a_link_cut_for_an_hour_both_sides_go_on_and_nothing_is_lost_or_doubled(wires: Wires, centres: dict[str, Centre]) -> None:
    """Orders, resends, a withdrawal and own cases on both sides while it is cut; afterwards each order has one case, and one owner."""
    street, here = centres["pailou"], centres["dahegou"]
    dispatched(wires, "pailou", "dahegou")
    wires.cut.add("dahegou")
    here.act("accept")
    for number in (2, 3, 4):
        street.report(id=f"rep-{number}", text=f"第{number}件", **{"class": "0102"}, grid="DHG-03", address=f"星都会{number + 10}号楼")
        street.act("dispatch", number)
        go(wires)
    street.act("withdraw", 3, reason="误派")
    here.report(id="own", text="树枝压线", **{"class": "0103"}, grid="DHG-03")
    for _ in range(120):
        go(wires, 30)
    assert [row["state"] for row in here.all("cases")] == ["open", "open"]
    assert street.case()["state"] == "sent"
    wires.cut.clear()
    wires.carry()
    assert street.case()["state"] == "working"
    orders = [row["order_in"] for row in here.all("cases") if row["order_in"]]
    assert (len(orders), len(set(orders))) == (4, 4)
    assert sorted(row["id"] for row in street.all("orders")) == sorted(orders)
    assert sorted(row["state"] for row in here.all("cases")) == ["open", "open", "open", "open", "void"]
    assert [row["state"] for row in street.all("cases")] == ["working", "sent", "open", "sent"]
    assert all(row["delivered_at"] for row in street.all("orders"))

"""Acts on a real desk: what each changes, and why it is refused."""

import multiprocessing
from pathlib import Path

from data.acts import Refused, perform, table
from data.domain.reason import because
from data.domain.vocabulary import State
from data.settings import load
from data.store.desk import Desk
from data.store.schema import open_desk
from data.words import Words
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, code


def test_every_act_has_a_row_in_the_case_table_and_its_words() -> None:
    """States, roles and words of each module are there, and its refusals can be said."""
    words = Words("zh")
    for name, act in table().items():
        assert act.row.states <= set(State)
        assert words.has(f"act.{name}")
        assert words.has(f"reason.history_{name}")
        assert all(words.has(f"field.{field}") for field in act.row.fields)


def test_a_dispatch_is_in_the_outbox_before_anybody_is_told(street: Centre) -> None:
    """One transaction: case in grace, order, outbox row that may not leave before the grace is over."""
    street.report()
    outcome = street.act("dispatch")
    order, message = street.all("orders")[0], street.all("outbox")[0]
    assert code(outcome) == "did_dispatch"
    assert street.case()["state"] == "sending"
    assert (order["unit"], order["not_before"]) == ("dahegou", street.clock.now() + 5000)
    assert (message["state"], message["next_at"], message["topic"]) == ("ready", order["not_before"], "paidan/dahegou/in/order")
    assert street.send() == []


def test_a_critical_case_has_three_seconds_of_grace(street: Centre) -> None:
    """Level 1 waits less."""
    street.report(level=1)
    street.act("dispatch")
    assert street.all("orders")[0]["not_before"] == street.clock.now() + 3000


def test_undo_in_grace_means_that_it_never_left(street: Centre) -> None:
    """The order is cancelled, its message will never be sent, the case is open."""
    street.report()
    street.act("dispatch")
    assert code(street.act("undo")) == "did_undo"
    street.clock.pass_s(60)
    assert street.send() == []
    assert (street.case()["state"], street.all("orders")[0]["cancelled_at"] is not None) == ("open", True)


def test_undo_is_refused_once_the_order_has_left(street: Centre) -> None:
    """From the moment of the claim there is no undo, only a withdrawal."""
    street.report()
    street.act("dispatch")
    street.clock.pass_s(5)
    assert [topic for topic, _ in street.send()] == ["paidan/dahegou/in/order"]
    assert code(street.act("undo")) == "wrong_state"
    assert code(street.act("withdraw", reason="误派")) == "did_withdraw"
    assert [topic for topic, _ in street.send()] == ["paidan/dahegou/in/cancel"]


def test_undo_is_refused_to_others(street: Centre) -> None:
    """Only who dispatched may undo."""
    street.report()
    street.act("dispatch", operator="王梅")
    assert street.act("undo", operator="李强") == Refused(because("not_yours", name="王梅"))


def test_while_the_line_is_down_an_order_can_still_be_undone(street: Centre) -> None:
    """Nothing is claimed without a connection, so the grace lasts until it is back."""
    street.report()
    street.act("dispatch")
    street.line.is_up = False
    street.clock.pass_s(600)
    assert street.send() == []
    assert code(street.act("undo")) == "did_undo"


def test_an_order_comes_round_until_it_is_delivered(street: Centre) -> None:
    """A PUBACK proves nothing: the same id again every 30 s until `delivered`."""
    street.report()
    street.act("dispatch")
    sent = []
    for seconds in (5, 30, 30):
        street.clock.pass_s(seconds)
        sent += [body["id"] for _, body in street.send()]
    order = street.all("orders")[0]["id"]
    assert sent == [order] * 3
    street.hear("paidan/pailou/in/receipt", receipt(order, "delivered"))
    street.clock.pass_s(300)
    assert street.send() == []


def receipt(order: str, kind: str, sender: str = "dahegou", **fields: str) -> dict[str, str]:
    """A receipt as a unit would send it."""
    return {"id": f"{order}-{kind}", "order": order, "kind": kind, "time": "2026-07-21T14:01:00+08:00", "by": "林晓燕", "from": sender} | fields


def test_what_was_shown_is_what_is_sent(street: Centre) -> None:
    """A proposal that changed between the paint and the press is refused."""
    street.report()
    assert code(street.act("dispatch", shown="another")) == "proposal_changed"
    assert street.all("orders") == []


def test_a_press_on_an_old_picture_is_told_who_was_faster(street: Centre) -> None:
    """The expected version is in the press."""
    street.report()
    street.act("dispatch", operator="李强", version=1)
    assert street.act("dispatch", version=1) == Refused(because("changed_by", name="李强", act="@act.dispatch", number=1))


def test_a_passed_deadline_wants_the_key_again(street: Centre) -> None:
    """A warning is shown first; the second press sends with a new deadline."""
    street.report()
    street.clock.pass_s(5 * 3600)
    assert code(street.act("dispatch")) == "warned"
    assert code(street.act("dispatch", confirm=True)) == "did_dispatch"
    assert street.all("orders")[0]["done_by"] == street.clock.now() + 240 * 60_000


def test_a_case_in_triage_is_never_dispatched_to_a_default(street: Centre) -> None:
    """No grid, no unit: a person picks, and what he picked stays."""
    street.report(grid=None)
    assert (street.case()["state"], street.case()["unit"]) == ("triage", None)
    assert code(street.act("dispatch")) == "wrong_state"
    assert code(street.act("classify", unit="nowhere")) == "unknown_unit"
    assert code(street.act("classify", unit="hongxing")) == "did_classify"
    assert (street.case()["unit"], street.case()["unit_chosen"]) == ("hongxing", 1)


def test_a_case_closes_only_with_a_result(street: Centre) -> None:
    """Without the unit's word the key is wanted again; without any result never."""
    street.report()
    assert code(street.act("close", result="已解决")) == "wrong_state"
    street.act("dispatch")
    street.clock.pass_s(5)
    street.send()
    assert code(street.act("close")) == "no_result"
    assert code(street.act("close", result="已清理")) == "no_feedback"
    assert code(street.act("close", result="已清理", confirm=True)) == "did_close"
    assert (street.case()["state"], street.case()["result"]) == ("closed", "已清理")


def test_a_note_changes_nothing_else_and_is_in_the_history(street: Centre) -> None:
    """Version and state stay; the words are in the journal, clean."""
    street.report()
    before = street.case()
    assert code(street.act("note", text="已电话联系\x1b[2J物业")) == "did_note"
    assert street.case() == before
    assert "已电话联系\ufffd[2J物业" in street.all("journal")[-1]["after"]


def test_a_viewer_may_look_and_not_act(street: Centre) -> None:
    """Roles are guarded where the act is, not on the screen."""
    street.report()
    viewer = next(name for name, who in street.settings.tables.operators.items() if "clerk" not in who.roles)
    assert code(street.act("dispatch", operator=viewer)) in {"not_allowed", "did_dispatch"}
    assert code(street.act("see", operator=viewer)) == "did_see"


def _race(home: Path, barrier: object, results: object, number: int) -> None:
    settings = load(home)
    desk = Desk(open_desk(home / "desk.db"), FakeClock())
    barrier.wait()  # type: ignore[attr-defined]  # a multiprocessing barrier
    outcome = perform(desk, settings.tables, "dispatch", "pailou-1", operator=f"席{number}", seat=str(number), version=1)
    results.put((number, code(outcome)))  # type: ignore[attr-defined]


def test_of_many_seats_racing_for_a_case_exactly_one_wins(street: Centre) -> None:
    """Twelve processes press at once: one order, and eleven are told who it was."""
    street.report()
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(12), context.Queue()
    racers = [context.Process(target=_race, args=(street.settings.home, barrier, results, n)) for n in range(12)]
    for racer in racers:
        racer.start()
    codes = sorted(results.get(timeout=60)[1] for _ in racers)
    for racer in racers:
        racer.join()
    assert codes == ["changed_by"] * 11 + ["did_dispatch"]
    assert len(street.all("orders")) == 1

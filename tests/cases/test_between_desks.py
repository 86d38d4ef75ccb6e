"""Messages between two desks: once each, in any order, from the right sender alone."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store.journal import verify
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, carry, open_centre


@pytest.fixture
def desks(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Centre, Centre]]:
    """The street and the community, one clock."""
    both = open_centre(tmp_path / "pailou", "street", clock), open_centre(tmp_path / "dahegou", "community", clock)
    yield both
    for centre in both:
        assert verify(centre.desk.conn) is None
        centre.desk.conn.close()


def ordered(street: Centre) -> str:
    """A report was dispatched and has left; the order's id."""
    street.report()
    street.act("dispatch")
    street.clock.pass_s(5)
    return str(street.all("orders")[0]["id"])


def test_an_order_becomes_a_case_and_answers_delivered(desks: tuple[Centre, Centre]) -> None:
    """The community's own number, the street's text, class, level and deadlines; `delivered` goes back by itself."""
    street, community = desks
    order = ordered(street)
    assert carry(street, community) == ["order"]
    case = community.case()
    assert (case["state"], case["taken_at"], case["order_in"], case["order_number"], case["unit"]) == ("open", None, order, 1, "yangjianhong")
    assert (case["class"], case["level"], case["text"]) == ("0102", 3, "星都会小区6号楼车库垃圾堵门")
    assert carry(community, street) == ["receipt"]
    facts = street.row("orders", order)
    assert facts["delivered_at"] is not None
    assert (facts["seen_at"], facts["accepted_at"], facts["arrived_at"], facts["done_at"]) == (None, None, None, None)
    assert street.case()["state"] == "sent"


def test_a_repeated_order_is_one_case_and_repeats_the_receipts(desks: tuple[Centre, Centre]) -> None:
    """Who asks again is answered again, with the same message ids."""
    street, community = desks
    ordered(street)
    topic, body = street.send()[0]
    for _ in range(3):
        community.hear(topic, body)
    community.act("accept", operator="林晓燕")
    first = [message["id"] for _, message in community.send()]
    community.hear(topic, body)
    assert [message["id"] for _, message in community.send()] == first
    assert len(community.all("cases")) == 1


@pytest.mark.parametrize("order_of_arrival", list(itertools.permutations(["delivered", "accepted", "arrived", "done"])))
def test_receipts_in_any_order_end_in_the_same_facts(desks: tuple[Centre, Centre], order_of_arrival: tuple[str, ...]) -> None:
    """Also "done" before "accepted", and each twice."""
    street, _ = desks
    order = ordered(street)
    street.send()
    for kind in (*order_of_arrival, *order_of_arrival):
        message = {
            "id": f"{order}-{kind}", "order": order, "kind": kind, "time": "2026-07-21T14:01:00+08:00", "by": "林", "from": "dahegou",
            "note": "已清理" if kind == "done" else "",
        }  # fmt: skip
        street.hear("paidan/pailou/in/receipt", message)
    facts = street.row("orders", order)
    assert [facts[f"{kind}_at"] is not None for kind in ("delivered", "accepted", "arrived", "done")] == [True] * 4
    assert (street.case()["state"], street.case()["result"]) == ("to_verify", "已清理")
    assert sorted(step for step in street.steps() if step.startswith("receipt")) == sorted(f"receipt_{kind}" for kind in order_of_arrival)


def test_a_receipt_from_anybody_else_goes_into_quarantine(desks: tuple[Centre, Centre]) -> None:
    """Only the unit that the order went to may answer for it."""
    street, _ = desks
    order = ordered(street)
    street.send()
    forged = {"id": "f", "order": order, "kind": "done", "time": "2026-07-21T14:01:00+08:00", "by": "x", "from": "hongxing"}
    assert street.hear("paidan/pailou/in/receipt", forged) is False
    assert street.case()["state"] == "sent"
    assert "not_the_unit" in street.all("quarantine")[0]["reason"]


def test_an_order_from_a_stranger_goes_into_quarantine(desks: tuple[Centre, Centre]) -> None:
    """A sender must be in the units table."""
    street, community = desks
    ordered(street)
    topic, body = street.send()[0]
    assert community.hear(topic, body | {"from": "nobody"}) is False
    assert community.all("cases") == []


def test_a_cancel_that_overtakes_its_order_still_counts(desks: tuple[Centre, Centre]) -> None:
    """The order is born void and nobody is rung."""
    street, community = desks
    ordered(street)
    topic, body = street.send()[0]
    street.act("withdraw", reason="误派")
    carry(street, community)
    community.hear(topic, body)
    assert community.case()["state"] == "void"


def test_a_refusal_brings_the_case_back(desks: tuple[Centre, Centre]) -> None:
    """退单: the case is returned, waits on this desk again, and can be dispatched anew as attempt 2."""
    street, _ = desks
    order = ordered(street)
    street.send()
    refused = {"id": "r", "order": order, "kind": "refused", "time": "2026-07-21T14:01:00+08:00", "by": "林", "from": "dahegou", "note": "非本辖区"}
    street.hear("paidan/pailou/in/receipt", refused)
    assert (street.case()["state"], street.case()["waits"]) == ("returned", 0)
    street.act("dispatch")
    assert [row["attempt"] for row in street.all("orders")] == [1, 2]


def test_a_late_receipt_of_a_withdrawn_order_moves_nothing(desks: tuple[Centre, Centre]) -> None:
    """The fact is kept; the case stays where its operator put it."""
    street, _ = desks
    order = ordered(street)
    street.send()
    street.act("withdraw", reason="重复")
    street.hear(
        "paidan/pailou/in/receipt",
        {"id": "d", "order": order, "kind": "done", "time": "2026-07-21T14:01:00+08:00", "by": "林", "from": "dahegou"},
    )
    assert street.case()["state"] == "open"
    assert street.row("orders", order)["done_at"] is not None


def test_bad_bytes_are_kept_and_stop_nothing(desks: tuple[Centre, Centre]) -> None:
    """Each ends in quarantine with its reason; the next report is filed."""
    street, _ = desks
    for body in (b"", b"{", b"\xff\xfe", b"[1]", b'{"id":"","text":"x"}', b"[" * 100_000, b'{"id":"a","text":" "}'):
        assert street.hear("paidan/pailou/in/report", body) is False
    street.report()
    assert len(street.all("quarantine")) == 7
    assert street.case()["state"] == "open"


def test_nothing_from_outside_reaches_the_desk_unclean(desks: tuple[Centre, Centre]) -> None:
    """Escapes, bidi and controls in any field of a report are gone before they are stored."""
    street, _ = desks
    evil = "垃圾\x1b]52;c;aGk=\x07\u202e\u2066\u200b\x9b31m"
    street.report(text=evil, address=evil, reporter={"kind": evil, "name": evil, "phone": evil}, media=[evil])
    stored = repr([street.all("cases"), street.all("reports"), street.all("journal")])
    assert not [sign for sign in ("\\x1b", "\\x07", "\\u202e", "\\u2066", "\\u200b", "\\x9b") if sign in stored]

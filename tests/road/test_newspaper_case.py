"""The newspaper case, end to end: two centres, two seats at real terminals, an area leader, on both brokers."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.clock import RealClock
from tests.helpers.brokers import AnyBroker
from tests.helpers.town import REPORT, Town, found, paidan
from tests.helpers.unit import Unit
from tests.helpers.waiting import wait_until
from tests.terminal.seat_in_pty import Terminal, start

F2 = b"\x1bOQ"

STREET = [
    "file", "story_takes", "dispatch", "release", "receipt_delivered", "sent", "receipt_seen", "receipt_accepted", "receipt_arrived",
    "receipt_done", "close",
]  # fmt: skip
COMMUNITY = [
    "order_in", "see", "accept", "dispatch", "release", "sent", "receipt_delivered", "receipt_accepted", "receipt_arrived",
    "receipt_done", "close", "note_closed",
]  # fmt: skip


@pytest.fixture
def town(tmp_path: Path, broker: AnyBroker) -> Iterator[Town]:
    """Both centres, running."""
    made = found(tmp_path, broker)
    try:
        made.serve()
        yield made
    finally:
        made.stop()


@pytest.fixture
def leader(town: Town) -> Iterator[Unit]:
    """片区长 杨建红."""
    unit = Unit(town.broker_url, "yangjianhong", RealClock(), "杨建红")
    yield unit
    unit.close()


def seat(home: Path, operator: str) -> Terminal:
    """A real seat in a pty, its queue on the screen."""
    terminal = start(["-m", "console", "--home", str(home), "--as", operator], columns=80, lines=24)
    terminal.wait(lambda: terminal.shows("1态势"))
    terminal.press(b"2")
    terminal.wait(lambda: terminal.shows("事由"))
    return terminal


def press_f2(terminal: Terminal, word: str) -> None:
    """Press F2 once the strip proposes `word` and has been readable for the guard's quarter of a second.

    On a busy machine the paint may be later than it looks from here; then the guard has ignored the press, and it is made again.
    """

    def proposed() -> bool:
        return any(re.search(rf"F2/d\s+{word}", line) for line in terminal.lines()[-4:-1])

    terminal.wait(proposed, 30)
    for _ in range(5):
        until = time.monotonic() + 0.6
        while time.monotonic() < until:
            terminal.read(0.05)
        terminal.press(F2)
        until = time.monotonic() + 4
        while time.monotonic() < until and proposed():
            terminal.read(0.05)
        if not proposed():
            return
    raise AssertionError("\n".join(terminal.lines()))


def test_u25_five_keys_carry_a_report_to_two_closed_cases(town: Town, leader: Unit) -> None:
    """Report → street F2 → community F2 F2 → leader's receipts → community F2 → street F2; every fact has its own time."""
    street, community = seat(town.street.home, "王梅"), seat(town.community.home, "林晓燕")
    try:
        town.client().publish("paidan/pailou/in/report", REPORT)
        street.wait(lambda: b"\x07" in street.output)
        assert street.output.count(b"\x07") == 1
        press_f2(street, "派单")
        street.wait(lambda: street.shows("已派"))
        press_f2(community, "签收")
        press_f2(community, "派单")
        order = leader.wait_order()
        for kind in ("delivered", "accepted", "arrived", "done"):
            leader.answer(order, kind, "已清运，现场照片已回传" if kind == "done" else "")
        press_f2(community, "结案")
        press_f2(street, "结案")
        closed = town.street.wait_state("closed")
    finally:
        street.close()
        community.close()
    assert closed["result"] == "已清运，现场照片已回传"
    facts = closed["order"]
    assert all(facts[name] for name in ("sent_at", "delivered_at", "seen_at", "accepted_at", "arrived_at", "done_at"))
    wait_until(lambda: "note_closed" in town.community.steps(), 10, "the community hears that the street closed")
    assert sorted(town.street.steps()) == sorted(STREET)
    assert sorted(town.community.steps()) == sorted(COMMUNITY)
    for desk in (town.street, town.community):
        assert "流水完好" in paidan("journal", "--home", desk.home, "--verify")


def test_the_same_report_again_changes_nothing_also_after_a_restart(town: Town) -> None:
    """A resent message is the same report: one case, one journal row."""
    reporter = town.client()
    reporter.publish("paidan/pailou/in/report", REPORT)
    town.street.wait_state("open")
    reporter.publish("paidan/pailou/in/report", REPORT)
    town.street.kill()
    town.street.serve()
    reporter.publish("paidan/pailou/in/report", REPORT)
    reporter.publish("paidan/pailou/in/report", REPORT | {"id": "rep-2", "grid": "DHG-01"})
    town.street.wait_state("open", 2)
    assert [case["number"] for case in town.street.cases()] == [1, 2]
    assert [step for step in town.street.steps() if step != "story_takes"] == ["file"]


def test_a_report_without_a_place_waits_for_a_person(town: Town) -> None:
    """No grid: triage with its reason, no unit, and no dispatch until somebody has chosen."""
    town.client().publish("paidan/pailou/in/report", {"id": "x", "text": "楼下垃圾没人管", "time": "2026-11-24T14:00:00+08:00"})
    case = town.street.wait_state("triage")
    assert case["unit"] is None
    refused = paidan("act", 1, "dispatch", "--home", town.street.home, check=False)
    assert "研判" in refused
    town.street.act(1, "classify", "--unit", "dahegou")
    town.street.act(1, "dispatch")
    assert town.street.wait_state("sent")["unit"] == "dahegou"


def test_an_undo_within_the_grace_means_that_it_never_left(town: Town) -> None:
    """F8 in grace: the community never hears of it, and the next dispatch is a new attempt."""
    town.client().publish("paidan/pailou/in/report", REPORT)
    town.street.wait_state("open")
    town.street.act(1, "dispatch")
    town.street.act(1, "undo")
    town.street.act(1, "dispatch")
    case = town.street.wait_state("sent")
    wait_until(town.community.cases, 10, "the order is there")
    assert case["order"]["attempt"] == 2
    assert [row["order_in"] for row in town.community.cases()] == [case["order"]["id"]]


def test_a_withdrawal_voids_the_case_at_the_community_and_below(town: Town, leader: Unit) -> None:
    """After the grace a cancel follows: the community's case is void and the leader hears it too."""
    town.client().publish("paidan/pailou/in/report", REPORT)
    town.street.wait_state("open")
    town.street.act(1, "dispatch")
    wait_until(town.community.cases, 15, "the order is there")
    town.community.act(1, "accept")
    town.community.act(1, "dispatch")
    order = leader.wait_order()
    town.street.wait_state("working")
    town.street.act(1, "withdraw", "--reason", "误派")
    town.community.wait_state("void")
    wait_until(lambda: [c["order"] for c in leader.cancels()] == [order["id"]], 10, "the leader hears the cancel")
    assert town.street.case()["state"] == "open"

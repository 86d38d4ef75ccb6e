"""kill -9 of either centre at each step of the road: nothing lost, nothing doubled; the broker it left behind is adopted."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.centre import broker as embedded
from data.centre.status import stop
from data.clock import RealClock
from data.init import init_home
from tests.helpers.brokers import AnyBroker
from tests.helpers.town import REPORT, Desk, Town, found, paidan
from tests.helpers.unit import Unit
from tests.helpers.waiting import wait_until


@pytest.fixture
def town(tmp_path: Path, broker: AnyBroker) -> Iterator[Town]:
    """Both centres, running; undelivered orders come round every 2 s."""
    made = found(tmp_path, broker, resend_s=2)
    try:
        made.serve()
        yield made
    finally:
        made.stop()


def walk(town: Town, leader: Unit, disturb: Callable[[str], None]) -> None:
    """The road, with `disturb(step)` after each step's message has been handed to the broker or the desk."""
    town.client().publish("paidan/pailou/in/report", REPORT)
    disturb("report")
    town.street.wait_state("open")
    town.street.act(1, "dispatch", operator="王梅")
    disturb("dispatch")
    wait_until(town.community.cases, 40, "the order is at the community")
    town.community.act(1, "accept", operator="林晓燕")
    disturb("accept")
    town.community.act(1, "dispatch", operator="林晓燕")
    disturb("assign")
    order = leader.wait_order(40)
    for kind in ("delivered", "accepted", "arrived", "done"):
        leader.answer(order, kind, "已清运" if kind == "done" else "")
        disturb(kind)
    town.community.wait_state("to_verify", deadline_s=40)
    town.community.act(1, "close", operator="林晓燕")
    disturb("close")
    town.street.wait_state("to_verify", deadline_s=40)
    town.street.act(1, "close", operator="王梅")


def check(town: Town, leader: Unit) -> None:
    """One case and one order at each desk, all facts there, each receipt once, both journals whole."""
    for desk in (town.street, town.community):
        cases = desk.cases()
        assert [(case["state"], case["result"], case["order"]["attempt"]) for case in cases] == [("closed", "已清运", 1)]
        assert "流水完好" in paidan("journal", "--home", desk.home, "--verify")
        steps = [step for step in desk.steps() if step != "note_closed"]
        assert sorted(steps) == sorted(set(steps))
    assert len({order["id"] for order in leader.orders()}) == 1
    facts = town.street.case()["order"]
    assert [name for name in ("sent_at", "delivered_at", "accepted_at", "arrived_at", "done_at") if not facts[name]] == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize("which", ["street", "community"])
def test_either_centre_may_be_killed_after_every_step(town: Town, which: str) -> None:
    """The centre is killed with -9 and started again after each step of one and the same road."""
    leader = Unit(town.broker_url, "yangjianhong", RealClock(), "杨建红")
    desk: Desk = getattr(town, which)

    def kill_and_come_back(_step: str) -> None:
        desk.kill()
        desk.serve()

    walk(town, leader, kill_and_come_back)
    wait_until(lambda: "note_closed" in town.community.steps(), 20, "the community hears of the end")
    check(town, leader)
    leader.close()


def test_a_killed_centre_leaves_its_broker_and_adopts_it_again(tmp_path: Path) -> None:
    """The broker lives on with all sessions: same process before and after, and a report sent meanwhile is not lost."""
    home = tmp_path / "pailou"
    init_home(home, "street")
    desk = Desk(home)
    desk.serve()
    before = embedded.recorded(home)
    desk.kill()
    assert before is not None
    assert embedded.is_alive(before)
    client = Town(before.url, desk, desk).client()
    client.publish("paidan/pailou/in/report", REPORT)
    client.close()
    desk.serve()
    desk.wait_state("open")
    assert embedded.recorded(home) == before
    stop(home)
    assert not embedded.is_alive(before)


def test_a_second_centre_is_refused_and_names_the_first(tmp_path: Path) -> None:
    """Two centres on one home: the second ends with 75 and the first's process id; the first is not disturbed."""
    home = tmp_path / "pailou"
    init_home(home, "street")
    desk = Desk(home)
    desk.serve()
    assert desk.process is not None
    said = paidan("serve", "--home", home, check=False)
    assert str(desk.process.pid) in said
    state = json.loads(paidan("status", "--home", home, "--json"))
    assert (state["running"], state["pid"]) == (True, desk.process.pid)
    assert "已停止" in paidan("stop", "--home", home)
    assert json.loads(paidan("status", "--home", home, "--json"))["running"] is False

"""A district, two streets and four communities as seven processes on one broker."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.clock import RealClock
from tests.helpers.brokers import AnyBroker
from tests.helpers.homes import CentreProcess, paidan, paidan_json
from tests.helpers.mqtt import Client
from tests.helpers.tree import GRIDS, TREE, make_home
from tests.helpers.unit import Unit
from tests.helpers.waiting import wait_until

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture
def homes(tmp_path: Path, nats_broker: AnyBroker) -> Iterator[dict[str, Path]]:
    """All seven, running."""
    made = {name: make_home(tmp_path, name, nats_broker.url) for name in TREE}
    processes = {name: CentreProcess(home) for name, home in made.items()}
    try:
        for process in processes.values():
            process.start()
        yield made
    finally:
        for process in processes.values():
            process.stop()


def cases(home: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = paidan_json("cases", "--all", home=home)
    return found


def act(home: Path, name: str, case: str, *fields: str) -> None:
    """As a clerk at the command line, once it is allowed."""

    def done() -> bool:
        ran: subprocess.CompletedProcess[str] = paidan("act", case, name, *fields, home=home)
        return ran.returncode == 0

    wait_until(done, 60, f"{name} {case} in {home.name}")


def test_every_report_goes_to_its_own_community_and_back_up(homes: dict[str, Path], nats_broker: AnyBroker) -> None:
    """One report a grid at the district; each goes down its branch, is done and closed at all three desks; nothing lost, nothing doubled."""
    client = Client(nats_broker.url, "reporter")
    leaders = {name: Unit(nats_broker.url, f"{name}-leader", RealClock()) for name in GRIDS.values()}
    try:
        for number, grid in enumerate(GRIDS, 1):
            text = f"{grid} 路边垃圾{number}"
            client.publish("paidan/quxian/in/report", {"id": f"rep-{number}", "text": text, "grid": grid, "class": "0102"})
        for community in GRIDS.values():
            _down(homes, community)
            _answer(leaders[community])
            _up(homes, community)
    finally:
        client.close()
        for leader in leaders.values():
            leader.close()
    counts = {name: [row["state"] for row in cases(home)] for name, home in homes.items()}
    assert counts == {name: ["closed"] * {"district": 4, "street": 2, "community": 1}[kind] for name, (kind, _) in TREE.items()}


def _path(community: str) -> tuple[str, str, str]:
    street = TREE[community][1]
    return TREE[street][1], street, community


def _at(home: Path, grid: str, state: str = "") -> int:
    """The number of a grid's case at one desk, once it is there and in this state."""

    def found() -> list[int]:
        return [row["number"] for row in cases(home) if row["grid"] == grid and state in {"", row["state"]}]

    return int(wait_until(found, 60, f"{grid} {state} at {home.name}")[0])


def _down(homes: dict[str, Path], community: str) -> None:
    grid = next(grid for grid, owner in GRIDS.items() if owner == community)
    for name in _path(community):
        case = f"{name}-{_at(homes[name], grid)}"
        if name != "quxian":
            act(homes[name], "accept", case)
        act(homes[name], "dispatch", case)


def _answer(leader: Unit) -> None:
    order = leader.wait_order(30)
    for kind in ("delivered", "accepted", "arrived", "done"):
        leader.answer(order, kind, "已清运" if kind == "done" else "")


def _up(homes: dict[str, Path], community: str) -> None:
    grid = next(grid for grid, owner in GRIDS.items() if owner == community)
    for name in reversed(_path(community)):
        act(homes[name], "close", f"{name}-{_at(homes[name], grid, 'to_verify')}")

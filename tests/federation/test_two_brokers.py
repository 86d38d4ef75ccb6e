"""The same seven centres on two bridged mosquittos: district, one street and its communities here, the other street and its communities there."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from data.clock import RealClock, iso, real_ms
from tests.helpers.bridge import BridgedBroker, Cable
from tests.helpers.brokers import MosquittoBroker
from tests.helpers.homes import CentreProcess, paidan, paidan_json
from tests.helpers.mqtt import Client
from tests.helpers.tools import needs
from tests.helpers.tree import GRIDS, TREE, make_home
from tests.helpers.unit import Unit
from tests.helpers.waiting import wait_until

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

RATE = 60
"""An hour of the desks is a minute of ours."""
HOUR_MS = 3_600_000
FAR = ("wuqiao", "wuyi", "binhe")
"""Behind the bridge."""
NEAR = tuple(name for name in TREE if name not in FAR)


@dataclass(slots=True)
class District:
    """All that runs."""

    homes: dict[str, Path]
    clock: RealClock
    cable: Cable
    brokers: dict[str, MosquittoBroker]
    leaders: dict[str, Unit]

    def broker_of(self, name: str) -> MosquittoBroker:
        return self.brokers["far" if name in FAR else "near"]

    def report(self, name: str, number: int, grid: str) -> None:
        client = Client(self.broker_of(name).url, f"reporter-{number}")
        try:
            message = {"id": f"rep-{number}", "text": f"{grid} 路边垃圾{number}", "grid": grid, "class": "0102"}
            client.publish(f"paidan/{name}/in/report", message)
        finally:
            client.close()

    def cases(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = paidan_json("cases", "--all", home=self.homes[name])
        return found

    def wait(self, name: str, text: str, *states: str, deadline_s: float = 60) -> dict[str, Any]:
        """The case with these words at one desk, once it is in one of these states."""

        def found() -> dict[str, Any] | None:
            return next((row for row in self.cases(name) if text in row["text"] and row["state"] in states), None)

        made = wait_until(found, deadline_s, f"{text} {states} at {name}")
        assert made is not None
        return made

    def act(self, name: str, act: str, text: str, *states: str) -> None:
        """As a clerk, once the case is there and the act allowed."""
        case = self.wait(name, text, *states)["id"]

        def done() -> bool:
            ran: subprocess.CompletedProcess[str] = paidan("act", case, act, "--confirm", home=self.homes[name])
            return ran.returncode == 0

        wait_until(done, 60, f"{act} {case} in {name}")

    def down(self, text: str, *path: str) -> None:
        """Taken up and sent on at each of these desks."""
        for name in path:
            if TREE[name][1] and self.wait(name, text, "open")["order_in"]:
                self.act(name, "accept", text, "open")
            self.act(name, "dispatch", text, "open")

    def answer(self, community: str, kinds: tuple[str, ...], count: int) -> None:
        """The leader answers the newest order, once there are this many different ones."""
        leader = self.leaders[community]
        orders = wait_until(lambda: (seen := leader.orders()) and len({order["id"] for order in seen}) >= count and seen, 60, f"order {count}")
        for kind in kinds:
            leader.answer(orders[-1], kind, "已清运" if kind == "done" else "")

    def up(self, text: str, *path: str) -> None:
        """Verified and closed at each of these desks."""
        for name in path:
            self.act(name, "close", text, "to_verify")


@pytest.fixture
def district(tmp_path: Path) -> Iterator[District]:
    needs("mosquitto")
    near = MosquittoBroker(home=tmp_path / "near")
    near.start()
    cable = Cable(near.port)
    far = BridgedBroker(home=tmp_path / "far", peer=cable.port, out=NEAR, into=FAR, name="far")
    far.start()
    anchor = real_ms()
    clock = RealClock(rate=RATE, anchor=anchor)
    brokers: dict[str, MosquittoBroker] = {"near": near, "far": far}
    homes: dict[str, Path] = {}
    leaders: dict[str, Unit] = {}
    processes: list[CentreProcess] = []
    try:
        for name in TREE:
            url = (far if name in FAR else near).url
            homes[name] = make_home(tmp_path, name, url)
            settings = homes[name] / "paidan.toml"
            text = settings.read_text(encoding="utf-8")
            assert 'rate = 1.0\nanchor = ""' in text
            settings.write_text(text.replace('rate = 1.0\nanchor = ""', f'rate = {RATE}.0\nanchor = "{iso(anchor)}"', 1), encoding="utf-8")
        for home in homes.values():
            processes.append(CentreProcess(home))
            processes[-1].start()
        for name in GRIDS.values():
            leaders[name] = Unit((far if name in FAR else near).url, f"{name}-leader", clock)
        yield District(homes, clock, cable, brokers, leaders)
    finally:
        for process in processes:
            process.stop()
        for leader in leaders.values():
            leader.close()
        cable.close()
        far.stop()
        near.stop()


def test_with_the_link_cut_for_an_hour_both_sides_go_on_and_nothing_is_lost_or_doubled(district: District) -> None:
    """Before, during and after the cut; the far broker is killed in the middle of it. At the end every case is closed at each desk it passed."""
    all_kinds = ("delivered", "accepted", "arrived", "done")
    district.report("quxian", 1, "WY-01")
    district.report("quxian", 2, "DHG-03")
    district.down("垃圾1", "quxian", "wuqiao", "wuyi")
    district.down("垃圾2", "quxian", "pailou")

    district.cable.cut()
    since = district.clock.now()
    # Here: a whole round, and a new order for the far side, which waits.
    district.down("垃圾2", "dahegou")
    district.answer("dahegou", all_kinds, 1)
    district.up("垃圾2", "dahegou", "pailou", "quxian")
    district.report("quxian", 3, "BH-01")
    district.down("垃圾3", "quxian")
    # There: the round that had begun goes on to the street, and one of its own is begun and ended.
    district.answer("wuyi", all_kinds, 1)
    district.up("垃圾1", "wuyi", "wuqiao")
    district.brokers["far"].kill()
    district.brokers["far"].start()
    district.report("wuqiao", 4, "BH-01")
    district.down("垃圾4", "wuqiao", "binhe")
    district.answer("binhe", all_kinds, 1)
    district.up("垃圾4", "binhe", "wuqiao")
    wait_until(lambda: district.clock.now() - since > HOUR_MS, 120, "an hour")
    # Nobody pretends: the far street's done is not known here, the new order not delivered, and both say so.
    assert district.wait("quxian", "垃圾1", "working", "sent")["closed_at"] is None
    waiting = district.wait("quxian", "垃圾3", "sent")
    assert (waiting["order"]["sent_at"] is not None, waiting["order"]["delivered_at"]) == (True, None)
    assert [row for row in district.cases("wuqiao") if "垃圾3" in row["text"]] == []

    district.cable.mend()
    district.up("垃圾1", "quxian")
    district.down("垃圾3", "wuqiao", "binhe")
    district.answer("binhe", all_kinds, 2)
    district.up("垃圾3", "binhe", "wuqiao", "quxian")

    expected = {"quxian": 3, "pailou": 1, "dahegou": 1, "hongxing": 0, "wuqiao": 3, "wuyi": 1, "binhe": 2}
    assert {name: [row["state"] for row in district.cases(name)] for name in TREE} == {name: ["closed"] * n for name, n in expected.items()}
    for name, home in district.homes.items():
        orders = paidan_json("orders", home=home)
        assert len({order["case_id"] for order in orders}) == len(orders) == expected[name], name
        assert all(order["done_at"] is not None for order in orders), name
        assert paidan("journal", "--verify", home=home).returncode == 0, name

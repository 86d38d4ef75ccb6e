"""A centre that is killed between the bytes and the commit, as a real process: shown as unknown, then the same number again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store.journal import verify
from tests.helpers.clock import FakeClock
from tests.helpers.couriers import Reached, by_hook
from tests.helpers.http_far_side import FarSide, answer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def far() -> Iterator[FarSide]:
    with FarSide() as side:
        yield side


def killed(desk: Reached, far: FarSide, where: str) -> None:
    """Run a centre until it dies at this point of its first order."""
    home = desk.centre.settings.home
    command = [sys.executable, "-m", "tests.channels.run_couriers", str(home), str(desk.clock.now()), where]
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    if where == "after_send":

        def kill(handler: object) -> None:
            child.kill()
            child.wait()

        far.always(kill)
    assert child.wait(30) == -signal.SIGKILL
    far.always(answer({"errcode": 0}))


@pytest.mark.parametrize("kind", ["webhook", "wecom"])
@pytest.mark.parametrize(("where", "left"), [("before_send", 0), ("after_send", 1), ("after_answer", 1)])
def test_killed_on_the_way(tmp_path: Path, clock: FakeClock, far: FarSide, kind: str, where: str, left: int) -> None:
    """Whether or not the bytes left: the next centre cannot know, says so, and sends one number again; people see 重发."""
    desk = by_hook(tmp_path / "home", clock, far, kind=kind)
    desk.close()
    order = desk.order()
    killed(desk, far, where)
    assert (len(far.asked), desk.out(order)["state"]) == (left, "sending")
    after = desk.again()
    assert (after.out(order)["state"], after.centre.row("orders", order)["sent_at"]) == ("unknown", None)
    after.until(lambda: after.out(order)["state"] == "sent", step_s=10)
    assert len(far.asked) == left + 1
    if kind == "webhook":
        assert {asked.headers["idempotency-key"] for asked in far.asked} == {order}
        assert len({asked.json["text"] for asked in far.asked}) == 1
    else:
        assert far.asked[-1].json["text"]["content"].startswith("「重发 #1，同一单」")
    after.close()
    assert verify(after.centre.desk.conn) is None
    after.centre.desk.conn.close()


def test_killed_five_times_in_a_row(tmp_path: Path, clock: FakeClock, far: FarSide) -> None:
    """Five orders, a kill after the bytes of each: every one arrives, under as many numbers as there are orders."""
    desk = by_hook(tmp_path / "home", clock, far, "max_tries = 50")
    desk.close()
    desk.centre.desk.epoch = None  # from here on a seat's hands
    orders = []
    for number in range(1, 6):
        orders.append(desk.order(number))
        killed(desk, far, "after_send")
    after = desk.again()
    after.until(lambda: all(after.out(order)["state"] == "sent" for order in orders), step_s=5)
    assert {asked.headers["idempotency-key"] for asked in far.asked} == set(orders)
    after.close()
    after.centre.desk.conn.close()

"""A clock that is set makes nobody late and lets nothing be forgotten; each jump is in the journal."""

from pathlib import Path

import pytest

from data.centre import clock_steps
from data.centre.clock_steps import FORGET_S, LADDER_S, STEP_MS, ClockSteps
from tests.helpers.clock import FakeClock
from tests.helpers.office import open_centre


class Machine:
    """A wall clock and a steady one."""

    def __init__(self) -> None:
        self.steady, self.wall = 1000.0, 1_700_000_000_000

    def monotonic(self) -> float:
        return self.steady

    def pass_s(self, seconds: float, step_ms: int = 0) -> None:
        self.steady += seconds
        self.wall += round(seconds * 1000) + step_ms


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(clock_steps, "time", made)
    monkeypatch.setattr(clock_steps, "real_ms", lambda: made.wall)
    return made


@pytest.mark.parametrize("step_ms", [3_600_000, -3_600_000, 365 * 86_400_000, -1_700_000_000_000 + 1])
def test_after_a_jump_the_ladder_waits_and_forgetting_longer(machine: Machine, step_ms: int) -> None:
    steps = ClockSteps()
    machine.pass_s(FORGET_S)
    steps.look()
    assert (steps.is_fresh, steps.may_forget()) == (False, True)
    machine.pass_s(0.1, step_ms)
    steps.look()
    assert (steps.is_fresh, steps.may_forget()) == (True, False)
    machine.pass_s(LADDER_S)
    steps.look()
    assert (steps.is_fresh, steps.may_forget()) == (False, False)
    machine.pass_s(FORGET_S)
    assert steps.may_forget()


def test_a_start_forgets_nothing_and_a_small_correction_is_none(machine: Machine) -> None:
    """Whoever starts with a wrong clock sees no jump."""
    steps = ClockSteps()
    assert (steps.is_fresh, steps.may_forget()) == (False, False)
    machine.pass_s(5, STEP_MS - 1)
    steps.look()
    assert not steps.is_fresh


def test_each_jump_is_journaled_once(machine: Machine, tmp_path: Path, clock: FakeClock) -> None:
    desk = open_centre(tmp_path / "dahegou", "community", clock)
    steps = ClockSteps()
    for step_ms in (3_600_000, -3_600_000):
        machine.pass_s(1, step_ms)
        steps.look()
    for _ in range(2):
        with desk.desk.transaction() as tx:
            steps.write(tx)
    found = [row["after"] for row in desk.all("journal") if row["act"] == "clock_set"]
    assert ["+3600 s" in found[0], "-3600 s" in found[1], len(found)] == [True, True, 2]

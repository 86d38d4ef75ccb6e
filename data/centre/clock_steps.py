"""Jumps of the wall clock: nobody is late because a clock was set, and nothing is forgotten because it says next year.

A clock that is set is set right or wrong, and mostly right again soon (NTP looks every minute to half an hour). For a while after a
jump the ladder climbs nothing, so that no case runs out of all its time at once and goes up to other desks; what is really late is late
five minutes later. Readings too old to keep are unlinked only after the clock has been steady for hours. Each jump is journaled.
"""

import time

from data.centre.intake import SEAT, SYSTEM
from data.clock import real_ms
from data.store.desk import Transaction

STEP_MS = 60_000
"""A jump from which on it matters to deadlines; the health place shows smaller ones. Judgement."""
LADDER_S = 300.0
"""How long after a jump the ladder waits; judgement: a few looks of NTP."""
FORGET_S = 6 * 3600.0
"""How long the clock must have been steady before anything is unlinked by its word; also after a start. Judgement."""


class ClockSteps:
    """Compares the wall clock with the steady one. Belongs to the writer's thread."""

    def __init__(self) -> None:
        self._steady, self._wall = time.monotonic(), real_ms()
        self._stepped_at: float | None = None
        self._steady_since = self._steady
        self._unwritten: list[int] = []

    def look(self) -> None:
        """Call every turn; two clocks are read and nothing else."""
        steady, wall = time.monotonic(), real_ms()
        step = wall - self._wall - round((steady - self._steady) * 1000)
        self._steady, self._wall = steady, wall
        if abs(step) >= STEP_MS:
            self._stepped_at = self._steady_since = steady
            self._unwritten.append(step)

    @property
    def is_fresh(self) -> bool:
        """Whether the clock was set so lately that nothing should be late by it."""
        return self._stepped_at is not None and time.monotonic() - self._stepped_at < LADDER_S

    def may_forget(self) -> bool:
        """Whether what is too old by this clock may be unlinked."""
        return time.monotonic() - self._steady_since >= FORGET_S

    def write(self, tx: Transaction) -> None:
        """Journal the jumps found since the last call."""
        for step in self._unwritten:
            with tx.entry("clock_set", subject="clock", operator=SYSTEM, seat=SEAT) as entry:
                entry.remark(text=f"{round(step / 1000):+} s")
        self._unwritten.clear()

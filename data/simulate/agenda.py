"""What happens when: jobs in the order of their time, and messages as they come in. One thread runs all of it."""

import heapq
import queue
from collections.abc import Callable

from data.clock import Clock

Job = Callable[[], None]
TICK_S = 0.25
"""Longest real wait in one go, so that `until` is asked often enough."""


class Agenda:
    """Jobs by the desk's clock; `pace` makes people and devices that many times faster than it."""

    def __init__(self, clock: Clock, pace: float = 1.0) -> None:
        self.clock, self._pace = clock, pace
        self._jobs: list[tuple[int, int, Job]] = []
        self._count = 0
        self.inbox: queue.Queue[Job] = queue.Queue(10_000)
        """What the network threads hand over; a full one makes them wait, and the broker keep the rest."""

    def after(self, seconds: float, job: Job) -> None:
        """Do `job` after so many seconds of a person's or device's time. From the agenda's thread only."""
        self._count += 1
        heapq.heappush(self._jobs, (self.clock.now() + round(seconds * 1000 / self._pace), self._count, job))

    def run(self, until: Callable[[], bool]) -> None:
        """Work until `until()` is true; it is asked at least every `TICK_S` real seconds."""
        while not until():
            wait = min(TICK_S, self.clock.wait_s(self._jobs[0][0])) if self._jobs else TICK_S
            self._take(wait)
            self._due()

    def _take(self, wait_s: float) -> None:
        try:
            self.inbox.get(timeout=max(wait_s, 0.001))()
        except queue.Empty:
            return

    def _due(self) -> None:
        now = self.clock.now()
        while self._jobs and self._jobs[0][0] <= now:
            heapq.heappop(self._jobs)[2]()

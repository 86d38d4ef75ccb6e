"""When more comes than can be kept in time, readings that say nothing new are thinned, and counted; nothing else ever is.

Thinned is a reading that takes the short way (`data.rules.quiet`: within all limits, nothing open, nothing on its way) of a sensor that sends
more often than twice in its kind's interval. So a sensor that keeps to its interval loses nothing, and no limit, call, report or receipt is touched.
What is spared is the reading's way to the disk.
"""

import time
from collections.abc import Mapping, Sequence

from data.domain.reading import Reading
from data.kinds import Kind

BEHIND_MS = 2_000
"""The freshest of a batch's readings is this old, by the devices' clocks: the broker is behind. The lag that is allowed (`speed.md`)."""
LONG_S = 2.0
"""The line to the writer was not empty for this long: the writer is behind; judgement."""
SAMPLE, LEAST = 200, 50
"""Readings of a batch that are looked at, and fewest with a time of their own that say something."""


class Thinning:
    """For the centre's thread. `shares` is for `ingest`: kind → least milliseconds between two readings; empty while all is in time."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._least = {name: round(kind.timing.interval_s * 500) for name, kind in kinds.items() if not kind.is_event}
        self._empty_at = time.monotonic()
        self.shares: Mapping[str, int] = {}
        self.count = 0
        """Readings since the start."""
        self.last_at: int | None = None
        """UTC ms of the newest."""

    def look(self, readings: Sequence[Reading], waiting: int) -> None:
        """Before a batch: is it in time? `waiting` messages were left in the line."""
        now = time.monotonic()
        if not waiting:
            self._empty_at = now
        self.shares = self._least if now - self._empty_at > LONG_S or _is_old(readings) else {}

    def add(self, count: int, now: int) -> None:
        """So many were thinned, once that is committed."""
        if count:
            self.count += count
            self.last_at = now


def _is_old(readings: Sequence[Reading]) -> bool:
    step = max(1, len(readings) // SAMPLE)
    ages = [one.received_at - one.observed_at for one in readings[::step] if one.observed_at is not None and not one.retained]
    # A backlog of one gateway, or clocks that are slow, are no sign: the freshest must be old.
    return len(ages) >= LEAST and min(ages) > BEHIND_MS

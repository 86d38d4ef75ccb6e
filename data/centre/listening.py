"""When this centre listened, and when it did not: a silence counts only while somebody listened.

Not listened is from the last heartbeat of one centre until the next one is connected and what queued meanwhile is in; a centre that was frozen, or
whose machine slept, likewise. After it every sensor has its whole interval once more. Restarts in a row cannot put a silence off for ever: once
twice its interval was listened to in vain, a sensor is lost, however often its centre began anew meanwhile.
"""

import time
from collections.abc import Sequence

from data.store.desk import Transaction
from data.store.sqlite import sqlite3

SETTLE_S = 10.0
"""A line that is up for so long has brought what was on its way; no longer than nobody listened. Judgement, `run.HEARD_BEATS`."""
MOST_S = 600.0
"""After so long a backlog is taken to be in, whatever is said of it; judgement."""
FROZEN_MS = 30_000
"""Heartbeats so far apart were none, in real time; judgement."""
MOST_GAPS = 64
"""So many times are kept apart; the oldest are then joined, with their length kept."""


class Listening:
    """For the centre's thread. Times are UTC ms of the desk's clock; `rate` is how fast that runs."""

    def __init__(self, rate: float = 1.0) -> None:
        self.gaps: list[tuple[int, int]] = []
        """(began, ended) in which nobody listened, oldest first."""
        self._rate = rate
        self._listened_at: int | None = None
        self._settling_from: float | None = None
        self._gap_s = 0.0
        self._up_from: float | None = None

    @property
    def is_settling(self) -> bool:
        """Whether what queued while nobody listened may still be on its way."""
        return self._settling_from is not None

    def learn(self, conn: sqlite3.Connection, now: int) -> None:
        """At a start: take up what an earlier centre knew."""
        self.gaps = [(row["began"], row["ended"]) for row in conn.execute("SELECT began, ended FROM deaf ORDER BY began")]
        self._listened_at = conn.execute("SELECT listened_at FROM lease").fetchone()[0]
        if self._listened_at is not None:
            self._begin(self._listened_at, now)

    def _begin(self, began: int, now: int) -> None:
        self._settling_from, self._up_from = time.monotonic(), None
        self._gap_s = max(0, now - began) / 1000 / self._rate
        self.gaps.append((began, max(began, now)))

    def beat(self, now: int, *, is_up: bool, is_behind: bool) -> None:
        """At each heartbeat: whether the lines are up, and whether more waits than was taken in time."""
        if self._listened_at is not None and not self.is_settling and now - self._listened_at > FROZEN_MS * self._rate:
            self._begin(self._listened_at, now)
        self._listened_at = max(now, self._listened_at or now)
        was_up, self._up_from = self._up_from is not None, (self._up_from or time.monotonic()) if is_up else None
        if self._settling_from is None:
            return
        if not (was_up and is_up and self._gap_s < SETTLE_S):
            # What queued in a moment is in at once: there it ends with the connection, else restarts in a row would leave no time to listen.
            began, known = self.gaps[-1]
            self.gaps[-1] = (began, max(known, now))
        if self._is_in(is_behind=is_behind):
            self._settling_from = None

    def _is_in(self, *, is_behind: bool) -> bool:
        now = time.monotonic()
        assert self._settling_from is not None
        if now - self._settling_from >= min(MOST_S, max(SETTLE_S, self._gap_s)):
            return True
        return self._up_from is not None and now - self._up_from >= min(SETTLE_S, self._gap_s) and not is_behind

    def write(self, tx: Transaction) -> None:
        """Keep it, with each heartbeat."""
        join_oldest(self.gaps)
        tx.conn.execute("UPDATE lease SET listened_at=?", (self._listened_at,))
        kept = [tuple(row) for row in tx.conn.execute("SELECT began, ended FROM deaf ORDER BY began")]
        if kept != self.gaps:
            tx.conn.execute("DELETE FROM deaf")
            tx.conn.executemany("INSERT INTO deaf (began, ended) VALUES (?,?)", self.gaps)

    def counts_from(self, at: int, stale_ms: int) -> int:
        """From when a silence counts that began at `at`, of a sensor that is lost after `stale_ms`."""
        return counts_from(self.gaps, at, stale_ms)


def counts_from(gaps: Sequence[tuple[int, int]], at: int, stale_ms: int) -> int:
    """From when a silence counts that began at `at`, where nobody could hear in the `gaps` (began, ended), oldest first.

    The sensor has its whole `stale_ms` once more after the last of them, but what it was listened to in vain is never forgiven more than once.
    """
    if not gaps or at >= gaps[-1][1]:
        return at
    unheard = sum(ended - max(at, began) for began, ended in gaps if ended > at)
    return min(gaps[-1][1], at + unheard + stale_ms)


def join_oldest(gaps: list[tuple[int, int]]) -> None:
    """Keep `MOST_GAPS` of them: the oldest two become one, with their length kept."""
    while len(gaps) > MOST_GAPS:
        (began, ended), (later, until) = gaps[:2]
        gaps[:2] = [(later - (ended - began), until)]

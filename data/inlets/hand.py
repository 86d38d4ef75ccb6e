"""The hand-over between an inlet's thread and the centre's writer: bounded, and answered only after the commit.

When it is full the giver waits; nothing is dropped, because a file stays where it is and a server keeps its reports.
"""

import queue
import threading
from dataclasses import dataclass, field

from data.domain.messages import ReportMessage
from data.domain.reason import Reason
from data.inlets.cap import Alert

WAITING = 8
"""Batches that may wait for the writer."""
BATCH = 200
"""Most reports of one batch: one commit of some 50 ms."""


@dataclass(slots=True, kw_only=True)
class Batch:
    """What an inlet found at once, or that it cannot reach its source."""

    inlet: str
    reports: tuple[ReportMessage, ...] = ()
    alerts: tuple[Alert, ...] = ()
    """Warnings from above."""
    bad: int = 0
    """Lines or requests of it that could not be read."""
    cursor: str | None = None
    """Where to go on after a restart; kept with the reports."""
    fault: str = ""
    """Why the source could not be reached; "" where it was."""
    told: tuple["Told", ...] = ()
    refused: list[tuple[int, Reason]] = field(default_factory=list)
    """Reports that the desk did not take, by their index; filled in by the writer."""
    committed: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one write-back."""

    report: str
    digest: str
    is_final: bool
    fault: str = ""
    retry: bool = True


class Hand:
    """One queue for all inlets of a centre."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._queue: queue.Queue[Batch] = queue.Queue(maxsize=WAITING)

    def give(self, batch: Batch) -> bool:
        """Hand over and wait until it is committed; False when the centre stops first. Called on the inlet's thread."""
        while not self.stopping.is_set():
            try:
                self._queue.put(batch, timeout=0.2)
                break
            except queue.Full:
                continue
        while not self.stopping.is_set():
            if batch.committed.wait(0.2):
                return True
        return batch.committed.is_set()

    def take(self) -> Batch | None:
        """The next batch, or None; never waits. Called by the writer."""
        try:
            return self._queue.get_nowait()
        except queue.Empty:
            return None

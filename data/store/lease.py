"""The lease: at most one centre writes a desk. A lock on HOME/centre.lock, plus an epoch checked in each transaction.

The lock ends with the process, however it ends; the epoch stops one that slept through a take-over.
"""

import contextlib
import os
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from data.domain.errors import CentreRunning, StoreError
from data.domain.reason import because
from data.store.sqlite import sqlite3

HEARTBEAT_MS = 2_000
"""How often the centre renews its row, in desk time at rate 1."""
HEARTBEAT_LATE_MS = 5_000
"""A centre whose row is older, by the wall clock, does not answer; `faults.md` §5 Watchdog."""


class Lock:
    """`HOME/centre.lock`, held from construction until `close`. Raises `CentreRunning` naming the holder, `StoreError` when it cannot be written."""

    def __init__(self, home: Path) -> None:
        import fcntl

        path = home / "centre.lock"
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        except OSError as error:
            raise StoreError(because("store_read_only", file=str(path), error=error.strerror or "")) from error
        # Somebody who only looks (`holder`) may have it for a moment.
        for attempt in range(20):
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if attempt == 19:
                    pid = _pid(self._fd)
                    os.close(self._fd)
                    raise CentreRunning(because("centre_running", pid=pid or "?")) from error
                time.sleep(0.02)
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def close(self) -> None:
        """Give the lock up."""
        with contextlib.suppress(OSError):
            os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def holder(home: Path) -> int | None:
    """Process id of the centre that holds this home's lock, or None."""
    import fcntl

    try:
        fd = os.open(home / "centre.lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pid(fd)
    finally:
        os.close(fd)
    return None


def _pid(fd: int) -> int | None:
    text = os.pread(fd, 32, 0).decode(errors="replace").strip()
    return int(text) if text.isdigit() else None


def take(conn: sqlite3.Connection, now: int) -> int:
    """Write the new holder's row and return its epoch, one above any before. Call with the lock held."""
    conn.execute("BEGIN IMMEDIATE")
    epoch: int = conn.execute("SELECT epoch FROM lease").fetchone()[0] + 1
    conn.execute(
        "UPDATE lease SET epoch=?, pid=?, host=?, started_at=?, renewed_at=?, broker='', broker_down_since=NULL",
        (epoch, os.getpid(), socket.gethostname(), now, now),
    )
    conn.execute("COMMIT")
    return epoch

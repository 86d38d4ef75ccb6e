"""Single readings of a closed day's sensors go before the day's file does; what is known of each of their hours stays.

The file is written anew without them and takes the old one's place, so that its bytes come free; a reader goes on with the file that it has
open. Runs on a thread of its own, in slices with a rest after each: the writer waits for none of them. A crash leaves the old file.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path

from data.store.history.days import _NAMES, _PACKED, packed_path
from data.store.sqlite import sqlite3

SLICE = 2_000
"""Sensors in one slice: 10 to 50 ms of work for a day of a reading a minute."""
REST = 1.0
"""Rest after a slice, in its own lengths: half of a disk's time is left to who writes; judgement."""
_COPY = f"""
INSERT INTO hours ({_NAMES})
SELECT hour, no, count, good, min, max, sum, last, last_at, CASE WHEN no IN (SELECT no FROM temp.gone) THEN x'' ELSE body END
FROM old.hours WHERE no >= ? AND no < ? ORDER BY no, hour
"""


def thin(folder: Path, day: int, numbers: Iterable[int]) -> int:
    """Let the readings of these sensors go; returns how many went. Once more changes nothing."""
    path = packed_path(folder, day)
    made = path.with_suffix(".new")
    made.unlink(missing_ok=True)
    conn = sqlite3.connect(made, isolation_level=None)
    try:
        conn.execute("PRAGMA journal_mode=OFF")
        conn.execute(_PACKED)
        conn.execute("ATTACH ? AS old", (str(path),))
        conn.execute("CREATE TEMP TABLE gone (no INTEGER PRIMARY KEY)")
        conn.executemany("INSERT OR IGNORE INTO temp.gone VALUES (?)", ((number,) for number in numbers))
        gone: int = conn.execute(_COUNT).fetchone()[0]
        if gone:
            _copy(conn)
    finally:
        conn.close()
    if gone:
        _sync(made)
        made.rename(path)
    made.unlink(missing_ok=True)
    return gone


_COUNT = "SELECT coalesce(sum(count), 0) FROM temp.gone CROSS JOIN old.hours USING (no) WHERE body != x''"


def _copy(conn: sqlite3.Connection) -> None:
    last = conn.execute("SELECT max(no) FROM old.hours").fetchone()[0]
    for first in range(0, last + 1, SLICE):
        begun = time.monotonic()
        conn.execute("BEGIN")
        conn.execute(_COPY, (first, first + SLICE))
        conn.execute("COMMIT")
        time.sleep((time.monotonic() - begun) * REST)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The one place that chooses SQLite and opens its files.

`pysqlite3` (a wheel with a mended SQLite) where it is installed, as sqlite-utils itself prefers; else the standard module.
Two SQLite copies in one process would cancel each other's file locks, so nothing else may import either.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        import pysqlite3 as sqlite3
    except ImportError:
        import sqlite3

__all__ = ["connect", "is_safe", "sqlite3", "warn_if_unsafe"]

_LOG = logging.getLogger(__name__)


def is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the cure of the WAL-reset race (3.51.3, and back-ports 3.50.7 and 3.44.6)."""
    return version >= (3, 51, 3) or (version[:2] == (3, 50) and version[2] >= 7) or (version[:2] == (3, 44) and version[2] >= 6)


def warn_if_unsafe() -> bool:
    """Log a warning when the SQLite found can lose a commit in rare races; True when it can."""
    unsafe = not is_safe(sqlite3.sqlite_version_info)
    if unsafe:
        _LOG.warning("SQLite %s has the WAL-reset race; 3.51.3 or newer is wanted (pip install pysqlite3)", sqlite3.sqlite_version)
    return unsafe


def connect(path: Path, *, read_only: bool = False, checkpoints: bool = False) -> sqlite3.Connection:
    """Open a file in WAL mode with full durability; rows are `sqlite3.Row`; transactions are begun by hand.

    One connection belongs to one thread. `checkpoints` is for the centre only: seats never move the WAL into the file, nor make a file a
    WAL one: who asks for that while the file is being made is not waited for, but told that it is locked.
    Raises `sqlite3.OperationalError` when the file cannot be opened; with `read_only` it must exist.
    """
    mode = "ro" if read_only else "rwc"
    conn = sqlite3.connect(f"file:{path}?mode={mode}", uri=True, isolation_level=None, timeout=5.0)
    conn.row_factory = sqlite3.Row
    conn.execute("PRAGMA busy_timeout=5000")
    conn.execute("PRAGMA foreign_keys=ON")
    conn.execute("PRAGMA trusted_schema=OFF")
    conn.execute("PRAGMA cell_size_check=ON")
    if not read_only:
        if checkpoints:
            conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("PRAGMA synchronous=FULL")
        conn.execute(f"PRAGMA wal_autocheckpoint={1000 if checkpoints else 0}")
        conn.execute("PRAGMA journal_size_limit=67108864")
    return conn

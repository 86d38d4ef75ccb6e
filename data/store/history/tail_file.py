"""tail.db on the side of its one writer: its tables, figures and transactions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.store.sqlite import sqlite3

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations


@dataclass(frozen=True, slots=True)
class TailFile:
    """The file as its one writer changes it."""

    conn: sqlite3.Connection

    def transaction(self) -> "_Immediate":
        """All or nothing; the lock is taken at once."""
        return _Immediate(self.conn)

    def figure(self, name: str) -> int:
        """One of `figures`; 0 before it is set."""
        row = self.conn.execute("SELECT value FROM figures WHERE name=?", (name,)).fetchone()
        return row[0] if row else 0

    def set(self, name: str, value: int) -> None:
        """Within a transaction."""
        self.conn.execute("INSERT OR REPLACE INTO figures (name, value) VALUES (?,?)", (name, value))

    def add(self, name: str, more: int) -> int:
        """The figure as it is then, within a transaction."""
        value = self.figure(name) + more
        self.set(name, value)
        return value


@dataclass(slots=True)
class _Immediate:
    conn: sqlite3.Connection

    def __enter__(self) -> None:
        self.conn.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.conn.execute("COMMIT")
        elif self.conn.in_transaction:
            self.conn.execute("ROLLBACK")


def migrations() -> "Migrations":
    """Steps of its tables, newest last."""
    from sqlite_utils.migrations import Migrations

    steps = Migrations("history")

    @steps()
    def first(db: "Database") -> None:
        for statement in _TABLES:
            db.conn.execute(statement)

    @steps()
    def second(db: "Database") -> None:
        # Kinds of which the single readings of a day are gone; a day since 1970, UTC.
        db.conn.execute("CREATE TABLE thinned (day INTEGER NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (day, kind)) WITHOUT ROWID")

    @steps()
    def explained(db: "Database") -> None:
        for statement in _EXPLAINED:
            db.conn.execute(statement)

    return steps


_TABLES = (
    "CREATE TABLE names (no INTEGER PRIMARY KEY, sensor TEXT NOT NULL UNIQUE)",
    "CREATE TABLE batches (seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE TABLE segment_ids (id INTEGER PRIMARY KEY)",
    """
    CREATE TABLE segments (
      id INTEGER NOT NULL, block INTEGER NOT NULL, count INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (id, block)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE latest (no INTEGER PRIMARY KEY, at INTEGER NOT NULL, received_at INTEGER NOT NULL, value REAL NOT NULL, flag INTEGER NOT NULL)",
    "CREATE TABLE lost (sensor TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX lost_longest ON lost (at)",
    # seq, segment: the newest of each; total: readings ever; received: the newest arrival; latest: the segment up to which `latest` goes
    "CREATE TABLE figures (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
)
_EXPLAINED = (
    "ALTER TABLE lost ADD COLUMN by TEXT NOT NULL DEFAULT ''",  # what is down that explains the silence
    "DROP INDEX lost_longest",
    "CREATE INDEX lost_longest ON lost (at, sensor) WHERE by=''",
    "CREATE INDEX lost_covered ON lost (by) WHERE by!=''",
    "CREATE TABLE excused (sensor TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
)

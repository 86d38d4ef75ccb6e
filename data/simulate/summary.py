"""What came of a demo, read from a centre's files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.store.history import open_reader
from data.store.sqlite import connect, sqlite3


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts of one centre."""

    name: str
    reports: int
    cases: int
    orders: int
    receipts: int
    """Taken from units, of all kinds."""
    readings: int
    alarms: int
    by_state: tuple[tuple[str, int], ...]


def summary(home: Path, name: str) -> Summary:
    """Count what a home holds now; a file that is not there counts as empty."""
    return Summary(
        name=name,
        **{table: _count(home / "desk.db", table) for table in ("reports", "cases", "orders", "receipts", "alarms")},
        readings=_readings(home),
        by_state=tuple((str(state), int(count)) for state, count in _rows(home / "desk.db", _BY_STATE)),
    )


_BY_STATE = "SELECT state, count(*) FROM cases GROUP BY state ORDER BY state"


def _readings(home: Path) -> int:
    history = open_reader(home)
    try:
        return history.total()
    finally:
        history.close()


def _count(path: Path, table: str) -> int:
    return int(next(iter(_rows(path, f"SELECT count(*) FROM {table}")), (0,))[0])


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    if not path.exists():
        return []
    conn = connect(path, read_only=True)
    try:
        return [tuple(row) for row in conn.execute(query)]
    except sqlite3.OperationalError:  # a centre that was stopped before it made its tables
        return []
    finally:
        conn.close()

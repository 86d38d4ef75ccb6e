"""The journal: append-only rows chained by hash, from which the tables can be rebuilt.

`hash = sha256(prev, seq, at, operator, seat, act, subject, before, after)`; a row that was changed, removed or put
in later breaks the chain at its place.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from data.store.sqlite import sqlite3

JOURNALED = (
    "cases", "reports", "alarms", "orders", "receipts", "rungs", "handovers", "handover_items", "callbacks", "stories", "warnings", "exercises",
)  # fmt: skip
"""Tables that change only through an entry of the journal; replaying it gives them back."""
GENESIS = "0" * 64
"""What the first row is chained to."""


def digest(  # noqa: PLR0917 — the columns of a row, in their order
    seq: int, at: int, operator: str, seat: str, act: str, subject: str, before: str, after: str, prev: str
) -> str:
    """The hash of a row. Fields are framed by JSON, so that no two rows read alike."""
    framed = json.dumps([seq, at, operator, seat, act, subject, before, after, prev], ensure_ascii=False)
    return hashlib.sha256(framed.encode()).hexdigest()


class Broken(Struct, frozen=True, kw_only=True):
    """The first place where the journal does not hold."""

    seq: int
    what: str
    """`gap`, `prev`, `hash`, or `table` when the tables differ from what the journal says."""
    detail: str = ""


def verify(conn: sqlite3.Connection) -> Broken | None:
    """Check the chain and that replaying it gives the very tables of the desk. Reads in one snapshot."""
    conn.execute("BEGIN")
    try:
        return _verify_chain(conn) or _verify_tables(conn)
    finally:
        conn.execute("ROLLBACK")


def _verify_chain(conn: sqlite3.Connection) -> Broken | None:
    expected, prev = 1, GENESIS
    for row in conn.execute("SELECT * FROM journal ORDER BY seq"):
        if row["seq"] != expected:
            return Broken(seq=expected, what="gap")
        if row["prev"] != prev:
            return Broken(seq=expected, what="prev")
        if row["hash"] != digest(*tuple(row)[:9]):
            return Broken(seq=expected, what="hash")
        expected, prev = expected + 1, row["hash"]
    return None


def replay(conn: sqlite3.Connection) -> dict[str, dict[str, dict[str, Any]]]:
    """Rebuild the journaled tables from the journal: table → id → columns that are not NULL."""
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for (after,) in conn.execute("SELECT after FROM journal ORDER BY seq"):
        for table, rows in json.loads(after).items():
            for key, values in rows.items() if table else ():
                tables.setdefault(table, {}).setdefault(key, {}).update(values)
    return tables


def _verify_tables(conn: sqlite3.Connection) -> Broken | None:
    rebuilt = replay(conn)
    last = conn.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
    for table in JOURNALED:
        rows = rebuilt.get(table, {})
        for problem in _differences(conn, table, rows):
            return Broken(seq=last, what="table", detail=problem)
    return None


def _differences(conn: sqlite3.Connection, table: str, rebuilt: dict[str, dict[str, Any]]) -> Iterator[str]:
    columns = {row["name"]: row["dflt_value"] for row in conn.execute(f"PRAGMA table_xinfo({table})") if row["hidden"] == 0}
    seen = set()
    for row in conn.execute(f"SELECT {','.join(columns)} FROM {table}"):
        seen.add(row["id"])
        wanted = rebuilt.get(row["id"], {})
        for column, default in columns.items():
            value = wanted.get(column, None if default is None else json.loads(default.strip("'")))
            if row[column] != value:
                yield f"{table} {row['id']} {column}"
    yield from (f"{table} {key}" for key in rebuilt if key not in seen)

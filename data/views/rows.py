"""Other cuts through the queue: by ids, what went wrong, and incidents (cases of one kind at one place in one row). Each is one query."""

import json
from collections.abc import Sequence

from data.domain.tables import Tables
from data.store.schema import LIVE
from data.store.sqlite import sqlite3
from data.views.models import CaseRow
from data.views.queue import ORDER, case_row

MOST = 200
"""Rows of a cut; what is beyond is counted by the queue itself."""
INCIDENT = 3
"""Cases from which one kind at one place is shown as one row. Judgement."""
RECENT_MS = 5 * 60_000


def by_ids(conn: sqlite3.Connection, tables: Tables, ids: Sequence[str]) -> tuple[CaseRow, ...]:
    """These cases, finished ones too, in the order of `ids`."""
    rows = conn.execute(
        "SELECT cases.* FROM json_each(?) wanted CROSS JOIN cases ON cases.id = wanted.value ORDER BY wanted.key LIMIT ?",
        (json.dumps(list(ids)), MOST),
    )
    return tuple(case_row(row, tables) for row in rows)


def faults(conn: sqlite3.Connection, tables: Tables, now: int) -> tuple[CaseRow, ...]:
    """Cases that are late or whose order could not be delivered."""
    rows = conn.execute(f"SELECT * FROM cases WHERE {LIVE} AND (failed OR due < ?) ORDER BY {ORDER} LIMIT ?", (now, MOST))
    return tuple(case_row(row, tables) for row in rows)


def incidents(conn: sqlite3.Connection, tables: Tables, now: int, keep: str) -> tuple[CaseRow, ...]:
    """The queue with cases of one level, class and unit in one row where there are three or more; level 1 is never folded.

    `keep` (a case id) stands for its own incident, so that a cursor on it stays where it is.
    """
    rows = conn.execute(_INCIDENTS, {"recent": now - RECENT_MS, "keep": keep, "least": INCIDENT, "most": MOST})
    return tuple(case_row(row, tables, count=row["n"] if row["n"] >= INCIDENT and row["level"] > 1 else 1, recent=row["recent"]) for row in rows)


def members(conn: sqlite3.Connection, tables: Tables, case_id: str) -> tuple[CaseRow, ...]:
    """The cases that a row of `incidents` stands for."""
    rows = conn.execute(
        f"SELECT c.* FROM cases me JOIN cases c ON c.level = me.level AND c.class IS me.class AND c.unit IS me.unit"
        f" WHERE me.id = ? AND c.{LIVE} ORDER BY {_of('c')} LIMIT ?", (case_id, MOST),
    )  # fmt: skip
    return tuple(case_row(row, tables) for row in rows)


def _of(table: str) -> str:
    return ", ".join(f"{table}.{part}" for part in ORDER.split(", "))


_INCIDENTS = f"""
SELECT * FROM (
  SELECT *, count(*) OVER w AS n, sum(opened_at > :recent) OVER w AS recent,
    row_number() OVER (PARTITION BY level, class, unit ORDER BY id != :keep, {ORDER}) AS place
  FROM cases WHERE {LIVE} WINDOW w AS (PARTITION BY level, class, unit)
) WHERE level = 1 OR n < :least OR place = 1 ORDER BY {ORDER} LIMIT :most
"""

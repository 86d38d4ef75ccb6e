"""Other cuts through the queue: by ids, what went wrong, and incidents (cases of one kind at one place in one row). Each is one query."""

import json
from collections.abc import Mapping, Sequence

import msgspec

from data.domain.tables import Tables
from data.domain.vocabulary import Level
from data.store.schema import LIVE
from data.store.sqlite import sqlite3
from data.views.models.cases import CaseRow
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
    """The queue with cases of one class at one place (community, else unit) in one row where there are three or more, as urgent as its worst.

    Level 1 is never folded.
    `keep` (a case id) stands for its own incident, so that a cursor on it stays where it is.
    """
    values = {"areas": _areas(tables), "recent": now - RECENT_MS, "keep": keep, "least": INCIDENT, "most": MOST}
    rows = conn.execute(_INCIDENTS, values)
    return tuple(_folded(row, tables) if row["n"] >= INCIDENT and row["level"] > 1 else case_row(row, tables) for row in rows)


def _folded(row: sqlite3.Row, tables: Tables) -> CaseRow:
    return msgspec.structs.replace(case_row(row, tables, count=row["n"], recent=row["recent"]), level=Level(row["worst"]))


def members(conn: sqlite3.Connection, tables: Tables, case_id: str) -> tuple[CaseRow, ...]:
    """The cases that a row of `incidents` stands for."""
    rows = conn.execute(_MEMBERS, {"areas": _areas(tables), "id": case_id, "most": MOST})
    return tuple(case_row(row, tables) for row in rows)


def area_of(tables: Tables, grid: str | None) -> str | None:
    """The community of a grid, which is the place of an incident; None where the tables have none."""
    known = tables.grids.get(grid or "")
    return known.centre or None if known else None


def _areas(tables: Tables) -> str:
    areas: Mapping[str, str | None] = {grid: area_of(tables, grid) for grid in tables.grids}
    return json.dumps(areas, ensure_ascii=False)


_PLACED = f"""
placed AS (
  SELECT cases.*, coalesce(areas.value, 'unit/' || unit) AS area FROM cases LEFT JOIN areas ON areas.key = cases.grid WHERE {LIVE}
)"""
_INCIDENTS = f"""
WITH areas AS MATERIALIZED (SELECT key, value FROM json_each(:areas)), {_PLACED}
SELECT * FROM (
  SELECT *, count(*) OVER w AS n, CASE WHEN count(*) OVER w >= :least THEN min(level) OVER w ELSE level END AS worst,
    sum(opened_at > :recent) OVER w AS recent,
    row_number() OVER (PARTITION BY level = 1, class, area ORDER BY id != :keep, {ORDER}) AS place
  FROM placed WINDOW w AS (PARTITION BY level = 1, class, area)
) WHERE level = 1 OR n < :least OR place = 1 ORDER BY worst, {ORDER} LIMIT :most
"""
_MEMBERS = f"""
WITH areas AS MATERIALIZED (SELECT key, value FROM json_each(:areas)), {_PLACED}
SELECT placed.* FROM placed, (SELECT class, area, level = 1 AS worst FROM placed WHERE id = :id) me
WHERE placed.class IS me.class AND placed.area IS me.area AND (placed.level = 1) = me.worst ORDER BY {ORDER} LIMIT :most
"""

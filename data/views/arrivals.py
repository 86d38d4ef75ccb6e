"""What a seat rings for since it last asked: new cases, rungs of the ladder, shifts that ended unsigned, shelves that ended, what came again.

The cursor is the newest row of the journal: whatever comes in writes one. Between two questions it costs those rows and no more.
A storm of alarms is few incidents (one class at one community) and rings once for each, not once an alarm.
"""

import json
from collections.abc import Iterator
from typing import Any

from data.acts import SYSTEM
from data.domain.tables import Tables
from data.domain.vocabulary import Level, Role
from data.store.sqlite import sqlite3
from data.views.models.seat import Arrivals
from data.views.rows import area_of

MOST = 2_000
"""Most rows of the journal looked through at once; of a longer gap (a seat that slept, a storm) the newest, and whether level 1 was in the rest."""
MOST_SKIPPED = 50_000
INCIDENT_MS = 10 * 60_000
"""A case so soon after another of its class and place belongs to the same incident."""
_JOINS = frozenset({"link", "story_joins"})


def arrivals(conn: sqlite3.Connection, tables: Tables, operator: str, cursor: int | None) -> Arrivals:
    """New since `cursor`; None only sets it."""
    last = int(conn.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])
    if cursor is None or last <= cursor:
        return Arrivals(cursor=last, cases=0, critical=0, best=None)
    rows = conn.execute("SELECT act, operator, after FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (max(cursor, last - MOST), MOST))
    cases: dict[str, dict[str, Any]] = {}
    calls: list[int] = []
    for row in rows:
        after = json.loads(row["after"])
        cases |= {id: case for id, case in after.get("cases", {}).items() if "number" in case}
        calls += _calls(conn, row, after, tables.roles_of(operator), cases, operator)
    levels = [case["level"] for case in cases.values()]
    skipped = int(last - MOST > cursor and conn.execute(_SKIPPED, (cursor, min(last - MOST, cursor + MOST_SKIPPED))).fetchone() is not None)
    fresh = {id for id, case in cases.items() if case["level"] < Level.NOTE and not _has_rung(conn, tables, id)}
    quiet = [id for id, case in cases.items() if case["level"] == Level.NOTE or (case["level"] > 1 and case["source"] == "alarm" and id not in fresh)]
    best = Level(1 if skipped else min(levels)) if levels or skipped else None
    return Arrivals(
        cursor=last, cases=len(levels) + skipped, critical=levels.count(1) + skipped, best=best, calls=len(calls),
        critical_calls=calls.count(Level.CRITICAL), fresh=len(fresh), again=len(quiet),
    )  # fmt: skip


def _calls(
    conn: sqlite3.Connection, row: sqlite3.Row, after: dict[str, Any], roles: frozenset[Role], new: dict[str, Any], operator: str
) -> Iterator[int]:
    """Levels of what one row rings for, apart from new cases; a case that became level 1 by another's doing is as good as new."""
    act = row["act"]
    for rung in after.get("rungs", {}).values():
        if (not rung["role"] or rung["role"] in roles) and (level := _level(conn, rung["case_id"])) < Level.NOTE:
            yield level
    if row["operator"] != operator:
        yield from (Level.CRITICAL for case in after.get("cases", {}).values() if case.get("level") == Level.CRITICAL and "number" not in case)
    if act == "handover_unsigned" and Role.SUPERVISOR in roles:
        yield Level.MEDIUM
    for alarm in after.get("alarms", {}):
        shelf_over = act == "unshelve" and row["operator"] == SYSTEM
        if (shelf_over or _comes_again(conn, act, alarm, new)) and (level := _level(conn, alarm, "alarms")) < Level.NOTE:
            yield level


def _comes_again(conn: sqlite3.Connection, act: str, alarm: str, new: dict[str, Any]) -> bool:
    """A fresh occurrence where somebody had said 知道了 already: another alarm of that case, or one more call of level 1."""
    if act not in _JOINS and act != "repeat":
        return False
    row = conn.execute(_KNOWN_CASE, (alarm,)).fetchone()
    return row is not None and row["id"] not in new and (act in _JOINS or row["level"] == Level.CRITICAL)


def _has_rung(conn: sqlite3.Connection, tables: Tables, id: str) -> bool:
    """Whether an earlier case of its incident (one class at one place) still waits for somebody's 知道了: that bell was for this one too."""
    case = conn.execute("SELECT * FROM cases WHERE id=?", (id,)).fetchone()
    area = area_of(tables, case["grid"])
    rows = conn.execute(_EARLIER, (case["opened_at"] - INCIDENT_MS, case["opened_at"], case["number"], case["class"]))
    return any(row["unit"] == case["unit"] if area is None else area_of(tables, row["grid"]) == area for row in rows)


def _level(conn: sqlite3.Connection, id: str, table: str = "cases") -> int:
    live = "state != 'void'" if table == "cases" else "cleared_at IS NULL"
    row = conn.execute(f"SELECT level FROM {table} WHERE id=? AND {live}", (id,)).fetchone()
    return int(row[0]) if row else Level.NOTE


_KNOWN_CASE = """
SELECT cases.id, alarms.level FROM alarms JOIN cases ON cases.id = alarms.case_id
WHERE alarms.id = ? AND alarms.chattering IS NULL AND cases.acknowledged_at IS NOT NULL AND cases.closed_at IS NULL
"""
_EARLIER = """
SELECT grid, unit FROM cases WHERE opened_at BETWEEN ? AND ? AND number < ? AND class IS ? AND level BETWEEN 2 AND 3
AND acknowledged_at IS NULL AND closed_at IS NULL ORDER BY opened_at DESC
"""
_SKIPPED = """SELECT 1 FROM journal WHERE seq > ? AND seq <= ? AND after LIKE '%"level":1,%"number":%' LIMIT 1"""

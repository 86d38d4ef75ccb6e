"""What a seat rings for since it last asked: new cases, rungs of the ladder, shifts that ended unsigned, shelves that ended.

The cursor is the newest row of the journal: whatever comes in writes one. Between two questions it costs those rows and no more.
"""

import json

from data.acts import SYSTEM
from data.domain.tables import Tables
from data.domain.vocabulary import Level, Role
from data.store.sqlite import sqlite3
from data.views.models import Arrivals

MOST = 2_000
"""Most rows of the journal looked through at once; of a longer gap (a seat that slept) the newest."""


def arrivals(conn: sqlite3.Connection, tables: Tables, operator: str, cursor: int | None) -> Arrivals:
    """New since `cursor`; None only sets it."""
    last = int(conn.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])
    if cursor is None or last <= cursor:
        return Arrivals(cursor=last, cases=0, critical=0, best=None)
    levels: list[int] = []
    calls: list[int] = []
    roles = tables.roles_of(operator)
    for row in conn.execute("SELECT act, operator, after FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (max(cursor, last - MOST), MOST)):
        after = json.loads(row["after"])
        levels += [case["level"] for case in after.get("cases", {}).values() if "number" in case]
        rungs = [rung for rung in after.get("rungs", {}).values() if not rung["role"] or rung["role"] in roles]
        calls += [level for rung in rungs if (level := _level(conn, rung["case_id"])) < Level.NOTE]
        if row["act"] == "handover_unsigned" and Role.SUPERVISOR in roles:
            calls.append(Level.MEDIUM)
        if row["act"] == "unshelve" and row["operator"] == SYSTEM:
            calls += [level for id in after.get("alarms", {}) if (level := _level(conn, id, "alarms")) < Level.NOTE]
    best = Level(min(levels)) if levels else None
    return Arrivals(
        cursor=last, cases=len(levels), critical=levels.count(1), best=best, calls=len(calls), critical_calls=calls.count(Level.CRITICAL)
    )


def _level(conn: sqlite3.Connection, id: str, table: str = "cases") -> int:
    live = "state != 'void'" if table == "cases" else "cleared_at IS NULL"
    row = conn.execute(f"SELECT level FROM {table} WHERE id=? AND {live}", (id,)).fetchone()
    return int(row[0]) if row else Level.NOTE

"""What one order for several cases would be, before the press."""

import json
from collections.abc import Sequence

from data.acts import Scene
from data.acts._group import Group, group_of
from data.domain.case import case_from
from data.domain.tables import Tables
from data.store.desk import Transaction
from data.store.sqlite import sqlite3
from data.views.queue import ORDER

__all__ = ["Group", "group"]


def group(conn: sqlite3.Connection, tables: Tables, case_ids: Sequence[str], operator: str, now: int) -> Group | None:
    """The group of these cases, led by the most urgent that can be dispatched. Costs a plan a case: for a press, not for a redraw."""
    rows = conn.execute(f"SELECT * FROM cases WHERE id IN (SELECT value FROM json_each(?)) ORDER BY {ORDER}", (json.dumps(list(case_ids)),))
    tx = Transaction(conn, now)
    return group_of(tuple(Scene(tx=tx, case=case_from(row), tables=tables, operator=operator, seat="") for row in rows.fetchall()))

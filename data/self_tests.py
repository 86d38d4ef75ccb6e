"""The centre's own self-test, kept once an hour by the desk's clock: what the health place said then, for who comes later.

Cost in between is one row read. Twelve are kept, the longest shift (`domain.md` §6d); that it is once an hour is judgement.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from data.clock import real_ms
from data.domain.case import keep_reason
from data.domain.reason import Reason
from data.domain.tables import Tables
from data.kinds import Kind
from data.store.desk import Transaction
from data.store.history import History
from data.views.health import Place, health

HOUR = 3_600_000
KEPT = 12
SETTLED_MS = 30_000
"""A centre that has just started has not reached its broker yet, and says nothing of its health. Judgement."""


def keep_one(tx: Transaction, home: Path, history: History, kinds: Mapping[str, Kind], tables: Tables, fault: Reason | None) -> None:
    """Test and keep it, if this hour has none. A clock that was set back begins an hour anew."""
    newest = tx.one("SELECT at FROM self_tests ORDER BY seq DESC LIMIT 1")
    started = tx.one("SELECT started_at FROM lease")
    if (newest and newest["at"] // HOUR == tx.now // HOUR) or (started and real_ms() - started["started_at"] < SETTLED_MS):
        return
    found = health(Place(home=home, conn=tx.conn, history=history, kinds=kinds, tables=tables, now=tx.now, fault=fault))
    wrong = json.dumps([(row.name, row.which, row.state) for row in found.rows if row.state != "ok"], ensure_ascii=False)
    tx.conn.execute("INSERT INTO self_tests (at, conclusion, wrong) VALUES (?,?,?)", (tx.now, keep_reason(found.conclusion), wrong))
    tx.conn.execute("DELETE FROM self_tests WHERE seq <= (SELECT max(seq) FROM self_tests) - ?", (KEPT,))

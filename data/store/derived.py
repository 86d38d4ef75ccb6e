"""What follows from a change of cases and reports, in the same transaction: search index, place keys, answers owed, write-backs due.

Called by `Transaction.entry` with the changes of the act, before they are journaled.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from data.domain.vocabulary import FINISHED
from data.duplicates import OF_ALARMS, places
from data.store import search
from data.store.sqlite import sqlite3

if TYPE_CHECKING:
    from data.store.desk import Entry

_SEARCHED = frozenset({"text", "address", "class", "unit", "grid", "result", "order_case"})
_PLACED = frozenset({"class", "grid", "address", "lat", "lon", "text", "opened_at"})
_TOLD = frozenset({"state", "unit", "done_by", "result"})

_REPORTERS = """
WITH RECURSIVE whole (id) AS (VALUES (?) UNION SELECT c.id FROM whole JOIN cases c ON c.merged_into = whole.id)
SELECT r.* FROM whole JOIN reports r ON r.case_id = whole.id ORDER BY r.received_at, r.rowid"""
"""Reports of a case and of all that went into it."""


def follow(conn: sqlite3.Connection, entry: "Entry", now: int) -> None:
    """Bring everything up to date that is derived from what `entry` changed."""
    cases = dict(entry.after.get("cases", {}))
    moved = entry.before.get("reports", {})
    talked = {row["case_id"] for side in (entry.after.get("reports", {}), moved) for row in side.values() if "case_id" in row}
    for report in moved:
        conn.execute("UPDATE writebacks SET case_id=(SELECT case_id FROM reports WHERE id=?1), next_at=?2 WHERE report=?1", (report, now))
    _search(conn, cases, talked)
    for case_id, changed in cases.items():
        if _PLACED & changed.keys():
            place(conn, case_id)
        if changed.get("state") in FINISHED:
            owe_answers(conn, entry, case_id, now)
        if _TOLD & changed.keys():
            conn.execute("UPDATE writebacks SET next_at=? WHERE case_id=?", (now, case_id))


def _search(conn: sqlite3.Connection, cases: Mapping[str, Mapping[str, Any]], talked: set[str]) -> None:
    for case_id in {*talked, *(case_id for case_id, changed in cases.items() if _SEARCHED & changed.keys())}:
        search.index(conn, case_id)
    for case_id, changed in cases.items():
        if "state" in changed and case_id not in talked and not _SEARCHED & changed.keys():
            _rescope(conn, case_id)


def _rescope(conn: sqlite3.Connection, case_id: str) -> None:
    """A case that left the queue, or came back, changes its scope; one that moved within it costs nothing."""
    row = conn.execute("SELECT c.state, f.scope FROM cases c JOIN cases_fts f ON f.rowid = c.number WHERE c.id=?", (case_id,)).fetchone()
    if row is not None and (row["scope"] == "done") != (row["state"] in FINISHED):
        search.index(conn, case_id)


def place(conn: sqlite3.Connection, case_id: str) -> None:
    """Write the place keys of one case anew."""
    row = conn.execute("SELECT * FROM cases WHERE id=?", (case_id,)).fetchone()
    conn.execute("DELETE FROM case_places WHERE case_id=?", (case_id,))
    keys = places(row["grid"], f"{row['address'] or ''} {row['text']}", row["lat"], row["lon"])
    keys = [f"{OF_ALARMS}{key}" for key in keys] if row["source"] == "alarm" else keys
    conn.executemany(
        "INSERT OR IGNORE INTO case_places (place, class, opened_at, case_id) VALUES (?,?,?,?)",
        [(key, row["class"] or "", row["opened_at"], case_id) for key in keys],
    )


def owe_answers(conn: sqlite3.Connection, entry: "Entry", case_id: str, now: int) -> None:
    """Everybody who reported a finished case is owed an answer; who joined it by a merge is answered with it."""
    case = conn.execute("SELECT * FROM cases WHERE id=?", (case_id,)).fetchone()
    if case["state"] == "merged" or case["exercise"] or case["order_in"]:
        return  # the centre that sent the order answers its own reporters
    for report in conn.execute(_REPORTERS, (case_id,)).fetchall():
        _owe(conn, entry, case, report, now)


def _owe(conn: sqlite3.Connection, entry: "Entry", case: sqlite3.Row, report: sqlite3.Row, now: int) -> None:
    by_server = (report["inlet"] or "").startswith("open311/")
    id = f"{report['id']}/{case['round']}"
    if not (by_server or report["phone"]) or conn.execute("SELECT 1 FROM callbacks WHERE id=?", (id,)).fetchone():
        return
    entry.insert("callbacks", {
        "id": id, "case_id": case["id"], "report": report["id"], "name": report["name"], "phone": report["phone"],
        "text": case["result"] or "", "way": "open311" if by_server else "call", "created_at": now,
    })  # fmt: skip


def rebuild(conn: sqlite3.Connection) -> None:
    """Make search index and place keys anew from the tables: after a restore or a repair."""
    conn.execute("DELETE FROM cases_fts")
    conn.execute("DELETE FROM case_places")
    conn.execute("DELETE FROM vital_days")
    for (case_id,) in conn.execute("SELECT id FROM cases").fetchall():
        search.index(conn, case_id)
        place(conn, case_id)

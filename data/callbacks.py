"""待回访: reporters whom no machine will answer. A list with their numbers, and the tick that one was called."""

from data.acts import Done, Refused
from data.domain.reason import because
from data.domain.text import one_line
from data.store.desk import Desk
from data.store.sqlite import sqlite3
from data.views.models import Callback


def due(conn: sqlite3.Connection, limit: int = 200, offset: int = 0) -> tuple[Callback, ...]:
    """Who is to be called, longest waiting first."""
    rows = conn.execute(
        "SELECT k.*, c.number FROM callbacks k JOIN cases c ON c.id = k.case_id WHERE k.done_at IS NULL AND k.way='call'"
        " ORDER BY k.created_at, k.rowid LIMIT ? OFFSET ?",
        (limit, offset),
    ).fetchall()
    return tuple(
        Callback(
            id=row["id"], case_id=row["case_id"], number=row["number"], name=row["name"] or "", phone=row["phone"] or "", text=row["text"],
            created_at=row["created_at"],
        )
        for row in rows
    )


def count(conn: sqlite3.Connection) -> int:
    """How many are to be called."""
    return int(conn.execute("SELECT count(*) FROM callbacks WHERE done_at IS NULL AND way='call'").fetchone()[0])


def tick(desk: Desk, id: str, *, operator: str, seat: str, note: str = "") -> Done | Refused:
    """Note that one was called, by whom and what was said; who is first of two wins."""
    with desk.transaction() as tx:
        row = tx.one("SELECT k.*, c.number FROM callbacks k JOIN cases c ON c.id = k.case_id WHERE k.id=? AND k.done_at IS NULL", id)
        if row is None:
            return Refused(because("no_callback"))
        with tx.entry("answered", subject=row["case_id"], operator=operator, seat=seat) as entry:
            entry.update("callbacks", id, {"done_at": tx.now, "done_by": operator})
            if note:
                entry.remark(text=one_line(note, 200))
        return Done(row["case_id"], because("did_callback", number=row["number"]))

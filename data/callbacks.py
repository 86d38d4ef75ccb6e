"""待回访: whom a person must call, with the number: reporters whom no machine will answer, contacts whom a scenario or a warning tells.

A list, urgent words first, and the tick that one was called. `number` is 0 where there is no case.
"""

from data.acts import Done, Refused
from data.domain.reason import because
from data.domain.text import one_line
from data.store.desk import Desk, why_unwritten
from data.store.sqlite import sqlite3
from data.views.models.seat import Callback


def due(conn: sqlite3.Connection, limit: int = 200, offset: int = 0) -> tuple[Callback, ...]:
    """Who is to be called: words that must be spoken first, then what an SMS might say, then answers; longest waiting first."""
    rows = conn.execute(f"{_DUE} ORDER BY k.tells DESC, k.created_at, k.rowid LIMIT ? OFFSET ?", (limit, offset)).fetchall()
    return tuple(_callback(row) for row in rows)


def due_for_warning(conn: sqlite3.Connection, warning: str) -> tuple[Callback, ...]:
    """Who is still to be called for a warning from above, in the order of the roster."""
    rows = conn.execute(f"{_DUE} AND k.case_id='' AND k.report=? ORDER BY k.rowid", (f"warning:{warning}",)).fetchall()
    return tuple(_callback(row) for row in rows)


_DUE = (
    "SELECT k.*, coalesce(c.number, 0) AS number FROM callbacks k LEFT JOIN cases c ON c.id = k.case_id WHERE k.done_at IS NULL AND k.way='call'"
)


def _callback(row: sqlite3.Row) -> Callback:
    return Callback(
        id=row["id"], case_id=row["case_id"], number=row["number"], name=row["name"] or "", phone=row["phone"] or "", text=row["text"],
        created_at=row["created_at"],
    )  # fmt: skip


def count(conn: sqlite3.Connection) -> int:
    """How many are to be called."""
    return int(conn.execute("SELECT count(*) FROM callbacks WHERE done_at IS NULL AND way='call'").fetchone()[0])


_ONE = "SELECT k.*, coalesce(c.number, 0) AS number FROM callbacks k LEFT JOIN cases c ON c.id = k.case_id WHERE k.id=? AND k.done_at IS NULL"


def tick(desk: Desk, id: str, *, operator: str, seat: str, note: str = "") -> Done | Refused:
    """Note that one was called, by whom and what was said; who is first of two wins."""
    try:
        return _tick(desk, id, operator, seat, note)
    except sqlite3.OperationalError as error:
        return Refused(why_unwritten(error))


def _tick(desk: Desk, id: str, operator: str, seat: str, note: str) -> Done | Refused:
    with desk.transaction() as tx:
        row = tx.one(_ONE, id)
        if row is None:
            return Refused(because("no_callback"))
        with tx.entry("answered", subject=row["case_id"] or row["report"], operator=operator, seat=seat) as entry:
            entry.update("callbacks", id, {"done_at": tx.now, "done_by": operator})
            if note:
                entry.remark(text=one_line(note, 200))
        return Done(row["case_id"], because("did_callback", number=row["number"]))

"""Which cases one may be a duplicate of, as the desk stands now; `cases.maybe` keeps how it stood on arrival."""

from data.domain.tables import Tables
from data.domain.vocabulary import State
from data.store.candidates import candidates, trouble_of
from data.store.sqlite import sqlite3
from data.views.models.cases import Duplicate

SHOWN = 5
"""Most candidates shown."""


def duplicates(conn: sqlite3.Connection, tables: Tables, case_id: str, now: int) -> tuple[Duplicate, ...]:
    """Candidates of a case with score and reasons, likest first; none when there is no such case."""
    row = conn.execute("SELECT * FROM cases WHERE id=?", (case_id,)).fetchone()
    if row is None:
        return ()
    found = candidates(conn, trouble_of(row, tables), tables, now, but=case_id)[:SHOWN]
    return tuple(
        Duplicate(
            case_id=other["id"], number=other["number"], state=State(other["state"]), text=other["text"], score=like.score, reasons=like.reasons
        )
        for other, like in found
    )

"""What happened since a person last looked: new, late, closed by others, and what the supervisors are told.

A person's mark is written when he has looked (`looked`), not when he is shown something: what he did not get to stays new.
Each list is one indexed query of at most `MOST` rows beside an exact count.
"""

from collections.abc import Sequence

from data.domain.tables import Tables
from data.store.desk import Desk
from data.store.schema import LIVE
from data.store.sqlite import sqlite3
from data.views.models.past import JournalNotice, Since, SinceCase
from data.views.queue import case_row, step_words

FIRST_MS = 12 * 3_600_000
"""How far back a first look goes."""
MOST = 200


def since(conn: sqlite3.Connection, tables: Tables, operator: str, now: int) -> Since:
    """What is news to `operator` at `now`; the most urgent first."""
    mark = conn.execute("SELECT * FROM looked WHERE operator=?", (operator,)).fetchone()
    at = mark["at"] if mark else now - FIRST_MS
    span = {"at": at, "now": now, "number": mark["number"] if mark else 0, "me": operator}
    asked = (_NEW if mark else _FIRST_NEW, _LATE, _CLOSED)
    new, late, closed = (_found(conn, tables, what, who, span) for what, who in asked)
    return Since(
        looked_at=mark["at"] if mark else None, at=now, new=new[1], new_total=new[0], late=late[1], late_total=late[0],
        closed=closed[1], closed_total=closed[0], notices=_notices(conn, tables, mark["seq"] if mark else 0, at),
    )  # fmt: skip


def news(conn: sqlite3.Connection, operator: str, now: int) -> int:
    """How many cases `since` would name."""
    mark = conn.execute("SELECT * FROM looked WHERE operator=?", (operator,)).fetchone()
    span = {"at": mark["at"] if mark else now - FIRST_MS, "now": now, "number": mark["number"] if mark else 0, "me": operator}
    counts = (conn.execute(f"SELECT count(*) FROM cases WHERE {where}", span) for where, _ in (_NEW if mark else _FIRST_NEW, _LATE, _CLOSED))
    return sum(count.fetchone()[0] for count in counts)


_NEW = ("state != 'void' AND number > :number", "taken_by")
_FIRST_NEW = ("state != 'void' AND opened_at > :at", "taken_by")
_LATE = (f"{LIVE} AND due > :at AND due <= :now", "unit")
_CLOSED = ("closed_at > :at AND closed_by IS NOT :me", "closed_by")
"""What is counted, and the column that says by whom."""


def _found(conn: sqlite3.Connection, tables: Tables, where: str, who: str, span: dict[str, object]) -> tuple[int, tuple[SinceCase, ...]]:
    total = conn.execute(f"SELECT count(*) FROM cases WHERE {where}", span).fetchone()[0]
    rows = conn.execute(f"SELECT * FROM cases WHERE {where} ORDER BY level, coalesce(closed_at, due), number LIMIT {MOST}", span).fetchall()
    return total, tuple(SinceCase(row=case_row(row, tables), who=row[who] or "") for row in rows)


def _notices(conn: sqlite3.Connection, tables: Tables, seq: int, at: int) -> tuple[JournalNotice, ...]:
    """Settings that changed or could not be read, and shifts: from the journal, by its subjects."""
    rows: Sequence[sqlite3.Row] = conn.execute(
        "SELECT * FROM journal WHERE subject IN ('settings', 'handover') AND seq > :seq AND at > :at"
        " UNION ALL SELECT * FROM journal WHERE subject > 'handover/' AND subject < 'handover0' AND seq > :seq AND at > :at"
        " ORDER BY seq DESC LIMIT 50", {"seq": seq, "at": at},
    ).fetchall()  # fmt: skip
    return tuple(JournalNotice(at=row["at"], act=row["act"], what=step_words(row, tables)) for row in reversed(rows))


def looked(desk: Desk, operator: str) -> None:
    """The operator has seen everything up to now."""
    with desk.transaction() as tx:
        tx.conn.execute(
            "INSERT OR REPLACE INTO looked (operator, at, seq, number) VALUES (?, ?, (SELECT coalesce(max(seq), 0) FROM journal),"
            " (SELECT coalesce(max(number), 0) FROM cases))", (operator, tx.now),
        )  # fmt: skip

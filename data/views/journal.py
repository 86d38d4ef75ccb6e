"""The journal as lines: a window of the newest steps, or of those of one case; each window is one query by `seq`."""

from data.domain.tables import Tables
from data.store.sqlite import sqlite3
from data.views.models.past import JournalLine, JournalPage
from data.views.queue import step_words


def page(conn: sqlite3.Connection, tables: Tables, limit: int, *, until: int | None = None, case_id: str = "") -> JournalPage:
    """The `limit` newest lines up to the row `until` (None: to the end), oldest first; of one case if named."""
    where, args = ("subject = :case", {"case": case_id}) if case_id else ("1", {})
    before = "seq <= :until" if until is not None else "1"
    rows = conn.execute(
        "SELECT j.*, c.number, coalesce(s.place, a.sensor, t.place) AS about"
        f" FROM (SELECT * FROM journal WHERE {where} AND {before} ORDER BY seq DESC LIMIT :limit) j"
        " LEFT JOIN alarms a ON a.id = substr(j.subject, 7) AND j.subject LIKE 'alarm:%' LEFT JOIN sensors s ON s.id = a.sensor"
        " LEFT JOIN stories t ON t.id = substr(j.subject, 7) AND j.subject LIKE 'story:%'"
        # A story of one case alone has its place from it (`case:<id>`), and is named by its number.
        " LEFT JOIN cases c ON c.id = CASE WHEN t.place LIKE 'case:%' THEN substr(t.place, 6) ELSE j.subject END ORDER BY j.seq",
        {**args, "until": until, "limit": limit},
    ).fetchall()  # fmt: skip
    ends = conn.execute(f"SELECT min(seq), max(seq) FROM journal WHERE {where}", args).fetchone() if case_id else _ends(conn)
    return JournalPage(lines=tuple(_line(row, tables) for row in rows), first=ends[0], last=ends[1])


def _ends(conn: sqlite3.Connection) -> tuple[int | None, int | None]:
    first = conn.execute("SELECT min(seq) FROM journal").fetchone()[0]
    return first, conn.execute("SELECT max(seq) FROM journal").fetchone()[0]


def _line(row: sqlite3.Row, tables: Tables) -> JournalLine:
    return JournalLine(
        seq=row["seq"], at=row["at"], act=row["act"], operator=row["operator"], subject=row["about"] or _named(row["subject"]),
        number=row["number"], what=step_words(row, tables),
    )  # fmt: skip


def step(conn: sqlite3.Connection, seq: int, lines: int, case_id: str = "") -> int | None:
    """The row `lines` before (negative) or after `seq`, as far as there are rows; None when there are none."""
    where, args = ("subject = :case", {"case": case_id}) if case_id else ("1", {})
    order, side, far = ("DESC", "<=", -lines) if lines < 0 else ("ASC", ">=", lines)
    row = conn.execute(
        f"SELECT {'min' if lines < 0 else 'max'}(seq) FROM (SELECT seq FROM journal WHERE {where} AND seq {side} :seq ORDER BY seq {order} LIMIT :n)",
        {**args, "seq": seq, "n": far + 1},
    ).fetchone()
    found: int | None = row[0]
    return found


def _named(subject: str) -> str:
    """A warning and a sheet of a shift have only an id of the program's own, which says nothing to a person; the step's words name them."""
    return "" if subject.startswith(("warning:", "handover/")) else subject

"""Messages that could not be read: kept with their bytes and the reason, bounded, listed, and taken once more when somebody asks.

A seat only asks (`replay_at`); the centre's writer takes the row out and hands its message down the same way as a new one. What still cannot be
read comes back with its newest reason.
"""

import logging
from typing import Any

from data.centre.frame import Frame
from data.domain.case import keep_reason, read_reason
from data.domain.errors import PaidanError
from data.domain.reason import because
from data.domain.text import one_line
from data.store.desk import Desk, Transaction
from data.store.sqlite import sqlite3

_LOG = logging.getLogger(__name__)
ROWS = 10_000
"""Most messages kept; the oldest go first (judgement)."""
BODY_BYTES = 65_536
"""Longest body kept whole (judgement)."""
ALL_BYTES = 64_000_000
"""Most bytes of all bodies together (judgement)."""
_TRIM_EVERY = 64
REPLAYS = 20
"""Most messages taken again in one turn, in one transaction: a key pressed meanwhile must not wait."""


def keep(tx: Transaction, frame: Frame, error: PaidanError) -> None:
    """Put a message in; of two reasons for the same one the first stays."""
    _LOG.warning("quarantined %s: %s", one_line(frame.topic, 200), error)
    topic = one_line(frame.topic, 1000)
    length = frame.bytes or len(frame.body)
    kept = tx.conn.execute(
        "INSERT INTO quarantine (at, topic, body, reason, source, received_at, retained, bytes, is_whole, tries) VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            tx.now, topic, frame.body[:BODY_BYTES], keep_reason(error.reason), frame.source, frame.received_at, frame.retained, length,
            topic == frame.topic and length <= BODY_BYTES, frame.tries,
        ),
    )  # fmt: skip
    tx.conn.execute("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?", (ROWS,))
    if (kept.lastrowid or 0) % _TRIM_EVERY == 0:
        _trim(tx)


def _trim(tx: Transaction) -> None:
    # All bodies together below `ALL_BYTES`; it looks at every row, so only now and then.
    tx.conn.execute(
        "DELETE FROM quarantine WHERE id IN"
        " (SELECT id FROM (SELECT id, sum(length(body)) OVER (ORDER BY id DESC) AS held FROM quarantine) WHERE held > ?)",
        (ALL_BYTES,),
    )


def take_asked(tx: Transaction) -> list[Frame]:
    """The messages that somebody wants read again; they leave the quarantine with this transaction."""
    rows = tx.conn.execute("SELECT * FROM quarantine WHERE replay_at IS NOT NULL ORDER BY id LIMIT ?", (REPLAYS,)).fetchall()
    tx.conn.executemany("DELETE FROM quarantine WHERE id=?", ((row["id"],) for row in rows))
    return [
        Frame(
            topic=row["topic"], body=bytes(row["body"]), received_at=row["received_at"] or row["at"], qos=0, retained=bool(row["retained"]),
            duplicate=True, source=row["source"], tries=row["tries"] + 1,
        )
        for row in rows
    ]  # fmt: skip


def is_asked(conn: sqlite3.Connection) -> bool:
    """Whether any message waits to be read again."""
    return conn.execute("SELECT 1 FROM quarantine WHERE replay_at IS NOT NULL LIMIT 1").fetchone() is not None


def listing(conn: sqlite3.Connection, limit: int = 1000) -> list[dict[str, Any]]:
    """Newest first: id, at, source, topic, reason (a `Reason`), bytes, body, tries, replay_at."""
    rows = conn.execute("SELECT * FROM quarantine ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
    return [{**dict(row), "reason": read_reason(row["reason"])} for row in rows]


def ask_replay(desk: Desk, id: int | None = None) -> int:
    """Ask the centre to read one message, or all, again; how many. Raises `PaidanError` for one that is not there or was not kept whole."""
    with desk.transaction() as tx:
        if id is not None:
            row = tx.one("SELECT is_whole FROM quarantine WHERE id=?", id)
            if row is None:
                raise PaidanError(because("quarantine_none"))
            if not row["is_whole"]:
                raise PaidanError(because("quarantine_cut", id=id))
        which, args = ("", ()) if id is None else (" AND id=?", (id,))
        return tx.conn.execute(f"UPDATE quarantine SET replay_at=? WHERE is_whole{which}", (tx.now, *args)).rowcount

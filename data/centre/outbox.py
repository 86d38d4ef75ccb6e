"""The MQTT side of the outbox. Runs in the centre's writer; a row is claimed in a transaction before its bytes leave.

What goes by other channels is `data.centre.sending`; the facts about an order are written here for both.
"""

from dataclasses import dataclass, field
from typing import Protocol

from data.centre.intake import SEAT, SYSTEM
from data.store import outbox
from data.store.desk import Desk, Transaction
from data.store.sqlite import sqlite3

BATCH = 200
"""Most messages sent in one turn."""


class Publisher(Protocol):
    """What the outbox needs of a connection."""

    @property
    def is_up(self) -> bool:
        """Whether messages leave at all."""

    def publish(self, topic: str, body: bytes) -> int | None:
        """Send; the message's number, or None."""


@dataclass(slots=True)
class Sender:
    """What this centre has handed to the broker and not yet heard of: message number → outbox id."""

    resend_ms: int
    pending: dict[int, str] = field(default_factory=dict)

    def next_at(self, conn: sqlite3.Connection) -> int | None:
        """When a message is due next, by the desk's clock."""
        return outbox.next_at(conn, "mqtt")

    def send_due(self, desk: Desk, line: Publisher) -> int:
        """Claim what is due, commit, and only then publish. With the line down nothing is claimed: it can still be undone."""
        if not line.is_up or (due := self.next_at(desk.conn)) is None or due > desk.clock.now():
            return 0
        with desk.transaction() as tx:
            rows = outbox.due(tx.conn, "mqtt", tx.now, BATCH)
            for row in rows:
                self._claim(tx, row, desk.epoch)
        for row in rows:
            mid = line.publish(row["topic"], bytes(row["body"]))
            if mid is not None:
                self.pending[mid] = row["id"]
        return len(rows)

    def _claim(self, tx: Transaction, row: sqlite3.Row, epoch: int | None) -> None:
        tx.conn.execute(
            "UPDATE outbox SET state='sending', tries=tries+1, epoch=?, next_at=? WHERE id=?", (epoch, tx.now + self.resend_ms, row["id"])
        )
        if row["kind"] == "order":
            release(tx, row)

    def confirm(self, tx: Transaction, mid: int) -> None:
        """The broker has taken message `mid`. An order comes round again until it is delivered; everything else is done."""
        id = self.pending.pop(mid, None)
        row = tx.one("SELECT * FROM outbox WHERE id=?", id) if id else None
        if row is None:
            return
        if row["kind"] != "order":
            tx.conn.execute("UPDATE outbox SET state='sent', sent_at=?, next_at=NULL WHERE id=?", (tx.now, id))
            return
        tx.conn.execute("UPDATE outbox SET state='sent', sent_at=? WHERE id=? AND state='sending'", (tx.now, id))
        mark_sent(tx, row)


def release(tx: Transaction, row: sqlite3.Row) -> None:
    """The grace is over: from here on the order cannot be undone, only withdrawn. Once an order, whatever way it takes."""
    order = tx.one("SELECT released_at FROM orders WHERE id=?", row["order_id"])
    if order is None or order["released_at"] is not None:
        return
    with tx.entry("release", subject=row["case_id"], operator=SYSTEM, seat=SEAT) as entry:
        entry.update("orders", row["order_id"], {"released_at": tx.now})
        case = tx.one("SELECT state FROM cases WHERE id=?", row["case_id"])
        if case is not None and case["state"] == "sending":
            entry.update("cases", row["case_id"], {"state": "sent"})


def mark_sent(tx: Transaction, row: sqlite3.Row) -> None:
    """Write 发出: the broker's PUBACK or the channel's yes, the first time it comes; what stood on top as unsent stands there no more."""
    order = tx.one("SELECT sent_at FROM orders WHERE id=?", row["order_id"])
    case = tx.one("SELECT failed FROM cases WHERE id=?", row["case_id"])
    if order is None or case is None or (order["sent_at"] is not None and not case["failed"]):
        return
    with tx.entry("sent", subject=row["case_id"], operator=SYSTEM, seat=SEAT) as entry:
        entry.update("orders", row["order_id"], {"sent_at": order["sent_at"] or tx.now})
        if case["failed"]:
            entry.update("cases", row["case_id"], {"failed": 0})


def wake_unfinished(tx: Transaction) -> None:
    """At the start: whatever an earlier centre was sending is sent again at once, with the same id."""
    tx.conn.execute("UPDATE outbox SET next_at=? WHERE state='sending' AND channel='mqtt'", (tx.now,))

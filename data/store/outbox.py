"""The outbox: messages that are committed and not yet known to have arrived. It survives everything that the desk survives.

    by MQTT          ready → sending (this centre's epoch) → sent (the broker's PUBACK) → received (an order's `delivered`)
    by other ways    ready → sending → sent (the channel's yes)
                                     → ready    surely not taken; tried again at `next_at`
                                     → unknown  it may have arrived (待核实); sent again with the same number
                                     → failed   parked with a reason; its case is shown on top
    by telephone     ready → waiting (a clerk must ring) → sent (he says he did)

`next_at` is when the centre must look at a row again; an MQTT order comes round every `resend_s` until it is `received`.
"""

from typing import Any

import msgspec

from data.domain.case import keep_reason
from data.domain.messages import encode
from data.domain.reason import Reason
from data.store.desk import Transaction
from data.store.sqlite import sqlite3

LANES = (0, 1, 2)
"""Urgent orders; orders, cancels and receipts; notes and answers. An earlier lane always leaves first."""
_LANE = {"note": 2, "answer": 2}
_BY_ORDERS_CHANNEL = frozenset({"order", "cancel", "note"})


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Words to somebody who reported, by SMS."""

    id: str
    phone: str
    text: str


def topic(to: str, what: str) -> str:
    """The inbox of a centre or unit: `paidan/<to>/in/<what>`."""
    return f"paidan/{to}/in/{what}"


def enqueue(
    tx: Transaction, *, what: str, to: str, id: str, message: msgspec.Struct, case_id: str, order_id: str, not_before: int = 0,
    channel: str | None = None,
) -> None:  # fmt: skip
    """Put a message out, not before `not_before`. The same id again changes nothing.

    Without `channel` an order goes by the channel of its row in `orders`, a cancel or note by the one its order took, all else by MQTT.
    """
    at = max(not_before, tx.now)
    tx.conn.execute(
        "INSERT OR IGNORE INTO outbox (id, kind, unit, topic, body, case_id, order_id, channel, lane, state, created_at, since, next_at)"
        " VALUES (?,?,?,?,?,?,?,?,?,'ready',?,?,?)",
        (
            id, what, to, topic(to, what), encode(message), case_id, order_id,
            channel or _channel(tx, what, order_id), _lane(tx, what, case_id), tx.now, at, at,
        ),
    )  # fmt: skip


def enqueue_answer(tx: Transaction, *, id: str, phone: str, text: str, case_id: str, channel: str) -> None:
    """Tell a reporter something by an SMS channel."""
    enqueue(tx, what="answer", to="", id=id, message=Answer(id=id, phone=phone, text=text), case_id=case_id, order_id="", channel=channel)


def _channel(tx: Transaction, what: str, order_id: str) -> str:
    if what not in _BY_ORDERS_CHANNEL:
        return "mqtt"
    taken = tx.one("SELECT channel FROM outbox WHERE order_id=? AND kind='order'", order_id)
    row = taken or tx.one("SELECT channel FROM orders WHERE id=?", order_id)
    return (row["channel"] if row else "") or "mqtt"


def _lane(tx: Transaction, what: str, case_id: str) -> int:
    if what == "order":
        case = tx.one("SELECT level FROM cases WHERE id=?", case_id)
        return 0 if case and case["level"] == 1 else 1
    return _LANE.get(what, 1)


def cancel(tx: Transaction, order_id: str) -> bool:
    """Take an order back that has not left: True when it was still here, and never will leave."""
    done = tx.conn.execute(
        "UPDATE outbox SET state='cancelled', next_at=NULL WHERE order_id=? AND kind='order' AND state IN ('ready', 'failed') AND epoch IS NULL",
        (order_id,),
    )
    return done.rowcount > 0


def stop(tx: Transaction, order_id: str) -> None:
    """No further sending of an order: it was delivered, or withdrawn."""
    tx.conn.execute(
        "UPDATE outbox SET state='received', next_at=NULL WHERE order_id=? AND kind='order' AND state NOT IN ('received', 'cancelled')",
        (order_id,),
    )


def repeat_receipts(tx: Transaction, order_id: str) -> None:
    """Send every receipt given so far once more: the other side has asked again by repeating its order."""
    tx.conn.execute(
        "UPDATE outbox SET state='ready', next_at=? WHERE order_id=? AND kind='receipt' AND state='sent'", (tx.now, order_id)
    )


def resend(tx: Transaction, order_id: str, channel: str | None = None) -> bool:
    """Send an order once more with the same number, at once, by the same or another channel; False when it is cancelled or unknown.

    For the ladder and for a clerk's act: the journal row and `orders.channel` are the caller's.
    """
    row = tx.one("SELECT * FROM outbox WHERE order_id=? AND kind='order' AND state!='cancelled'", order_id)
    if row is None or row["state"] == "sending":
        return row is not None
    if channel not in (None, "mqtt") and tx.one("SELECT 1 FROM cases WHERE id=? AND exercise", row["case_id"]):
        return False  # an exercise touches no outside channel
    move(tx, row, channel or row["channel"], None, doubt=row["sent_at"] is not None)
    return True


def told(tx: Transaction, order_id: str) -> bool:
    """A clerk has told an order by telephone: nothing more is sent of it. True when one was waiting or stuck."""
    done = tx.conn.execute(
        "UPDATE outbox SET state='sent', sent_at=coalesce(sent_at, ?), next_at=NULL, reason=NULL"
        " WHERE order_id=? AND state NOT IN ('received', 'cancelled', 'sent')",
        (tx.now, order_id),
    )
    return done.rowcount > 0


def move(tx: Transaction, row: sqlite3.Row, channel: str, reason: Reason | None, *, doubt: bool = False) -> None:
    """Let a message go by `channel` from now on. With `doubt` it may have arrived already and is marked so."""
    tx.conn.execute(
        "UPDATE outbox SET channel=?, state=CASE WHEN doubts+? > 0 AND sent_at IS NULL THEN 'unknown' ELSE 'ready' END,"
        " doubts=doubts+?, tries=0, since=?, next_at=?, reason=? WHERE id=?",
        (channel, int(doubt), int(doubt), tx.now, tx.now, keep_reason(reason), row["id"]),
    )


def claim(tx: Transaction, id: str, epoch: int | None) -> None:
    """Before any byte leaves: should this centre die now, its successor knows that it may have arrived."""
    tx.conn.execute("UPDATE outbox SET state='sending', tries=tries+1, epoch=?, next_at=NULL WHERE id=?", (epoch, id))


def settle(tx: Transaction, id: str, state: str, *, next_at: int | None, reason: Reason | None = None, doubt: bool = False) -> None:
    """An attempt is over."""
    tx.conn.execute(
        "UPDATE outbox SET state=?, next_at=?, reason=?, doubts=doubts+? WHERE id=?", (state, next_at, keep_reason(reason), int(doubt), id)
    )


def due(conn: sqlite3.Connection, channel: str, now: int, limit: int) -> list[sqlite3.Row]:
    """Messages of a channel whose time has come: by lane, then by time."""
    rows: list[Any] = []
    for lane in LANES:
        if len(rows) < limit:
            rows += conn.execute(
                "SELECT * FROM outbox WHERE channel=? AND lane=? AND next_at <= ? ORDER BY next_at LIMIT ?", (channel, lane, now, limit - len(rows))
            ).fetchall()
    return rows


def next_at(conn: sqlite3.Connection, channel: str) -> int | None:
    """When a message of a channel is due next."""
    times = (
        conn.execute("SELECT min(next_at) FROM outbox WHERE channel=? AND lane=? AND next_at IS NOT NULL", (channel, lane)).fetchone()[0]
        for lane in LANES
    )
    return min((at for at in times if at is not None), default=None)

"""The outbox: messages that are committed and not yet known to have arrived. It survives everything that the desk survives.

    ready → sending (this centre's epoch) → sent (the broker's PUBACK) → received (an order's `delivered`)

`next_at` is when the centre must look at a row again; an order comes round every `resend_s` until it is `received`.
"""

import msgspec

from data.domain.messages import encode
from data.store.desk import Transaction


def topic(to: str, what: str) -> str:
    """The inbox of a centre or unit: `paidan/<to>/in/<what>`."""
    return f"paidan/{to}/in/{what}"


def enqueue(
    tx: Transaction, *, what: str, to: str, id: str, message: msgspec.Struct, case_id: str, order_id: str, not_before: int = 0
) -> None:
    """Put a message out, not before `not_before`. The same id again changes nothing."""
    tx.conn.execute(
        "INSERT OR IGNORE INTO outbox (id, kind, unit, topic, body, case_id, order_id, state, created_at, next_at)"
        " VALUES (?,?,?,?,?,?,?,'ready',?,?)",
        (id, what, to, topic(to, what), encode(message), case_id, order_id, tx.now, max(not_before, tx.now)),
    )


def cancel(tx: Transaction, order_id: str) -> bool:
    """Take an order back that has not left: True when it was still here, and never will leave."""
    done = tx.conn.execute(
        "UPDATE outbox SET state='cancelled', next_at=NULL WHERE order_id=? AND kind='order' AND state='ready'", (order_id,)
    )
    return done.rowcount > 0


def stop(tx: Transaction, order_id: str) -> None:
    """No further sending of an order: it was delivered, or withdrawn."""
    tx.conn.execute(
        "UPDATE outbox SET state='received', next_at=NULL WHERE order_id=? AND kind='order' AND state IN ('sending', 'sent')",
        (order_id,),
    )


def repeat_receipts(tx: Transaction, order_id: str) -> None:
    """Send every receipt given so far once more: the other side has asked again by repeating its order."""
    tx.conn.execute(
        "UPDATE outbox SET state='ready', next_at=? WHERE order_id=? AND kind='receipt' AND state='sent'", (tx.now, order_id)
    )

"""Facts about an order, from its unit's receipt or from a clerk who was told: kept once each, and the case moved where they say so."""

from dataclasses import dataclass
from typing import Any

from data.domain.case import Case, case_from
from data.domain.text import one_line
from data.domain.vocabulary import ReceiptKind, State
from data.store import orders, outbox
from data.store.desk import Entry, Transaction
from data.store.replies import reply_all
from data.store.sqlite import sqlite3

COLUMN = {
    ReceiptKind.DELIVERED: "delivered_at",
    ReceiptKind.SEEN: "seen_at",
    ReceiptKind.ACCEPTED: "accepted_at",
    ReceiptKind.REFUSED: "refused_at",
    ReceiptKind.ARRIVED: "arrived_at",
    ReceiptKind.DONE: "done_at",
    ReceiptKind.DELAY_REQUEST: "delay_at",
}
"""Each kind has its own column; none is inferred from another."""
REFUSALS = 2
"""From so many refusals on the supervisor is rung; `domain.md` §6b."""
_OUT = frozenset({State.SENDING, State.SENT})
_IN_WORK = _OUT | {State.WORKING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What happened, when (UTC ms), and who says so. `id` is unique for ever."""

    id: str
    kind: ReceiptKind
    at: int
    by: str
    sender: str
    note: str = ""
    media: str | None = None


def record(tx: Transaction, entry: Entry, order: sqlite3.Row, fact: Fact, me: str) -> None:
    """Keep a fact about an order; it moves the case only while the order is one of those that work on it."""
    entry.insert("receipts", {
        "id": fact.id, "order_id": order["id"], "kind": str(fact.kind), "at": fact.at, "received_at": tx.now,
        "sender": fact.sender, "by": fact.by, "note": fact.note or None, "media": fact.media,
    })  # fmt: skip
    column = COLUMN[fact.kind]
    if order[column] is None:
        entry.update("orders", order["id"], {column: fact.at} | ({"answer": fact.note} if fact.note else {}))
    if fact.kind is ReceiptKind.DELIVERED:
        outbox.stop(tx, order["id"])
    case = case_from(tx.one("SELECT * FROM cases WHERE id=?", order["case_id"]))  # type: ignore[arg-type]  # a foreign key
    if not case.is_finished and _counts(case, order):
        _move(tx, entry, case, order, fact, me)


def _counts(case: Case, order: sqlite3.Row) -> bool:
    """`order` as it was before this fact: withdrawn, refused or of an earlier round, it moves nothing any more."""
    return order["cancelled_at"] is None and order["refused_at"] is None and order["round"] == case.round


def _move(tx: Transaction, entry: Entry, case: Case, order: sqlite3.Row, fact: Fact, me: str) -> None:
    held = case.state is State.HELD
    state = State(case.former or State.OPEN) if held else case.state
    values = _moves(tx, case, order, fact, state)
    if held and "state" in values:
        values["former"] = values.pop("state")
    if values:
        # The unit's own word: whatever could not be sent, it knows.
        entry.update("cases", case.id, values | {"failed": 0})
    if fact.kind is ReceiptKind.REFUSED:
        _after_refusal(tx, entry, case, order)
    if fact.kind is ReceiptKind.DELAY_REQUEST:
        orders.ring(tx, entry, case.id, "delay_request", f"{fact.id}/delay", order_id=order["id"], role="supervisor")
    if fact.kind is ReceiptKind.ARRIVED:
        reply_all(tx, case, ReceiptKind.ARRIVED, by=fact.by, me=me, note=fact.note or None)


def _moves(tx: Transaction, case: Case, order: sqlite3.Row, fact: Fact, state: State) -> dict[str, Any]:
    """What a fact changes in its case. The lead's word is the result that is proposed; every wanted `done` must be in."""
    match fact.kind:
        case ReceiptKind.ACCEPTED if state in _OUT and order["lead"]:
            return {"state": "working"}
        case ReceiptKind.REFUSED if state in _IN_WORK and order["lead"]:
            return {"state": "returned"}
        case ReceiptKind.DONE if state in _IN_WORK:
            return _done(tx, case, order, one_line(fact.note, 200), state)
        case _:
            return {}


def _done(tx: Transaction, case: Case, order: sqlite3.Row, note: str, state: State) -> dict[str, Any]:
    done, wanted = orders.progress(tx.conn, case.id, case.round)
    result = {"result": note or None} if order["lead"] or case.result is None else {}
    from_above = not order["lead"] and not order["required"]
    if done >= wanted or from_above:
        return {"state": "to_verify", **result}
    return ({"state": "working"} if order["lead"] and state in _OUT else {}) | result


def _after_refusal(tx: Transaction, entry: Entry, case: Case, order: sqlite3.Row) -> None:
    """An assist's refusal, and a second one of any, are the supervisor's matter."""
    refused = tx.one("SELECT count(*) AS n FROM orders WHERE case_id=? AND refused_at IS NOT NULL", case.id)
    if not order["lead"] or (refused and refused["n"] >= REFUSALS):
        orders.ring(tx, entry, case.id, "refused", f"{order['id']}/refused", order_id=order["id"], role="supervisor")

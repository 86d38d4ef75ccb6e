"""Receipts: facts that a unit reports about an order. Idempotent, in any order, and from the ordered unit alone."""

from typing import Any
from zoneinfo import ZoneInfo

from data.clock import parse_time
from data.domain.case import case_from
from data.domain.errors import PayloadError
from data.domain.messages import ReceiptMessage
from data.domain.reason import because
from data.domain.tables import Tables
from data.domain.text import one_line
from data.domain.vocabulary import ReceiptKind, State
from data.store import outbox
from data.store.desk import Entry, Transaction
from data.store.replies import reply
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

_OUT = frozenset({State.SENDING, State.SENT})


def take_receipt(tx: Transaction, receipt: ReceiptMessage, tables: Tables, zone: ZoneInfo) -> None:
    """Record a fact and move the case where it says so. Raises `PayloadError` for an order or sender that is not right."""
    order = tx.one("SELECT * FROM orders WHERE id=?", receipt.order)
    if order is None:
        raise PayloadError(because("unknown_order", order=one_line(receipt.order, 80)))
    if receipt.from_ != order["unit"]:
        raise PayloadError(because("not_the_unit", name=receipt.from_, order=receipt.order))
    key = f"{receipt.from_}/{receipt.id}"
    if tx.one("SELECT 1 FROM receipts WHERE id=?", key):
        return
    at = _time(receipt, zone)
    with tx.entry(f"receipt_{receipt.kind}", subject=order["case_id"], operator=_who(receipt), seat=receipt.from_) as entry:
        entry.insert("receipts", _row(receipt, key, at, tx.now))
        _apply(tx, entry, receipt, order, at, tables)


def _time(receipt: ReceiptMessage, zone: ZoneInfo) -> int:
    try:
        return parse_time(receipt.time, zone)
    except ValueError as error:
        raise PayloadError(because("payload_bad", problem=f"time: {str(receipt.time)[:80]}")) from error


def _who(receipt: ReceiptMessage) -> str:
    return one_line(receipt.by, 40) or receipt.from_


def _row(receipt: ReceiptMessage, key: str, at: int, now: int) -> dict[str, Any]:
    return {
        "id": key, "order_id": receipt.order, "kind": str(receipt.kind), "at": at, "received_at": now,
        "sender": receipt.from_, "by": _who(receipt), "note": one_line(receipt.note or "", 500) or None,
        "media": "\n".join(one_line(url, 500) for url in receipt.media[:20]) or None,
    }  # fmt: skip


def _apply(tx: Transaction, entry: Entry, receipt: ReceiptMessage, order: sqlite3.Row, at: int, tables: Tables) -> None:
    column = COLUMN[receipt.kind]
    if order[column] is None:
        note = one_line(receipt.note or "", 500)
        entry.update("orders", order["id"], {column: at} | ({"answer": note} if note else {}))
    if receipt.kind is ReceiptKind.DELIVERED:
        outbox.stop(tx, order["id"])
    case = case_from(tx.one("SELECT * FROM cases WHERE id=?", order["case_id"]))  # type: ignore[arg-type]  # a foreign key
    newest = tx.one("SELECT id FROM orders WHERE case_id=? ORDER BY attempt DESC LIMIT 1", case.id)
    if order["cancelled_at"] is not None or newest is None or newest["id"] != order["id"] or case.is_finished:
        return
    if values := _moves(receipt, case.state):
        entry.update("cases", case.id, values)
    if receipt.kind is ReceiptKind.ARRIVED:
        reply(tx, case, ReceiptKind.ARRIVED, by=_who(receipt), me=tables.centre, note=receipt.note)


def _moves(receipt: ReceiptMessage, state: State) -> dict[str, Any]:
    """What a fact about the newest order changes in its case."""
    match receipt.kind:
        case ReceiptKind.ACCEPTED if state in _OUT:
            return {"state": "working"}
        case ReceiptKind.REFUSED if state in _OUT or state is State.WORKING:
            return {"state": "returned"}
        case ReceiptKind.DONE if state in _OUT or state is State.WORKING:
            return {"state": "to_verify", "result": one_line(receipt.note or "", 200) or None}
        case _:
            return {}

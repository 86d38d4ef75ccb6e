"""Receipts: facts that a unit reports about an order. Idempotent, in any order, and from the ordered unit alone."""

from zoneinfo import ZoneInfo

from data.clock import parse_time
from data.domain.errors import PayloadError
from data.domain.messages import ReceiptMessage
from data.domain.reason import because
from data.domain.tables import Tables
from data.domain.text import one_line, somebody
from data.store.desk import Transaction
from data.store.facts import Fact, record


def take_receipt(tx: Transaction, receipt: ReceiptMessage, tables: Tables, zone: ZoneInfo) -> None:
    """Record a fact and move the case where it says so. Raises `PayloadError` for an order or sender that is not right."""
    order = tx.one("SELECT * FROM orders WHERE id=?", receipt.order)
    if order is None:
        raise PayloadError(because("unknown_order", order=one_line(receipt.order, 80)))
    if receipt.from_ != order["unit"]:
        raise PayloadError(because("not_the_unit", name=receipt.from_, order=receipt.order))
    fact = _fact(receipt, zone)
    if tx.one("SELECT 1 FROM receipts WHERE id=?", fact.id):
        return
    with tx.entry(f"receipt_{receipt.kind}", subject=order["case_id"], operator=fact.by, seat=receipt.from_) as entry:
        record(tx, entry, order, fact, tables.centre)


def _fact(receipt: ReceiptMessage, zone: ZoneInfo) -> Fact:
    try:
        at = parse_time(receipt.time, zone)
    except ValueError as error:
        raise PayloadError(because("payload_bad", problem=f"time: {str(receipt.time)[:80]}")) from error
    return Fact(
        id=f"{receipt.from_}/{receipt.id}", kind=receipt.kind, at=at, by=somebody(receipt.by, receipt.from_), sender=receipt.from_,
        note=one_line(receipt.note or "", 500), media="\n".join(one_line(url, 500) for url in receipt.media[:20]) or None,
    )  # fmt: skip

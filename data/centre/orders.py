"""Orders that reach this desk, and what follows them: cancels and notes. Every handler counts a message once, in any order."""

from typing import Any
from zoneinfo import ZoneInfo

from data.centre.intake import SEAT, SUMMARY, new_case
from data.clock import parse_time
from data.domain.case import case_from
from data.domain.errors import PayloadError
from data.domain.messages import CancelMessage, NoteMessage, OrderMessage
from data.domain.reason import because
from data.domain.tables import Tables
from data.domain.text import one_line
from data.domain.vocabulary import FINISHED, Level, NoteKind, ReceiptKind, State
from data.ids import new_id
from data.store import outbox
from data.store.desk import Entry, Transaction
from data.store.replies import reply


def take_order(tx: Transaction, order: OrderMessage, tables: Tables, zone: ZoneInfo) -> None:
    """Turn an order into this desk's own case and answer `delivered`. A repeated order has all receipts repeated."""
    _check_sender(order.from_, tables)
    known = tx.one("SELECT * FROM cases WHERE order_in=?", order.id)
    if known is not None:
        outbox.repeat_receipts(tx, order.id)
        return
    row = _case_of_order(tx, order, tables, zone)
    with tx.entry("order_in", subject=row["id"], operator=one_line(order.issued_by, 40) or order.from_, seat=order.from_) as entry:
        entry.insert("cases", row)
        entry.insert("reports", _report_row(tx, order, row["id"]))
    case = case_from(tx.one("SELECT * FROM cases WHERE id=?", row["id"]))  # type: ignore[arg-type]  # just inserted
    reply(tx, case, ReceiptKind.DELIVERED, by=tables.centre, me=tables.centre)


def _check_sender(sender: str, tables: Tables) -> None:
    if sender not in tables.units and sender != tables.parent:
        raise PayloadError(because("unknown_sender", name=sender))


def _case_of_order(tx: Transaction, order: OrderMessage, tables: Tables, zone: ZoneInfo) -> dict[str, Any]:
    class_code = order.class_ if order.class_ in tables.classes else None
    level = Level(order.level) if order.level in (1, 2, 3, 4) else Level.MEDIUM
    grid = one_line(order.place.grid or "", 40) or None
    text = one_line(order.report or order.text, SUMMARY)
    row = new_case(tx, tables, class_code=class_code, grid=grid, level=level, text=text, source="order")
    cancelled = tx.one("SELECT 1 FROM inbox WHERE id=?", f"cancel/{order.from_}/{order.id}")
    return row | {
        # An order is open and untaken whatever is missing: who sent it must hear `accepted` first.
        "state": "void" if cancelled else "open", "address": one_line(order.place.address or "", 80) or None,
        "lat": order.place.lat, "lon": order.place.lon, "exercise": int(order.exercise),
        "accept_by": _time(order.accept_by, zone), "done_by": _time(order.done_by, zone),
        "order_in": order.id, "order_from": order.from_, "order_case": one_line(order.case, 80), "order_number": order.number,
    }  # fmt: skip


def _report_row(tx: Transaction, order: OrderMessage, case_id: str) -> dict[str, Any]:
    who = order.reporter
    return {
        "id": new_id(tx.now), "case_id": case_id, "message": f"order/{order.from_}/{order.id}",
        "kind": one_line(who.kind, 20) if who else "unit", "name": one_line(who.name or "", 40) or None if who else None,
        "phone": one_line(who.phone or "", 30) or None if who else None,
        "text": one_line(order.report or order.text), "at": tx.now, "received_at": tx.now, "class": order.class_,
        "grid": order.place.grid, "address": order.place.address, "lat": order.place.lat, "lon": order.place.lon,
    }  # fmt: skip


def _time(value: str | float, zone: ZoneInfo) -> int:
    try:
        return parse_time(value, zone)
    except ValueError as error:
        raise PayloadError(because("payload_bad", problem=f"time: {str(value)[:80]}")) from error


def take_cancel(tx: Transaction, cancel: CancelMessage, tables: Tables, zone: ZoneInfo) -> None:
    """Void the case of a withdrawn order, unless it is finished; an order that comes after its cancel is born void."""
    _check_sender(cancel.from_, tables)
    if not _first_time(tx, f"cancel/{cancel.from_}/{cancel.order}", cancel.order):
        return
    row = tx.one("SELECT * FROM cases WHERE order_in=? AND order_from=?", cancel.order, cancel.from_)
    if row is None or row["state"] in FINISHED:
        return
    with tx.entry("cancel_in", subject=row["id"], operator=cancel.from_, seat=SEAT) as entry:
        entry.update("cases", row["id"], {"state": "void", "closed_at": tx.now, "closed_by": cancel.from_})
        entry.remark(reason=one_line(cancel.reason, 200))
        _pass_on_cancel(tx, entry, row["id"], cancel, tables)


def _pass_on_cancel(tx: Transaction, entry: Entry, case_id: str, cancel: CancelMessage, tables: Tables) -> None:
    """Whom this desk ordered in turn must hear of it; an order still in grace just never leaves."""
    for order in tx.conn.execute("SELECT * FROM orders WHERE case_id=? AND cancelled_at IS NULL AND done_at IS NULL", (case_id,)).fetchall():
        entry.update("orders", order["id"], {"cancelled_at": tx.now})
        if outbox.cancel(tx, order["id"]):
            continue
        outbox.stop(tx, order["id"])
        id = f"{order['id']}-cancel"
        message = CancelMessage(
            id=id, order=order["id"], reason=one_line(cancel.reason, 200), time=str(cancel.time), from_=tables.centre
        )
        outbox.enqueue(tx, what="cancel", to=order["unit"], id=id, message=message, case_id=case_id, order_id=order["id"])


def take_note(tx: Transaction, note: NoteMessage, tables: Tables, zone: ZoneInfo) -> None:
    """Keep a note with the case of its order. A note that comes before its order waits for nothing: it is only kept as seen."""
    _check_sender(note.from_, tables)
    row = tx.one("SELECT * FROM cases WHERE order_in=? AND order_from=?", note.order, note.from_)
    if row is None:
        raise PayloadError(because("unknown_order", order=note.order))
    if not _first_time(tx, f"note/{note.from_}/{note.id}", note.order):
        return
    with tx.entry(f"note_{note.kind}", subject=row["id"], operator=note.from_, seat=SEAT) as entry:
        entry.remark(text=one_line(note.text, 500))
        if note.kind is NoteKind.DEADLINE and note.done_by:
            entry.update("cases", row["id"], {"done_by": _time(note.done_by, zone)})
        if note.kind is NoteKind.REWORK and row["state"] == State.CLOSED:
            entry.update("cases", row["id"], {"state": "open", "round": row["round"] + 1, "closed_at": None, "closed_by": None})


def _first_time(tx: Transaction, id: str, order_id: str) -> bool:
    done = tx.conn.execute("INSERT OR IGNORE INTO inbox (id, order_id, received_at) VALUES (?,?,?)", (id, order_id, tx.now))
    return done.rowcount > 0

"""Orders that reach this desk, and what follows them: cancels and notes. Every handler counts a message once, in any order."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from data.acts.split import restore
from data.centre.intake import SEAT, SUMMARY, new_case, position
from data.clock import parse_time
from data.domain.case import Case, case_from
from data.domain.errors import PayloadError
from data.domain.messages import CancelMessage, NoteMessage, OrderMessage, decode, encode
from data.domain.reason import because
from data.domain.tables import Tables
from data.domain.text import one_line, short, somebody
from data.domain.vocabulary import FINISHED, Level, NoteKind, ReceiptKind, State
from data.ids import new_id
from data.store import orders, outbox
from data.store.desk import Entry, Transaction
from data.store.replies import reply

EARLY_NOTES = 1_000
"""Most notes kept that came before their order; the oldest go first. Receipts and orders are never thinned; a note is words."""


def take_order(tx: Transaction, order: OrderMessage, tables: Tables, zone: ZoneInfo) -> None:
    """Turn an order into this desk's own case and answer `delivered`. A repeated order has all receipts repeated."""
    _check_sender(order.from_, tables)
    known = tx.one("SELECT * FROM cases WHERE order_in=?", order.id)
    if known is not None and known["order_from"] != order.from_:
        raise PayloadError(because("not_the_unit", name=order.from_, order=order.id))
    if known is not None:
        outbox.repeat_receipts(tx, order.id)
        return
    row = _case_of_order(tx, order, tables, zone)
    with tx.entry("order_in", subject=row["id"], operator=somebody(order.issued_by, order.from_), seat=order.from_) as entry:
        entry.insert("cases", row)
        entry.insert("reports", _report_row(tx, order, row["id"]))
    case = case_from(tx.one("SELECT * FROM cases WHERE id=?", row["id"]))  # type: ignore[arg-type]  # just inserted
    reply(tx, case, ReceiptKind.DELIVERED, by=tables.centre, me=tables.centre)
    _take_early_notes(tx, order, tables, zone)


def _check_sender(sender: str, tables: Tables) -> None:
    if sender not in tables.units and sender != tables.parent:
        raise PayloadError(because("unknown_sender", name=sender))


def _case_of_order(tx: Transaction, order: OrderMessage, tables: Tables, zone: ZoneInfo) -> dict[str, Any]:
    class_code = order.class_ if order.class_ in tables.classes else None
    level = Level(order.level) if order.level in (1, 2, 3, 4) else Level.MEDIUM
    grid = one_line(order.place.grid or "", 40) or None
    text = one_line(order.report or order.text, SUMMARY)
    row = new_case(tx, tables, class_code=class_code, grid=grid, level=level, text=text, source="order")
    lat, lon = position(order.place.lat, order.place.lon)
    cancelled = tx.one("SELECT 1 FROM inbox WHERE id=?", f"cancel/{order.from_}/{order.id}")
    return row | {
        # An order is open and untaken whatever is missing: who sent it must hear `accepted` first.
        "state": "void" if cancelled else "open", "address": one_line(order.place.address or "", 80) or None,
        "lat": lat, "lon": lon, "exercise": int(order.exercise),
        "accept_by": _time(order.accept_by, zone), "done_by": _time(order.done_by, zone),
        "order_in": order.id, "order_from": order.from_, "order_case": one_line(order.case, 80), "order_number": order.number,
    }  # fmt: skip


def _report_row(tx: Transaction, order: OrderMessage, case_id: str) -> dict[str, Any]:
    who = order.reporter
    lat, lon = position(order.place.lat, order.place.lon)
    return {
        "id": new_id(tx.now), "case_id": case_id, "message": f"order/{order.from_}/{order.id}",
        "kind": one_line(who.kind, 20) if who else "unit",
        "name": short(who.name, 40) if who else None, "phone": short(who.phone, 30) if who else None,
        "text": one_line(order.report or order.text), "at": tx.now, "received_at": tx.now, "class": short(order.class_, 40),
        "grid": short(order.place.grid, 40), "address": short(order.place.address, 80), "lat": lat, "lon": lon,
        "media": json.dumps([one_line(url, 500) for url in order.media[:20]], ensure_ascii=False) if order.media else None,
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
    if row is None or State(row["state"]) in FINISHED - {State.MERGED}:
        return
    case, reason = case_from(row), one_line(cancel.reason, 200)
    with tx.entry("cancel_in", subject=case.id, operator=cancel.from_, seat=SEAT) as entry:
        for joined in tx.conn.execute("SELECT id FROM cases WHERE merged_into=? AND state='merged'", (case.id,)).fetchall():
            restore(tx, entry, joined["id"], operator=cancel.from_, seat=SEAT)
        entry.update("cases", case.id, {"state": "void", "closed_at": tx.now, "closed_by": cancel.from_})
        entry.remark(reason=reason)
        # Whom this desk ordered in turn must hear of it; an order still in grace just never leaves.
        for order in orders.working(tx, case):
            if order["done_at"] is None:
                orders.take_back(tx, entry, order, reason=reason, me=tables.centre)


def take_note(tx: Transaction, note: NoteMessage, tables: Tables, zone: ZoneInfo) -> None:
    """Keep a note with the case of its order, whichever side gave the order; one that comes before its order waits for it."""
    _check_sender(note.from_, tables)
    case = _case_of_note(tx, note)
    if case is None:
        _keep_early(tx, note)
        return
    if not _first_time(tx, f"note/{note.from_}/{note.id}", note.order):
        return
    with tx.entry(f"note_{note.kind}", subject=case.id, operator=note.from_, seat=SEAT) as entry:
        entry.remark(text=one_line(note.text, 500))
        if case.order_in == note.order:
            _obey(tx, entry, case, note, zone)


def _case_of_note(tx: Transaction, note: NoteMessage) -> Case | None:
    row = tx.one("SELECT * FROM cases WHERE order_in=? AND order_from=?", note.order, note.from_) or tx.one(
        "SELECT c.* FROM orders o JOIN cases c ON c.id = o.case_id WHERE o.id=? AND o.unit=?", note.order, note.from_
    )
    return case_from(row) if row else None


def _obey(tx: Transaction, entry: Entry, case: Case, note: NoteMessage, zone: ZoneInfo) -> None:
    """What a note from who ordered the case changes in it. From below a note is only words."""
    if note.kind is NoteKind.URGE and not case.is_finished:
        entry.update("cases", case.id, {"urged_at": tx.now})
        orders.ring(tx, entry, case.id, "urge", f"note/{note.from_}/{note.id}")
    if note.kind is NoteKind.DEADLINE and note.done_by:
        entry.update("cases", case.id, {"done_by": _time(note.done_by, zone), "rung": 0})
    if note.kind is NoteKind.REWORK:
        _rework(tx, entry, case, note)


def _rework(tx: Transaction, entry: Entry, case: Case, note: NoteMessage) -> None:
    """A closed case comes back as a new round; one that was merged wakes the case that went on for it."""
    if case.state is State.MERGED:
        going_on = orders.head(tx, case.id)
        case = case_from(tx.one("SELECT * FROM cases WHERE id=?", going_on))  # type: ignore[arg-type]  # it is there
    if case.state is State.CLOSED:
        entry.update(
            "cases", case.id, {"state": "open", "round": case.round + 1, "closed_at": None, "closed_by": None, "result": None, "rung": 0}
        )
    orders.ring(tx, entry, case.id, "rework", f"note/{note.from_}/{note.id}")


def _keep_early(tx: Transaction, note: NoteMessage) -> None:
    tx.conn.execute(
        "INSERT OR IGNORE INTO inbox (id, order_id, received_at, body) VALUES (?,?,?,?)",
        (f"early/{note.from_}/{note.id}", note.order, tx.now, encode(note)),
    )
    tx.conn.execute(
        "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE body IS NOT NULL ORDER BY received_at DESC LIMIT -1 OFFSET ?)", (EARLY_NOTES,)
    )


def _take_early_notes(tx: Transaction, order: OrderMessage, tables: Tables, zone: ZoneInfo) -> None:
    """Notes about this order that were faster than it, from its own sender; in the order in which they came."""
    early = "SELECT id, body FROM inbox WHERE order_id=? AND body IS NOT NULL ORDER BY rowid"
    for row in tx.conn.execute(early, (order.id,)).fetchall():
        note = decode(bytes(row["body"]), NoteMessage)
        if note.from_ == order.from_:
            take_note(tx, note, tables, zone)
        tx.conn.execute("DELETE FROM inbox WHERE id=?", (row["id"],))


def _first_time(tx: Transaction, id: str, order_id: str) -> bool:
    done = tx.conn.execute("INSERT OR IGNORE INTO inbox (id, order_id, received_at) VALUES (?,?,?)", (id, order_id, tx.now))
    return done.rowcount > 0

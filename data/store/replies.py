"""Receipts that this desk gives to the centre whose order a case was born of."""

from data.clock import iso
from data.domain.case import Case, case_from
from data.domain.messages import NoteMessage, ReceiptMessage
from data.domain.vocabulary import NoteKind, ReceiptKind
from data.store import outbox
from data.store.desk import Transaction
from data.store.orders import family


def reply(tx: Transaction, case: Case, kind: ReceiptKind, *, by: str, me: str, note: str | None = None) -> None:
    """Put a receipt into the outbox; nothing for a case of this desk's own.

    Its id is made of order, kind and round, so that the same fact is always the same message.
    """
    if case.order_in is None or case.order_from is None:
        return
    id = f"{case.order_in}-{kind}" if case.round == 1 else f"{case.order_in}-{kind}-{case.round}"
    message = ReceiptMessage(
        id=id, order=case.order_in, kind=kind, time=iso(tx.now), by=by, from_=me, note=note,
        media=photos(tx, case.id) if kind is ReceiptKind.DONE else [],
    )  # fmt: skip
    outbox.enqueue(tx, what="receipt", to=case.order_from, id=id, message=message, case_id=case.id, order_id=case.order_in)


def photos(tx: Transaction, case_id: str) -> list[str]:
    """Links that the units of a case sent with their receipts, oldest first."""
    rows = tx.conn.execute(
        "SELECT r.media FROM receipts r JOIN orders o ON o.id = r.order_id WHERE o.case_id=? AND r.media IS NOT NULL ORDER BY r.received_at, r.rowid",
        (case_id,),
    )
    return list(dict.fromkeys(link for row in rows for link in row["media"].split("\n")))[:20]


def reply_all(tx: Transaction, case: Case, kind: ReceiptKind, *, by: str, me: str, note: str | None = None) -> None:
    """The same for the case and for every case merged into it: each centre that sent one of them is answered."""
    for id in family(tx, case.id):
        reply(tx, case_from(tx.one("SELECT * FROM cases WHERE id=?", id)), kind, by=by, me=me, note=note)  # type: ignore[arg-type]  # found


def tell_sender(tx: Transaction, case: Case, text: str, *, id: str, me: str) -> None:
    """Send information up to the centre whose order a case was born of."""
    if case.order_in is None or case.order_from is None:
        return
    note = NoteMessage(id=id, order=case.order_in, kind=NoteKind.INFO, text=text, time=iso(tx.now), from_=me)
    outbox.enqueue(tx, what="note", to=case.order_from, id=id, message=note, case_id=case.id, order_id=case.order_in)

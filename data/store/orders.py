"""Orders in the desk: who works on a case now, how far they are, and how an order is made, taken back and changed."""

import json

import msgspec

from data.clock import iso
from data.dispatch import Around
from data.domain.case import Case
from data.domain.messages import CancelMessage, NoteMessage, OrderMessage, Place, Reporter
from data.domain.tables import Tables
from data.domain.vocabulary import NoteKind
from data.duplicates import SUGGEST
from data.store import outbox
from data.store.channels import channels_down
from data.store.desk import Entry, Transaction
from data.store.schema import LIVE
from data.store.sqlite import sqlite3

_WORKING = "case_id=? AND round=? AND coalesce(cancelled_at, refused_at) IS NULL"


def working(tx: Transaction, case: Case) -> list[sqlite3.Row]:
    """Orders of the case's present round that were neither withdrawn nor refused; the lead's first, the newest before older ones."""
    rows = tx.conn.execute(f"SELECT * FROM orders WHERE {_WORKING} ORDER BY lead DESC, attempt DESC, id", (case.id, case.round))
    return rows.fetchall()


def progress(conn: sqlite3.Connection, case_id: str, round: int) -> tuple[int, int]:
    """How many of the wanted `done` are in, of how many: 2 of 4. An assist that refused is still wanted until another replaces it."""
    row = conn.execute(
        "SELECT count(done_at), count(*) FROM orders WHERE case_id=? AND round=? AND required=1 AND cancelled_at IS NULL"
        " AND (refused_at IS NULL OR lead=0)",
        (case_id, round),
    ).fetchone()
    return int(row[0]), int(row[1])


def around(tx: Transaction, case: Case, units: tuple[str, ...], most: int) -> Around:
    """What a plan for the case must know: open orders of `units` (counted up to `most`), channels down, its attempt."""
    load = {unit: load_of(tx.conn, unit, most) for unit in units}
    last = tx.one("SELECT max(attempt) AS attempt FROM orders WHERE case_id=?", case.id)
    attempt = ((last["attempt"] if last else None) or 0) + 1
    down, alike = channels_down(tx.conn, tx.now), _alike(tx, case) if attempt == 1 else ()
    return Around(load=load, attempt=attempt, joined=_joined(tx, case.id), down=down, alike=alike)


def _joined(tx: Transaction, case_id: str) -> int:
    """Cases that a press joined into this one to go as one order; a duplicate that was merged is no further place to go to."""
    row = tx.one(
        "SELECT count(*) AS n FROM cases WHERE merged_into=? AND state='merged' AND EXISTS"
        " (SELECT 1 FROM journal WHERE subject=cases.id AND act='merge' AND after LIKE '%\"group\":%')",
        case_id,
    )
    return int(row["n"]) if row else 0


def _alike(tx: Transaction, case: Case) -> tuple[tuple[int, float], ...]:
    """What the case was found to be like when it came, as far as that is still being worked on."""
    row = tx.one("SELECT maybe FROM cases WHERE id=?", case.id)
    if row is None or row["maybe"] is None:
        return ()
    scores = {str(id): float(score) for id, score, _ in json.loads(row["maybe"]) if score > SUGGEST}
    live = tx.conn.execute(f"SELECT id, number FROM cases WHERE id IN ({','.join('?' * len(scores))}) AND {LIVE}", tuple(scores))
    return tuple(sorted(((int(one["number"]), scores[one["id"]]) for one in live), key=lambda pair: -pair[1]))


def load_of(conn: sqlite3.Connection, unit: str, most: int) -> int:
    """Orders that a unit has not finished, of cases that are not finished; counted up to `most`."""
    found = conn.execute(
        "SELECT count(*) FROM (SELECT 1 FROM orders WHERE unit=? AND coalesce(refused_at, done_at, cancelled_at, closed_at) IS NULL LIMIT ?)",
        (unit, most),
    )
    return int(found.fetchone()[0])


def issue(
    tx: Transaction, entry: Entry, case: Case, tables: Tables, *, id: str, attempt: int, unit: str, channel: str, text: str,
    accept_by: int, done_by: int, by: str, not_before: int, lead: bool = True, required: bool = True,
    told: bool = False,
) -> None:  # fmt: skip
    """Write one order and put its message out; one that was `told` by telephone is out already. An exercise leaves by MQTT alone."""
    channel = "mqtt" if case.exercise else channel
    entry.insert(
        "orders",
        {
            "id": id, "case_id": case.id, "attempt": attempt, "unit": unit, "channel": channel, "lead": int(lead), "required": int(required),
            "round": case.round, "text": text, "accept_by": accept_by, "done_by": done_by, "issued_at": tx.now, "issued_by": by,
            "not_before": not_before, "released_at": tx.now if told else None,
        },
    )  # fmt: skip
    message = _message(tx, case, tables, id=id, attempt=attempt, text=text, accept_by=accept_by, done_by=done_by, by=by, lead=lead)
    outbox.enqueue(tx, what="order", to=unit, id=id, message=message, case_id=case.id, order_id=id, not_before=not_before)
    if told:
        outbox.told(tx, id)


def _message(
    tx: Transaction, case: Case, tables: Tables, *, id: str, attempt: int, text: str, accept_by: int, done_by: int, by: str, lead: bool
) -> OrderMessage:
    report = tx.one("SELECT * FROM reports WHERE case_id=? ORDER BY at LIMIT 1", case.id)
    return OrderMessage(
        id=id, case=case.id, attempt=attempt, level=int(case.level), class_=case.class_code, text=text,
        place=Place(grid=case.grid, address=case.address, lat=case.lat, lon=case.lon), number=case.number,
        reporter=Reporter(kind=report["kind"], name=report["name"], phone=report["phone"]) if report else None,
        report=report["text"] if report else case.text, media=json.loads(report["media"] or "[]") if report else [], lead=lead,
        accept_by=iso(accept_by), done_by=iso(done_by), reply_to=outbox.topic(tables.centre, "receipt"),
        issued_at=iso(tx.now), issued_by=by, from_=tables.centre, exercise=case.exercise,
    )  # fmt: skip


def take_back(tx: Transaction, entry: Entry, order: sqlite3.Row, *, reason: str, me: str) -> bool:
    """End one order before its work is done: one that is still here never leaves (True), one that left is followed by a cancel."""
    entry.update("orders", order["id"], {"cancelled_at": tx.now})
    if outbox.cancel(tx, order["id"]):
        return True
    outbox.stop(tx, order["id"])
    id = f"{order['id']}-cancel"
    _put(tx, "cancel", order, id, CancelMessage(id=id, order=order["id"], reason=reason, time=iso(tx.now), from_=me))
    return False


def tell(tx: Transaction, order: sqlite3.Row, kind: NoteKind, text: str, *, id: str, me: str, done_by: int | None = None) -> None:
    """Send a note about an order to the unit that has it. The same id again sends nothing."""
    note = NoteMessage(
        id=id, order=order["id"], kind=kind, text=text, done_by=iso(done_by) if done_by is not None else None, time=iso(tx.now), from_=me
    )
    _put(tx, "note", order, id, note)


def _put(tx: Transaction, what: str, order: sqlite3.Row, id: str, message: msgspec.Struct) -> None:
    outbox.enqueue(tx, what=what, to=order["unit"], id=id, message=message, case_id=order["case_id"], order_id=order["id"])


def end(tx: Transaction, entry: Entry, case: Case, result: str, me: str) -> None:
    """The case is over: nobody is asked again, and who worked on it hears so."""
    for order in working(tx, case):
        outbox.stop(tx, order["id"])
        entry.update("orders", order["id"], {"closed_at": tx.now})
        tell(tx, order, NoteKind.CLOSED, result, id=_round_id(order, "closed"), me=me)


def _round_id(order: sqlite3.Row, what: str) -> str:
    return f"{order['id']}-{what}" if order["round"] == 1 else f"{order['id']}-{what}-{order['round']}"


def family(tx: Transaction, case_id: str) -> list[str]:
    """The case and all that were merged into it, directly or through others."""
    rows = tx.conn.execute(
        "WITH RECURSIVE f(id) AS (SELECT ?1 UNION SELECT c.id FROM cases c JOIN f ON c.merged_into = f.id WHERE c.state = 'merged') SELECT id FROM f",
        (case_id,),
    )
    return [str(row[0]) for row in rows]


def head(tx: Transaction, case_id: str) -> str:
    """The case that goes on for this one: itself unless it was merged."""
    row = tx.one("SELECT state, merged_into FROM cases WHERE id=?", case_id)
    while row is not None and row["state"] == "merged" and row["merged_into"]:
        case_id = str(row["merged_into"])
        row = tx.one("SELECT state, merged_into FROM cases WHERE id=?", case_id)
    return case_id


def ring(tx: Transaction, entry: Entry, case_id: str, kind: str, id: str, *, order_id: str | None = None, role: str = "") -> None:
    """Call for attention at the seats, once for this id. `role` "" rings everybody of this desk."""
    if tx.one("SELECT 1 FROM rungs WHERE id=?", id) is None:
        entry.insert("rungs", {"id": id, "case_id": case_id, "order_id": order_id, "kind": kind, "role": role, "at": tx.now})



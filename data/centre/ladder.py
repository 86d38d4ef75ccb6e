"""The ladder: what happens by itself when nobody acts in time. One engine for orders and cases.

    an order not accepted      at its time: ring, send again · half as late again: another channel
                               twice the time: the deputy · three times: the supervisor
    a case nobody took up      at its time: the supervisor
    a case not finished        80 % of its time: nearly due · 100 %: overdue · 150 %: to the centre above, and the supervisor
    a held case                at the end of its hold: it goes on

There is no timer: when the next rung is due is computed by SQLite from the row (`rung_at`), so that a look costs one index, a
restart forgets nothing, and each rung of a round and deadline is taken once. 80, 100 and 150 % are `domain.md` §6d; the
multiples of the acceptance time are our judgement. Runs in the centre's loop, in its transaction.
"""

from collections.abc import Callable

from data.acts import SYSTEM, SYSTEM_SEAT, perform_in
from data.dispatch import order_text
from data.domain.case import Case, case_from
from data.domain.tables import Tables
from data.domain.vocabulary import Role, State
from data.ids import new_id
from data.store import orders, outbox
from data.store.channels import channels_down
from data.store.desk import Conflict, Entry, Transaction
from data.store.sqlite import sqlite3
from data.words import Words

MOST = 200
"""Most rungs of one kind taken in one beat; the rest are due at the next."""
Step = Callable[[Transaction, Tables, Case, sqlite3.Row], None]


def climb(tx: Transaction, tables: Tables, *, heard: bool = True) -> int:
    """Take every rung that is due; how many.

    `heard`: receipts have had the time to come in. Without that (the line is down, or has only just come back) nobody can be said
    not to have accepted, and orders climb nothing.
    """
    taken = 0
    for sql, take in (*(((_ORDERS, _climb_order),) if heard else ()), (_UNANSWERED, _unanswered), (_CASES, _climb_case), (_HELD, _resume)):
        for row in tx.conn.execute(sql, (tx.now, MOST)).fetchall():
            case = case_from(tx.one("SELECT * FROM cases WHERE id=?", row["case_id"]))  # type: ignore[arg-type]  # the row names it
            try:
                take(tx, tables, case, row)
            except Conflict:  # a seat was faster; the next beat looks again
                continue
            taken += 1
    return taken


_ORDERS = """SELECT o.* FROM orders o WHERE o.rung_at <= ? ORDER BY o.rung_at LIMIT ?"""
_UNANSWERED = "SELECT id AS case_id FROM cases WHERE unanswered_at <= ? ORDER BY unanswered_at LIMIT ?"
_CASES = "SELECT id AS case_id, rung FROM cases WHERE rung_at <= ? ORDER BY rung_at LIMIT ?"
_HELD = "SELECT id AS case_id FROM cases WHERE state = 'held' AND due <= ? ORDER BY due LIMIT ?"


def next_at(conn: sqlite3.Connection) -> int | None:
    """When the next rung is due, by the desk's clock; None when none is."""
    row = conn.execute(
        "SELECT min(at) FROM (SELECT min(rung_at) AS at FROM orders WHERE rung_at IS NOT NULL"
        " UNION ALL SELECT min(rung_at) FROM cases WHERE rung_at IS NOT NULL"
        " UNION ALL SELECT min(unanswered_at) FROM cases WHERE unanswered_at IS NOT NULL"
        " UNION ALL SELECT min(due) FROM cases WHERE state = 'held')"
    ).fetchone()
    return None if row[0] is None else int(row[0])


def _climb_order(tx: Transaction, tables: Tables, case: Case, order: sqlite3.Row) -> None:
    """One rung of an order; while its case rests or is over, none is taken and none comes up again before it goes on."""
    step = _ORDER_STEPS[order["rung"]]
    if case.state is State.HELD:
        return
    if case.is_finished or order["round"] != case.round:
        with tx.entry("rung_over", subject=case.id, operator=SYSTEM, seat=SYSTEM_SEAT) as entry:
            entry.update("orders", order["id"], {"rung": len(_ORDER_STEPS)})
        return
    step(tx, tables, case, order)


def _take(tx: Transaction, entry: Entry, order: sqlite3.Row, kind: str, role: str = "") -> None:
    entry.update("orders", order["id"], {"rung": order["rung"] + 1})
    orders.ring(tx, entry, order["case_id"], kind, f"{order['id']}/{kind}", order_id=order["id"], role=role)


def _ring(tx: Transaction, tables: Tables, case: Case, order: sqlite3.Row) -> None:
    with tx.entry("rung_ring", subject=case.id, operator=SYSTEM, seat=SYSTEM_SEAT) as entry:
        _take(tx, entry, order, "unaccepted")
        if order["delivered_at"] is None:
            outbox.resend(tx, order["id"])


def _other_channel(tx: Transaction, tables: Tables, case: Case, order: sqlite3.Row) -> None:
    """Only the unit's own other channels; what was delivered has been read, or will be, whatever the channel."""
    unit = tables.units.get(order["unit"])
    usable = [name for name in (unit.channels if unit else ()) if name != order["channel"] and name not in channels_down(tx.conn, tx.now)]
    with tx.entry("rung_channel" if usable else "rung_over", subject=case.id, operator=SYSTEM, seat=SYSTEM_SEAT) as entry:
        entry.update("orders", order["id"], {"rung": order["rung"] + 1})
        if usable and outbox.resend(tx, order["id"], usable[0]):
            entry.update("orders", order["id"], {"channel": usable[0]})
            entry.remark(text=usable[0])
            orders.ring(tx, entry, case.id, "channel", f"{order['id']}/channel", order_id=order["id"])


def _deputy(tx: Transaction, tables: Tables, case: Case, order: sqlite3.Row) -> None:
    """The order goes to the deputy instead, once a round. A unit that a person chose stays: then only the supervisor hears."""
    unit = tables.units.get(order["unit"])
    deputy = tables.units.get(unit.deputy) if unit else None
    been = tx.one("SELECT 1 FROM rungs WHERE id=?", f"{case.id}/deputy/{case.round}")
    if deputy is None or not deputy.channels or been or case.unit_chosen or not order["lead"] or case.state is not State.SENT:
        with tx.entry("rung_over", subject=case.id, operator=SYSTEM, seat=SYSTEM_SEAT) as entry:
            entry.update("orders", order["id"], {"rung": order["rung"] + 1})
        return
    with tx.entry("rung_deputy", subject=case.id, operator=SYSTEM, seat=SYSTEM_SEAT) as entry:
        entry.update("orders", order["id"], {"rung": order["rung"] + 1})
        orders.ring(tx, entry, case.id, "deputy", f"{case.id}/deputy/{case.round}", order_id=order["id"])
        _pass_on(tx, entry, tables, case, order, deputy.id, deputy.channels[0])


def _pass_on(tx: Transaction, entry: Entry, tables: Tables, case: Case, order: sqlite3.Row, unit: str, channel: str) -> None:
    """Withdraw an order and give it to another unit, at once; the deadlines are the case's, acceptance as quick as before."""
    orders.take_back(tx, entry, order, reason=Words(tables.language)("note.deputy"), me=tables.centre)
    attempt = orders.around(tx, case, (), 1).attempt
    done_by = max(order["done_by"], tx.now + 60_000)
    accept_by = min(tx.now + max(order["accept_by"] - order["issued_at"], 60_000), done_by)
    entry.update("cases", case.id, {"unit": unit, "accept_by": accept_by, "state": "sending"}, expect={"version": case.version})
    orders.issue(
        tx, entry, case, tables, id=new_id(tx.now), attempt=attempt, unit=unit, channel=channel,
        text=order_text(case, tables, done_by=done_by, now=tx.now, attempt=attempt), accept_by=accept_by, done_by=done_by,
        by=SYSTEM, not_before=tx.now,
    )  # fmt: skip


def _supervisor(tx: Transaction, tables: Tables, case: Case, order: sqlite3.Row) -> None:
    with tx.entry("rung_supervisor", subject=case.id, operator=SYSTEM, seat=SYSTEM_SEAT) as entry:
        _take(tx, entry, order, "supervisor", Role.SUPERVISOR)


_ORDER_STEPS: tuple[Step, ...] = (_ring, _other_channel, _deputy, _supervisor)


def _unanswered(tx: Transaction, tables: Tables, case: Case, _row: sqlite3.Row) -> None:
    with tx.entry("rung_unanswered", subject=case.id, operator=SYSTEM, seat=SYSTEM_SEAT) as entry:
        entry.update("cases", case.id, {"unanswered": 1})
        orders.ring(tx, entry, case.id, "unanswered", f"{case.id}/unanswered", role=Role.SUPERVISOR)


_CASE_STEPS = (("nearly_due", ""), ("overdue", Role.SUPERVISOR), ("above", Role.SUPERVISOR))


def _climb_case(tx: Transaction, tables: Tables, case: Case, row: sqlite3.Row) -> None:
    kind, role = _CASE_STEPS[row["rung"]]
    with tx.entry(f"rung_{kind}", subject=case.id, operator=SYSTEM, seat=SYSTEM_SEAT) as entry:
        entry.update("cases", case.id, {"rung": row["rung"] + 1})
        orders.ring(tx, entry, case.id, kind, f"{case.id}/{kind}/{case.round}/{case.done_by}", role=role)
    if kind == "above":
        # Refused where there is no centre above, it sent the case, or it has it: then the supervisor was rung, and that is all.
        fresh = case_from(tx.one("SELECT * FROM cases WHERE id=?", case.id))  # type: ignore[arg-type]  # just changed
        perform_in(tx, tables, "escalate", fresh, {"reason": Words(tables.language)("note.overdue")})


def _resume(tx: Transaction, tables: Tables, case: Case, _row: sqlite3.Row) -> None:
    perform_in(tx, tables, "resume", case)
    with tx.entry("rung_resumed", subject=case.id, operator=SYSTEM, seat=SYSTEM_SEAT) as entry:
        orders.ring(tx, entry, case.id, "resumed", f"{case.id}/resumed/{tx.now}")

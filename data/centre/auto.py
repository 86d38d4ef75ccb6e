"""自动派单: a clear plan for a class and a unit that both say so is sent without a person, after the grace and undoable like any.

A plan with a warning waits for a person; so does a case whose automatic dispatch was undone. Each case is looked at once
(`cases.auto`), and only cases of such classes are looked at, by one index. Runs in the centre's loop, in its transaction.
"""

import time

from data.acts import SYSTEM, SYSTEM_SEAT, Done, perform_in, proposal
from data.dispatch import Plan
from data.domain.case import Case, case_from
from data.domain.reason import Reason, because
from data.domain.tables import Tables
from data.store.desk import Conflict, Transaction
from data.words import Words

MOST = 200
"""Most cases looked at in one beat; the rest at the next."""
LONGEST_S = 0.05
"""The last case of a beat begins before this: a key pressed meanwhile waits for no more than that; as for the inbox's messages."""


def dispatch_clear(tx: Transaction, tables: Tables) -> int:
    """Send what is clear; how many."""
    codes = [code for code, row in tables.classes.items() if row.auto]
    if not codes:
        return 0
    marks = ",".join("?" * len(codes))
    found = f"SELECT * FROM cases WHERE state = 'open' AND auto IS NULL AND class IN ({marks}) ORDER BY number LIMIT ?"
    until, sent = time.monotonic() + LONGEST_S, 0
    for row in tx.conn.execute(found, (*codes, MOST)).fetchall():
        sent += _try(tx, tables, case_from(row))
        if time.monotonic() > until:
            break
    return sent


def _try(tx: Transaction, tables: Tables, case: Case) -> bool:
    made = proposal(tx, case, tables)
    obstacle = _obstacle(case, made)
    if obstacle is None:
        try:
            return isinstance(perform_in(tx, tables, "dispatch", case), Done)
        except Conflict:  # a seat was faster; it is no longer ours to send
            return False
    with tx.entry("auto_wait", subject=case.id, operator=SYSTEM, seat=SYSTEM_SEAT) as entry:
        entry.update("cases", case.id, {"auto": 0})
        entry.remark(text=Words(tables.language).say(obstacle))
    return False


def _obstacle(case: Case, made: Plan) -> Reason | None:
    """Why a person must look, or None when it goes by itself. An order from above is accepted (签收) by a person first."""
    if case.order_in is not None:
        return because("accept_first")
    if made.problem or made.warnings:
        return made.problem or made.warnings[0]
    units = [made.unit, *(assist.unit for assist in made.assists)]
    manual = next((unit.name for unit in units if unit is not None and not unit.auto), None)
    return because("not_auto", name=manual) if manual else None

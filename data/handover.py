"""Handing a shift over: ticks, free lines, and the two signatures. Each is one transaction with its journal row.

The outgoing signs only when all that must be said is ticked; the incoming signs after, and what the outgoing had taken
on is his or hers from then.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Concatenate, ParamSpec

import msgspec

from data.acts import WORKERS, Done, Refused, not_a_worker
from data.domain.reason import Reason, because
from data.domain.tables import Tables
from data.domain.text import one_line
from data.ids import new_id
from data.kinds import Kind
from data.store.desk import Desk, Entry, Transaction, why_unwritten
from data.store.history import History
from data.store.schema import LIVE
from data.store.sqlite import sqlite3
from data.views.handover import sheet, shift_start, unsaid, unsigned_since

SUBJECT = "handover"


_P = ParamSpec("_P")


def _or_busy(method: Callable[Concatenate["Shift", _P], Done | Refused]) -> Callable[Concatenate["Shift", _P], Done | Refused]:
    """A store that is busy or full is a refusal that can be said, as with every act."""

    @wraps(method)
    def tried(shift: "Shift", /, *args: _P.args, **kwargs: _P.kwargs) -> Done | Refused:
        try:
            return method(shift, *args, **kwargs)
        except sqlite3.OperationalError as error:
            return Refused(why_unwritten(error))

    return tried


class Shift:
    """One person at the handover. Belongs to the thread of its desk's connection."""

    def __init__(self, desk: Desk, tables: Tables, history: History, kinds: Mapping[str, Kind], *, operator: str, seat: str) -> None:
        self._desk = desk
        self._tables = tables
        self._history = history
        self._kinds = kinds
        self._operator = operator
        self._seat = seat

    @_or_busy
    def say(self, item: str, *, said: bool = True) -> Done | Refused:
        """Tick an item as said, or take the tick back."""
        with self._desk.transaction() as tx:
            if refusal := self._not_a_worker():
                return Refused(refusal)
            since = shift_start(tx.conn)
            if item not in {one.item for one in sheet(tx.conn, self._history, self._kinds, self._tables, tx.now).must_say}:
                return Refused(because("handover_no_item", item=item))
            with self._entry(tx, "handover_said") as entry:
                entry.remark(text=item, said=said)
                self._tick(tx, entry, since, item, said=said)
        return Done("", because("did_handover_said"))

    def _tick(self, tx: Transaction, entry: Entry, since: int, item: str, *, said: bool) -> None:
        id = f"{since}/{item}"
        if tx.one("SELECT 1 FROM handover_items WHERE id=?", id):
            entry.update("handover_items", id, {"said": int(said), "at": tx.now, "by": self._operator})
        else:
            row = {"id": id, "since": since, "item": item, "said": int(said), "at": tx.now, "by": self._operator}
            entry.insert("handover_items", row)

    @_or_busy
    def leave(self, text: str) -> Done | Refused:
        """Leave a line for the next shift."""
        text = one_line(text, 200)
        if not text:
            return Refused(because("no_text"))
        with self._desk.transaction() as tx:
            if refusal := self._not_a_worker():
                return Refused(refusal)
            with self._entry(tx, "handover_line") as entry:
                entry.insert(
                    "handover_items", {"id": new_id(tx.now), "since": shift_start(tx.conn), "text": text, "at": tx.now, "by": self._operator}
                )
        return Done("", because("did_handover_line"))

    @_or_busy
    def sign(self, incoming: str = "") -> Done | Refused:
        """Sign as the outgoing; with `incoming`, who stands beside and signs at the same seat, both."""
        incoming = one_line(incoming, 40)
        with self._desk.transaction() as tx:
            found = sheet(tx.conn, self._history, self._kinds, self._tables, tx.now)
            if refusal := self._not_a_worker() or self._cannot_take(self._operator, incoming):
                return Refused(refusal)
            if found.signed_by:
                return Refused(because("handover_waits", name=found.signed_by))
            if left := unsaid(found):
                return Refused(left)
            with self._entry(tx, "handover_sign") as entry:
                row = {"id": new_id(tx.now), "since": shift_start(tx.conn), "outgoing": self._operator, "signed_at": tx.now}
                entry.insert("handovers", row | {"sheet": msgspec.json.encode(found).decode()})
                entry.remark(text=incoming)
                if incoming:
                    _take(tx, entry, str(row["id"]), self._operator, incoming)
        return Done("", because("did_handover_sign", name=incoming) if incoming else because("did_handover_sign_alone"))

    @_or_busy
    def take(self) -> Done | Refused:
        """Sign as the incoming what another has signed."""
        with self._desk.transaction() as tx:
            waiting = tx.one("SELECT * FROM handovers WHERE taken_at IS NULL ORDER BY signed_at DESC LIMIT 1")
            if waiting is None:
                return Refused(because("handover_none"))
            if refusal := self._not_a_worker() or self._cannot_take(waiting["outgoing"], self._operator):
                return Refused(refusal)
            with self._entry(tx, "handover_take") as entry:
                entry.remark(text=waiting["outgoing"])
                _take(tx, entry, waiting["id"], waiting["outgoing"], self._operator)
        return Done("", because("did_handover_take", name=waiting["outgoing"]))

    def _entry(self, tx: Transaction, act: str) -> AbstractContextManager[Entry]:
        return tx.entry(act, subject=SUBJECT, operator=self._operator, seat=self._seat)

    def _not_a_worker(self) -> Reason | None:
        return not_a_worker(self._tables, self._operator, "place.handover")

    def _cannot_take(self, outgoing: str, incoming: str) -> Reason | None:
        if incoming and incoming == outgoing:
            return because("handover_same_name", name=incoming)
        if incoming and not self._tables.roles_of(incoming) & WORKERS:
            return because("not_allowed", act="@place.handover", name=incoming)
        return None


def _take(tx: Transaction, entry: Entry, id: str, outgoing: str, incoming: str) -> None:
    """The incoming's name goes where the outgoing's stood: on open cases and on alarms that still stand."""
    entry.update("handovers", id, {"incoming": incoming, "taken_at": tx.now})
    for (case,) in tx.conn.execute(f"SELECT id FROM cases WHERE {LIVE} AND taken_by=?", (outgoing,)).fetchall():
        entry.update("cases", case, {"taken_by": incoming})
    alarms = tx.conn.execute("SELECT id FROM alarms WHERE cleared_at IS NULL AND acknowledged_by=?", (outgoing,))
    for (alarm,) in alarms.fetchall():
        entry.update("alarms", alarm, {"acknowledged_by": incoming})


def warn_unsigned(tx: Transaction, tables: Tables) -> bool:
    """Tell the supervisors of a shift that ended 15 minutes ago unsigned, once. The centre calls this every few seconds."""
    end = unsigned_since(tx.conn, tables, tx.now)
    if end is None or _warned(tx.conn, end):
        return False
    with tx.entry("handover_unsigned", subject=f"{SUBJECT}/{end}", operator="system", seat="centre") as entry:
        entry.remark(ended_at=end)
    return True


def _warned(conn: sqlite3.Connection, end: int) -> bool:
    return conn.execute("SELECT 1 FROM journal WHERE subject=? LIMIT 1", (f"{SUBJECT}/{end}",)).fetchone() is not None

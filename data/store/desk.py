"""The desk: transactions on desk.db in which every change writes its journal row.

    with desk.transaction() as tx:                       # BEGIN IMMEDIATE; the centre's also checks its lease
        with tx.entry("dispatch", subject=case_id, operator="王梅", seat="tty3") as entry:
            entry.update("cases", case_id, {"state": "sending"}, expect={"state": "open", "version": 4})
            entry.insert("orders", {...})

There is no other way to change a case, report, alarm, order or receipt. Tables that only carry messages about
(`outbox`, `inbox`, `quarantine`, `rule_states`, `sensors`, `lease`) are written through `tx.conn`.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from data.clock import Clock
from data.domain.errors import LeaseLost
from data.domain.reason import Reason, because
from data.store.derived import follow
from data.store.journal import GENESIS, JOURNALED, digest
from data.store.sqlite import sqlite3

UNDECIDED = frozenset({"seen_at", "supports", "rung", "unanswered", "auto", "urged_at", "acknowledged_at", "acknowledged_by"})
"""Columns of a case that nobody decides by: a change of these alone leaves the version, so that no press is refused for it."""


BUSY_S = 5.0
"""How long a seat waits for its turn to write before its key is refused."""
_AGAIN_S = 0.003


class Conflict(Exception):
    """A row is not what was expected: somebody else was faster. The transaction changes nothing."""


def why_unwritten(error: sqlite3.OperationalError) -> Reason:
    """Why nothing was committed: somebody wrote for too long, which another press mends, or disk or permissions do not let us."""
    busy = "locked" in str(error) or "busy" in str(error)
    return because("store_busy", error=str(error)) if busy else because("store_read_only", file="desk.db", error=str(error))


class Desk:
    """One connection to desk.db with the desk's clock; belongs to one thread. `epoch` is the centre's lease, None for a seat."""

    def __init__(self, conn: sqlite3.Connection, clock: Clock, epoch: int | None = None) -> None:
        self.conn = conn
        self.clock = clock
        self.epoch = epoch

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """One `BEGIN IMMEDIATE`. Raises `LeaseLost` when another centre has taken over; any error rolls back."""
        self._begin()
        try:
            self._check_lease()
            yield Transaction(self.conn, self.clock.now())
            self.conn.execute("COMMIT")
        except BaseException:
            # A full disk or a trigger may have rolled back already; a second ROLLBACK would hide the real error.
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK")
            raise

    def _begin(self) -> None:
        """A seat looks again every few ms: SQLite's own waiting grows to 100 ms and would miss the gaps that a busy centre leaves."""
        if self.epoch is not None:
            self.conn.execute("BEGIN IMMEDIATE")
            return
        until = time.monotonic() + BUSY_S
        self.conn.execute("PRAGMA busy_timeout=0")
        try:
            while not _is_begun(self.conn, last=time.monotonic() > until):
                time.sleep(_AGAIN_S)
        finally:
            self.conn.execute(f"PRAGMA busy_timeout={round(BUSY_S * 1000)}")

    def _check_lease(self) -> None:
        if self.epoch is None:
            return
        held = self.conn.execute("SELECT epoch FROM lease").fetchone()[0]
        if held != self.epoch:
            raise LeaseLost(because("lease_lost", epoch=held))


def _is_begun(conn: sqlite3.Connection, *, last: bool) -> bool:
    """Try to begin. Raises `sqlite3.OperationalError` for what waiting does not mend, and at the `last` try for all."""
    try:
        conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last or "locked" not in str(error):
            raise
        return False
    return True


class Transaction:
    """What may be done inside one transaction. `now` is the same moment for all of it (UTC ms)."""

    def __init__(self, conn: sqlite3.Connection, now: int) -> None:
        self.conn = conn
        self.now = now
        self._last: tuple[int, str] | None = None
        """Number and hash of the journal's newest row; None where they must be read: nobody else writes while this transaction runs."""

    @contextmanager
    def entry(self, act: str, *, subject: str, operator: str, seat: str) -> Iterator["Entry"]:
        """Changes that belong to one act; its journal row is written at the end, in the same transaction.

        An error inside undoes this entry alone (a savepoint) and is passed on.
        """
        self.conn.execute("SAVEPOINT entry")
        try:
            entry = Entry(self.conn)
            yield entry
            follow(self.conn, entry, self.now)
            self._journal(act, subject, operator, seat, entry)
        except BaseException:
            self._last = None
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK TO entry")
                self.conn.execute("RELEASE entry")
            raise
        self.conn.execute("RELEASE entry")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """One message of many: an error undoes what it did and is passed on."""
        self.conn.execute("SAVEPOINT message")
        try:
            yield
        except BaseException:
            self._last = None
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK TO message")
                self.conn.execute("RELEASE message")
            raise
        self.conn.execute("RELEASE message")

    def one(self, sql: str, *args: Any) -> sqlite3.Row | None:
        """First row of a query, or None."""
        row: sqlite3.Row | None = self.conn.execute(sql, args).fetchone()
        return row

    def _journal(self, act: str, subject: str, operator: str, seat: str, entry: "Entry") -> None:
        last, prev = self._last or self._newest()
        row = (last + 1, self.now, operator, seat, act, subject, _canonical(entry.before), _canonical(entry.after), prev)
        hash = digest(*row)
        self.conn.execute("INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?)", (*row, hash))
        self._last = last + 1, hash

    def _newest(self) -> tuple[int, str]:
        row = self.one("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        return (row["seq"], row["hash"]) if row else (0, GENESIS)


class Entry:
    """The changes of one act: `before` and `after` hold, by table and id, the columns that changed."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self.before: dict[str, dict[str, dict[str, Any]]] = {}
        self.after: dict[str, dict[str, dict[str, Any]]] = {}

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Add a row; it has an `id`. Raises `sqlite3.IntegrityError` when it is there already."""
        _check_journaled(table)
        columns = ",".join(row)
        marks = ",".join("?" * len(row))
        self._conn.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))
        self.after.setdefault(table, {})[str(row["id"])] = {name: value for name, value in row.items() if value is not None}

    def update(self, table: str, key: str, values: Mapping[str, Any], *, expect: Mapping[str, Any] | None = None) -> None:
        """Change columns of one row where they differ. A case's version goes up by itself.

        Raises `Conflict` when the row is gone or not as `expect` says.
        """
        _check_journaled(table)
        old = self._conn.execute(f"SELECT * FROM {table} WHERE id=?", (key,)).fetchone()
        if old is None:
            raise Conflict(f"{table} {key}")
        changed = {name: value for name, value in values.items() if old[name] != value}
        if not changed and not expect:
            return
        if table == "cases" and (changed.keys() - UNDECIDED or not changed):  # a claim that changes nothing yet is one
            changed["version"] = old["version"] + 1
        self._write(table, key, changed, expect or {})
        self.before.setdefault(table, {}).setdefault(key, {}).update(
            {name: old[name] for name in changed if name not in self.before.get(table, {}).get(key, {})}
        )
        self.after.setdefault(table, {}).setdefault(key, {}).update(changed)

    def _write(self, table: str, key: str, changed: Mapping[str, Any], expect: Mapping[str, Any]) -> None:
        sets = ",".join(f"{name}=?" for name in changed)
        wheres = "".join(f" AND {name} IS ?" for name in expect)
        done = self._conn.execute(
            f"UPDATE {table} SET {sets} WHERE id=?{wheres}", (*changed.values(), key, *expect.values())
        )
        if done.rowcount != 1:
            raise Conflict(f"{table} {key}")

    def remark(self, **facts: Any) -> None:
        """Something worth keeping that is no column: a note's text, a reason."""
        self.after.setdefault("", {}).setdefault("", {}).update(facts)


def _check_journaled(table: str) -> None:
    if table not in JOURNALED:
        msg = f"{table} is not a journaled table"
        raise ValueError(msg)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _canonical(value: Mapping[str, Any]) -> str:
    return _CANONICAL.encode(value) if value else "{}"

"""Answers to reporters, by the centre: SMS where there is a channel, write-back where they came by Open311, else the call-back list.

`data.store.derived` owes an answer in the very transaction that finishes a case; here it is only sent, from rows, so that a crash loses none.
"""

import hashlib
from collections.abc import Collection, Mapping

from data.centre.intake import SEAT, SYSTEM
from data.clock import iso
from data.domain.vocabulary import FINISHED
from data.inlets.hand import Told
from data.inlets.open311 import Open311, WriteBack
from data.settings import Settings
from data.store import outbox
from data.store.desk import Desk, Transaction
from data.store.sqlite import sqlite3
from data.words import Words

MOST = 50
"""Rows of one sweep."""
TAKEN_MS = 300_000
"""A write-back that was given to the thread is looked at again after this: the centre may have died."""
BACK_OFF_MS = 30_000
LONGEST_MS = 3_600_000
_SETTLED = ("sent", "received")


def send_answers(desk: Desk, settings: Settings, words: Words, writable: Collection[str]) -> None:
    """Give to SMS what can go by SMS, and to people what no machine will deliver."""
    sms = next((name for name, channel in settings.channels.items() if channel.config.kind == "sms" and not channel.fault), "")
    if not _is_any(desk.conn, sms):
        return
    with desk.transaction() as tx:
        for row in tx.conn.execute(_STRANDED, (MOST,)).fetchall():
            if row["inlet"] not in writable:
                _update(tx, row, "answer_call", way="call")
        if sms:
            for row in tx.conn.execute(_BY_SMS, (MOST,)).fetchall():
                outbox.enqueue_answer(tx, id=_answer_id(row), phone=row["phone"], text=_text(tx, row, words), case_id=row["case_id"], channel=sms)
                _update(tx, row, "answer_sms", way="sms")
        for row in tx.conn.execute(_SENT, (MOST,)).fetchall():
            if row["went"] in _SETTLED:
                _update(tx, row, "answer_sent", done_at=tx.now, done_by=SYSTEM)
            elif row["went"] in ("failed", "cancelled"):
                _update(tx, row, "answer_call", way="call")


_STRANDED = """
SELECT k.*, r.inlet FROM callbacks k JOIN reports r ON r.id = k.report
WHERE k.done_at IS NULL AND k.way = 'open311' ORDER BY k.created_at LIMIT ?"""
_BY_SMS = """
SELECT * FROM callbacks k WHERE done_at IS NULL AND way = 'call' AND phone IS NOT NULL AND tells < 2
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = 'answer-' || k.id) ORDER BY created_at LIMIT ?"""
_SENT = """
SELECT k.*, o.state AS went FROM callbacks k JOIN outbox o ON o.id = 'answer-' || k.id
WHERE k.done_at IS NULL AND k.way = 'sms' AND o.state IN ('sent', 'received', 'failed', 'cancelled') ORDER BY k.created_at LIMIT ?"""


def _is_any(conn: sqlite3.Connection, sms: str) -> bool:
    """Whether a write transaction is worth beginning."""
    ways = "('call', 'sms', 'open311')" if sms else "('sms', 'open311')"
    return conn.execute(f"SELECT 1 FROM callbacks WHERE done_at IS NULL AND way IN {ways} LIMIT 1").fetchone() is not None


def _answer_id(row: sqlite3.Row) -> str:
    return f"answer-{row['id']}"


def _update(tx: Transaction, row: sqlite3.Row, act: str, **values: object) -> None:
    with tx.entry(act, subject=row["case_id"] or row["report"], operator=SYSTEM, seat=SEAT) as entry:
        entry.update("callbacks", row["id"], values)


def _text(tx: Transaction, row: sqlite3.Row, words: Words) -> str:
    if row["tells"]:
        return str(row["text"])
    case = tx.one("SELECT state, number FROM cases WHERE id=?", row["case_id"])
    assert case is not None  # answers are made of cases
    key = "answer.done" if case["state"] == "closed" else "answer.declined"
    return words(key, number=case["number"], result=row["text"] or words(f"state.{case['state']}"))


def send_writebacks(desk: Desk, settings: Settings, words: Words, servers: Mapping[str, Open311]) -> None:
    """Give the threads what their servers must be told; what they are told already is dropped."""
    now = desk.clock.now()
    if not desk.conn.execute("SELECT 1 FROM writebacks WHERE next_at <= ? LIMIT 1", (now,)).fetchone():
        return
    with desk.transaction() as tx:
        due = "SELECT * FROM writebacks WHERE next_at <= ? ORDER BY next_at LIMIT ?"
        for row in tx.conn.execute(due, (tx.now, MOST)).fetchall():
            server = servers.get(row["inlet"])
            job = _job(tx, row, settings, words) if server and server.config.write else None
            if server is None or job is None or job.digest == row["told"]:
                tx.conn.execute("UPDATE writebacks SET next_at=NULL WHERE report=?", (row["report"],))
            elif server.write(job):
                tx.conn.execute("UPDATE writebacks SET next_at=?, tries=tries+1 WHERE report=?", (tx.now + TAKEN_MS, row["report"]))


def _job(tx: Transaction, row: sqlite3.Row, settings: Settings, words: Words) -> WriteBack:
    """Our state, close reason, unit and deadline, as the standard names them."""
    case = tx.one("SELECT * FROM cases WHERE id=?", row["case_id"])
    assert case is not None  # the row was made with its case
    unit = settings.tables.units.get(case["unit"] or "")
    is_final = case["state"] in FINISHED
    notes = " ".join(part for part in (words(f"state.{case['state']}"), case["result"] if is_final else "") if part)
    fields = {
        "status": "closed" if is_final else "open", "status_notes": notes, "agency_responsible": unit.name if unit else "",
        "expected_datetime": iso(case["done_by"], settings.zone) if case["done_by"] else "",
    }  # fmt: skip
    digest = hashlib.sha256("\x1f".join((*fields.values(), str(case["round"]))).encode()).hexdigest()[:16]
    moved = tx.one("SELECT max(at) AS at FROM journal WHERE subject=?", case["id"])
    fields["updated_datetime"] = iso(moved["at"] if moved and moved["at"] else tx.now, settings.zone)
    return WriteBack(report=row["report"], request=row["request"], digest=digest, is_final=is_final, fields=fields)


def mark_told(tx: Transaction, told: Told) -> None:
    """Keep what became of a write-back: done, to be tried again, or refused for good, when a person must call."""
    if not told.fault:
        tx.conn.execute("UPDATE writebacks SET told=?, error=NULL, tries=0, next_at=? WHERE report=?", (told.digest, tx.now, told.report))
    elif told.retry:
        row = tx.one("SELECT tries FROM writebacks WHERE report=?", told.report)
        wait = min(BACK_OFF_MS * 2 ** min(row["tries"] if row else 0, 10), LONGEST_MS)
        tx.conn.execute("UPDATE writebacks SET error=?, next_at=? WHERE report=?", (told.fault, tx.now + wait, told.report))
        return
    else:
        tx.conn.execute("UPDATE writebacks SET error=?, next_at=NULL WHERE report=?", (told.fault, told.report))
    if told.is_final:
        _settle(tx, told)


def _settle(tx: Transaction, told: Told) -> None:
    for row in tx.conn.execute("SELECT * FROM callbacks WHERE report=? AND way='open311' AND done_at IS NULL", (told.report,)).fetchall():
        if told.fault:
            _update(tx, row, "answer_call", way="call")
        else:
            _update(tx, row, "answer_sent", done_at=tx.now, done_by=SYSTEM)

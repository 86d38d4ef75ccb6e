"""What the command line lists: plain rows for scripts, with times in ISO 8601 of the desk's zone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.catalogue.find import Finder
from data.clock import iso
from data.domain.tables import Shift, Tables, Unit
from data.domain.text import mask_phone
from data.kinds import load_kinds
from data.settings import Settings, load
from data.store.history import open_reader
from data.store.schema import LIVE, open_desk
from data.store.search import search
from data.store.sqlite import sqlite3
from data.views.board import found_rows, sensor_rows
from data.views.queue import ORDER, find
from data.words import Words

_FACTS = ("issued_at", "not_before", "sent_at", "delivered_at", "seen_at", "accepted_at", "refused_at", "arrived_at", "done_at", "cancelled_at")


@contextmanager
def reading(home: Path) -> Iterator[tuple[Settings, sqlite3.Connection]]:
    """A home's settings and its desk, for reading. Raises `SettingsError` or `StoreError`."""
    settings = load(home)
    conn = open_desk(home / "desk.db")
    try:
        yield settings, conn
    finally:
        conn.close()


def case_list(
    conn: sqlite3.Connection, settings: Settings, *, everything: bool, limit: int, wanted: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    """Cases in the queue's order, or with `everything` all by number."""
    columns = {"state": "state", "class_code": "class", "unit": "unit"}
    filters = {columns[name]: value for name, value in wanted.items() if value}
    where = " AND ".join(["1" if everything else LIVE, *(f"{column}=?" for column in filters)])
    order = "number" if everything else ORDER
    rows = conn.execute(f"SELECT * FROM cases WHERE {where} ORDER BY {order} LIMIT ?", (*filters.values(), limit)).fetchall()
    return [_case(conn, row, settings) for row in rows]


def found_list(conn: sqlite3.Connection, settings: Settings, text: str, *, everything: bool, limit: int) -> list[dict[str, Any]]:
    """Cases that hold every word of `text`, newest first."""
    rows, _ = search(conn, settings.tables, text, everything=everything, limit=limit, offset=0)
    return [_case(conn, row, settings) for row in rows]


def case_rows(conn: sqlite3.Connection, settings: Settings, ids: Sequence[str]) -> list[dict[str, Any]]:
    """These cases, in this order."""
    rows = conn.execute(
        "SELECT cases.* FROM json_each(?) wanted JOIN cases ON cases.id = wanted.value ORDER BY wanted.key", (json.dumps(ids),)
    ).fetchall()
    return [_case(conn, row, settings) for row in rows]


def order_list(conn: sqlite3.Connection, settings: Settings, *, limit: int, wanted: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """Orders, newest first. `wanted`: unit, channel, case (id or number), state (open, late, done, refused, cancelled)."""
    filters = ["1"]
    named: dict[str, Any] = {"now": settings.clock.now(), "limit": limit}
    for name in ("unit", "channel"):
        if wanted.get(name):
            filters.append(f"o.{name} = :{name}")
            named[name] = wanted[name]
    if wanted.get("case"):
        filters.append("o.case_id = :case")
        named["case"] = find(conn, str(wanted["case"])) or wanted["case"]
    if wanted.get("state"):
        filters.append(ORDER_STATES[str(wanted["state"])])
    rows = conn.execute(f"SELECT o.* FROM orders o WHERE {' AND '.join(filters)} ORDER BY o.issued_at DESC, o.id LIMIT :limit", named).fetchall()
    plain = ("id", "case_id", "attempt", "unit", "channel", "lead", "text", "answer", "issued_by")
    times = ("accept_by", "done_by", "released_at", *_FACTS)
    return [{name: row[name] for name in plain} | _times(row, times, settings) for row in rows]


ORDER_STATES = {
    "open": "o.done_at IS NULL AND o.refused_at IS NULL AND o.cancelled_at IS NULL",
    "late": "o.done_at IS NULL AND o.refused_at IS NULL AND o.cancelled_at IS NULL"
    " AND (o.done_by < :now OR (o.accepted_at IS NULL AND o.accept_by < :now))",
    "done": "o.done_at IS NOT NULL",
    "refused": "o.refused_at IS NOT NULL",
    "cancelled": "o.cancelled_at IS NOT NULL",
}
"""Filters of `paidan orders --state`, as conditions."""


def alarm_list(
    conn: sqlite3.Connection, settings: Settings, *, everything: bool, limit: int, wanted: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    """Alarms that stand, worst first; with `everything` also cleared ones, newest first. `wanted`: sensor, rule, level."""
    filters = {name: value for name, value in wanted.items() if value}
    where = " AND ".join(["1" if everything else "cleared_at IS NULL", *(f"{name} = ?" for name in filters)])
    order = "raised_at DESC" if everything else "level, raised_at"
    rows = conn.execute(f"SELECT * FROM alarms WHERE {where} ORDER BY {order} LIMIT ?", (*filters.values(), limit)).fetchall()
    plain = ("id", "sensor", "rule", "level", "value", "limit_value", "limit_source", "occurrences", "case_id", "acknowledged_by")
    times = ("raised_at", "last_at", "acknowledged_at", "cleared_at")
    return [{name: row[name] for name in plain} | _times(row, times, settings) for row in rows]


def unit_list(conn: sqlite3.Connection, settings: Settings, *, wanted: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """Units with who is on duty now and what they have in hand; telephone numbers masked. `wanted`: kind, parent, unit."""
    now, tables = settings.clock.now(), settings.tables
    hands = dict(
        conn.execute(f"SELECT unit, count(*) FROM cases WHERE {LIVE} AND state IN ('sending', 'sent', 'working', 'held') GROUP BY unit").fetchall()
    )
    columns = {"unit": "id", "kind": "kind", "parent": "parent"}
    filters = {columns[name]: value for name, value in wanted.items() if value}
    found = (unit for unit in tables.units.values() if all(getattr(unit, name) == value for name, value in filters.items()))
    return [_unit(unit, tables.on_duty(unit.id, now), hands.get(unit.id, 0), on_duty=_is_on_duty(tables, unit, now)) for unit in found]


def _is_on_duty(tables: Tables, unit: Unit, now: int) -> bool:
    return not tables.has_roster(unit.id) or tables.on_duty(unit.id, now) is not None


def _unit(unit: Unit, shift: Shift | None, in_hand: int, *, on_duty: bool) -> dict[str, Any]:
    return {
        "id": unit.id, "name": unit.name, "kind": unit.kind, "parent": unit.parent,
        "person": shift.person if shift else unit.person, "phone": mask_phone(shift.phone if shift else unit.phone),
        "on_duty": on_duty, "in_hand": in_hand, "channels": list(unit.channels), "deputy": unit.deputy, "classes": list(unit.classes),
    }  # fmt: skip


def _case(conn: sqlite3.Connection, row: sqlite3.Row, settings: Settings) -> dict[str, Any]:
    plain = ("id", "number", "state", "class", "level", "grid", "unit", "text")
    more = ("address", "source", "version", "taken_by", "result", "order_in", "order_from", "order_case", "order_number", "alarm")
    return (
        {name: row[name] for name in plain}
        | _times(row, ("due",), settings)
        | {name: row[name] for name in more}
        | _times(row, ("opened_at", "accept_by", "done_by", "taken_at", "seen_at", "closed_at"), settings)
        | {"order": _order(conn, row["id"], settings)}
    )


def _order(conn: sqlite3.Connection, case_id: str, settings: Settings) -> dict[str, Any] | None:
    row = conn.execute("SELECT * FROM orders WHERE case_id=? ORDER BY attempt DESC LIMIT 1", (case_id,)).fetchone()
    if row is None:
        return None
    return {name: row[name] for name in ("id", "attempt", "unit", "channel", "text", "answer")} | _times(row, _FACTS, settings)


def _times(row: sqlite3.Row, names: tuple[str, ...], settings: Settings) -> dict[str, str | None]:
    return {name: None if row[name] is None else iso(row[name], settings.zone) for name in names}


def journal_list(conn: sqlite3.Connection, settings: Settings, case: str | None, limit: int) -> list[dict[str, Any]]:
    """The newest rows of the journal, oldest first; of one case where named."""
    where, args = ("subject=?", (find(conn, case) or case,)) if case else ("1", ())
    rows = conn.execute(f"SELECT * FROM journal WHERE {where} ORDER BY seq DESC LIMIT ?", (*args, limit)).fetchall()
    plain = ("operator", "seat", "act", "subject", "before", "after", "hash")
    return [
        {"seq": row["seq"], "at": iso(row["at"], settings.zone)} | {name: row[name] for name in plain} for row in reversed(rows)
    ]


def sensors_found(conn: sqlite3.Connection, settings: Settings, words: Words, text: str, limit: int) -> list[dict[str, Any]]:
    """Sensors that have every word of `text`, with their newest value."""
    history, finder = open_reader(settings.home), Finder(settings.home)
    try:
        ids = finder.find(conn, text, limit)
        return list(found_rows(conn, history, load_kinds(settings.home), settings.clock.now(), settings.zone, words, ids))
    finally:
        history.close()
        finder.close()


def sensor_list(conn: sqlite3.Connection, settings: Settings, words: Words) -> list[dict[str, Any]]:
    """All sensors with their newest value."""
    history = open_reader(settings.home)
    try:
        return list(sensor_rows(conn, history, load_kinds(settings.home), settings.clock.now(), settings.zone, words))
    finally:
        history.close()

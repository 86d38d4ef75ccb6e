"""The handover sheet: what the next shift must know, drawn from the desk itself. Reads only; signing is `data.handover`.

A shift lasts from one signature to the next. What must be said is chosen by the desk, not by the one who leaves; each item
has a name that tells this very trouble from the next, so that a tick for two parked orders is no tick for three.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice

from msgspec.structs import replace

from data.domain.reason import Reason, because
from data.domain.tables import Tables
from data.kinds import Kind
from data.store.history import History
from data.store.schema import LIVE
from data.store.sqlite import sqlite3
from data.views.board import lost_kinds
from data.views.figures import shift
from data.views.models.handover import Handover, HandoverLine, LevelOpen, MustSay, Silences, SilentSensor, UnsentOrder
from data.views.queue import ORDER, case_row

HOUR = 3_600_000
SHIFT_MS = 12 * HOUR
"""Longest stretch that a sheet's figures reach back over when nobody has signed; `domain.md` §6d."""
GRACE_MS = 15 * 60_000
"""A shift whose end is this long past and unsigned is told to the supervisors; `domain.md` §6d."""
EARLY_MS = HOUR
"""A signature this long before the roster's end still counts for that shift. Judgement."""
MOST_CASES = 50
MOST_DEVICES = 9
MOST_ROWS = 200
"""Bounds of the sheet: cases and devices said one by one, rows of each list. What is beyond is one item with its count."""


def sheet(conn: sqlite3.Connection, history: History, kinds: Mapping[str, Kind], tables: Tables, now: int) -> Handover:
    """The sheet as it stands at `now`."""
    since = shift_start(conn)
    silent = silences(conn, history, kinds, tables, MOST_ROWS, now)
    unsent = tuple(_unsent(conn, tables))
    waiting = conn.execute("SELECT outgoing, signed_at FROM handovers WHERE taken_at IS NULL ORDER BY signed_at DESC LIMIT 1").fetchone()
    return Handover(
        at=now,
        shift=shift(conn, tables, max(since, now - SHIFT_MS), now + 1),
        last_12h=shift(conn, tables, now - SHIFT_MS, now + 1),
        open_by_level=tuple(_open_by_level(conn)),
        unsent=unsent[:MOST_ROWS],
        unsent_total=_unsent_total(conn),
        silent=silent.worst,
        silent_total=silent.total,
        must_say=_ticked(conn, since, [*_cases(conn, tables), *_devices(silent), *_counts(conn, now)]),
        lines=tuple(_lines(conn, since)),
        signed_by=waiting["outgoing"] if waiting else "",
        signed_at=waiting["signed_at"] if waiting else None,
        overdue_since=unsigned_since(conn, tables, now),
    )


def shift_start(conn: sqlite3.Connection) -> int:
    """When the shift that runs now began: the newest signature, or 0."""
    found: int | None = conn.execute("SELECT max(signed_at) FROM handovers").fetchone()[0]
    return found or 0


def unsigned_since(conn: sqlite3.Connection, tables: Tables, now: int) -> int | None:
    """End of this desk's newest shift by the roster, when it is 15 minutes past and not signed by both; else None."""
    ends = [one.end for one in tables.roster if one.unit == tables.centre and now - SHIFT_MS <= one.end <= now - GRACE_MS]
    if not ends:
        return None
    end = max(ends)
    signed = conn.execute("SELECT 1 FROM handovers WHERE signed_at >= ? AND taken_at IS NOT NULL LIMIT 1", (end - EARLY_MS,)).fetchone()
    return None if signed else end


def silences(conn: sqlite3.Connection, history: History, kinds: Mapping[str, Kind], tables: Tables, most: int, now: int) -> Silences:
    """Sensors that say nothing, counted, and the `most` worst of them looked at: in an outage they are as many as the register."""
    lost = lost_kinds(conn, history, kinds)
    grave = {kind for kind in set(lost.values()) if _saves_lives(kinds.get(kind), tables)}
    lives = [id for id, kind in lost.items() if kind in grave]
    mild = (id for id, kind in lost.items() if kind not in grave)
    ids = list(islice(chain(lives, mild), most))
    return Silences(total=len(lost), lives=len(lives), worst=tuple(_silent(conn, history, ids, frozenset(lives[:most]), now)))


def _silent(conn: sqlite3.Connection, history: History, ids: list[str], lives: frozenset[str], now: int) -> Iterator[SilentSensor]:
    latest = history.latest(ids)
    rows = {row["id"]: row for row in conn.execute("SELECT * FROM sensors WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(ids),))}
    for id in ids:
        if row := rows.get(id):
            yield SilentSensor(
                sensor=id, kind=row["kind"], place=row["place"] or row["name"] or id,
                silent_s=(now - latest[id].at) / 1000 if id in latest else None,
                life_safety=id in lives,
            )  # fmt: skip


def _saves_lives(kind: Kind | None, tables: Tables) -> bool:
    known = tables.classes.get(kind.opens) if kind else None
    return bool(known and known.life_safety)


def _open_by_level(conn: sqlite3.Connection) -> Iterator[LevelOpen]:
    for row in conn.execute(f"SELECT level, count(*) AS n, min(due) AS due FROM cases WHERE {LIVE} GROUP BY level ORDER BY level"):
        yield LevelOpen(level=row["level"], count=row["n"], next_due=row["due"])


_UNSENT = "outbox x WHERE x.kind = 'order' AND x.next_at IS NOT NULL AND x.state IN ('ready', 'sending')"
_PARKED = "outbox x WHERE x.kind = 'order' AND x.state IN ('unknown', 'waiting', 'failed')"
"""Orders that do not get there by themselves: to be told by a person, given up, or sent without anybody knowing whether they arrived."""


def _unsent_total(conn: sqlite3.Connection) -> int:
    counts = (conn.execute(f"SELECT count(*) FROM {what}").fetchone()[0] for what in (_UNSENT, _PARKED))
    return sum(counts)


def _unsent(conn: sqlite3.Connection, tables: Tables) -> Iterator[UnsentOrder]:
    for what in (_PARKED, _UNSENT):
        rows = conn.execute(
            f"SELECT x.unit, x.state, x.created_at, x.case_id, (SELECT number FROM cases WHERE id = x.case_id) AS number FROM {what}"
            " ORDER BY x.created_at LIMIT ?", (MOST_ROWS,),
        )  # fmt: skip
        for row in rows:
            unit = tables.units.get(row["unit"])
            yield UnsentOrder(
                case_id=row["case_id"] or "", number=row["number"] or 0, unit_name=unit.name if unit else row["unit"],
                state=row["state"], stored_at=row["created_at"],
            )  # fmt: skip


def _cases(conn: sqlite3.Connection, tables: Tables) -> Iterator[MustSay]:
    """Each case of level 1; one item for the late of level 2."""
    rows = conn.execute(f"SELECT * FROM cases WHERE {LIVE} AND level = 1 ORDER BY {ORDER} LIMIT ?", (MOST_CASES + 1,)).fetchall()
    for row in rows[:MOST_CASES]:
        line = case_row(row, tables)
        code = "handover_untaken" if row["taken_at"] is None else "handover_critical"
        what = because(code, number=line.number, name=line.class_name, text=line.text, place=line.place, state=f"@state.{line.state}")
        yield MustSay(item=f"case/{line.id}/{line.state}", case_id=line.id, what=what)
    if len(rows) > MOST_CASES:
        total = conn.execute(f"SELECT count(*) FROM cases WHERE {LIVE} AND level = 1").fetchone()[0]
        yield _group("handover_more_critical", total - MOST_CASES)


def _devices(silent: Silences) -> Iterator[MustSay]:
    offline = [one for one in silent.worst if one.life_safety]
    for one in offline[:MOST_DEVICES]:
        hours = {} if one.silent_s is None else {"hours": round(one.silent_s / 3600)}
        code = "handover_device" if hours else "handover_device_never"
        yield MustSay(item=f"device/{one.sensor}", what=because(code, sensor=one.sensor, place=one.place, **hours))
    if silent.lives > MOST_DEVICES:
        yield _group("handover_more_devices", silent.lives - MOST_DEVICES)


def _counts(conn: sqlite3.Connection, now: int) -> Iterator[MustSay]:
    """What is said as one item with its count."""
    asked = (
        ("handover_late", f"cases WHERE {LIVE} AND level = 2 AND due < :now"),
        ("handover_parked", _PARKED),
        ("handover_held", "cases WHERE state = 'held' AND held_until < :soon"),
    )
    for code, what in asked:
        count = conn.execute(f"SELECT count(*) FROM {what}", {"now": now, "soon": now + SHIFT_MS}).fetchone()[0]
        if count:
            yield _group(code, count)


def _group(code: str, count: int) -> MustSay:
    return MustSay(item=f"{code.removeprefix('handover_')}/{count}", what=because(code, count=count))


def _ticked(conn: sqlite3.Connection, since: int, items: list[MustSay]) -> tuple[MustSay, ...]:
    said = {row[0] for row in conn.execute("SELECT item FROM handover_items WHERE since=? AND item IS NOT NULL AND said", (since,))}
    return tuple(replace(one, said=one.item in said) for one in items)


def _lines(conn: sqlite3.Connection, since: int) -> Iterator[HandoverLine]:
    for row in conn.execute("SELECT * FROM handover_items WHERE since=? AND item IS NULL AND said ORDER BY at, id", (since,)):
        yield HandoverLine(id=row["id"], at=row["at"], by=row["by"], text=row["text"])


def unsaid(found: Handover) -> Reason | None:
    """Why the sheet cannot be signed yet, naming what was not said, or None."""
    left = [one for one in found.must_say if not one.said]
    return because("handover_unsaid", count=len(left), items=", ".join(_name(one) for one in left[:MOST_DEVICES])) if left else None


def _name(one: MustSay) -> str:
    args = dict(one.what.args)
    return f"#{args['number']}" if "number" in args else str(args.get("place") or one.item)

"""上级预警 at work: CAP messages become banners, and a banner that is in earnest calls up the roster. Runs in the centre's writer.

A warning is a row of `warnings`. Update and Cancel find it through their references, or through what they share with it, and change
that very row; whatever comes late changes nothing. Nothing here opens a case or orders a unit: a warning is told, people decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from data.centre.intake import SEAT, SYSTEM
from data.domain.tables import Tables
from data.domain.text import one_line
from data.domain.vocabulary import Level
from data.ids import new_id
from data.inlets.cap import Alert, Info
from data.store.desk import Transaction
from data.store.sqlite import sqlite3
from data.words import Words

LEVEL = {"Extreme": Level.CRITICAL, "Severe": Level.HIGH, "Moderate": Level.MEDIUM, "Minor": Level.NOTE}
"""Severity → level, red, orange, yellow, blue: `domain.md` §5d, judgement. Unknown is medium, judgement."""
TELL, VOICE = 1, 2
"""`callbacks.tells`, as in `data.centre.scene_steps`."""
IN_EARNEST = "Actual"
_SILENT = frozenset({"Ack", "Error"})


def take_alert(tx: Transaction, alert: Alert, tables: Tables, _zone: ZoneInfo) -> None:
    """Take one CAP message, once."""
    if tx.one("SELECT 1 FROM warning_messages WHERE sender=? AND identifier=? AND sent=? AND taken", alert.sender, alert.identifier, alert.sent):
        return
    known = _known(tx, alert)
    if alert.msg_type in _SILENT or (known is None and not _is_ours(alert, tables)):
        return
    if known is None:
        id = _begin(tx, alert, tables)
    else:
        id = str(known["id"])
        if alert.sent >= known["sent"]:
            _change(tx, known, alert, tables)
    _remember(tx, id, alert)


def _known(tx: Transaction, alert: Alert) -> sqlite3.Row | None:
    """The warning that this message is about: by reference, or by its own name (a later one named it, or a feed repeats it).

    Where messages came out of order these may be two; the one with the newest words goes on.
    """
    names = [(ref.sender, ref.identifier) for ref in alert.references] + [(alert.sender, alert.identifier)]
    found = {str(row["id"]): row for name in names for row in tx.conn.execute(_NAMED, name).fetchall()}
    newest = max(found.values(), key=lambda row: row["sent"], default=None)
    for other in found.values():
        if newest is not None and other["id"] != newest["id"]:
            _join(tx, other, str(newest["id"]))
    return newest


_NAMED = "SELECT DISTINCT w.* FROM warning_messages m JOIN warnings w ON w.id = m.warning WHERE m.sender=? AND m.identifier=?"


def _join(tx: Transaction, row: sqlite3.Row, to: str) -> None:
    tx.conn.execute("UPDATE OR REPLACE warning_messages SET warning=? WHERE warning=?", (to, row["id"]))
    with tx.entry("warning_join", subject=f"warning:{row['id']}", operator=SYSTEM, seat=SEAT) as entry:
        entry.update("warnings", row["id"], {"joined": to, "updated_at": tx.now})
        entry.remark(text=row["headline"])


def _is_ours(alert: Alert, tables: Tables) -> bool:
    """Whether its area is one that the settings name; a message without areas, and a centre that names none, take all."""
    wanted = tables.warnings.areas
    areas = [area for info in alert.infos for area in info.areas]
    said = [text for area in areas for text in (area.description, *(value for _, value in area.geocodes))]
    return not wanted or not areas or any(name in text for name in wanted for text in said)


def _remember(tx: Transaction, warning: str, alert: Alert) -> None:
    """This message is taken; those that it names belong to the same warning when they come late."""
    insert = "INTO warning_messages (sender, identifier, sent, warning, taken) VALUES (?,?,?,?,?)"
    tx.conn.execute(f"INSERT OR REPLACE {insert}", (alert.sender, alert.identifier, alert.sent, warning, 1))
    tx.conn.executemany(f"INSERT OR IGNORE {insert}", [(ref.sender, ref.identifier, ref.sent or 0, warning, 0) for ref in alert.references])


def _begin(tx: Transaction, alert: Alert, tables: Tables) -> str:
    """A new banner. An Update or Cancel whose warning never came here stands for it."""
    id = new_id(tx.now)
    values = _values(alert, tables) | {"cancelled_at": tx.now if alert.msg_type == "Cancel" else None}
    with tx.entry("warning_new", subject=f"warning:{id}", operator=SYSTEM, seat=SEAT) as entry:
        entry.insert("warnings", {"id": id, "received_at": tx.now, "updated_at": tx.now, "called": 0} | values)
        entry.remark(text=values["headline"])
    if alert.msg_type != "Cancel":
        _call_up(tx, id, tables)
    return id


def _change(tx: Transaction, known: sqlite3.Row, alert: Alert, tables: Tables) -> None:
    if alert.msg_type == "Cancel":
        with tx.entry("warning_cancel", subject=f"warning:{known['id']}", operator=SYSTEM, seat=SEAT) as entry:
            entry.update("warnings", known["id"], {"cancelled_at": tx.now, "updated_at": tx.now, "sent": alert.sent})
            entry.remark(text=known["headline"])
        return
    values = _values(alert, tables)
    with tx.entry("warning_update", subject=f"warning:{known['id']}", operator=SYSTEM, seat=SEAT) as entry:
        entry.update("warnings", known["id"], values | {"updated_at": tx.now, "cancelled_at": None})
        entry.remark(text=values["headline"])
    _call_up(tx, str(known["id"]), tables)


def _values(alert: Alert, tables: Tables) -> dict[str, Any]:
    """What the banner shows: the most severe of its parts in the centre's language, all their areas."""
    infos = _in_language(alert.infos, tables.language)
    info = min(infos, key=lambda one: LEVEL.get(one.severity, Level.MEDIUM), default=None)
    told = {"sender": alert.sender, "status": alert.status, "sent": alert.sent}
    if info is None:
        return told | {"level": int(Level.MEDIUM), "event": "", "headline": one_line(alert.note, 200), "severity": "Unknown"}
    areas = dict.fromkeys(one_line(area.description, 80) for one in infos for area in one.areas if area.description)
    return told | {
        "level": int(LEVEL.get(info.severity, Level.MEDIUM)), "severity": info.severity, "event": one_line(info.event, 80),
        "headline": one_line(info.headline or info.event, 200), "text": one_line(info.description, 2000),
        "instruction": one_line(info.instruction, 500), "sender_name": one_line(info.sender_name, 80), "area": one_line("、".join(areas), 300),
        "onset": info.onset or info.effective, "expires": info.expires,
    }  # fmt: skip


def _in_language(infos: tuple[Info, ...], language: str) -> tuple[Info, ...]:
    return tuple(info for info in infos if info.language.lower().startswith(language)) or infos


@dataclass(frozen=True, slots=True)
class Person:
    """Who is called."""

    name: str
    phone: str


def _call_up(tx: Transaction, id: str, tables: Tables) -> None:
    """Put the roster on the call list, once a warning and once more for each level that it rises; only in earnest."""
    row = tx.one("SELECT * FROM warnings WHERE id=?", id)
    assert row is not None  # just written
    level = row["level"]
    if row["status"] != IN_EARNEST or level > tables.warnings.call_level or (row["called"] and row["called"] <= level) or _is_over(row, tx.now):
        return
    text = Words(tables.language)("warning.tell", level=Words(tables.language)(f"warning.colour.{level}"), headline=row["headline"])
    with tx.entry("warning_tell", subject=f"warning:{id}", operator=SYSTEM, seat=SEAT) as entry:
        entry.update("warnings", id, {"called": level})
        names = []
        for who in _people(tables, tx.now):
            entry.insert("callbacks", {
                "id": new_id(tx.now), "case_id": "", "report": f"warning:{id}", "name": who.name, "phone": who.phone, "text": text,
                "way": "call", "tells": VOICE if level == Level.CRITICAL else TELL, "created_at": tx.now,
            })  # fmt: skip
            names.append(who.name)
        entry.remark(text=", ".join(names))


def _is_over(row: sqlite3.Row, now: int) -> bool:
    return row["expires"] is not None and row["expires"] <= now


def _people(tables: Tables, now: int) -> Iterator[Person]:
    """Contacts of the kinds that the settings name, and who is on duty by the roster; each number once."""
    seen: set[str] = set()
    contacts = [Person(who.name, who.phone) for who in tables.contacts if who.kind in tables.warnings.call]
    shifts = [Person(shift.person, shift.phone) for shift in tables.roster if shift.start <= now < shift.end]
    for who in (*contacts, *shifts):
        if who.phone and who.phone not in seen:
            seen.add(who.phone)
            yield who

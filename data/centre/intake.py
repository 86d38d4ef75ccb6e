"""How a case begins: from a report, or from an alarm. Runs in the centre's writer, inside its transaction."""

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from data.clock import parse_time
from data.dispatch import guess_class, limits, missing, owner
from data.domain.case import keep_reason
from data.domain.errors import PayloadError
from data.domain.messages import ReportMessage
from data.domain.reason import because
from data.domain.sensor import Sensor
from data.domain.tables import Tables
from data.domain.text import clean, is_id, one_line
from data.domain.vocabulary import Level
from data.ids import new_id
from data.kinds import Kind
from data.store.desk import Transaction

SYSTEM = "system"
"""Operator of what no person did."""
SEAT = "centre"
"""Seat of what no person did."""
SUMMARY = 120
"""Longest line about a case, in characters; the reporter's own words are kept whole beside it."""


def file_report(tx: Transaction, report: ReportMessage, tables: Tables, zone: ZoneInfo) -> str | None:
    """Make one case of a report; the same message again changes nothing and gives None.

    Raises `PayloadError` when it has no words or an impossible time.
    """
    if tx.one("SELECT 1 FROM reports WHERE message=?", report.id):
        return None
    text = clean(report.text)
    if not text:
        raise PayloadError(because("payload_bad", problem="text"))
    at = _report_time(report, zone, tx.now)
    row = _case_of_report(tx, report, text, tables)
    with tx.entry("file", subject=row["id"], operator=_reporter_name(report) or SYSTEM, seat=SEAT) as entry:
        entry.insert("cases", row)
        entry.insert("reports", _report_row(tx, report, row["id"], text, at))
    return str(row["id"])


def _report_time(report: ReportMessage, zone: ZoneInfo, now: int) -> int:
    if report.time is None:
        return now
    try:
        return parse_time(report.time, zone)
    except (ValueError, OverflowError):
        # The words count more than a clock that cannot be read; the arrival stands for it.
        return now


def _case_of_report(tx: Transaction, report: ReportMessage, text: str, tables: Tables) -> dict[str, Any]:
    class_code = report.class_ if report.class_ in tables.classes else guess_class(text, tables)
    grid = _short(report.grid, 40)
    level = Level(report.level) if report.level in (1, 2, 3, 4) else None
    row = new_case(tx, tables, class_code=class_code, grid=grid, level=level, text=one_line(text, SUMMARY), source="report")
    return row | {"address": _short(report.address, 80), "lat": report.lat, "lon": report.lon}


def _report_row(tx: Transaction, report: ReportMessage, case_id: str, text: str, at: int) -> dict[str, Any]:
    who = report.reporter
    return {
        "id": new_id(tx.now), "case_id": case_id, "message": one_line(report.id, 200),
        "kind": _short(who.kind, 20) if who else "resident",
        "name": _short(who.name, 40) if who else None, "phone": _short(who.phone, 30) if who else None,
        "text": text, "at": at, "received_at": tx.now, "class": report.class_, "grid": _short(report.grid, 40),
        "address": _short(report.address, 80), "lat": report.lat, "lon": report.lon,
        "media": json.dumps([one_line(url, 500) for url in report.media[:20]], ensure_ascii=False) if report.media else None,
    }  # fmt: skip


def _short(text: str | None, limit: int) -> str | None:
    return (one_line(text, limit) or None) if text else None


def _reporter_name(report: ReportMessage) -> str:
    return one_line(report.reporter.name or "", 40) if report.reporter else ""


def new_case(
    tx: Transaction, tables: Tables, *, class_code: str | None, grid: str | None, level: Level | None, text: str, source: str
) -> dict[str, Any]:
    """A row for `cases`: open where class and unit are known, else in triage with the reason."""
    row = tables.classes.get(class_code or "")
    level = level or (Level(row.level) if row else Level.MEDIUM)
    unit = owner(tables, class_code, grid)[0]
    lack = missing(tables, class_code, unit, grid)
    accept_by, done_by = limits(tables, class_code, level, tx.now)
    number = next_number(tx)
    return {
        "id": f"{tables.centre}-{number}", "number": number, "state": "triage" if lack else "open", "class": class_code,
        "level": int(level), "text": text, "grid": grid, "unit": unit if unit in tables.units else None, "source": source,
        "triage": keep_reason(lack), "opened_at": tx.now,
        "accept_by": accept_by, "done_by": done_by,
    }  # fmt: skip


def next_number(tx: Transaction) -> int:
    """The next case number of this desk."""
    last = tx.one("SELECT max(number) AS number FROM cases")
    return ((last["number"] if last else None) or 0) + 1


def open_from_alarm(
    tables: Tables, tx: Transaction, alarm: Mapping[str, object], sensor: Sensor, kind: Kind, text: str, now: int
) -> str:
    """Open the one case of an alarm and tie the two together; returns the case's id."""
    grid = sensor.grid if sensor.grid and is_id(sensor.grid) else None
    row = new_case(tx, tables, class_code=kind.opens, grid=grid, level=Level(int(str(alarm["level"]))), text=one_line(text, SUMMARY), source="alarm")
    row |= {"address": sensor.place or None, "lat": sensor.lat, "lon": sensor.lon, "alarm": alarm["id"]}
    with tx.entry("open", subject=row["id"], operator=SYSTEM, seat=SEAT) as entry:
        entry.insert("cases", row)
        entry.update("alarms", str(alarm["id"]), {"case_id": row["id"]})
    return str(row["id"])


def raise_level(tx: Transaction, case_id: str, level: int, now: int) -> None:
    """Make a case more urgent because its alarm grew; never less, and never when it is finished."""
    case = tx.one("SELECT * FROM cases WHERE id=?", case_id)
    if case is None or case["closed_at"] is not None or case["level"] <= level:
        return
    with tx.entry("level", subject=case_id, operator=SYSTEM, seat=SEAT) as entry:
        entry.update("cases", case_id, {"level": int(level)})



"""How a case begins: from a report, or from an alarm. Runs in the centre's writer, inside its transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
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
from data.domain.text import SYSTEM_NAME, clean, is_id, one_line, short, somebody
from data.domain.vocabulary import FINISHED, Level, State
from data.duplicates import ATTACH, Likeness, Trouble, raised
from data.guess import where
from data.ids import new_id
from data.kinds import Kind
from data.store.candidates import candidates, group_of
from data.store.desk import Entry, Transaction
from data.store.sqlite import sqlite3

"""Operator of what no person did."""
SYSTEM = SYSTEM_NAME
SEAT = "centre"
"""Seat of what no person did."""
SUMMARY = 120
"""Longest line about a case, in characters; the reporter's own words are kept whole beside it."""
SIMILAR = 5
"""Newest cases of other alarms nearby that a new one is compared with: they are only named beside it. Judgement."""
_KNOWN = "SELECT c.id, c.number, c.supports FROM reports r JOIN cases c ON c.id = r.case_id WHERE r.message=?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What became of a report: its case, and whether it joined one (附议), opened one, or was known already."""

    case_id: str
    number: int
    joined: bool = False
    known: bool = False
    supports: int = 0


def file_report(
    tx: Transaction, report: ReportMessage, tables: Tables, zone: ZoneInfo, *, inlet: str = "mqtt", operator: str = "", seat: str = SEAT
) -> Filed:
    """Make one case of a report, or add it to the case of the same trouble; the same message again changes nothing.

    Raises `PayloadError` when it has no words.
    """
    if known := tx.one(_KNOWN, one_line(report.id, 200)):
        return Filed(case_id=known["id"], number=known["number"], known=True, supports=known["supports"])
    text = clean(report.text)
    if not text:
        raise PayloadError(because("payload_bad", problem="text"))
    at = _report_time(report, zone, tx.now)
    row = _case_of_report(tx, report, text, tables)
    told = _report_row(tx, report, row["id"], text, at) | {"inlet": inlet}
    who = operator or _reporter_name(report) or SYSTEM
    alike = candidates(tx.conn, _trouble(row, text, tables, tx.now), tables, tx.now)
    joined = next((other for other, like in alike if may_join(other, like, row["class"], tables)), None)
    if joined is not None:
        return _support(tx, joined, told, row["level"], who, seat)
    row["maybe"] = keep_maybe(alike)
    with tx.entry("file", subject=row["id"], operator=who, seat=seat) as entry:
        entry.insert("cases", row)
        entry.insert("reports", told)
    return Filed(case_id=row["id"], number=row["number"])


def _trouble(row: Mapping[str, Any], text: str, tables: Tables, now: int, *, is_alarm: bool = False) -> Trouble:
    return Trouble(
        class_code=row["class"], group=group_of(tables, row["class"]), text=text, grid=row["grid"], address=row["address"],
        lat=row["lat"], lon=row["lon"], at=now, is_alarm=is_alarm,
    )  # fmt: skip


def may_join(other: sqlite3.Row, like: Likeness, class_code: str | None, tables: Tables) -> bool:
    """Whether a trouble may join a case by itself: a high score, a live case, and nobody's life in either."""
    if like.score < ATTACH or other["state"] in FINISHED or other["exercise"]:
        return False
    known = [tables.classes.get(code or "") for code in (class_code, other["class"])]
    return not any(row is not None and row.life_safety for row in known)


def keep_maybe(alike: list[tuple[sqlite3.Row, Likeness]]) -> str | None:
    """The three likest as JSON for `cases.maybe`."""
    rows = [[row["id"], like.score, [[reason.code, dict(reason.args)] for reason in like.reasons]] for row, like in alike[:3]]
    return json.dumps(rows, ensure_ascii=False) if rows else None


def _support(tx: Transaction, case: sqlite3.Row, told: dict[str, Any], level: int, who: str, seat: str) -> Filed:
    """附议: the report joins the case, which grows more urgent with the third and the tenth, or when the report is."""
    supports = case["supports"] + 1
    with tx.entry("support", subject=case["id"], operator=who, seat=seat) as entry:
        entry.insert("reports", told | {"case_id": case["id"]})
        entry.update("cases", case["id"], {"supports": supports, "level": min(level, raised(case["level"], supports))})
    return Filed(case_id=case["id"], number=case["number"], joined=True, supports=supports)


def split_off(tx: Transaction, entry: Entry, report_id: str, tables: Tables) -> str:
    """Make a report that had joined a case into a case of its own again; the new case's id.

    Raises `ValueError` when there is no such report, or it is the only one of its case.
    """
    report = tx.one("SELECT * FROM reports WHERE id=?", report_id)
    case = report and tx.one("SELECT * FROM cases WHERE id=?", report["case_id"])
    if report is None or case is None or not tx.one("SELECT 1 FROM reports WHERE case_id=? AND id != ?", case["id"], report_id):
        raise ValueError(report_id)
    class_code = report["class"] if report["class"] in tables.classes else guess_class(report["text"], tables) or case["class"]
    text = one_line(report["text"], SUMMARY)
    row = new_case(tx, tables, class_code=class_code, grid=report["grid"] or case["grid"], level=None, text=text, source="report")
    entry.insert("cases", row | {"address": report["address"], "lat": report["lat"], "lon": report["lon"]})
    entry.update("reports", report_id, {"case_id": row["id"]})
    entry.update("cases", case["id"], {"supports": max(0, case["supports"] - 1)})
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
    level = Level(report.level) if report.level in (1, 2, 3, 4) else None
    address = short(report.address, 80)
    # A stated address is looked up in the alias table; a place that only occurs in the words is for a person to confirm.
    alias, found, _ = where(address, tables) if address and not report.grid else (None, None, ())
    grid = short(report.grid, 40) or found
    lat, lon = position(report.lat, report.lon)
    row = new_case(tx, tables, class_code=class_code, grid=grid, level=level, text=one_line(text, SUMMARY), source="report")
    return row | {"address": address, "lat": alias.lat if alias and lat is None else lat, "lon": alias.lon if alias and lon is None else lon}


def position(lat: float | None, lon: float | None) -> tuple[float | None, float | None]:
    """A position that can be one: both there, on the globe, and not 0,0, which devices send for "none"."""
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        return None, None
    return lat, lon


def _report_row(tx: Transaction, report: ReportMessage, case_id: str, text: str, at: int) -> dict[str, Any]:
    who = report.reporter
    lat, lon = position(report.lat, report.lon)
    return {
        "id": new_id(tx.now), "case_id": case_id, "message": one_line(report.id, 200),
        "kind": short(who.kind, 20) if who else "resident",
        "name": short(who.name, 40) if who else None, "phone": short(who.phone, 30) if who else None,
        "text": text, "at": at, "received_at": tx.now, "class": short(report.class_, 40), "grid": short(report.grid, 40),
        "address": short(report.address, 80), "lat": lat, "lon": lon,
        "media": json.dumps([one_line(url, 500) for url in report.media[:20]], ensure_ascii=False) if report.media else None,
    }  # fmt: skip


def _reporter_name(report: ReportMessage) -> str:
    return somebody(report.reporter.name or "", "") if report.reporter else ""


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
    """Open the one case of an alarm, or fold it into the open case of the same trouble, and tie the two; the case's id."""
    grid = sensor.grid if sensor.grid and is_id(sensor.grid) else None
    row = new_case(tx, tables, class_code=kind.opens, grid=grid, level=Level(int(str(alarm["level"]))), text=one_line(text, SUMMARY), source="alarm")
    row |= {"address": sensor.place or None, "lat": sensor.lat, "lon": sensor.lon, "alarm": alarm["id"]}
    alike = candidates(tx.conn, _trouble(row, text, tables, tx.now, is_alarm=True), tables, tx.now, alarms=SIMILAR)
    # Two alarms are two devices: only people's word of the same trouble is one with an alarm.
    told = next((other for other, like in alike if other["alarm"] is None and may_join(other, like, row["class"], tables)), None)
    if told is not None:
        return _fold(tx, told, str(alarm["id"]), row["level"], text)
    row["maybe"] = keep_maybe(alike)
    with tx.entry("open", subject=row["id"], operator=SYSTEM, seat=SEAT) as entry:
        entry.insert("cases", row)
        entry.update("alarms", str(alarm["id"]), {"case_id": row["id"]})
    return str(row["id"])


def _fold(tx: Transaction, case: sqlite3.Row, alarm: str, level: int, text: str) -> str:
    with tx.entry("fold", subject=case["id"], operator=SYSTEM, seat=SEAT) as entry:
        entry.update("cases", case["id"], {"alarm": alarm, "level": min(level, case["level"])})
        entry.update("alarms", alarm, {"case_id": case["id"]})
        entry.remark(text=one_line(text, SUMMARY))
    return str(case["id"])


def say_worse(tx: Transaction, case_id: str, alarm: str, text: str) -> None:
    """A case's alarm has become worse: its history says how far, and so do its own words while nothing was ordered by them."""
    case = tx.one("SELECT * FROM cases WHERE id=?", case_id)
    if case is None or case["closed_at"] is not None:
        return
    with tx.entry("alarm_worse", subject=case_id, operator=SYSTEM, seat=SEAT) as entry:
        entry.remark(text=text)
        # Words of a person stay, a reporter's or a clerk's, and so do those that a unit has.
        waits = case["source"] == "alarm" and case["alarm"] == alarm and case["state"] in {State.TRIAGE, State.OPEN}
        if waits and tx.one("SELECT 1 FROM journal WHERE subject=? AND act='edit'", case_id) is None:
            entry.update("cases", case_id, {"text": one_line(text, SUMMARY)})


def raise_level(tx: Transaction, case_id: str, level: int, now: int) -> None:
    """Make a case more urgent because its alarm grew; never less, and never when it is finished."""
    case = tx.one("SELECT * FROM cases WHERE id=?", case_id)
    if case is None or case["closed_at"] is not None or case["level"] <= level:
        return
    with tx.entry("level", subject=case_id, operator=SYSTEM, seat=SEAT) as entry:
        entry.update("cases", case_id, {"level": int(level)})



"""The phone-taker's form as a service: what was heard becomes a report, and the report a case, in one transaction."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from data.centre.intake import Filed, file_report
from data.domain.errors import PayloadError
from data.domain.messages import Reporter, ReportMessage
from data.domain.reason import Reason, because
from data.domain.tables import Tables
from data.domain.text import one_line
from data.guess import Guess, guess
from data.ids import new_id
from data.store.desk import Desk, why_unwritten
from data.store.sqlite import sqlite3

NAME = "form"
FIELDS = ("id", "text", "address", "class", "level", "grid", "lat", "lon", "name", "phone", "kind", "time")

__all__ = ["FIELDS", "Guess", "file", "guess"]


def file(desk: Desk, tables: Tables, zone: ZoneInfo, *, operator: str, seat: str, fields: Mapping[str, Any]) -> Filed | Reason:
    """File what was typed; what was left empty is guessed, what was chosen stays. A `Reason` when it cannot be filed."""
    try:
        with desk.transaction() as tx:
            report = _report(fields, tables, new_id(tx.now))
            return file_report(tx, report, tables, zone, inlet=NAME, operator=operator, seat=seat)
    except PayloadError as error:
        return because("file_failed", problem=str(dict(error.reason.args).get("problem", error.reason.code)))
    except msgspec.ValidationError as error:
        return because("file_failed", problem=one_line(str(error), 200))
    except sqlite3.OperationalError as error:
        return why_unwritten(error)


def said(filed: Filed) -> Reason:
    """The line for the operator."""
    if filed.known:
        return because("filed_already", number=filed.number)
    if filed.joined:
        return because("did_support", number=filed.number, supports=filed.supports)
    return because("did_file", number=filed.number)


def _report(fields: Mapping[str, Any], tables: Tables, id: str) -> ReportMessage:
    given = {name: value for name, value in fields.items() if name in FIELDS and value not in (None, "")}
    if unknown := given.get("class") if given.get("class") not in (None, *tables.classes) else None:
        raise PayloadError(because("payload_bad", problem=f"class {unknown}"))
    if given.get("grid") not in (None, *tables.grids):
        raise PayloadError(because("payload_bad", problem=f"grid {given['grid']}"))
    told = guess(str(given.get("text", "")), str(given.get("address", "")), tables)
    there = given.get("grid") in (None, told.grid)  # a grid that was chosen is not joined by the address of another
    guessed: dict[str, Any] = {"class": told.class_code}
    guessed |= {"grid": told.grid, "address": told.place, "lat": told.lat, "lon": told.lon} if there else {}
    reporter = Reporter(**{name: str(given.pop(name)) for name in ("kind", "name", "phone") if name in given})
    merged = {"id": f"{NAME}-{id}", "text": "", **{name: value for name, value in guessed.items() if value is not None}, **given}
    return msgspec.structs.replace(msgspec.convert(merged, ReportMessage, strict=False), reporter=reporter)

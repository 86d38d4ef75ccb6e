"""Reports as tables, for a terminal, a spreadsheet or a script. The numbers are the view-models'; here they only get words.

Times are ISO 8601 in the desk's zone; durations in the columns are minutes; parts are 0 to 1.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from data.clock import iso
from data.domain.errors import SettingsError
from data.domain.reason import because
from data.kinds import load_kinds
from data.settings import Settings
from data.store.history import open_reader
from data.store.sqlite import sqlite3
from data.views import figures, handover
from data.views import supervision as supervising
from data.views import vitals as vital_signs
from data.views.lists import case_rows
from data.views.models.handover import Handover, ShiftFigures
from data.views.models.supervision import AlarmLoad, Supervision, UnitFigures
from data.vitals import load_vitals
from data.words import Words

NAMES = ("supervision", "shift", "alarms", "handover", "vitals")
_TIMES = frozenset({"at", "since", "until", "next_due", "stored_at", "signed_at", "overdue_since"})
Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report: `heads` are the lines above the table, `data` is all of it for a script."""

    heads: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    data: Any


def report(conn: sqlite3.Connection, settings: Settings, name: str, words: Words, since: int | None, until: int | None) -> Report:
    """Make a report of `NAMES`; without `since` each takes its own stretch: today, this shift, 24 hours."""
    now = settings.clock.now()
    zone, tables, end = settings.zone, settings.tables, now + 1 if until is None else until
    match name:
        case "supervision":
            start = supervising.midnight(now, zone) if since is None else since
            return _supervision(supervising.supervision(conn, tables, now if until is None else until, start), settings, words)
        case "shift":
            start = max(handover.shift_start(conn), end - handover.SHIFT_MS) if since is None else since
            return _shift(figures.shift(conn, tables, start, end), settings, words)
        case "alarms":
            return _alarms(figures.alarm_load(conn, tables, end - figures.DAY if since is None else since, end), settings, words)
        case "vitals":
            start = end - vital_signs.PERIOD_DAYS * vital_signs.DAY if since is None else since
            return _vitals(conn, settings, words, start, end)
        case _:
            return handover_report(_sheet(conn, settings, now), settings, words)


def _vitals(conn: sqlite3.Connection, settings: Settings, words: Words, since: int, until: int) -> Report:
    with _vitals_place(conn, settings) as place:
        found = vital_signs.vitals(place, since, until, words.language)
    rows: list[tuple[Cell, ...]] = []
    for sign in found:
        rows.append((sign.label, words("vitals.all"), _round(sign.value), sign.budget, sign.of, sign.formula))
        groups = [*sign.by_community, *sign.by_kind]
        rows += [(sign.label, group.name or words("vitals.nowhere"), _round(group.value), None, group.of, "") for group in groups]
    heads = (words("vitals.head", since=iso(since, settings.zone)[:16], until=iso(until, settings.zone)[:16]),)
    columns = tuple(words(f"vitals.column.{name}") for name in ("name", "group", "value", "budget", "of", "formula"))
    return Report(heads=heads, columns=columns, rows=tuple(rows), data=msgspec.to_builtins(found))


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@contextmanager
def _vitals_place(conn: sqlite3.Connection, settings: Settings) -> Iterator[vital_signs.Place]:
    history = open_reader(settings.home)
    try:
        yield vital_signs.Place(
            conn=conn, history=history, kinds=load_kinds(settings.home), tables=settings.tables, zone=settings.zone, now=settings.clock.now()
        )
    finally:
        history.close()


def vitals_behind(conn: sqlite3.Connection, settings: Settings, name: str, group: str, since: int | None) -> list[dict[str, Any]]:
    """What a number of the vitals counts: cases as `paidan cases --json` lists them, else ids. Raises `SettingsError` for no such indicator."""
    now = settings.clock.now()
    start = now - vital_signs.PERIOD_DAYS * vital_signs.DAY if since is None else since
    with _vitals_place(conn, settings) as place:
        try:
            what, ids = vital_signs.behind(place, name, start, now + 1, group)
        except KeyError:
            known = " ".join(vital.name for vital in load_vitals())
            raise SettingsError(because("settings_bad", file="", key=name, remedy=known)) from None
    return case_rows(conn, settings, ids) if what == "cases" else [{"what": what, "id": id} for id in ids]


def behind(conn: sqlite3.Connection, settings: Settings, figure: str, unit: str, since: int | None) -> list[dict[str, Any]]:
    """The cases that a number of the supervision counts, as `paidan cases --json` lists them. Raises `SettingsError` for no such figure."""
    known = (*supervising.LIVE_FIGURES, *supervising.ORDER_FIGURES)
    if figure not in known:
        raise SettingsError(because("report_no_figure", figure=figure, figures=", ".join(known)))
    now = settings.clock.now()
    start = supervising.midnight(now, settings.zone) if since is None else since
    return case_rows(conn, settings, supervising.cases_behind(conn, settings.tables, figure, unit, now, start))


def _sheet(conn: sqlite3.Connection, settings: Settings, now: int) -> Handover:
    history = open_reader(settings.home)
    try:
        return handover.sheet(conn, history, load_kinds(settings.home), settings.tables, now)
    finally:
        history.close()


def _supervision(found: Supervision, settings: Settings, words: Words) -> Report:
    names = ("unit", *supervising.LIVE_FIGURES, "median_min", "on_time", "yellow", "red", "worst")
    heads = [words(f"report.{name}", n=getattr(found, name)) for name in ("to_accept", "accepted_in_time", "accepted_late", "escalated")]
    if found.late_rate is not None:
        heads.append(words("report.late_rate", now=f"{found.late_rate:.1%}", limit=f"{found.late_rate_limit:.0%}"))
    return Report(
        heads=(_span("supervision", found.since, found.at, settings, words), "  ".join(heads)),
        columns=tuple(words(f"report.column_{name}") for name in names),
        rows=tuple(_unit(row, words) for row in found.rows),
        data=_plain(found, settings, words),
    )


def _unit(row: UnitFigures, words: Words) -> tuple[Cell, ...]:
    worst = words("report.worst", number=row.worst.number, minutes=round(row.worst.late_s / 60)) if row.worst else ""
    counts = (getattr(row, name) for name in supervising.LIVE_FIGURES)
    on_time = None if row.on_time is None else round(row.on_time, 3)
    return (row.name, *counts, _minutes(row.median_s), on_time, row.yellow, row.red, worst)


def _shift(found: ShiftFigures, settings: Settings, words: Words) -> Report:
    return Report(
        heads=(_span("shift", found.since, found.until, settings, words),),
        columns=(words("report.column_item"), words("report.column_value")),
        rows=tuple(_shift_rows(found, words)),
        data=_plain(found, settings, words),
    )


def _shift_rows(found: ShiftFigures, words: Words) -> Iterator[tuple[Cell, ...]]:
    for name in ("received", "dispatched", "closed", "declined", "open", "open_critical"):
        yield words(f"shift.{name}"), getattr(found, name)
    yield words("shift.mean_accept_min"), _minutes(found.mean_accept_s)
    yield words("shift.longest_accept_min"), _minutes(found.longest_accept_s)
    for name, count in found.by_class:
        yield words("shift.class", name=name or words("shift.no_class")), count
    for name, count in found.by_unit:
        yield words("shift.unit", name=name), count


def _alarms(found: AlarmLoad, settings: Settings, words: Words) -> Report:
    rows: list[tuple[Cell, ...]] = [
        (words("alarms.raised"), found.raised, None, ""),
        (words("alarms.operators"), found.operators, None, ""),
        *((words(f"alarms.{one.name}"), one.value, one.most, words(f"report.{'yes' if one.good else 'no'}")) for one in found.measures),
        *((words("alarms.level", level=level), count, None, "") for level, count in found.by_level),
        *((words("alarms.top", sensor=sensor), count, None, "") for sensor, count in found.top),
    ]
    return Report(
        heads=(_span("alarms", found.since, found.until, settings, words),),
        columns=tuple(words(f"report.column_{name}") for name in ("item", "value", "most", "good")),
        rows=tuple(rows),
        data=_plain(found, settings, words),
    )


def handover_report(found: Handover, settings: Settings, words: Words) -> Report:
    """A sheet as it is printed."""
    heads = [_span("handover", found.shift.since, found.at, settings, words)]
    if found.signed_by:
        heads.append(words("report.handover_signed", name=found.signed_by))
    if found.overdue_since is not None:
        heads.append(f"{words('handover.overdue')} {iso(found.overdue_since, settings.zone)}")
    return Report(
        heads=tuple(heads),
        columns=tuple(words(f"report.column_{name}") for name in ("item", "what", "said")),
        rows=tuple(_handover_rows(found, settings, words)),
        data=_plain(found, settings, words),
    )


def _handover_rows(found: Handover, settings: Settings, words: Words) -> Iterator[tuple[Cell, ...]]:
    for item, value in _shift_rows(found.shift, words):
        yield item, value, ""
    for level in found.open_by_level:
        due = "-" if level.next_due is None else iso(level.next_due, settings.zone)
        yield words("report.handover_open"), words("report.handover_open_line", level=words(f"level.{level.level}"), count=level.count, due=due), ""
    for one in found.must_say:
        yield words("report.handover_must_say"), words.say(one.what), words(f"report.{'yes' if one.said else 'no'}")
    for order in found.unsent:
        what = words("report.handover_unsent_line", number=order.number, unit=order.unit_name, state=words(f"outbox.{order.state}"))
        yield words("report.handover_unsent"), what, ""
    yield from _more("unsent", len(found.unsent), found.unsent_total, words)
    for sensor in found.silent:
        hours = "-" if sensor.silent_s is None else round(sensor.silent_s / 3600, 1)
        yield words("report.handover_silent"), words("report.handover_silent_line", place=sensor.place, sensor=sensor.sensor, hours=hours), ""
    yield from _more("silent", len(found.silent), found.silent_total, words)
    for line in found.lines:
        yield words("report.handover_line"), f"{line.by}: {line.text}", ""


def _more(what: str, shown: int, total: int, words: Words) -> Iterator[tuple[Cell, ...]]:
    if total > shown:
        yield words(f"report.handover_{what}"), words("report.handover_more", total=total, shown=shown), ""


def _span(name: str, since: int, until: int, settings: Settings, words: Words) -> str:
    start, end = (iso(at, settings.zone)[:16].replace("T", " ") for at in (since, until))
    return words("report.span", name=words(f"report.{name}"), since=start, until=end)


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _plain(value: object, settings: Settings, words: Words) -> Any:
    """A view-model as JSON values: times as ISO text, reasons as sentences beside their code."""
    return _told(msgspec.to_builtins(value), settings, words)


def _told(value: Any, settings: Settings, words: Words) -> Any:
    if isinstance(value, Mapping):
        if value.keys() == {"code", "args"}:
            return {"code": value["code"], "text": words.say(because(value["code"], **dict(value["args"])))}
        return {
            name: iso(inner, settings.zone) if name in _TIMES and isinstance(inner, int) else _told(inner, settings, words)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_told(inner, settings, words) for inner in value]
    return value

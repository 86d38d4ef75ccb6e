"""城市体征 for reading: each indicator with its value, by community and by day; and what each number counts. Reads only.

A number and its list come from the same conditions of `data/vitals.toml`. Exercises are not counted. Cost: for what is open, the open cases;
for the rest, the cases or alarms of the period by index; for sensors, the register's index by kind. Asked for, never on every beat.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from zoneinfo import ZoneInfo

from data.domain.tables import Tables
from data.kinds import Kind
from data.store.history import History
from data.store.schema import LIVE
from data.store.sqlite import sqlite3
from data.views.board import lost as lost_sensors
from data.views.models import VitalGroup, VitalSign
from data.views.supervision import midnight
from data.vitals import HOUR, Vital, load_vitals

DAY = 86_400_000
TREND_DAYS = 7
PERIOD_DAYS = 30
"""The period where nobody names one; judgement."""
MOST = 1_000
"""Longest list that a number opens to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the indicators are read from."""

    conn: sqlite3.Connection
    history: History
    kinds: Mapping[str, Kind]
    tables: Tables
    zone: ZoneInfo
    now: int


@dataclass(frozen=True, slots=True)
class _Row:
    """One case, alarm or group of sensors that an indicator looks at."""

    grid: str
    at: int
    value: float
    """1 or 0, or minutes."""
    of: int = 1


def vitals(place: Place, since: int, until: int, language: str) -> tuple[VitalSign, ...]:
    """All indicators of `[since, until)` (UTC ms), or of now where they are about now."""
    return tuple(_sign(place, vital, since, until, language) for vital in load_vitals())


def _sign(place: Place, vital: Vital, since: int, until: int, language: str) -> VitalSign:
    rows = list(_rows(place, vital, since, until))
    value = _value(place, vital, rows, until - since)
    return VitalSign(
        name=vital.name, what=vital.what, label=vital.label(language), formula=vital.formula(language), source=vital.source,
        confirmed=vital.confirmed, value=value, of=sum(row.of for row in rows), budget=vital.budget, good=vital.is_good(value),
        by_community=_by_community(place, vital, rows, until - since), by_kind=_by_kind(place, language) if vital.what == "online" else (),
        trend=_trend(place, vital, until),
    )  # fmt: skip


def _rows(place: Place, vital: Vital, since: int, until: int) -> Iterator[_Row]:
    if vital.what == "online":
        yield from _sensors(place)
        return
    for row in place.conn.execute(_sql(vital, f"{_grid(vital)}, {_at(vital)}, {vital.counts}"), _span(place, since, until)):
        yield _Row(row[0] or "", row[1], float(row[2]))


def _is_alarm(vital: Vital) -> bool:
    return vital.at.startswith("a.")


def _grid(vital: Vital) -> str:
    return "(SELECT grid FROM sensors WHERE id = a.sensor)" if _is_alarm(vital) else "c.grid"


def _at(vital: Vital) -> str:
    return ":now" if vital.at == "now" else vital.at


def _sql(vital: Vital, columns: str) -> str:
    table = "alarms a" if _is_alarm(vital) else "cases c"
    of = f"c.{LIVE}" if vital.of == "live" else vital.of
    span = "1" if vital.at == "now" else f"{vital.at} >= :since AND {vital.at} < :until"
    real = "1" if _is_alarm(vital) else "NOT c.exercise AND c.state NOT IN ('void', 'merged')"
    return f"SELECT {columns} FROM {table} WHERE {of} AND {span} AND {real}"


def _span(place: Place, since: int, until: int) -> dict[str, int]:
    return {"since": since, "until": until, "now": place.now}


def _value(place: Place, vital: Vital, rows: list[_Row], span: int) -> float | None:
    total = sum(row.of for row in rows)
    match vital.what:
        case "part" | "online":
            return sum(row.value for row in rows) / total if total else None
        case "count":
            return float(sum(row.value for row in rows))
        case "median_min":
            return median(row.value for row in rows) if rows else None
        case "per_hour":
            return sum(row.value for row in rows) / max(span / HOUR, 1) / _operators(place)


def _operators(place: Place) -> int:
    """People on duty at this desk by the roster; one where it says nothing."""
    tables = place.tables
    return max(sum(shift.unit == tables.centre and shift.start <= place.now < shift.end for shift in tables.roster), 1)


def _community(tables: Tables, grid: str) -> str:
    known = tables.grids.get(grid)
    return (known.centre or known.unit or tables.centre) if known else ""


def _by_community(place: Place, vital: Vital, rows: Iterable[_Row], span: int) -> tuple[VitalGroup, ...]:
    groups: dict[str, list[_Row]] = {}
    for row in rows:
        groups.setdefault(_community(place.tables, row.grid), []).append(row)
    units = place.tables.units
    found = [
        VitalGroup(
            id=id, name=units[id].label if id in units else id, value=_value(place, vital, some, span), of=sum(row.of for row in some)
        )
        for id, some in groups.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda group: (group.id == "", group.id)))


def _trend(place: Place, vital: Vital, until: int) -> tuple[float | None, ...]:
    """A value a day, oldest first, the last for today; what is about now has none, but for sensors online: its samples."""
    start = midnight(until - 1, place.zone) - (TREND_DAYS - 1) * DAY
    days = [(start + n * DAY, min(start + (n + 1) * DAY, until)) for n in range(TREND_DAYS)]
    if vital.what == "online":
        return tuple(_sampled(place, vital.name, since, end) for since, end in days)
    if vital.at == "now":
        return ()
    rows = list(_rows(place, vital, start, until))
    return tuple(_value(place, vital, [row for row in rows if since <= row.at < end], end - since) for since, end in days)


def _sampled(place: Place, name: str, since: int, until: int) -> float | None:
    row = place.conn.execute("SELECT avg(value) FROM vital_samples WHERE name=? AND hour >= ? AND hour < ?", (name, since // HOUR, until // HOUR + 1))
    value = row.fetchone()[0]
    return None if value is None else float(value)


def _lost(place: Place) -> set[str]:
    return set(lost_sensors(place.conn, place.history, place.kinds, place.now))


def _sensors(place: Place) -> Iterator[_Row]:
    """Grids with their sensors online and in use."""
    silent: dict[str, int] = {}
    for id in _lost(place):
        row = place.conn.execute("SELECT grid FROM sensors WHERE id=?", (id,)).fetchone()
        silent[row["grid"] or ""] = silent.get(row["grid"] or "", 0) + 1
    for row in place.conn.execute("SELECT coalesce(grid, '') AS grid, count(*) AS n FROM sensors WHERE retired_at IS NULL GROUP BY 1"):
        yield _Row(row["grid"], place.now, row["n"] - silent.get(row["grid"], 0), row["n"])


def _by_kind(place: Place, language: str) -> tuple[VitalGroup, ...]:
    silent: dict[str, int] = {}
    for id in _lost(place):
        kind = place.conn.execute("SELECT kind FROM sensors WHERE id=?", (id,)).fetchone()["kind"]
        silent[kind] = silent.get(kind, 0) + 1
    rows = place.conn.execute("SELECT kind, count(*) AS n FROM sensors WHERE retired_at IS NULL GROUP BY kind ORDER BY kind").fetchall()
    return tuple(
        VitalGroup(
            id=row["kind"], name=place.kinds[row["kind"]].label(language) if row["kind"] in place.kinds else row["kind"],
            value=(row["n"] - silent.get(row["kind"], 0)) / row["n"], of=row["n"],
        )
        for row in rows
    )  # fmt: skip


def behind(place: Place, name: str, since: int, until: int, group: str = "") -> tuple[str, tuple[str, ...]]:
    """What a number counts: `cases`, `alarms` or `sensors`, and their ids, of one community (or kind) or of all.

    Raises `KeyError` for an indicator that there is none of.
    """
    vital = {one.name: one for one in load_vitals()}[name]
    if vital.what == "online":
        return "sensors", tuple(id for id in sorted(_lost(place)) if _sensor_is_of(place, id, group))[:MOST]
    wanted = "1" if vital.what == "median_min" else vital.counts if vital.opens == "counts" else f"NOT coalesce({vital.counts}, 0)"
    id = "a.id" if _is_alarm(vital) else "c.id"
    rows = place.conn.execute(f"{_sql(vital, f'{id}, {_grid(vital)}')} AND ({wanted}) ORDER BY 1", _span(place, since, until))
    ids = (row[0] for row in rows if group in ("", _community(place.tables, row[1] or "")))
    return "alarms" if _is_alarm(vital) else "cases", tuple(ids)[:MOST]


def _sensor_is_of(place: Place, id: str, group: str) -> bool:
    row = place.conn.execute("SELECT grid, kind FROM sensors WHERE id=?", (id,)).fetchone()
    return group in ("", row["kind"], _community(place.tables, row["grid"] or ""))

"""城市体征 for reading: each indicator with its value, by community, by kind and by day; and what each number counts. Reads only.

A number and its list come from the same conditions of `data/vitals.toml`. Exercises are not counted. Cost: for what is open, the open cases;
for the rest, the cases or alarms of the period by index, summed in the store; for sensors, the register's index by kind.
Asked for, never on every beat.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from zoneinfo import ZoneInfo

from data.domain.tables import Tables
from data.domain.vocabulary import Level
from data.kinds import Kind
from data.store.history import History
from data.store.sqlite import sqlite3
from data.views.board import lost as lost_sensors
from data.views.models import CountedSensor, VitalGroup, VitalSign
from data.views.supervision import midnight
from data.vitals import HOUR, Vital, load_vitals

DAY = 86_400_000
TREND_DAYS = 7
PERIOD_DAYS = 30
"""The period where nobody names one; judgement."""
MOST = 1_000
"""Longest list that a number opens to."""
NOWHERE = "-"
"""Asks for what is of no community, class or kind."""


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
    """Cases, alarms or sensors of one grid, kind and day; where medians are wanted, one case."""

    grid: str
    kind: str
    """Class of a case, kind of a sensor."""
    day: int
    """From the first of the trend's days; of no use for what is about now."""
    value: float
    """How many are counted, or minutes."""
    of: int


def vitals(place: Place, since: int, until: int, language: str) -> tuple[VitalSign, ...]:
    """All indicators of `[since, until)` (UTC ms), or of now where they are about now."""
    since = max(since, min(_began(place), until))
    return tuple(_sign(place, vital, since, until, language) for vital in load_vitals())


def _sign(place: Place, vital: Vital, since: int, until: int, language: str) -> VitalSign:
    rows = tuple(_rows(place, vital, since, until))
    value = _value(place, vital, rows, until - since)
    return VitalSign(
        name=vital.name, what=vital.what, label=vital.label(language), formula=vital.formula(language), source=vital.source,
        confirmed=vital.confirmed, value=value, of=sum(row.of for row in rows), budget=vital.budget, better=vital.better, good=vital.is_good(value),
        by_community=_groups(place, vital, rows, until - since, _communities(place.tables)),
        by_kind=_groups(place, vital, rows, until - since, _kind_names(place, vital, language)),
        trend=_trend(place, vital, until, value),
    )  # fmt: skip


def _rows(place: Place, vital: Vital, since: int, until: int, start: int = 0) -> Iterator[_Row]:
    """`start` is the first midnight of a trend, where rows are wanted by day."""
    if vital.what == "online":
        yield from _sensors(place)
        return
    day = f"({vital.at} - :start) / {DAY}" if start else "0"
    each = vital.what == "median_min"
    sums = f"{vital.counts}, 1" if each else f"total({vital.counts}), count(*)"
    query = vital.sql(f"{_grid(vital)}, {_kind(vital)}, {day}, {sums}") + ("" if each else " GROUP BY 1, 2, 3")
    for grid, kind, when, value, of in place.conn.execute(query, _span(place, since, until) | {"start": start}):
        yield _Row(grid or "", kind or "", when, float(value), of)


def _grid(vital: Vital) -> str:
    return "(SELECT grid FROM sensors WHERE id = a.sensor)" if vital.is_alarm else "c.grid"


def _kind(vital: Vital) -> str:
    return "(SELECT kind FROM sensors WHERE id = a.sensor)" if vital.is_alarm else "c.class"


def _span(place: Place, since: int, until: int) -> dict[str, int]:
    return {"since": since, "until": until, "now": place.now}


def _value(place: Place, vital: Vital, rows: Iterable[_Row], span: int) -> float | None:
    rows = tuple(rows)
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


def _began(place: Place) -> int:
    """When this desk's journal begins: hours before that were nobody's."""
    row = place.conn.execute("SELECT at FROM journal ORDER BY seq LIMIT 1").fetchone()
    return int(row["at"]) if row else place.now


def _operators(place: Place) -> int:
    """People on duty at this desk by the roster; one where it says nothing."""
    tables = place.tables
    return max(sum(shift.unit == tables.centre and shift.start <= place.now < shift.end for shift in tables.roster), 1)


def _community(tables: Tables, grid: str) -> str:
    known = tables.grids.get(grid)
    return (known.centre or known.unit or tables.centre) if known else ""


Naming = Callable[[_Row], tuple[str, str]]
"""Id and name of the group that a row belongs to."""


def _communities(tables: Tables) -> Naming:
    def named(row: _Row) -> tuple[str, str]:
        id = _community(tables, row.grid)
        return id, tables.units[id].label if id in tables.units else tables.centre_name if id == tables.centre else id

    return named


def _kind_names(place: Place, vital: Vital, language: str) -> Naming:
    """Of sensors where it looks at them or at their alarms, else of the cases' classes."""

    def named(row: _Row) -> tuple[str, str]:
        if vital.is_alarm or vital.what == "online":
            return row.kind, place.kinds[row.kind].label(language) if row.kind in place.kinds else row.kind
        return row.kind, place.tables.classes[row.kind].name if row.kind in place.tables.classes else row.kind

    return named


def _groups(place: Place, vital: Vital, rows: Iterable[_Row], span: int, named: Naming) -> tuple[VitalGroup, ...]:
    groups: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        groups.setdefault(named(row), []).append(row)
    found = [
        VitalGroup(id=id, name=name, value=_value(place, vital, some, span), of=sum(row.of for row in some)) for (id, name), some in groups.items()
    ]
    return tuple(sorted(found, key=lambda group: (group.id == "", group.id)))


def _trend(place: Place, vital: Vital, until: int, value: float | None) -> tuple[float | None, ...]:
    """A value a day, oldest first, the last for today. What is about now is known by its samples, and today by what it is now."""
    start = midnight(until - 1, place.zone) - (TREND_DAYS - 1) * DAY
    days = [(start + n * DAY, min(start + (n + 1) * DAY, until)) for n in range(TREND_DAYS)]
    if vital.is_now:
        return (*(_sampled(place, vital, since, end) for since, end in days[:-1]), value)
    by_day: dict[int, list[_Row]] = {}
    for row in _rows(place, vital, start, until, start):
        by_day.setdefault(row.day, []).append(row)
    began = _began(place)
    return tuple(_value(place, vital, by_day.get(n, ()), end - max(since, began)) if end > began else None for n, (since, end) in enumerate(days))


def _sampled(place: Place, vital: Vital, since: int, until: int) -> float | None:
    """The last sample of a day for a count, the day's mean for a part."""
    hours = (vital.name, since // HOUR, -(-until // HOUR))
    what = "value FROM vital_samples WHERE name=? AND hour >= ? AND hour < ?"
    query = f"SELECT {what} ORDER BY hour DESC LIMIT 1" if vital.what == "count" else f"SELECT avg(value) FROM (SELECT {what})"
    row = place.conn.execute(query, hours).fetchone()
    return None if row is None or row[0] is None else float(row[0])


def _lost(place: Place) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lost_sensors(place.conn, place.history, place.kinds, place.now)))


def _sensors(place: Place) -> Iterator[_Row]:
    """Grids and kinds with their sensors online and in use."""
    silent: dict[tuple[str, str], int] = {}
    for id in _lost(place):
        row = place.conn.execute("SELECT coalesce(grid, ''), kind FROM sensors WHERE id=?", (id,)).fetchone()
        silent[row[0], row[1]] = silent.get((row[0], row[1]), 0) + 1
    for grid, kind, n in place.conn.execute("SELECT coalesce(grid, ''), kind, count(*) FROM sensors WHERE retired_at IS NULL GROUP BY 1, 2"):
        yield _Row(grid, kind, 0, n - silent.get((grid, kind), 0), n)


def behind(place: Place, name: str, since: int, until: int, group: str = "") -> tuple[str, tuple[str, ...]]:
    """What a number counts: `cases`, `alarms` or `sensors`, and their ids, of one community, class or kind, or of all.

    Raises `KeyError` for an indicator that there is none of.
    """
    vital = {one.name: one for one in load_vitals()}[name]
    if vital.what == "online":
        return "sensors", tuple(id for id in sorted(_lost(place)) if _sensor_is_of(place, id, group))[:MOST]
    wanted = "1" if vital.what == "median_min" else vital.counts if vital.opens == "counts" else f"NOT coalesce({vital.counts}, 0)"
    id = "a.id" if vital.is_alarm else "c.id"
    query = vital.sql(f"{id}, {_grid(vital)}, {_kind(vital)}", more=f"({wanted})")
    rows = place.conn.execute(f"{query} ORDER BY 1", _span(place, since, until))
    ids = (row[0] for row in rows if group in ("", row[2] or NOWHERE, _community(place.tables, row[1] or "") or NOWHERE))
    return "alarms" if vital.is_alarm else "cases", tuple(ids)[:MOST]


def counted(place: Place, what: str, ids: Sequence[str], language: str) -> tuple[CountedSensor, ...]:
    """Alarms or sensors of `behind` as they are listed, in the order of `ids`."""
    rows = place.conn.execute(_ALARMS if what == "alarms" else _SENSORS, (json.dumps(list(ids)),)).fetchall()
    heard = {} if what == "alarms" else place.history.latest([row["id"] for row in rows])
    return tuple(
        CountedSensor(
            id=row["id"], sensor=row["sensor"], place=row["place"] or row["name"] or row["sensor"],
            kind_name=place.kinds[row["kind"]].label(language) if row["kind"] in place.kinds else row["kind"],
            level=Level(row["level"]) if row["level"] else None, case_id=row["case_id"] or "", case_number=row["number"],
            at=heard[row["id"]].at if row["id"] in heard else row["at"],
        )
        for row in rows
    )  # fmt: skip


_ALARMS = (
    "SELECT a.id, a.sensor, a.level, a.raised_at AS at, a.case_id, s.kind, s.place, s.name, c.number FROM json_each(?) wanted"
    " CROSS JOIN alarms a ON a.id = wanted.value JOIN sensors s ON s.id = a.sensor LEFT JOIN cases c ON c.id = a.case_id ORDER BY wanted.key"
)
_SENSORS = (
    "SELECT s.id, s.id AS sensor, NULL AS level, NULL AS at, NULL AS case_id, s.kind, s.place, s.name, NULL AS number FROM json_each(?) wanted"
    " CROSS JOIN sensors s ON s.id = wanted.value ORDER BY wanted.key"
)


def _sensor_is_of(place: Place, id: str, group: str) -> bool:
    row = place.conn.execute("SELECT grid, kind FROM sensors WHERE id=?", (id,)).fetchone()
    return group in ("", row["kind"], _community(place.tables, row["grid"] or "") or NOWHERE)

"""城市体征 for reading: each indicator with its value, by community, by kind and by day; and what each number counts. Reads only.

A number and its list come from the same conditions of `data/vitals.toml`. Exercises are not counted. Cost: for what is open, the open cases;
for the rest, the days of the period (`data.vital_days`) and the cases or alarms of today by index; for sensors, the register's index
by kind. Asked for, never on every beat.
"""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from zoneinfo import ZoneInfo

from data.domain.tables import Tables
from data.domain.vocabulary import Level
from data.kinds import Kind
from data.store.history import History
from data.store.sqlite import sqlite3
from data.views.board import lost as lost_sensors
from data.views.models.vitals import CountedSensor, VitalGroup, VitalSign
from data.vital_days import Part, Tally, days, kept, midnight, read, sides
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


def month(now: int, zone: ZoneInfo) -> int:
    """Where the period begins that nobody named: thirty whole days, today the last."""
    return midnight(now - (PERIOD_DAYS - 1) * DAY, zone)


def vitals(place: Place, since: int, until: int, language: str) -> tuple[VitalSign, ...]:
    """All indicators of `[since, until)` (UTC ms), or of now where they are about now."""
    since = max(since, min(_began(place), until))
    return tuple(_sign(place, vital, since, until, language) for vital in load_vitals())


def _sign(place: Place, vital: Vital, since: int, until: int, language: str) -> VitalSign:
    start, began = midnight(until - 1 - (TREND_DAYS - 1) * DAY, place.zone), _began(place)
    tallies = {0: _now(place, vital)} if vital.is_now else _by_day(place, vital, min(since, max(start, began)), until)
    tally = Tally()
    for at, one in tallies.items():
        if at >= since or since <= began or vital.is_now:
            tally.join(one)
        elif (end := midnight(at + 26 * HOUR, place.zone)) > since:  # the period begins within this day
            tally.join(read(place.conn, vital, since, min(end, until), place.now))
    whole = tally.whole()
    value = _value(place, vital, whole, until - since)
    return VitalSign(
        name=vital.name, what=vital.what, label=vital.label(language), formula=vital.formula(language), source=vital.source,
        confirmed=vital.confirmed, value=value, of=whole.of, budget=vital.budget, better=vital.better, good=vital.is_good(value),
        by_community=_groups(place, vital, tally.grids, until - since, _communities(place.tables)),
        by_kind=_groups(place, vital, tally.kinds, until - since, _kind_names(place, vital, language)),
        trend=_trend(place, vital, tallies, until, value),
    )  # fmt: skip


def _now(place: Place, vital: Vital) -> Tally:
    return _sensors(place) if vital.what == "online" else read(place.conn, vital, 0, place.now, place.now)


def _by_day(place: Place, vital: Vital, since: int, until: int) -> dict[int, Tally]:
    """Each day by its beginning; from its copy, where there is one, else from the cases or alarms themselves."""
    copies = kept(place.conn, vital, midnight(since, place.zone), until)
    return {
        start: copies[start] if start in copies and end <= until else read(place.conn, vital, start, min(end, until), place.now)
        for start, end in days(since, until, place.zone)
    }


def _value(place: Place, vital: Vital, part: Part, span: int) -> float | None:
    match vital.what:
        case "part" | "online":
            return part.value / part.of if part.of else None
        case "count":
            return float(part.value)
        case "median_min":
            return _median(part.seconds) / 60 if part.of else None
        case "per_hour":
            return part.value / max(span / HOUR, 1) / _operators(place)


def _median(seconds: Iterable[int]) -> float:
    """The middle, or the mean of the two in the middle. Counted first: many cases have few lengths, and a sort of all costs more."""
    counts = Counter(seconds)
    values = sorted(counts)
    ends = list(accumulate(counts[one] for one in values))
    low, high = (ends[-1] - 1) // 2, ends[-1] // 2
    return (values[bisect_right(ends, low)] + values[bisect_right(ends, high)]) / 2


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


Naming = Callable[[str], tuple[str, str]]
"""Id and name of the group that a grid or a kind belongs to."""


def _communities(tables: Tables) -> Naming:
    def named(grid: str) -> tuple[str, str]:
        id = _community(tables, grid)
        return id, tables.units[id].label if id in tables.units else tables.centre_name if id == tables.centre else id

    return named


def _kind_names(place: Place, vital: Vital, language: str) -> Naming:
    """Of sensors where it looks at them or at their alarms, else of the cases' classes."""

    def named(kind: str) -> tuple[str, str]:
        if vital.is_alarm or vital.what == "online":
            return kind, place.kinds[kind].label(language) if kind in place.kinds else kind
        return kind, place.tables.classes[kind].name if kind in place.tables.classes else kind

    return named


def _groups(place: Place, vital: Vital, parts: Mapping[str, Part], span: int, named: Naming) -> tuple[VitalGroup, ...]:
    groups: dict[tuple[str, str], Part] = {}
    for name, part in parts.items():
        groups.setdefault(named(name), Part()).add(part)
    found = [VitalGroup(id=id, name=name, value=_value(place, vital, part, span), of=part.of) for (id, name), part in groups.items()]
    return tuple(sorted(found, key=lambda group: (group.id == "", group.id)))


def _trend(place: Place, vital: Vital, tallies: Mapping[int, Tally], until: int, value: float | None) -> tuple[float | None, ...]:
    """A value a day, oldest first, the last for today. What is about now is known by its samples, and today by what it is now."""
    week = list(days(until - 1 - (TREND_DAYS - 1) * DAY, until, place.zone))
    if vital.is_now:
        return (*(_sampled(place, vital, start, end) for start, end in week[:-1]), value)
    began = _began(place)
    spans = [(start, min(end, until) - max(start, began)) for start, end in week]
    return tuple(_value(place, vital, tallies.get(start, Tally()).whole(), span) if span > 0 else None for start, span in spans)


def _sampled(place: Place, vital: Vital, since: int, until: int) -> float | None:
    """The last sample of a day for a count, the day's mean for a part."""
    hours = (vital.name, since // HOUR, -(-until // HOUR))
    what = "value FROM vital_samples WHERE name=? AND hour >= ? AND hour < ?"
    query = f"SELECT {what} ORDER BY hour DESC LIMIT 1" if vital.what == "count" else f"SELECT avg(value) FROM (SELECT {what})"
    row = place.conn.execute(query, hours).fetchone()
    return None if row is None or row[0] is None else float(row[0])


def _lost(place: Place) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lost_sensors(place.conn, place.history, place.kinds, place.now)))


def _sensors(place: Place) -> Tally:
    """Sensors online and in use."""
    tally, silent = Tally(), Counter[tuple[str, str]]()
    for id in _lost(place):
        row = place.conn.execute("SELECT coalesce(grid, ''), kind FROM sensors WHERE id=?", (id,)).fetchone()
        silent[row[0], row[1]] += 1
    for grid, kind, n in place.conn.execute("SELECT coalesce(grid, ''), kind, count(*) FROM sensors WHERE retired_at IS NULL GROUP BY 1, 2"):
        tally.add(grid, kind, Part(n - silent[grid, kind], n))
    return tally


def behind(place: Place, name: str, since: int, until: int, group: str = "") -> tuple[str, tuple[str, ...]]:
    """What a number counts: `cases`, `alarms` or `sensors`, and their ids, of one community, class or kind, or of all.

    Raises `KeyError` for an indicator that there is none of.
    """
    vital = {one.name: one for one in load_vitals()}[name]
    if vital.what == "online":
        return "sensors", tuple(id for id in sorted(_lost(place)) if _sensor_is_of(place, id, group))[:MOST]
    wanted = "1" if vital.what == "median_min" else vital.counts if vital.opens == "counts" else f"NOT coalesce({vital.counts}, 0)"
    id = "a.id" if vital.is_alarm else "c.id"
    query = vital.sql(", ".join((id, *sides(vital))), more=f"({wanted})")
    rows = place.conn.execute(f"{query} ORDER BY 1", {"since": since, "until": until, "now": place.now})
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

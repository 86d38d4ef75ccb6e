"""The board: sensors worst first. Open alarms come from one index, the silent from another, the rest only fill the page.

Reads the desk's connection and a `History` of the caller's thread; writes nothing. Whether a sensor is lost is computed
from the time of its newest value and `now`, never stored.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from data.clock import iso
from data.domain.reading import Quality
from data.domain.vocabulary import Freshness, Level
from data.kinds import Kind
from data.rules import Force, Scene, Threshold, in_force
from data.store.history import Column, History, Latest
from data.views.models.sensors import Board, FoundSensor, SensorPanel
from data.words import Words

if TYPE_CHECKING:
    from data.store.sqlite import sqlite3

SPARK_MS = 2 * 3_600_000
"""Shortest stretch of a spark."""
SPARK_INTERVALS = 24
"""A spark of a slow kind shows this many of its reporting intervals."""
_STILL = 0.05
"""A change of less than this part of the kind's scale is no trend. Judgement."""


class Link(Struct, frozen=True, kw_only=True):
    """What is known of the way by which a sensor is heard."""

    silent_after: int | None = None
    """It was noticed, or said, that nothing is heard after this (UTC ms)."""
    down_since: int | None = None
    """Since when its source is down, UTC ms."""
    stale_s: float | None = None
    """After how long it is lost, where its own description says so."""


SOUND = Link()
DETAIL_SPARK = 24
"""Columns of the spark beside a case: as many as a panel of the board draws, two a cell."""


def board(
    desk: "sqlite3.Connection",
    history: History,
    kinds: Mapping[str, Kind],
    now: int,
    limit: int,
    spark: int,
    zone: ZoneInfo,
    words: Words,
) -> Board:
    """The first `limit` panels: open alarms by level, then the silent, then others by kind. `spark` is its columns."""
    lost_ids = lost(desk, history, kinds, now, limit)
    rows = _page(desk, kinds, lost_ids, limit)
    latest = history.latest(row["id"] for row in rows)
    trust = links(desk, history, [row["id"] for row in rows])
    lines = _sparks(history, {row["id"]: kinds[row["kind"]] for row in rows}, now, spark)
    panels = tuple(
        _panel(row, kinds[row["kind"]], latest.get(row["id"]), trust.get(row["id"], SOUND), lines.get(row["id"], ()), now, zone=zone, words=words)
        for row in rows
    )
    counts = sensor_counts(desk, history, kinds, now)
    return Board(panels=panels, abnormal=counts.abnormal, lost=counts.lost)


def panel_of_case(
    desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], case_id: str, now: int, *, zone: ZoneInfo, words: Words
) -> SensorPanel | None:
    """The sensor whose alarm raised the case or joined it, as the board would show it; None for a case without one."""
    alarm = desk.execute("SELECT a.sensor FROM cases c JOIN alarms a ON a.id = c.alarm WHERE c.id=?", (case_id,)).fetchone()
    row = next(iter(_rows_of(desk, kinds, [alarm["sensor"]])), None) if alarm else None
    if row is None:
        return None
    id, kind = row["id"], kinds[row["kind"]]
    line = _sparks(history, {id: kind}, now, DETAIL_SPARK).get(id, ())
    return _panel(row, kind, history.latest([id]).get(id), links(desk, history, [id]).get(id, SOUND), line, now, zone=zone, words=words)


class SensorCounts(Struct, frozen=True, kw_only=True):
    """For the counts bar: sensors in use, those with an open alarm, those silent for too long.

    What a person has shelved, and what a silent gateway explains, is counted for itself and nowhere else.
    """

    total: int
    abnormal: int
    lost: int
    shelved: int
    suppressed: int


def sensor_counts(desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], now: int) -> SensorCounts:
    """Count the sensors."""
    kept = desk.execute("SELECT value FROM tallies WHERE name='sensors'").fetchone()
    shelved = desk.execute("SELECT count(DISTINCT sensor) FROM alarms WHERE shelved_until IS NOT NULL AND cleared_at IS NULL").fetchone()[0]
    return SensorCounts(
        total=kept[0] if kept else 0, abnormal=_abnormal(desk), lost=history.lost_count(), shelved=shelved, suppressed=history.covered_count()
    )


def _abnormal(desk: "sqlite3.Connection") -> int:
    count: int = desk.execute(f"SELECT count(DISTINCT sensor) FROM alarms WHERE {STANDING}").fetchone()[0]
    return count


def sensor_rows(
    desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], now: int, zone: ZoneInfo, words: Words
) -> list[dict[str, object]]:
    """Every sensor in use, for `paidan sensors`: worst first as on the board. Times are ISO 8601 of the zone."""
    rows = _page(desk, kinds, lost(desk, history, kinds, now), -1)
    return _exported(desk, history, kinds, now, zone, words, rows)


def found_rows(
    desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], now: int, zone: ZoneInfo, words: Words, ids: Sequence[str]
) -> list[dict[str, object]]:
    """These sensors as `sensor_rows` gives them, in this order."""
    return _exported(desk, history, kinds, now, zone, words, _rows_of(desk, kinds, ids))


def _exported(
    desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], now: int, zone: ZoneInfo, words: Words, rows: Sequence["sqlite3.Row"]
) -> list[dict[str, object]]:
    ids = [row["id"] for row in rows]
    latest, trust = history.latest(ids), links(desk, history, ids)
    return [_export(row, kinds[row["kind"]], latest.get(row["id"]), trust.get(row["id"], SOUND), now, zone, words) for row in rows]


def found_sensors(
    desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], now: int, ids: Sequence[str], words: Words
) -> tuple[FoundSensor, ...]:
    """These sensors for a list on a seat, in this order."""
    latest, trust = history.latest(ids), links(desk, history, ids)
    rows = _rows_of(desk, kinds, ids)
    return tuple(_found(row, kinds[row["kind"]], latest.get(row["id"]), trust.get(row["id"], SOUND), now, words) for row in rows)


def _rows_of(desk: "sqlite3.Connection", kinds: Mapping[str, Kind], ids: Sequence[str]) -> list["sqlite3.Row"]:
    rows = desk.execute(_THESE, {"ids": json.dumps(list(ids))})
    return [row for row in rows if row["kind"] in kinds]


def _found(row: "sqlite3.Row", kind: Kind, latest: Latest | None, link: Link, now: int, words: Words) -> FoundSensor:
    fresh = freshness(latest, kind, now, link)
    level = Level(row["level"]) if row["level"] else None
    value = latest.value if latest and fresh is Freshness.LIVE else None
    return FoundSensor(
        sensor=row["id"],
        kind=row["kind"],
        kind_name=kind.label(words.language),
        name=row["name"] or "",
        place=row["place"] or "",
        grid=row["grid"] or "",
        value=value,
        unit_name=kind.unit_name(words.language),
        precision=kind.precision,
        age_s=_age_s(latest, now),
        freshness=fresh,
        level=level,
        state_word=_state_word(kind, value, level),
        source_down_since=link.down_since,
    )


def _export(row: "sqlite3.Row", kind: Kind, latest: Latest | None, link: Link, now: int, zone: ZoneInfo, words: Words) -> dict[str, object]:
    fresh = freshness(latest, kind, now, link)
    age_s = _age_s(latest, now)
    return {
        "id": row["id"],
        "kind": row["kind"],
        "name": row["name"] or kind.label(words.language),
        "place": row["place"],
        "grid": row["grid"],
        "value": latest.value if latest and fresh is Freshness.LIVE else None,
        "unit": kind.unit,
        "observed_at": iso(latest.at, zone) if latest and age_s is not None else None,
        "age_s": age_s,
        "freshness": str(fresh),
        "quality": str(latest.quality) if latest else None,
        "level": row["level"],
        **({"source_down_since": iso(link.down_since, zone)} if link.down_since is not None else {}),
    }


def links(desk: "sqlite3.Connection", history: History, ids: Sequence[str]) -> dict[str, Link]:
    """Of these sensors, those of which there is something to say."""
    silent = history.silent(ids)
    rows = {row["id"]: row for row in _fed(desk, ids)}
    said = {id: (row["since"], row["stale_s"]) for id, row in rows.items()}
    nothing = (None, None)
    return {
        id: Link(silent_after=silent.get(id), down_since=said.get(id, nothing)[0], stale_s=said.get(id, nothing)[1]) for id in {*silent, *said}
    }


def _fed(desk: "sqlite3.Connection", ids: Sequence[str]) -> list["sqlite3.Row"]:
    if desk.execute("PRAGMA user_version").fetchone()[0] < _FEEDS_STEP:
        return []  # the centre that runs is of an earlier program
    return desk.execute(_FED, {"ids": json.dumps(list(ids))}).fetchall()


def freshness(latest: Latest | None, kind: Kind, now: int, link: Link = SOUND) -> Freshness:
    """How far a newest value may be trusted at `now`."""
    if latest is None:
        return Freshness.NEVER
    is_replayed = latest.quality is Quality.RETAINED
    if is_replayed and not latest.has_device_time:
        return Freshness.RETAINED
    stale_s = kind.timing.stale_s if link.stale_s is None else link.stale_s
    is_silent = link.silent_after is not None and latest.at <= link.silent_after
    if is_silent or now - latest.at > stale_s * 1000:
        return Freshness.STALE
    # A replay that says its time has an age, but nobody has sent it now.
    return Freshness.RETAINED if is_replayed else Freshness.LIVE


def trend(spark: Sequence[float | None], low: float, high: float) -> int:
    """+1 rising, −1 falling, 0 neither or unknown: mean of the last third against the first, by the kind's scale."""
    third = max(len(spark) // 3, 1)
    first, last = ([value for value in part if value is not None] for part in (spark[:third], spark[-third:]))
    if not first or not last or len(spark) < 2:
        return 0
    change = (sum(last) / len(last) - sum(first) / len(first)) / (high - low)
    return 0 if abs(change) < _STILL else 1 if change > 0 else -1


def lost(desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], now: int, limit: int = -1) -> list[str]:
    """Ids of sensors silent for longer than their kind allows, longest silence first; −1 is all.

    The centre notes them by their newest reading and its `now`; here they are only read. Those whose gateway explains it are left out.
    """
    return list(lost_kinds(desk, history, kinds, limit))


def lost_kinds(desk: "sqlite3.Connection", history: History, kinds: Mapping[str, Kind], limit: int = -1) -> dict[str, str]:
    """The same, each with its kind."""
    rows = desk.execute(_LOST, {"silent": json.dumps(list(history.lost(limit)))})
    return {row["id"]: row["kind"] for row in rows if row["kind"] in kinds}


def _page(desk: "sqlite3.Connection", kinds: Mapping[str, Kind], lost: Sequence[str], limit: int) -> list["sqlite3.Row"]:
    """The sensors of a page, each with the level of its worst open alarm; `limit` −1 means all."""
    page: dict[str, sqlite3.Row] = {}
    for row in _candidates(desk, kinds, lost, limit):
        if len(page) == limit:
            break
        if row["kind"] in kinds:
            page.setdefault(row["id"], row)
    return list(page.values())


def _candidates(desk: "sqlite3.Connection", kinds: Mapping[str, Kind], lost: Sequence[str], limit: int) -> Iterator["sqlite3.Row"]:
    yield from desk.execute(_ALARMED if limit < 0 else f"{_ALARMED_SENSORS} WHERE {STANDING} {_WORST}")
    yield from desk.execute(_NAMED, {"ids": json.dumps(lost if limit < 0 else lost[:limit])})
    # One of each kind before the second of any: when all is well the board shows that every kind of eye is open.
    rows = (desk.execute(_OF_KIND, {"kind": kind}) for kind in kinds)
    for turn in zip_longest(*rows):
        yield from (row for row in turn if row is not None)


def _panel(
    row: "sqlite3.Row", kind: Kind, latest: Latest | None, link: Link, line: tuple[float | None, ...], now: int, *, zone: ZoneInfo, words: Words
) -> SensorPanel:
    fresh = freshness(latest, kind, now, link)
    force = _mildest(kind, row, now, zone)
    level = Level(row["level"]) if row["level"] else None
    value = latest.value if latest and fresh is Freshness.LIVE else None
    age_s = _age_s(latest, now)
    return SensorPanel(
        sensor=row["id"],
        kind=row["kind"],
        kind_name=kind.label(words.language),
        kind_short=kind.short(words.language),
        place=row["place"] or row["name"] or row["id"],
        value=value,
        unit_name=kind.unit_name(words.language),
        precision=kind.precision,
        observed_at=latest.at if latest and age_s is not None else None,
        age_s=age_s,
        freshness=fresh,
        source_down_since=link.down_since,
        level=level,
        trend=trend(line, kind.scale.low, kind.scale.high),
        spark=line,
        low=kind.scale.low,
        high=kind.scale.high,
        limit=force.limit if force else None,
        limit_level=force.level if force else None,
        state_word=_state_word(kind, value, level),
    )


def _age_s(latest: Latest | None, now: int) -> float | None:
    # A device clock may run up to five minutes ahead; nothing is younger than now.
    if latest is None or (latest.quality is Quality.RETAINED and not latest.has_device_time):
        return None
    return max(0.0, (now - latest.at) / 1000)


def _sparks(history: History, kinds: Mapping[str, Kind], now: int, n: int) -> dict[str, tuple[float | None, ...]]:
    """By sensor the worst value of each column, by its kind's direction."""
    if n < 1:
        return {}
    spans = {sensor: max(SPARK_MS, round(SPARK_INTERVALS * kind.timing.interval_s * 1000)) for sensor, kind in kinds.items()}
    found = history.columns_of({sensor: (now - span + 1, now + 1) for sensor, span in spans.items()}, n)
    return {sensor: tuple(_worst(kinds[sensor], column) for column in columns) for sensor, columns in found.items()}


def _worst(kind: Kind, column: Column | None) -> float | None:
    if column is None:
        return None
    return column.max if kind.direction == "high" else column.min


def _mildest(kind: Kind, row: "sqlite3.Row", now: int, zone: ZoneInfo) -> Force | None:
    """The limit that is passed first, here and now."""
    scene = Scene(sensor=row["id"], area_class=row["area_class"] or "", zone=zone)
    forces = [force for rule in kind.rules if isinstance(rule, Threshold) and rule.window is None for force in in_force(rule, scene, now)]
    return max(forces, key=lambda force: force.level, default=None)


def _state_word(kind: Kind, value: float | None, level: Level | None) -> str:
    """Key of the word for a yes/no or event value. A button has no state of its own: it is pressed while its alarm is open."""
    if not kind.states:
        return ""
    if kind.is_event:
        return kind.states[-1] if level else kind.states[0]
    return "" if value is None else kind.states[min(max(int(value), 0), len(kind.states) - 1)]


_LOST = """
SELECT sensors.id, sensors.kind FROM json_each(:silent) silent CROSS JOIN sensors ON sensors.id = silent.value
WHERE retired_at IS NULL ORDER BY silent.key
"""

_FEEDS_STEP = 2
"""`user_version` since which a desk says by which source a sensor is heard."""
_FED = """
SELECT value AS id, feeds.stale_s, CASE WHEN NOT sources.is_up THEN sources.since END AS since FROM json_each(:ids)
LEFT JOIN feeds ON feeds.sensor = value LEFT JOIN sources ON sources.name = coalesce(feeds.source, '')
WHERE feeds.stale_s IS NOT NULL OR NOT sources.is_up
"""

STANDING = "cleared_at IS NULL AND suppressed_by IS NULL AND shelved_until IS NULL"
"""Alarms that want somebody."""

_ALARMED_SENSORS = "SELECT sensors.*, alarms.level FROM alarms JOIN sensors ON sensors.id = alarms.sensor"
_WORST = "ORDER BY alarms.level, alarms.raised_at"
_ALARMED = f"{_ALARMED_SENSORS} WHERE cleared_at IS NULL {_WORST}"

_NAMED = """
SELECT sensors.*, NULL AS level FROM json_each(:ids) wanted CROSS JOIN sensors ON sensors.id = wanted.value ORDER BY wanted.key
"""

_THESE = """
SELECT sensors.*, (SELECT min(level) FROM alarms WHERE sensor = sensors.id AND cleared_at IS NULL) AS level
FROM json_each(:ids) wanted CROSS JOIN sensors ON sensors.id = wanted.value ORDER BY wanted.key
"""

_OF_KIND = "SELECT sensors.*, NULL AS level FROM sensors WHERE kind = :kind AND retired_at IS NULL ORDER BY id"

"""Where it is abnormal: open alarms and silent sensors by community, grid and kind. Only exceptions are read, never all sensors."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from data.domain.tables import Tables
from data.domain.vocabulary import Freshness, Level
from data.kinds import Kind
from data.store.history import History
from data.store.sqlite import sqlite3
from data.views.board import SOUND, STANDING, freshness, links
from data.views.models.sensors import AreaCount, Areas, AreaSensor, KindCount
from data.words import Words

HOUR_MS = 3_600_000
BARS = 12
"""Columns of the hour."""
MOST = 200
_KINDS = 5


def areas(
    conn: sqlite3.Connection, kinds: Mapping[str, Kind], tables: Tables, lost: Sequence[str], now: int, community: str | None, words: Words
) -> Areas:
    """Counts by community, or with `community` ("" for what belongs to none) by its grids; and by kind within it."""
    by_grid = _by_grid(conn, lost)
    inside = {grid: counts for grid, counts in by_grid.items() if community is None or owner(tables, grid) == community}
    found: dict[str, AreaCount] = {}
    for grid, by_kind in inside.items():
        levels = tuple(sum(counts[level] for counts in by_kind.values()) for level in range(4))
        silent = sum(counts[_SILENT] for counts in by_kind.values())
        id, name = _named(tables, grid, whole=community is None)
        before = found.get(id, AreaCount(id=id, name=name, levels=(0, 0, 0, 0), lost=0))
        both = tuple(a + b for a, b in zip(before.levels, levels, strict=True))
        found[id] = AreaCount(id=id, name=name, levels=both, lost=before.lost + silent)
    rows = sorted(found.values(), key=lambda each: ([-n for n in each.levels], -each.lost, each.id))
    return Areas(rows=tuple(rows), kinds=_kinds(conn, kinds, inside, now, words, everywhere=community is None))


def _named(tables: Tables, grid: str, *, whole: bool) -> tuple[str, str]:
    """Id and name of the row that a grid counts for: its community's, or its own."""
    if whole:
        return owner(tables, grid), _unit_name(tables, owner(tables, grid))
    return grid, tables.grids[grid].name if grid in tables.grids else ""


def owner(tables: Tables, grid: str) -> str:
    """Who looks after a grid within this centre: its unit, else its leader, else its centre; "" when nobody is known."""
    known = tables.grids.get(grid)
    if known is None:
        return ""
    return known.centre if known.centre and known.centre != tables.centre else known.unit or known.leader or known.centre


def _unit_name(tables: Tables, unit: str) -> str:
    known = tables.units.get(unit)
    return known.label if known else tables.centre_name if unit == tables.centre else unit


def _by_grid(conn: sqlite3.Connection, lost: Sequence[str]) -> dict[str, dict[str, list[int]]]:
    """Grid → kind → sensors by the level of their worst alarm, and the silent. Each is looked up once: rows of few sensors lie far apart."""
    found: dict[str, dict[str, list[int]]] = {}
    for grid, kind, place, count in (*conn.execute(_ALARMED), *conn.execute(_GONE, (json.dumps(list(lost)),))):
        found.setdefault(grid, {}).setdefault(kind, [0] * 5)[place] += count
    return found


_SILENT = 4
"""Place of the silent behind the four levels."""
_ALARMED = f"""
SELECT coalesce(grid, ''), kind, level - 1, count(*) FROM (SELECT sensor, min(level) AS level FROM alarms WHERE {STANDING} GROUP BY sensor)
JOIN sensors ON sensors.id = sensor GROUP BY 1, 2, 3
"""
_GONE = f"SELECT coalesce(grid, ''), kind, {_SILENT}, count(*) FROM json_each(?) gone JOIN sensors ON sensors.id = gone.value GROUP BY 1, 2"


def _kinds(
    conn: sqlite3.Connection, kinds: Mapping[str, Kind], inside: Mapping[str, Mapping[str, list[int]]], now: int, words: Words, *, everywhere: bool
) -> tuple[KindCount, ...]:
    """Most abnormal first: five kinds and the rest as one."""
    at = {"grids": json.dumps(list(inside)), "all": everywhere, "since": now - HOUR_MS, "bar": HOUR_MS // BARS}
    abnormal, silent = Counter[str](), Counter[str]()
    for by_kind in inside.values():
        for name, counts in by_kind.items():
            abnormal[name] += sum(counts[:_SILENT])
            silent[name] += counts[_SILENT]
    where = "(:all OR coalesce(s.grid, '') IN (SELECT value FROM json_each(:grids)))"
    alarmed = "alarms a JOIN sensors s ON s.id = a.sensor WHERE"
    bars: dict[str, list[int]] = {}
    raised = f"SELECT s.kind, (a.raised_at - :since) / :bar AS bar, count(*) FROM {alarmed} a.raised_at >= :since AND {where} GROUP BY 1, 2"
    for kind, bar, count in conn.execute(raised, at):
        bars.setdefault(kind, [0] * BARS)[min(bar, BARS - 1)] += count
    names = sorted({*abnormal, *silent}, key=lambda name: (-abnormal.get(name, 0), -silent.get(name, 0), name))
    rows = [_kind(name, _label(kinds, name, words), abnormal, silent, bars) for name in names]
    return tuple(rows if len(rows) <= _KINDS + 1 else [*rows[:_KINDS], _rest(rows[_KINDS:], words)])


def _kind(name: str, label: str, abnormal: Mapping[str, int], silent: Mapping[str, int], bars: Mapping[str, list[int]]) -> KindCount:
    return KindCount(kind=name, name=label, abnormal=abnormal.get(name, 0), lost=silent.get(name, 0), hour=tuple(bars.get(name, [0] * BARS)))


def _label(kinds: Mapping[str, Kind], name: str, words: Words) -> str:
    return kinds[name].label(words.language) if name in kinds else name


def _rest(rows: Sequence[KindCount], words: Words) -> KindCount:
    return KindCount(
        kind="", name=words("areas.other_kinds", n=len(rows)), abnormal=sum(row.abnormal for row in rows), lost=sum(row.lost for row in rows),
        hour=tuple(sum(row.hour[bar] for row in rows) for bar in range(BARS)),
    )  # fmt: skip


def one(
    conn: sqlite3.Connection, history: History, kinds: Mapping[str, Kind], lost: Sequence[str], now: int, sensor: str, words: Words
) -> AreaSensor | None:
    """One of its grid's exceptions, or None."""
    row = conn.execute("SELECT coalesce(grid, '') FROM sensors WHERE id = ?", (sensor,)).fetchone()
    found = sensors(conn, history, kinds, lost, now, row[0], words, only=sensor) if row else ()
    return next(iter(found), None)


def sensors(
    conn: sqlite3.Connection, history: History, kinds: Mapping[str, Kind], lost: Sequence[str], now: int, grid: str, words: Words, only: str = ""
) -> tuple[AreaSensor, ...]:
    """What is abnormal or silent in one grid, or `only` this sensor, worst first; what a silent gateway explains is folded into its row."""
    exceptions = "SELECT sensor FROM alarms WHERE cleared_at IS NULL AND suppressed_by IS NULL UNION ALL SELECT value FROM json_each(:lost)"
    rows = conn.execute(
        "SELECT s.*, a.id AS alarm, a.level, a.raised_at, a.acknowledged_by, a.case_id, a.shelved_until, a.shelved_by,"
        " a.occurrences * (a.chattering IS NOT NULL) AS chattering,"
        " (SELECT number FROM cases WHERE id = a.case_id) AS number FROM sensors s"
        " LEFT JOIN alarms a ON a.id ="
        " (SELECT id FROM alarms WHERE sensor = s.id AND cleared_at IS NULL AND suppressed_by IS NULL ORDER BY level LIMIT 1)"
        f" WHERE s.retired_at IS NULL AND coalesce(s.grid, '') = :grid AND s.id IN ({exceptions}){' AND s.id = :only' if only else ''}"
        " ORDER BY a.level IS NULL, a.level, a.raised_at LIMIT :most",
        {"grid": grid, "lost": json.dumps(list(lost)), "most": MOST, "only": only},
    ).fetchall()  # fmt: skip
    ids = [row["id"] for row in rows]
    latest, covered, trust = history.latest(ids), history.covered_by(ids), links(conn, history, ids)
    found = []
    for row in rows:
        kind, last = kinds.get(row["kind"]), latest.get(row["id"])
        if kind is None:
            continue
        live = freshness(last, kind, now, trust.get(row["id"], SOUND)) is Freshness.LIVE
        since = row["raised_at"] if row["level"] else last.at if last else None
        found.append(
            AreaSensor(
                sensor=row["id"], kind_name=kind.label(words.language), place=row["place"] or row["name"] or row["id"],
                level=Level(row["level"]) if row["level"] else None, value=last.value if last and live else None,
                unit_name=kind.unit_name(words.language), precision=kind.precision, age_s=None if since is None else (now - since) / 1000,
                lost=not live, acknowledged_by=row["acknowledged_by"] or "", case_id=row["case_id"] or "", case_number=row["number"],
                alarm=row["alarm"] or "", suppresses=covered.get(row["id"], 0), shelved_until=row["shelved_until"],
                shelved_by=row["shelved_by"] or "", chattering=row["chattering"] or 0,
            )
        )  # fmt: skip
    return tuple(found)

"""A sensor over time: worst value of each column with gaps, the limits in force, its neighbours; and the same as a CSV file.

Reads the desk's connection and a `History` of the caller's thread. A trend is one query of the history however long it is.
"""

import csv
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from data.domain.vocabulary import Freshness, Level
from data.kinds import Kind
from data.rules import Scene, Threshold, in_force
from data.store.history import Column, History
from data.store.sqlite import sqlite3
from data.views.board import SOUND, freshness, links, trend
from data.views.models.sensors import Trend
from data.words import Words

HOUR = 3_600_000
SPANS: Mapping[str, int] = {"1h": HOUR, "6h": 6 * HOUR, "1d": 24 * HOUR, "7d": 168 * HOUR, "30d": 720 * HOUR}
"""Names of the stretches and their length in ms."""
CSV_COLUMNS = 2_000
"""Most rows of a CSV file; a longer stretch is folded into as many columns."""


def one(
    conn: sqlite3.Connection, history: History, kinds: Mapping[str, Kind], sensor: str, *, end: int, now: int, span: int, n: int,
    zone: ZoneInfo, words: Words,
) -> Trend | None:  # fmt: skip
    """`n` columns of the `span` ms before `end`; None when there is no such sensor or its kind is not known."""
    row = conn.execute("SELECT * FROM sensors WHERE id=?", (sensor,)).fetchone()
    kind = kinds.get(row["kind"]) if row else None
    if row is None or kind is None:
        return None
    columns = history.columns(sensor, end - span, end, n)
    values = tuple(_worst(kind, column) for column in columns)
    latest = history.latest([sensor]).get(sensor)
    fresh = freshness(latest, kind, now, links(conn, history, [sensor]).get(sensor, SOUND))
    alarm = conn.execute(
        "SELECT level, case_id, (SELECT number FROM cases WHERE id = case_id) AS number FROM alarms"
        " WHERE sensor=? AND cleared_at IS NULL ORDER BY level LIMIT 1", (sensor,),
    ).fetchone()  # fmt: skip
    return Trend(
        sensor=sensor,
        kind_name=kind.label(words.language),
        place=row["place"] or row["name"] or sensor,
        unit_name=kind.unit_name(words.language),
        precision=kind.precision,
        start=end - span,
        end=end,
        values=values,
        readings=sum(column.count for column in columns if column),
        gaps=sum(column is None for column in columns),
        value=latest.value if latest and fresh is Freshness.LIVE else None,
        low=kind.scale.low,
        high=kind.scale.high,
        trend=trend(values, kind.scale.low, kind.scale.high),
        limits=_limits(kind, row, now, zone),
        level=Level(alarm["level"]) if alarm else None,
        case_id=alarm["case_id"] or "" if alarm else "",
        case_number=alarm["number"] if alarm else None,
        states=tuple(kind.states),
    )


def _worst(kind: Kind, column: Column | None) -> float | None:
    if column is None:
        return None
    return column.max if kind.direction == "high" else column.min


def _limits(kind: Kind, row: sqlite3.Row, now: int, zone: ZoneInfo) -> tuple[tuple[Level, float], ...]:
    """One value a level, the most urgent first."""
    scene = Scene(sensor=row["id"], area_class=row["area_class"] or "", zone=zone)
    forces = [force for rule in kind.rules if isinstance(rule, Threshold) for force in in_force(rule, scene, now)]
    found: dict[Level, float] = {}
    for force in sorted(forces, key=lambda force: force.level):
        found.setdefault(Level(force.level), force.limit)
    return tuple(found.items())


def neighbours(conn: sqlite3.Connection, sensor: str, limit: int) -> tuple[str, ...]:
    """Sensors near this one: of the same grid, those of its own kind first; then of its kind elsewhere."""
    rows = conn.execute(
        "SELECT other.id FROM sensors me JOIN sensors other ON other.grid = me.grid WHERE me.id = ? AND other.id != me.id"
        " AND other.retired_at IS NULL ORDER BY other.kind != me.kind, other.id LIMIT ?", (sensor, limit),
    )  # fmt: skip
    near = [row[0] for row in rows]
    alike = conn.execute(
        "SELECT other.id FROM sensors me JOIN sensors other ON other.kind = me.kind WHERE me.id = ? AND other.id != me.id"
        " AND other.retired_at IS NULL ORDER BY other.id LIMIT ?", (sensor, 2 * limit),
    )  # fmt: skip
    near += [row[0] for row in alike if row[0] not in near]
    return tuple(near[:limit])


def of_case(conn: sqlite3.Connection, case_id: str) -> str | None:
    """The sensor whose alarm raised a case, else one of the case's grid, or None."""
    row = conn.execute("SELECT sensor FROM alarms WHERE id = (SELECT alarm FROM cases WHERE id=?)", (case_id,)).fetchone()
    if row is None:
        row = conn.execute(
            "SELECT s.id FROM cases c JOIN sensors s ON s.grid = c.grid WHERE c.id=? AND s.retired_at IS NULL ORDER BY s.id LIMIT 1", (case_id,)
        ).fetchone()
    return row[0] if row else None


def named(conn: sqlite3.Connection, text: str) -> str | None:
    """The sensor that `text` names: its id in any case or the beginning of one, or a part of its place, that only one has."""
    row = conn.execute("SELECT id FROM sensors WHERE id = ? COLLATE NOCASE AND retired_at IS NULL", (text,)).fetchone()
    for where in ("substr(id, 1, length(?1)) = ?1 COLLATE NOCASE", "instr(place, ?1)"):
        if row is None:
            rows = conn.execute(f"SELECT id FROM sensors WHERE {where} AND retired_at IS NULL LIMIT 2", (text,)).fetchall()
            row = rows[0] if len(rows) == 1 else None
    return row[0] if row else None


def export(history: History, home: Path, sensor: str, *, start: int, end: int, zone: ZoneInfo) -> Path:
    """Write [start, end) of a sensor to HOME/exports/; the file's path. Raises: `OSError`."""
    path = home / "exports" / f"{safe_name(sensor)}_{_stamp(start, zone)}_{_stamp(end, zone)}.csv"
    n = CSV_COLUMNS
    with _opened(path, "utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(("start", "min", "max", "mean", "last", "count"))
        for place, column in enumerate(history.columns(sensor, start, end, n)):
            if column is not None:
                at = datetime.fromtimestamp((start + (end - start) * place // n) / 1000, UTC).astimezone(zone)
                writer.writerow((at.isoformat(timespec="seconds"), column.min, column.max, round(column.mean, 6), column.last, column.count))
    return path


def export_text(home: Path, name: str, text: str, *, at: int, zone: ZoneInfo) -> Path:
    """Write a text to HOME/exports/ under a name and the minute `at`; the file's path. Raises: `OSError`."""
    path = home / "exports" / f"{safe_name(name)}_{_stamp(at, zone)}.txt"
    with _opened(path, "utf-8") as file:
        file.write(f"{text}\n")
    return path


def _opened(path: Path, encoding: str) -> TextIO:
    """A file of the exports, for the owner alone. No link is followed, of the file nor of its folder: another's file is not written over."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fd = os.open(path.name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
    finally:
        os.close(folder)
    return os.fdopen(fd, "w", encoding=encoding, newline="")


def safe_name(text: str) -> str:
    """`text` as a part of a file name: letters, digits and Han; nothing that leaves a folder or hides a file."""
    return re.sub(r"[^0-9A-Za-z\u4e00-\u9fff_-]+", "_", text).strip("_")[:60] or "x"


def _stamp(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).strftime("%Y%m%d-%H%M")

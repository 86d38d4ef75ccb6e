"""The register: a home's sensors.csv, and its copy in the desk, so that a seat needs the database only.

Columns: id, kind, name, place, grid, area_class, lat, lon, parent, unit. UTF-8 with or without BOM, or GBK.
"""

import csv
import io
from collections.abc import Container, Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

from data.domain.errors import SettingsError
from data.domain.reason import because
from data.domain.sensor import Sensor
from data.domain.text import is_id, one_line

if TYPE_CHECKING:
    from data.store.desk import Transaction

COLUMNS = ("id", "kind", "name", "place", "grid", "area_class", "lat", "lon", "parent", "unit")
_NEEDED = COLUMNS[:2]


def load_sensors(path: Path, kinds: Container[str] | None = None) -> dict[str, Sensor]:
    """Read sensors.csv; no file means no sensors. With `kinds`, each sensor's kind must be among them.

    Raises `SettingsError` that names file, line and column.
    """
    if not path.exists():
        return {}
    sensors: dict[str, Sensor] = {}
    for line, row in _rows(path):
        if not is_id(row["id"]):
            raise _bad(path, line, "id", row["id"], "@settings_want_id")
        if row["id"] in sensors:
            raise _bad(path, line, "id", row["id"], "@settings_want_unique")
        if not row["kind"] or (kinds is not None and row["kind"] not in kinds):
            raise _bad(path, line, "kind", row["kind"], "@settings_want_kind")
        sensors[row["id"]] = _sensor(path, line, row)
    return sensors


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), restval="")
    names = [name.strip() for name in reader.fieldnames or ()]
    if missing := [column for column in _NEEDED if column not in names]:
        raise _bad(path, 1, missing[0], "", "@settings_want_column")
    reader.fieldnames = names
    for row in reader:
        values = {column: one_line(row.get(column) or "", 200) for column in COLUMNS}
        if any(values.values()):
            yield reader.line_num, values


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _bad(path, 0, "", str(error.strerror), "@settings_want_readable") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _bad(path, line, "", "", "@settings_want_utf8") from error


def _sensor(path: Path, line: int, row: Mapping[str, str]) -> Sensor:
    texts = {column: text for column, text in row.items() if column not in ("lat", "lon")}
    return Sensor(**texts, lat=_degrees(path, line, row, "lat", 90), lon=_degrees(path, line, row, "lon", 180))


def _degrees(path: Path, line: int, row: Mapping[str, str], column: str, most: float) -> float | None:
    if not row[column]:
        return None
    try:
        degrees = float(row[column])
    except ValueError as error:
        raise _bad(path, line, column, row[column], "@settings_want_degrees") from error
    if not -most <= degrees <= most:
        raise _bad(path, line, column, row[column], "@settings_want_degrees")
    return degrees


def _bad(path: Path, line: int, column: str, value: str, remedy: str) -> SettingsError:
    key = f"line {line}, {column} = {value!r}" if value else f"line {line}, {column}"
    return SettingsError(because("settings_bad", file=str(path), key=key, remedy=remedy))


def sync_sensors(tx: "Transaction", sensors: Mapping[str, Sensor]) -> None:
    """Make the desk's table equal to the register: one no longer listed is retired, never deleted; one listed again is back."""
    tx.conn.execute("CREATE TEMP TABLE IF NOT EXISTS listed (id TEXT PRIMARY KEY)")
    tx.conn.execute("DELETE FROM temp.listed")
    tx.conn.executemany("INSERT INTO temp.listed VALUES (?)", ((sensor,) for sensor in sensors))
    tx.conn.executemany(_UPSERT, (astuple(sensor) for sensor in sensors.values()))
    tx.conn.execute("UPDATE sensors SET retired_at=? WHERE retired_at IS NULL AND id NOT IN (SELECT id FROM temp.listed)", (tx.now,))


_UPSERT = f"""
INSERT INTO sensors ({", ".join(COLUMNS)}) VALUES ({", ".join("?" * len(COLUMNS))})
ON CONFLICT (id) DO UPDATE SET retired_at=NULL, {", ".join(f"{column}=excluded.{column}" for column in COLUMNS[1:])}
"""

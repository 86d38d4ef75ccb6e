"""The register: the table `sensors` of the desk. HOME/sensors.csv seeds it at each start; `paidan import sensors` adds to it.

What a seed listed and no longer lists is retired; what was imported stays until an import says otherwise. Nothing is deleted.
Each change carries a `version`, by which a running centre and the catalogue's index take up what is new.

Columns: id, kind, name, place, grid, area_class, lat, lon, parent, unit. UTF-8 with or without BOM, or GBK.
"""

import csv
import io
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import astuple
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from data.domain.errors import SettingsError
from data.domain.sensor import Sensor, Spot
from data.domain.text import is_id, one_line
from data.files import mistake, read_text

if TYPE_CHECKING:
    from data.store.desk import Transaction
    from data.store.sqlite import sqlite3

COLUMNS = ("id", "kind", "name", "place", "grid", "area_class", "lat", "lon", "parent", "unit")
_NEEDED = COLUMNS[:2]
_DEGREES = {"lat": 90.0, "lon": 180.0}
_SEEDED, _IMPORTED = 1, 0


def load_sensors(path: Path, kinds: Container[str] | None = None) -> dict[str, Sensor]:
    """Read sensors.csv; no file means no sensors. With `kinds`, each sensor's kind must be among them.

    Raises `SettingsError` that names file, line and column.
    """
    sensors: dict[str, Sensor] = {}
    for row in read_sensors(path, kinds) if path.exists() else ():
        if isinstance(row, SettingsError):
            raise row
        sensors[row.id] = row
    return sensors


def read_sensors(path: Path, kinds: Container[str] | None = None) -> Iterator[Sensor | SettingsError]:
    """Row by row: a sensor, or what is wrong with the row and where.

    Raises `SettingsError` when the file is no table with the columns that are needed.
    """
    seen: set[str] = set()
    for line, row in _rows(path):
        wrong = _wrong(row, seen, kinds)
        if wrong:
            yield _bad(path, line, wrong[0], row[wrong[0]], wrong[1])
            continue
        seen.add(row["id"])
        texts = {column: sys.intern(text) for column, text in row.items() if column not in _DEGREES}
        lat, lon = (float(row[column]) if row[column] else None for column in _DEGREES)
        yield Sensor(**texts, lat=lat, lon=lon)


def _wrong(row: Mapping[str, str], seen: Container[str], kinds: Container[str] | None) -> tuple[str, str] | None:
    if not is_id(row["id"]):
        return "id", "settings_want_id"
    if row["id"] in seen:
        return "id", "settings_want_unique"
    if not row["kind"] or (kinds is not None and row["kind"] not in kinds):
        return "kind", "settings_want_kind"
    wrong = [column for column, most in _DEGREES.items() if not _is_degrees(row[column], most)]
    return (wrong[0], "settings_want_degrees") if wrong else None


def _is_degrees(text: str, most: float) -> bool:
    try:
        return not text or -most <= float(text) <= most
    except ValueError:
        return False


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""), restval="")
    names = [name.strip() for name in reader.fieldnames or ()]
    if missing := [column for column in _NEEDED if column not in names]:
        raise _bad(path, 1, missing[0], "", "settings_want_column")
    reader.fieldnames = names
    for row in reader:
        values = {column: _cell(row.get(column)) for column in COLUMNS}
        if any(values.values()):
            yield reader.line_num, values


def _cell(text: str | None) -> str:
    # Nearly all cells are clean, and a catalogue has millions.
    return text.strip() if text and len(text) <= 200 and text.isascii() and text.isprintable() else one_line(text or "", 200)


def _bad(path: Path, line: int, column: str, value: str, remedy: str) -> SettingsError:
    key = f"line {line}, {column} = {value!r}" if value else f"line {line}, {column}"
    return mistake(path, key, remedy)


def sync_sensors(tx: "Transaction", sensors: Mapping[str, Sensor]) -> None:
    """Take up the seed: one that it no longer lists is retired, never deleted; one listed again is back."""
    version = next_version(tx.conn)
    tx.conn.execute("CREATE TEMP TABLE IF NOT EXISTS listed (id TEXT PRIMARY KEY)")
    tx.conn.execute("DELETE FROM temp.listed")
    tx.conn.executemany("INSERT INTO temp.listed VALUES (?)", ((sensor,) for sensor in sensors))
    put_sensors(tx, sensors.values(), version, seeded=True)
    tx.conn.execute(
        "UPDATE sensors SET retired_at=?, version=? WHERE seeded AND retired_at IS NULL AND id NOT IN (SELECT id FROM temp.listed)",
        (tx.now, version),
    )
    _count(tx.conn)


def _count(conn: "sqlite3.Connection") -> None:
    conn.execute("INSERT OR REPLACE INTO tallies SELECT 'sensors', count(*) FROM sensors WHERE retired_at IS NULL")


def next_version(conn: "sqlite3.Connection") -> int:
    """The version of the next change of the register."""
    newest: int = conn.execute("SELECT coalesce(max(version), 0) FROM sensors").fetchone()[0]
    return newest + 1


def stage_sensors(conn: "sqlite3.Connection", sensors: Iterable[Sensor]) -> None:
    """Lay sensors ready in a table of this connection's own, before the transaction that puts them: others wait for that one only.

    Says of each whether it differs from the register as it is now.
    """
    conn.execute(f"CREATE TEMP TABLE IF NOT EXISTS staged ({', '.join(COLUMNS)}, differs, PRIMARY KEY (id)) WITHOUT ROWID")
    conn.execute("BEGIN")
    conn.execute("DELETE FROM temp.staged")
    conn.executemany(f"INSERT OR REPLACE INTO temp.staged VALUES ({', '.join('?' * len(COLUMNS))}, 1)", map(astuple, sensors))
    conn.execute(_MARK)
    conn.execute("COMMIT")


def put_staged(tx: "Transaction", version: int, *, since: int) -> int:
    """Put what was laid ready; returns how many rows that touched. `since` is the version of the register when it was."""
    before = tx.conn.total_changes
    tx.conn.execute(_UPSERT_STAGED, (version, _IMPORTED, version - 1 != since))
    touched: int = tx.conn.total_changes - before
    _count(tx.conn)
    return touched


def put_sensors(tx: "Transaction", sensors: Iterable[Sensor], version: int, *, seeded: bool = False) -> int:
    """Add sensors or change them where they differ; returns how many rows that touched. A retired one comes back."""
    before = tx.conn.total_changes
    origin = _SEEDED if seeded else _IMPORTED
    tx.conn.executemany(_UPSERT, ((*astuple(sensor), version, origin) for sensor in sensors))
    touched: int = tx.conn.total_changes - before
    _count(tx.conn)
    return touched


def changes(conn: "sqlite3.Connection", since: int) -> tuple[int, dict[str, Sensor | None]]:
    """What changed after version `since`: the newest version, and sensors by id, None for one that is retired."""
    newest: int = conn.execute("SELECT coalesce(max(version), 0) FROM sensors").fetchone()[0]
    if newest <= since:
        return since, {}
    rows = conn.execute("SELECT * FROM sensors WHERE version > ?", (since,))
    return newest, {row["id"]: None if row["retired_at"] is not None else _from_row(row) for row in rows}


def places_changed(conn: "sqlite3.Connection", since: int) -> tuple[int, Iterator[tuple[str, Spot | None]]]:
    """The same with no more than every reading needs, row by row: for those who hold all sensors in memory."""
    newest: int = conn.execute("SELECT coalesce(max(version), 0) FROM sensors").fetchone()[0]
    if newest <= since:
        return since, iter(())
    rows = conn.execute("SELECT id, kind, area_class, parent, retired_at FROM sensors WHERE version > ?", (since,))
    return newest, ((id, None if retired is not None else spot(kind, area or "", parent or "")) for id, kind, area, parent, retired in rows)


@lru_cache(65_536)
def spot(kind: str, area_class: str, parent: str = "") -> Spot:
    """One object for all sensors that are alike."""
    return Spot(kind=kind, area_class=area_class, parent=parent)


def one_sensor(conn: "sqlite3.Connection", id: str) -> Sensor | None:
    """A sensor of the register, retired or not; None for one that was never in it."""
    row = conn.execute("SELECT * FROM sensors WHERE id=?", (id,)).fetchone()
    return None if row is None else _from_row(row)


def _from_row(row: "sqlite3.Row") -> Sensor:
    texts = {column: sys.intern(row[column] or "") for column in COLUMNS if column not in _DEGREES}
    return Sensor(**texts, lat=row["lat"], lon=row["lon"])


_REST = COLUMNS[1:]
_INSERT = f"INSERT INTO sensors ({', '.join(COLUMNS)}, version, seeded)"
_CONFLICT = f"""
ON CONFLICT (id) DO UPDATE SET retired_at=NULL, version=excluded.version, seeded=excluded.seeded,
  {", ".join(f"{column}=excluded.{column}" for column in _REST)}
WHERE retired_at IS NOT NULL OR ({", ".join(_REST)}, seeded) IS NOT ({", ".join(f"excluded.{column}" for column in _REST)}, excluded.seeded)
"""
_UPSERT = f"{_INSERT} VALUES ({', '.join('?' * (len(COLUMNS) + 2))}) {_CONFLICT}"
_UPSERT_STAGED = f"{_INSERT} SELECT {', '.join(COLUMNS)}, ?, ? FROM temp.staged WHERE differs OR ? {_CONFLICT}"
_MARK = f"""
UPDATE temp.staged SET differs=0 WHERE EXISTS (
  SELECT 1 FROM main.sensors one WHERE one.id = staged.id AND one.retired_at IS NULL AND one.seeded = {_IMPORTED}
  AND ({", ".join(f"one.{column}" for column in _REST)}) IS ({", ".join(f"staged.{column}" for column in _REST)})
)
"""

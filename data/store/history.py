"""History: what sensors observed, in HOME/history/tail.db; behind two calls, `append(batch)` and `columns(sensor, start, end, n)`.

Whatever holds the readings may change (chunks, a file a day); the two calls stay. One writer, the centre; seats read.
A reading is one row: the same value of the same sensor at the same device time again is the same row.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.domain.reading import Quality, Reading, clock_is_credible
from data.store.sqlite import connect, sqlite3

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a trend: the good readings of a stretch of time, in the sensor's unit."""

    min: float
    max: float
    mean: float
    last: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The newest value of a sensor. Times are UTC ms."""

    at: int
    """When it was observed: by the device's clock where credible, else when it arrived."""
    received_at: int
    value: float
    quality: Quality
    has_device_time: bool


class History:
    """One connection to the history; belongs to one thread. Make it with `open_writer` or `open_reader`."""

    def __init__(self, path: Path, conn: sqlite3.Connection | None) -> None:
        self._path = path
        self._conn = conn

    def append(self, batch: Sequence[Reading]) -> None:
        """Keep graded readings in one transaction; what is there already changes nothing. Writer only."""
        conn = self._conn
        if conn is None:
            msg = "this history was opened for reading"
            raise RuntimeError(msg)
        rows = [_row(reading) for reading in batch]
        conn.execute("BEGIN IMMEDIATE")
        try:
            conn.executemany(_KEEP, (row for row in rows if row["is_placed"]))
            conn.executemany(_PIN, (row for row in rows if row["quality"] != Quality.SUSPECT))
            conn.execute("COMMIT")
        except BaseException:
            if conn.in_transaction:
                conn.execute("ROLLBACK")
            raise

    def columns(self, sensor: str, start: int, end: int, n: int) -> tuple[Column | None, ...]:
        """Fold [start, end) (UTC ms) into exactly `n` equal columns, oldest first; None is a gap.

        Suspect readings are left out. Raises `ValueError` when there is nothing to fold into.
        """
        if n < 1 or end <= start:
            msg = f"no columns: {n} from {start} to {end}"
            raise ValueError(msg)
        columns: list[Column | None] = [None] * n
        for row in self._query(_COLUMNS, {"sensor": sensor, "start": start, "end": end, "n": n}):
            columns[row["place"]] = Column(min=row["least"], max=row["most"], mean=row["mean"], last=row["last"], count=row["count"])
        return tuple(columns)

    def latest(self, sensors: Iterable[str]) -> dict[str, Latest]:
        """Newest value of each of these sensors that has one."""
        found = self._query(_LATEST, {"sensors": json.dumps(list(sensors))})
        return {row["sensor"]: _latest(row) for row in found}

    def silent_since(self, before: int) -> dict[str, int]:
        """Sensors whose newest value was observed before `before`, with that time, longest silence first."""
        rows = self._query("SELECT sensor, at FROM latest WHERE at < :before ORDER BY at", {"before": before})
        return {row["sensor"]: row["at"] for row in rows}

    def newest(self) -> int | None:
        """When the newest reading of all arrived (UTC ms), or None."""
        rows = self._query("SELECT received_at FROM readings ORDER BY seq DESC LIMIT 1", {})
        return rows[0]["received_at"] if rows else None

    def close(self) -> None:
        """Close the file; what was appended is safe already."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _query(self, sql: str, values: Mapping[str, object]) -> list[sqlite3.Row]:
        return [] if self._conn is None else self._conn.execute(sql, values).fetchall()


class Reader(History):
    """A seat's history: a centre that has not made the file yet has no readings, which is no error."""

    def append(self, batch: Sequence[Reading]) -> None:
        """A seat never writes readings."""
        msg = "this history was opened for reading"
        raise RuntimeError(msg)

    def _query(self, sql: str, values: Mapping[str, object]) -> list[sqlite3.Row]:
        if self._conn is None and self._path.exists():
            self._conn = connect(self._path, read_only=True)
        try:
            return super()._query(sql, values)
        except sqlite3.OperationalError as error:
            # The file is there before its tables are: the centre is just making it.
            if "no such table" in str(error):
                return []
            raise


def tail_path(home: Path) -> Path:
    """Where the readings of a home are."""
    return home / "history" / "tail.db"


def open_writer(home: Path) -> History:
    """Open, and make or bring up to date, the history. For the centre, with its lease held."""
    from sqlite_utils import Database

    path = tail_path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    conn = connect(path, checkpoints=True)
    _migrations().apply(Database(conn, execute_plugins=False))
    return History(path, conn)


def open_reader(home: Path) -> History:
    """Open the history for reading; it need not be there yet."""
    return Reader(tail_path(home), None)


def _row(reading: Reading) -> dict[str, object]:
    return {
        "sensor": reading.sensor,
        "at": reading.at,
        "observed_at": reading.observed_at,
        "received_at": reading.received_at,
        "value": reading.value,
        "quality": str(reading.quality),
        "is_timed": reading.observed_at is not None and clock_is_credible(reading),
        # A replay without a time of its own would stand in the trend at the moment of a reconnect.
        "is_placed": not reading.retained or reading.observed_at is not None,
    }


def _latest(row: sqlite3.Row) -> Latest:
    return Latest(
        at=row["at"],
        received_at=row["received_at"],
        value=row["value"],
        quality=Quality(row["quality"]),
        has_device_time=bool(row["has_device_time"]),
    )


def _migrations() -> "Migrations":
    from sqlite_utils.migrations import Migrations

    steps = Migrations("history")

    @steps()
    def first(db: "Database") -> None:
        for statement in _TABLES:
            db.conn.execute(statement)

    return steps


_TABLES = (
    """
    CREATE TABLE readings (
      seq INTEGER PRIMARY KEY,        -- order of arrival: the feed that seats follow
      sensor TEXT NOT NULL, at INTEGER NOT NULL, observed_at INTEGER, received_at INTEGER NOT NULL,
      value REAL NOT NULL, quality TEXT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX readings_once ON readings (sensor, at, value)",
    # A reading whose device time is not credible stands at its arrival, which differs when it comes again.
    "CREATE UNIQUE INDEX readings_clock ON readings (sensor, observed_at, value) WHERE quality='clock'",
    """
    CREATE TABLE latest (
      sensor TEXT PRIMARY KEY, at INTEGER NOT NULL, received_at INTEGER NOT NULL, value REAL NOT NULL, quality TEXT NOT NULL,
      has_device_time INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX latest_silent ON latest (at)",
)

_KEEP = """
INSERT OR IGNORE INTO readings (sensor, at, observed_at, received_at, value, quality)
VALUES (:sensor, :at, :observed_at, :received_at, :value, :quality)
"""

# A replay by the broker never displaces a live value, and any live value displaces a replay.
_PIN = """
INSERT INTO latest VALUES (:sensor, :at, :received_at, :value, :quality, :is_timed)
ON CONFLICT (sensor) DO UPDATE SET at=excluded.at, received_at=excluded.received_at, value=excluded.value,
  quality=excluded.quality, has_device_time=excluded.has_device_time
WHERE (excluded.quality <> 'retained' AND (latest.quality = 'retained' OR excluded.at >= latest.at))
   OR (excluded.quality = 'retained' AND latest.quality = 'retained' AND excluded.at >= latest.at)
"""

# With a single max() SQLite takes the bare columns from the row that has it, which is how `last` is found.
_COLUMNS = """
WITH good AS (
  SELECT (at - :start) * :n / (:end - :start) AS place, at, value FROM readings
  WHERE sensor = :sensor AND at >= :start AND at < :end AND quality <> 'suspect'
)
SELECT folded.*, newest.value AS last
FROM (SELECT place, min(value) AS least, max(value) AS most, avg(value) AS mean, count(*) AS count FROM good GROUP BY place) folded
JOIN (SELECT place, value, max(at) FROM good GROUP BY place) newest USING (place)
"""

_LATEST = "SELECT latest.* FROM json_each(:sensors) wanted JOIN latest ON latest.sensor = wanted.value"

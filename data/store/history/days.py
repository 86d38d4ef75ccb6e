"""A file a day: DATE.db while it is written, keyed by hour so that it only grows; DATE.packed.db once the day is over, keyed by
sensor so that a day of one sensor is one seek. Late readings of a packed day wait in a new DATE.db until the next night.

Files are opened as connections of their own; a reader never waits for a writer.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from data.store.history.columns import Fold, Hour
from data.store.history.points import Point, is_doubted, once, pack, unpack
from data.store.sqlite import connect, sqlite3

HOUR_MS = 3_600_000
DAY_MS = 86_400_000
AGAIN_MS = 3 * DAY_MS
"""How long after its first arrival a reading of a wrong clock is known again: a centre that was down over a weekend (judgement)."""
_COLUMNS = "count INTEGER NOT NULL, good INTEGER NOT NULL, min REAL, max REAL, sum REAL, last REAL, last_at INTEGER, body BLOB NOT NULL"
_OPEN = f"CREATE TABLE IF NOT EXISTS hours (hour INTEGER NOT NULL, no INTEGER NOT NULL, {_COLUMNS}, PRIMARY KEY (hour, no)) WITHOUT ROWID"
_PACKED = f"CREATE TABLE IF NOT EXISTS hours (no INTEGER NOT NULL, hour INTEGER NOT NULL, {_COLUMNS}, PRIMARY KEY (no, hour)) WITHOUT ROWID"
_NAMES = "hour, no, count, good, min, max, sum, last, last_at, body"


class Days:
    """The day files of a home, for one thread."""

    def __init__(self, folder: Path, *, writes: bool) -> None:
        self.folder = folder
        self._writes = writes
        self._open: dict[Path, tuple[int, sqlite3.Connection]] = {}

    def close(self) -> None:
        """Let go of all files."""
        for _, conn in self._open.values():
            conn.close()
        self._open.clear()

    def put(self, points: Mapping[int, Iterable[Point]], day: int) -> None:
        """Merge readings of one day into its file in one transaction; what is there already changes nothing."""
        conn = self._writer(day)
        points = {number: self.unknown(number, mine) for number, mine in points.items()}
        conn.execute("BEGIN IMMEDIATE")
        try:
            conn.executemany(f"INSERT OR REPLACE INTO hours ({_NAMES}) VALUES (?,?,?,?,?,?,?,?,?,?)", _merged(conn, points))
            conn.execute("COMMIT")
        except BaseException:
            conn.execute("ROLLBACK")
            raise

    def unknown(self, number: int, points: Iterable[Point]) -> list[Point]:
        """These but for those of a wrong clock that stand in an earlier hour already: such a reading stands where it arrived, each time elsewhere."""
        mine = once(points)
        wrong = [point.at for point in mine if is_doubted(point.flag)]
        if not wrong:
            return mine
        start = min(wrong) - AGAIN_MS
        rows = (row for _, rows in self._rows(number, start, max(wrong)) for row in rows)
        known = {(one.own, one.value): one.at for one in _points(rows) if is_doubted(one.flag)}
        return [one for one in mine if not is_doubted(one.flag) or known.get((one.own, one.value), one.at) >= one.at]

    def fold(self, fold: Fold, number: int, fresh: list[Point]) -> None:
        """Add all good readings of a sensor within the span; `fresh` are those of the tail."""
        by_hour = self._by_hour(number, fresh)
        for hour, rows in self._rows(number, fold.start, fold.end):
            newer = by_hour.pop(hour, [])
            if len(rows) == 1 and not newer and fold.is_within_one(hour * HOUR_MS, (hour + 1) * HOUR_MS - 1):
                fold.add(hour * HOUR_MS, _whole(rows[0]))
            else:
                for row in rows:
                    if not row["body"] and row["good"]:
                        # Its single readings are gone (`thin`): the hour stands where its last one was.
                        fold.add(row["last_at"], _whole(row))
                _add(fold, once([*newer, *_points(rows)]))
        for points in by_hour.values():
            _add(fold, once(points))

    def points(self, number: int, start: int, end: int, fresh: list[Point]) -> Iterator[Point]:
        """Readings of a sensor within [start, end), in order of time, each once; `fresh` are those of the tail."""
        # Hour by hour: however long the span, no more than a day of it is held.
        by_hour = self._by_hour(number, fresh)
        for hour, rows in self._rows(number, start, end):
            for earlier in sorted(one for one in by_hour if one < hour):
                yield from once(by_hour.pop(earlier))
            yield from (point for point in once([*by_hour.pop(hour, ()), *_points(rows)]) if start <= point.at < end)
        for hour in sorted(by_hour):
            yield from once(by_hour[hour])

    def _by_hour(self, number: int, fresh: Iterable[Point]) -> dict[int, list[Point]]:
        by_hour: dict[int, list[Point]] = {}
        for point in self.unknown(number, fresh):
            by_hour.setdefault(point.at // HOUR_MS, []).append(point)
        return by_hour

    def _rows(self, number: int, start: int, end: int) -> Iterator[tuple[int, list[sqlite3.Row]]]:
        first, last = start // HOUR_MS, (end - 1) // HOUR_MS
        for day in self.days(start, end):
            hours: dict[int, list[sqlite3.Row]] = {}
            for conn in self.readers(day):
                low, high = max(first, day * 24), min(last, day * 24 + 23)
                # In a file by hour each hour is a look-up of its own: a range would walk through all sensors.
                wanted = ",".join(map(str, range(low, high + 1)))
                for row in conn.execute(f"SELECT * FROM hours WHERE no=? AND hour IN ({wanted})", (number,)):
                    hours.setdefault(row["hour"], []).append(row)
            yield from sorted(hours.items())

    def days(self, start: int = 0, end: int = 1 << 62) -> list[int]:
        """Days (since 1970, UTC) that have a file and touch the span, oldest first."""
        known = {_day_of(path) for path in self.folder.glob("????-??-??*.db")}
        return sorted(day for day in known if start < (day + 1) * DAY_MS and day * DAY_MS < end)

    def readers(self, day: int) -> Iterator[sqlite3.Connection]:
        """What there is of a day: its packed file, and the one that is written."""
        for path in (packed_path(self.folder, day), open_path(self.folder, day)):
            if (conn := self._reader(path)) is not None:
                yield conn

    def _reader(self, path: Path) -> sqlite3.Connection | None:
        try:
            inode = path.stat().st_ino
        except FileNotFoundError:
            inode = -1
        known = self._open.get(path)
        if known and known[0] != inode:
            known[1].close()
            del self._open[path]
        if inode < 0:
            return None
        if path not in self._open:
            conn = connect(path, read_only=not self._writes or path.name.endswith(".packed.db"))
            if conn.execute("SELECT 1 FROM sqlite_schema WHERE name='hours'").fetchone() is None:
                conn.close()
                return None
            self._open[path] = (inode, conn)
        return self._open[path][1]

    def _writer(self, day: int) -> sqlite3.Connection:
        path = open_path(self.folder, day)
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            conn = connect(path, checkpoints=True)
            conn.execute(_OPEN)
            conn.close()
        found = self._reader(path)
        assert found is not None
        return found

    def repack(self, day: int) -> None:
        """Turn the files of a day that is over into one by sensor; nobody waits, and a crash leaves the old ones."""
        source, target = open_path(self.folder, day), packed_path(self.folder, day)
        if not source.exists():
            return
        made = target.with_suffix(".new")
        made.unlink(missing_ok=True)
        conn = sqlite3.connect(made, isolation_level=None)
        conn.row_factory = sqlite3.Row
        conn.execute("PRAGMA journal_mode=OFF")
        conn.execute(_PACKED)
        conn.execute("BEGIN")
        conn.executemany(f"INSERT INTO hours ({_NAMES}) VALUES (?,?,?,?,?,?,?,?,?,?)", self._all(day))
        conn.execute("COMMIT")
        conn.close()
        made.rename(target)
        self._forget(source)
        for path in (source, source.with_name(source.name + "-wal"), source.with_name(source.name + "-shm")):
            path.unlink(missing_ok=True)

    def _all(self, day: int) -> Iterator[tuple[object, ...]]:
        readers = list(self.readers(day))
        numbers = sorted({row[0] for conn in readers for row in conn.execute("SELECT DISTINCT no FROM hours")})
        for number in numbers:
            for hour, rows in self._rows(number, day * DAY_MS, (day + 1) * DAY_MS):
                thinned = next((row for row in rows if not row["body"]), None)
                if len(rows) == 1 or thinned is not None:
                    # What comes for an hour whose readings are gone already is too old to be kept.
                    one = rows[0] if thinned is None else thinned
                    yield tuple(one[name.strip()] for name in _NAMES.split(","))
                else:
                    yield _row(number, hour, once(_points(rows)))

    def drop(self, before: int) -> int:
        """Unlink the files of days that ended before a time; returns how many days went."""
        gone = [day for day in self.days() if (day + 1) * DAY_MS <= before]
        for day in gone:
            for path in (open_path(self.folder, day), packed_path(self.folder, day)):
                self._forget(path)
                for suffix in ("", "-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
        return len(gone)

    def _forget(self, path: Path) -> None:
        if path in self._open:
            self._open.pop(path)[1].close()


def open_path(folder: Path, day: int) -> Path:
    """The file of a day that is being written."""
    return folder / f"{_date(day)}.db"


def packed_path(folder: Path, day: int) -> Path:
    """The file of a day that is over."""
    return folder / f"{_date(day)}.packed.db"


def _date(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y-%m-%d")


def _day_of(path: Path) -> int:
    return int(datetime.strptime(path.name[:10], "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) // 86_400


def _merged(conn: sqlite3.Connection, points: Mapping[int, Iterable[Point]]) -> Iterator[tuple[object, ...]]:
    for number, mine in points.items():
        by_hour: dict[int, list[Point]] = {}
        for point in mine:
            by_hour.setdefault(point.at // HOUR_MS, []).append(point)
        for hour, new in by_hour.items():
            old = conn.execute("SELECT count, body FROM hours WHERE hour=? AND no=?", (hour, number)).fetchone()
            yield _row(number, hour, once([*new, *(unpack(old["body"], old["count"]) if old else ())]))


def _row(number: int, hour: int, points: list[Point]) -> tuple[object, ...]:
    whole = _hour(points)
    stats = (None,) * 5 if whole is None else (whole.min, whole.max, whole.sum, whole.last, whole.last_at)
    return (hour, number, len(points), whole.count if whole else 0, *stats, pack(points))


def _points(rows: Iterable[sqlite3.Row]) -> Iterator[Point]:
    """The single readings that are still there."""
    return (point for row in rows if row["body"] for point in unpack(row["body"], row["count"]))


def _whole(row: sqlite3.Row) -> Hour:
    return Hour(row["good"], row["min"], row["max"], row["sum"], row["last"], row["last_at"])


def _hour(points: Iterable[Point]) -> Hour | None:
    good = [point for point in points if point.is_good]
    if not good:
        return None
    values = [point.value for point in good]
    return Hour(len(values), min(values), max(values), sum(values), values[-1], good[-1].at)


def _add(fold: Fold, points: list[Point]) -> None:
    """Readings in order of time, into whichever columns they are."""
    for point in points:
        if point.is_good:
            fold.add(point.at, Hour(1, point.value, point.value, point.value, point.value, point.at))


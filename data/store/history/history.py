"""The history of a home: `append(batch)` and `columns(sensor, start, end, n)`; the rest serves these two.

    HOME/history/tail.db      batches as they came (also the feed that seats follow), then segments: the same, sorted by sensor
    HOME/history/days/        a file a day (`days`)

One writer, the centre's thread; seats read. Every write is short: `tidy` does one small step of what is to be done.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from data.domain.reading import Reading
from data.store.history.columns import Column, Fold, Latest
from data.store.history.days import DAY_MS, HOUR_MS, Days, open_path, packed_path
from data.store.history.newest import CountsFrom, Newest, displaces
from data.store.history.points import TIMED, UNPLACED, Block, Point, dump, is_newest, load
from data.store.history.thin import thin
from data.store.sqlite import connect, sqlite3

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

BLOCK = 256
"""Sensors in one row of a segment, and in one step of packing."""
MERGE_BATCHES, MERGE_READINGS, MERGE_S = 16, 20_000, 20.0
"""When batches are sorted into a segment: so many of either, or the oldest so old."""
PACK_S, PACK_SEGMENTS = 900.0, 128
"""When segments go into the day files: the oldest so old, or so many."""
FLUSH_S, FLUSH_FEW_S, FEW = 300.0, 10.0, 1_000
"""How often newest values are stored; few of them sooner."""
FLUSH_ROWS = 5_000
"""Newest values stored in one step: some 20 ms of work."""
REPACK_AFTER_MS = HOUR_MS
"""A day's file is turned once the day has been over for this long."""
DROP_LOOK_S = 60.0
"""How often it is looked for days that are too old."""
CACHE_READINGS = 100_000
"""Readings of the tail that a reader keeps unpacked."""


class Tail:
    """What is read of tail.db, for one thread."""

    def __init__(self, path: Path, conn: sqlite3.Connection | None) -> None:
        self._path = path
        self._conn = conn
        self._batches: dict[int, tuple[frozenset[int], Block]] = {}
        self._parts: dict[tuple[int, int], Block] = {}

    def conn(self) -> sqlite3.Connection | None:
        """The connection; None while there is nothing to read."""
        return self._conn

    def number(self, sensor: str) -> int | None:
        """The number of a sensor that has ever sent something."""
        rows = self.query("SELECT no FROM names WHERE sensor=?", (sensor,))
        return rows[0][0] if rows else None

    def points(self, number: int, after: int = 0) -> list[Point]:
        """Readings of a sensor that are not in the day files; of segments only those after `after`."""
        found = [point for numbers, block in self._loaded() if number in numbers for point in block.of(number)]
        for segment, body in self.query(_PARTS, (after, number // BLOCK)):
            part = self._parts.get((segment, number // BLOCK))
            if part is None:
                part = self._keep_part((segment, number // BLOCK), load(body))
            found += part.of(number)
        return found

    def _keep_part(self, key: tuple[int, int], part: Block) -> Block:
        if len(self._parts) > 4_096:
            self._parts.clear()
        self._parts[key] = part
        return part

    def _loaded(self) -> Iterator[tuple[frozenset[int], Block]]:
        """All batches; those that were merged meanwhile are forgotten."""
        there = [row[0] for row in self.query("SELECT seq FROM batches ORDER BY seq", ())]
        known = {seq: self._batches[seq] for seq in there if seq in self._batches}
        held = sum(len(block) for _, block in known.values())
        for seq in there:
            if seq in known:
                yield known[seq]
                continue
            for (body,) in self.query("SELECT body FROM batches WHERE seq=?", (seq,)):
                block = load(body)
                loaded = frozenset(block.numbers), block
                if held + len(block) <= CACHE_READINGS:
                    known[seq] = loaded
                    held += len(block)
                yield loaded
        self._batches = known

    def query(self, sql: str, values: Sequence[object]) -> list[sqlite3.Row]:
        """Rows, or none where there is no file yet."""
        conn = self.conn()
        try:
            return [] if conn is None else conn.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            # The file is there before its tables are: the centre is just making it.
            # Or it is one of an earlier program, whose centre still runs.
            if "no such table" in str(error) or "no such column" in str(error):
                return []
            raise

    def close(self) -> None:
        """Close the file; what was appended is safe already."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None


class SeatTail(Tail):
    """A seat's: a centre that has not made the file yet has no readings, which is no error."""

    def conn(self) -> sqlite3.Connection | None:
        """Opened when it is there."""
        if self._conn is None and self._path.exists():
            self._conn = connect(self._path, read_only=True)
        return self._conn


class History:
    """The history for one thread. Make it with `open_writer` or `open_reader`."""

    def __init__(self, tail: Tail, days: Days) -> None:
        self._tail = tail
        self._days = days

    def append(self, batch: Sequence[Reading]) -> None:
        """Keep graded readings, all or none; what is there already changes nothing. Writer only."""
        msg = "this history was opened for reading"
        raise RuntimeError(msg)

    def columns(self, sensor: str, start: int, end: int, n: int) -> tuple[Column | None, ...]:
        """Fold [start, end) (UTC ms) into exactly `n` equal columns, oldest first; None is a gap.

        Suspect readings are left out. Raises `ValueError` when there is nothing to fold into.
        """
        fold = Fold(start, end, n)
        number = self._tail.number(sensor)
        if number is not None:
            # The tail first: what moves from there into a day file meanwhile is then seen twice, which is once, and never missed.
            fresh = [point for point in self._tail.points(number) if start <= point.at < end]
            self._days.fold(fold, number, fresh)
        return fold.columns()

    def points(self, sensor: str, start: int, end: int) -> Iterator[Point]:
        """Single readings within [start, end), in order of time, each once."""
        number = self._tail.number(sensor)
        if number is not None:
            fresh = [point for point in self._tail.points(number) if start <= point.at < end and not point.flag & UNPLACED]
            yield from self._days.points(number, start, end, fresh)

    def latest(self, sensors: Iterable[str]) -> dict[str, Latest]:
        """Newest value of each of these sensors that has one."""
        after = next((row[0] for row in self._tail.query("SELECT value FROM figures WHERE name='latest'", ())), 0)
        found = {sensor: self._newest_of(sensor, after) for sensor in sensors}
        return {sensor: _latest(point) for sensor, point in found.items() if point is not None}

    def _newest_of(self, sensor: str, after: int) -> Point | None:
        number = self._tail.number(sensor)
        if number is None:
            return None
        stored = self._tail.query("SELECT at, value, flag, at, received_at FROM latest WHERE no=?", (number,))
        best = Point(*stored[0]) if stored else None
        for point in self._tail.points(number, after):
            if is_newest(point.flag) and (best is None or displaces(point.flag, point.at, best.flag, best.at)):
                best = point
        return best

    def lost(self, limit: int = -1) -> dict[str, int]:
        """Sensors silent for longer than they may be, with the time of the newest reading, longest silence first; −1 is all.

        Not those whose silence something else explains.
        """
        return {row[0]: row[1] for row in self._tail.query("SELECT sensor, at FROM lost WHERE by='' ORDER BY at, sensor LIMIT ?", (limit,))}

    def lost_count(self) -> int:
        """How many `lost` gives in all."""
        rows = self._tail.query("SELECT count(*) FROM lost WHERE by=''", ())
        return int(rows[0][0]) if rows else 0

    def covered_count(self) -> int:
        """How many silent sensors something else explains that is down."""
        rows = self._tail.query("SELECT count(*) FROM lost WHERE by!=''", ())
        return int(rows[0][0]) if rows else 0

    def covered_by(self, parents: Iterable[str]) -> dict[str, int]:
        """How many silent sensors each of these explains, where it does any."""
        sql = "SELECT by, count(*) FROM lost WHERE by!='' AND by IN (SELECT value FROM json_each(?)) GROUP BY by"
        return {row[0]: row[1] for row in self._tail.query(sql, (json.dumps(list(parents)),))}

    def silent(self, sensors: Iterable[str]) -> dict[str, int]:
        """Which of these are lost, explained or not, with the time of the newest reading of then."""
        sql = "SELECT sensor, at FROM json_each(?) JOIN lost ON lost.sensor = value"
        return {row[0]: row[1] for row in self._tail.query(sql, (json.dumps(list(sensors)),))}

    def newest(self) -> int | None:
        """When the newest reading of all arrived (UTC ms), or None."""
        rows = self._tail.query("SELECT value FROM figures WHERE name='received'", ())
        return rows[0][0] if rows else None

    def total(self) -> int:
        """Readings that were ever appended, those that came twice counted twice."""
        rows = self._tail.query("SELECT value FROM figures WHERE name='total'", ())
        return rows[0][0] if rows else 0

    def close(self) -> None:
        """Close the files."""
        self._tail.close()
        self._days.close()


class Outages(Protocol):
    """What knows of gateways and platforms that are down (`data.centre.outages`)."""

    def explain(self, sensor: str, since: int, stale_ms: int, now: int) -> str | None:
        """What is down that explains a silence: "" for nothing, None while it cannot be told yet. Times are UTC ms."""

    def is_down(self, name: str, now: int) -> bool:
        """Whether what `explain` named still is."""


@dataclass(slots=True)
class _Packing:
    """Segments on their way into the day files, block by block."""

    upto: int
    blocks: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Flushing:
    """Newest values on their way into their table, slice by slice."""

    upto: int
    """The newest segment when it began: what came with that or earlier is stored when it ends."""
    place: int = 0


class Writer(History):
    """The centre's. `stale_s` says of a sensor after how many seconds of silence it is lost, or None."""

    def __init__(self, tail: Tail, days: Days, conn: sqlite3.Connection) -> None:
        super().__init__(tail, days)
        self._conn = conn
        self.stale_s: Callable[[str], float | None] = lambda _sensor: None
        self.outages: Outages | None = None
        self.counts_from: CountsFrom = lambda at, _stale_ms: at
        """From when a silence counts that began at a time (UTC ms), of a sensor that is lost after so many ms."""
        self.may_forget: Callable[[], bool] = lambda: True
        """Whether the clock can be believed when it says that something is too old."""
        self.keep_days = 0
        """Days that are over for longer than this are dropped; 0 keeps all."""
        self.keep: Mapping[str, int] = {}
        """Days for which single readings of a kind are kept; a kind that is not here keeps them as long as the day's file."""
        self.sensors_of: Callable[[str], Iterable[str]] = lambda _kind: ()
        """All sensors of a kind, those that were retired too. Called on another thread."""
        self.is_night: Callable[[int], bool] = lambda _now: True
        """Whether a moment is in the hours for work that can wait; what was left over from the night before waits for none."""
        self._dropped_at = self._thinned_at = -DROP_LOOK_S
        self._thinned: list[tuple[int, str]] = []
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._newest = Newest()
        self.missing: dict[str, int] = {}
        """Sensors that were lost since this was last cleared, with the time of their newest reading; at a start, all that are lost."""
        self._packing: _Packing | None = None
        self._flushing: _Flushing | None = None
        self._repacking: threading.Thread | None = None
        self._merged_at = self._packed_at = self._flushed_at = time.monotonic()
        self._load()

    def _load(self) -> None:
        for number, sensor in self._conn.execute("SELECT no, sensor FROM names ORDER BY no"):
            self._numbers[sensor] = number
            self._names.append(sensor)
        for row in self._conn.execute("SELECT no, at, value, flag, received_at FROM latest"):
            self._newest.known(row["no"], Point(row["at"], row["value"], row["flag"], row["at"], row["received_at"]))
        for row in self._conn.execute("SELECT no, excused.at FROM excused JOIN names USING (sensor)"):
            self._newest.excused[row["no"]] = row["at"]
        # What came after the newest values were last stored.
        after = self._figure("latest")
        for (body,) in [*self._conn.execute("SELECT body FROM segments WHERE id > ?", (after,)), *self._conn.execute("SELECT body FROM batches")]:
            self._see(load(body))
        for row in self._conn.execute("SELECT no, sensor, lost.at, by FROM lost JOIN names USING (sensor)"):
            self._load_lost(row)

    def _load_lost(self, row: sqlite3.Row) -> None:
        number = row["no"]
        if self._newest.is_heard_after(number, row["at"]):
            self._newest.changed[number] = None  # heard since, and the process ended before it was stored
            return
        self._newest.lost[number] = self.missing[row["sensor"]] = row["at"]
        if row["by"]:
            self._newest.by[number] = row["by"]

    def append(self, batch: Sequence[Reading]) -> None:
        """Keep graded readings, all or none; what is there already changes nothing."""
        if not batch:
            return
        fresh = dict.fromkeys(reading.sensor for reading in batch if reading.sensor not in self._numbers)
        numbers = self._numbers | {sensor: len(self._names) + place for place, sensor in enumerate(fresh)} if fresh else self._numbers
        block = Block()
        block.add_all([numbers[reading.sensor] for reading in batch], batch)
        with self._transaction():
            self._conn.executemany("INSERT INTO names (no, sensor) VALUES (?,?)", ((numbers[sensor], sensor) for sensor in fresh))
            seq = self._add("seq", 1)
            self._conn.execute("INSERT INTO batches (seq, count, body) VALUES (?,?,?)", (seq, len(block), dump(block)))
            self._add("total", len(block))
            self._set("received", max(block.received))
        if fresh:
            self._numbers = numbers
            self._names += fresh
        self._see(block)

    def _see(self, block: Block) -> None:
        self._newest.take_all(block)

    def sweep(self, now: int) -> None:
        """See who has been silent for too long at `now`, and store what changed of that."""
        newest = self._newest
        if self.outages is not None:
            back = {by for by in set(newest.by.values()) if not self.outages.is_down(by, now)}
            for number in [number for number, by in newest.by.items() if by in back] if back else ():
                newest.release(number, now)
        newest.sweep(now, self._stale_ms, lambda number, since, stale_ms: self._explain(self._names[number], since, stale_ms, now), self.counts_from)
        if newest.changed:
            self._store_lost()

    def _explain(self, sensor: str, since: int, stale_ms: int, now: int) -> str | None:
        return "" if self.outages is None else self.outages.explain(sensor, since, stale_ms, now)

    def _store_lost(self) -> None:
        newest, changed, names = self._newest, self._newest.changed, self._names
        excused = [(names[no], newest.excused[no]) for no in changed if no in newest.excused]
        with self._transaction():
            self._conn.executemany("DELETE FROM lost WHERE sensor=?", ((names[no],) for no, at in changed.items() if at is None))
            rows = ((names[no], at, newest.by.get(no, "")) for no, at in changed.items() if at is not None)
            self._conn.executemany("INSERT OR REPLACE INTO lost (sensor, at, by) VALUES (?,?,?)", rows)
            self._conn.executemany("DELETE FROM excused WHERE sensor=?", ((names[no],) for no in changed))
            self._conn.executemany("INSERT OR REPLACE INTO excused (sensor, at) VALUES (?,?)", excused)
        self.missing |= {names[no]: at for no, at in changed.items() if at is not None}
        changed.clear()

    def offline(self, sensor: str, now: int) -> None:
        """Somebody who knows says that a sensor cannot be heard: it is lost at once."""
        if sensor in self._numbers:
            by = self._explain(sensor, now, 0, now) or ""
            self._newest.offline(self._numbers[sensor], by, now)

    def look_again(self, sensor: str) -> None:
        """Its time of silence is another one than before."""
        if sensor in self._numbers:
            self._newest.look_again(self._numbers[sensor])

    def online(self, sensor: str, now: int) -> None:
        """Somebody who knows says that it can be heard again."""
        if sensor in self._numbers:
            self._newest.release(self._numbers[sensor], now)

    def heard(self, sensor: str) -> tuple[int, float] | None:
        """Since when nothing more was heard of a sensor, or since when that is excused, and its value; None where there is none."""
        number = self._numbers.get(sensor)
        heard = None if number is None else self._newest.heard(number)
        if number is None or heard is None or (stale_ms := self._stale_ms(number)) is None:
            return heard
        return self.counts_from(heard[0], stale_ms), heard[1]

    def is_lost(self, sensor: str) -> bool:
        """Whether a sensor is silent for longer than it may be."""
        return self._numbers.get(sensor, -1) in self._newest.lost

    def explained_by(self, sensor: str) -> str:
        """What is down that explains the silence of a lost sensor, or ""."""
        return self._newest.by.get(self._numbers.get(sensor, -1), "")

    def forget(self, sensors: Iterable[str]) -> None:
        """These were retired: they are lost no more."""
        self._newest.forget(self._numbers[sensor] for sensor in sensors if sensor in self._numbers)

    def _stale_ms(self, number: int) -> int | None:
        stale_s = self.stale_s(self._names[number])
        return None if stale_s is None else round(stale_s * 1000)

    def tidy(self, now: int, *, hurry: bool = False) -> bool:
        """One short step of what is to be done; False when nothing is. `hurry` waits for no age. Call it between batches."""
        return (
            self._merge(hurry=hurry) or self._pack(hurry=hurry) or self._flush(hurry=hurry)
            or self._turn(now, hurry=hurry) or self._drop_old(now) or self._thin(now, hurry=hurry)
        )  # fmt: skip

    def _merge(self, *, hurry: bool) -> bool:
        batches, count = self._conn.execute("SELECT count(*), coalesce(sum(count), 0) FROM batches").fetchone()
        old = time.monotonic() - self._merged_at >= MERGE_S
        if not batches or not (hurry or old or batches >= MERGE_BATCHES or count >= MERGE_READINGS):
            return False
        rows = self._oldest_batches()
        parts = _sorted_into_blocks(load(row["body"]) for row in rows)
        bodies = [(number, len(block), dump(block)) for number, block in sorted(parts.items())]
        with self._transaction():
            segment = self._add("segment", 1)
            self._conn.executemany("INSERT INTO segments (id, block, count, body) VALUES (?,?,?,?)", ((segment, *body) for body in bodies))
            self._conn.execute("INSERT INTO segment_ids VALUES (?)", (segment,))
            self._conn.execute("DELETE FROM batches WHERE seq <= ?", (rows[-1]["seq"],))
        self._merged_at = time.monotonic()
        return True

    def _oldest_batches(self) -> list[sqlite3.Row]:
        """As many as one step may sort."""
        rows, count = [], 0
        for row in self._conn.execute("SELECT seq, count, body FROM batches ORDER BY seq"):
            rows.append(row)
            count += row["count"]
            if count >= MERGE_READINGS:
                break
        return rows

    def _pack(self, *, hurry: bool) -> bool:
        if self._repacking is not None and self._repacking.is_alive():
            return False
        if self._packing is None and not self._begin_packing(hurry=hurry):
            return False
        assert self._packing is not None
        if self._packing.blocks:
            self._pack_block(self._packing.blocks.pop(), self._packing.upto)
        if not self._packing.blocks:
            with self._transaction():
                self._conn.execute("DELETE FROM segment_ids WHERE id <= ?", (self._packing.upto,))
            self._packing = None
            self._packed_at = time.monotonic()
        return True

    def _begin_packing(self, *, hurry: bool) -> bool:
        # Newest values that live in the segments only must be stored before these go.
        count, upto = self._conn.execute("SELECT count(*), max(id) FROM segment_ids WHERE id <= ?", (self._figure("latest"),)).fetchone()
        if not count or not (hurry or time.monotonic() - self._packed_at >= PACK_S or count >= PACK_SEGMENTS):
            return False
        blocks = [row[0] for row in self._conn.execute("SELECT DISTINCT block FROM segments WHERE id <= ? ORDER BY block DESC", (upto,))]
        self._packing = _Packing(upto, blocks)
        return True

    def _pack_block(self, number: int, upto: int) -> None:
        rows = self._conn.execute("SELECT id, body FROM segments WHERE id IN (SELECT id FROM segment_ids WHERE id <= ?) AND block=?", (upto, number))
        by_day: dict[int, dict[int, list[Point]]] = {}
        for row in rows.fetchall():
            block = load(row["body"])
            for place, no in enumerate(block.numbers):
                if not block.flags[place] & UNPLACED:
                    by_day.setdefault(block.ats[place] // DAY_MS, {}).setdefault(no, []).append(block.point(place))
        for day, points in by_day.items():
            self._days.put(points, day)
        with self._transaction():
            self._conn.execute("DELETE FROM segments WHERE id IN (SELECT id FROM segment_ids WHERE id <= ?) AND block=?", (upto, number))

    def _flush(self, *, hurry: bool) -> bool:
        if self._flushing is None and not self._begin_flushing(hurry=hurry):
            return False
        flushing = self._flushing
        assert flushing is not None
        rows, place = self._newest.rows(flushing.place, FLUSH_ROWS)
        with self._transaction():
            self._conn.executemany("INSERT OR REPLACE INTO latest (no, at, received_at, value, flag) VALUES (?,?,?,?,?)", rows)
            if place is None:
                self._set("latest", flushing.upto)
        self._newest.stored(row[0] for row in rows)
        if place is None:
            self._flushing, self._flushed_at = None, time.monotonic()
        else:
            flushing.place = place
        return True

    def _begin_flushing(self, *, hurry: bool) -> bool:
        age, count, newest = time.monotonic() - self._flushed_at, self._newest.unstored, self._figure("segment")
        behind = newest - self._figure("latest")
        due = hurry or age >= FLUSH_S or (count <= FEW and age >= FLUSH_FEW_S) or behind >= PACK_SEGMENTS
        if not due or not (count or behind):
            return False
        self._flushing = _Flushing(newest)
        return True

    def _turn(self, now: int, *, hurry: bool) -> bool:
        """Start turning the file of a day that is over, on a thread of its own; meanwhile nothing is packed."""
        if self._repacking is not None and self._repacking.is_alive():
            return False
        folder = self._days.folder
        over = [day for day in self._days.days() if (day + 1) * DAY_MS + REPACK_AFTER_MS <= now and open_path(folder, day).exists()]
        due = [day for day in over if hurry or not packed_path(folder, day).exists() or _is_old(open_path(folder, day))]
        if not due:
            return False
        # Readings that came late for a kind are among the others then, and go with the next thinning.
        self._conn.execute("DELETE FROM thinned WHERE day=?", (due[0],))
        self._beside(_repack, folder, due[0], hurry=hurry)
        return True

    def _beside(self, work: Callable[..., None], *args: object, hurry: bool) -> None:
        """One long job beside the writer; meanwhile nothing is packed."""
        self._days.close()
        self._repacking = threading.Thread(target=work, args=args, name="history", daemon=True)
        self._repacking.start()
        if hurry:
            self._repacking.join()

    def _thin(self, now: int, *, hurry: bool) -> bool:
        """Let readings of kinds that are kept for less long go, one day's file a step, at night."""
        if self._repacking is not None and self._repacking.is_alive():
            return False
        if self._thinned:
            with self._transaction():
                self._conn.executemany("INSERT OR IGNORE INTO thinned (day, kind) VALUES (?,?)", self._thinned)
            self._thinned = []
        if not self.keep or not self.may_forget() or (not hurry and time.monotonic() - self._thinned_at < DROP_LOOK_S):
            return False
        due = next((found for day in self._days.days() if (found := self._too_old(day, now, hurry=hurry))), None)
        if due is None:
            self._thinned_at = time.monotonic()
            return False
        self._beside(self._thin_day, *due, hurry=hurry)
        return True

    def _too_old(self, day: int, now: int, *, hurry: bool) -> tuple[int, tuple[str, ...]] | None:
        """A day that is turned, and the kinds that have readings in it no longer."""
        today = now // DAY_MS
        if not packed_path(self._days.folder, day).exists() or open_path(self._days.folder, day).exists():
            return None
        done = {row[0] for row in self._conn.execute("SELECT kind FROM thinned WHERE day=?", (day,))}
        ages = {kind: today - day - 1 - days for kind, days in self.keep.items() if days and kind not in done}
        waits = 0 if hurry or self.is_night(now) else 1
        kinds = tuple(kind for kind, over in ages.items() if over >= waits)
        return (day, kinds) if kinds else None

    def _thin_day(self, day: int, kinds: tuple[str, ...]) -> None:
        known = self._numbers
        thin(self._days.folder, day, (known[sensor] for kind in kinds for sensor in self.sensors_of(kind) if sensor in known))
        # Stored by the writer's own thread, at its next look; a crash before that only thins once more.
        self._thinned = [(day, kind) for kind in kinds]

    def _drop_old(self, now: int) -> bool:
        """Drop the oldest day that is too old: one file a step, a look a minute when there is none."""
        if not self.keep_days or not self.may_forget() or time.monotonic() - self._dropped_at < DROP_LOOK_S:
            return False
        end = (now // DAY_MS - self.keep_days) * DAY_MS
        oldest = min(self._days.days(), default=end // DAY_MS)
        if oldest * DAY_MS < end and self.drop((oldest + 1) * DAY_MS):
            return True
        self._dropped_at = time.monotonic()
        return False

    def drop(self, before: int) -> int:
        """Unlink days that ended before a time; returns how many."""
        if self._repacking is not None and self._repacking.is_alive():
            return 0
        self._conn.execute("DELETE FROM thinned WHERE (day + 1) * ? <= ?", (DAY_MS, before))
        return self._days.drop(before)

    def _transaction(self) -> "_Immediate":
        return _Immediate(self._conn)

    def _figure(self, name: str) -> int:
        row = self._conn.execute("SELECT value FROM figures WHERE name=?", (name,)).fetchone()
        return row[0] if row else 0

    def _set(self, name: str, value: int) -> None:
        self._conn.execute("INSERT OR REPLACE INTO figures (name, value) VALUES (?,?)", (name, value))

    def _add(self, name: str, more: int) -> int:
        value = self._figure(name) + more
        self._set(name, value)
        return value


@dataclass(slots=True)
class _Immediate:
    conn: sqlite3.Connection

    def __enter__(self) -> None:
        self.conn.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.conn.execute("COMMIT")
        elif self.conn.in_transaction:
            self.conn.execute("ROLLBACK")


def _repack(folder: Path, day: int) -> None:
    days = Days(folder, writes=True)
    try:
        days.repack(day)
    finally:
        days.close()


def _is_old(path: Path) -> bool:
    return time.clock_gettime(time.CLOCK_REALTIME) - path.stat().st_mtime > DAY_MS / 1000


def _sorted_into_blocks(blocks: Iterable[Block]) -> dict[int, Block]:
    whole = Block()
    for block in blocks:
        whole.extend(block)
    whole = whole.sorted()
    starts: dict[int, int] = {}
    for place, number in enumerate(whole.numbers):
        starts.setdefault(number // BLOCK, place)
    ends = [*list(starts.values())[1:], len(whole)]
    return {number: whole.part(start, end) for (number, start), end in zip(starts.items(), ends, strict=True)}


def _latest(point: Point) -> Latest:
    return Latest(
        at=point.at, received_at=point.received, value=point.value, quality=point.quality, has_device_time=bool(point.flag & TIMED)
    )


_PARTS = "SELECT segments.id, body FROM segment_ids JOIN segments ON segments.id = segment_ids.id WHERE segment_ids.id > ? AND block = ?"


def tail_path(home: Path) -> Path:
    """Where the readings of a home arrive."""
    return home / "history" / "tail.db"


def days_path(home: Path) -> Path:
    """Where the day files of a home are."""
    return home / "history" / "days"


def open_writer(home: Path) -> Writer:
    """Open, and make or bring up to date, the history. For the centre, with its lease held."""
    from sqlite_utils import Database

    path = tail_path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    conn = connect(path, checkpoints=True)
    _migrations().apply(Database(conn, execute_plugins=False))
    return Writer(Tail(path, conn), Days(days_path(home), writes=True), conn)


def open_reader(home: Path) -> History:
    """Open the history for reading; it need not be there yet."""
    return History(SeatTail(tail_path(home), None), Days(days_path(home), writes=False))


def _migrations() -> "Migrations":
    from sqlite_utils.migrations import Migrations

    steps = Migrations("history")

    @steps()
    def first(db: "Database") -> None:
        for statement in _TABLES:
            db.conn.execute(statement)

    @steps()
    def second(db: "Database") -> None:
        # Kinds of which the single readings of a day are gone; a day since 1970, UTC.
        db.conn.execute("CREATE TABLE thinned (day INTEGER NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (day, kind)) WITHOUT ROWID")

    @steps()
    def explained(db: "Database") -> None:
        for statement in _EXPLAINED:
            db.conn.execute(statement)

    return steps


_TABLES = (
    "CREATE TABLE names (no INTEGER PRIMARY KEY, sensor TEXT NOT NULL UNIQUE)",
    "CREATE TABLE batches (seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE TABLE segment_ids (id INTEGER PRIMARY KEY)",
    """
    CREATE TABLE segments (
      id INTEGER NOT NULL, block INTEGER NOT NULL, count INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (id, block)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE latest (no INTEGER PRIMARY KEY, at INTEGER NOT NULL, received_at INTEGER NOT NULL, value REAL NOT NULL, flag INTEGER NOT NULL)",
    "CREATE TABLE lost (sensor TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX lost_longest ON lost (at)",
    # seq, segment: the newest of each; total: readings ever; received: the newest arrival; latest: the segment up to which `latest` goes
    "CREATE TABLE figures (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
)
_EXPLAINED = (
    "ALTER TABLE lost ADD COLUMN by TEXT NOT NULL DEFAULT ''",  # what is down that explains the silence
    "DROP INDEX lost_longest",
    "CREATE INDEX lost_longest ON lost (at, sensor) WHERE by=''",
    "CREATE INDEX lost_covered ON lost (by) WHERE by!=''",
    "CREATE TABLE excused (sensor TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
)

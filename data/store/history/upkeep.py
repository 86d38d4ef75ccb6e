"""What the history's writer does between batches, one short step at a time: sorts batches into segments, packs these into day files, stores
newest values, turns days that are over, and lets go what is too old.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data.store.history.days import DAY_MS, HOUR_MS, Days, open_path, packed_path
from data.store.history.newest import Newest
from data.store.history.points import UNPLACED, Block, Point, dump, load
from data.store.history.tail import BLOCK
from data.store.history.tail_file import TailFile
from data.store.history.thin import thin
from data.store.sqlite import sqlite3

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


class Upkeep:
    """Of one writer, on its thread; what takes long runs on a thread of its own."""

    def __init__(self, file: TailFile, days: Days, newest: Newest, numbers: Mapping[str, int]) -> None:
        self._file, self._conn, self._days, self._newest = file, file.conn, days, newest
        self._numbers = numbers
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
        self._packing: _Packing | None = None
        self._flushing: _Flushing | None = None
        self._repacking: threading.Thread | None = None
        self._merged_at = self._packed_at = self._flushed_at = time.monotonic()

    def step(self, now: int, *, hurry: bool = False) -> bool:
        """One short step of what is to be done; False when nothing is. `hurry` waits for no age. Call it between batches."""
        return (
            self._merge(hurry=hurry) or self._pack(hurry=hurry) or self._flush(hurry=hurry)
            or self._turn(now, hurry=hurry) or self._drop_old(now) or self._thin(now, hurry=hurry)
        )  # fmt: skip

    def drop(self, before: int) -> int:
        """Unlink days that ended before a time; returns how many."""
        if self._repacking is not None and self._repacking.is_alive():
            return 0
        self._conn.execute("DELETE FROM thinned WHERE (day + 1) * ? <= ?", (DAY_MS, before))
        return self._days.drop(before)

    def _merge(self, *, hurry: bool) -> bool:
        batches, count = self._conn.execute("SELECT count(*), coalesce(sum(count), 0) FROM batches").fetchone()
        old = time.monotonic() - self._merged_at >= MERGE_S
        if not batches or not (hurry or old or batches >= MERGE_BATCHES or count >= MERGE_READINGS):
            return False
        rows = self._oldest_batches()
        parts = _sorted_into_blocks(load(row["body"]) for row in rows)
        bodies = [(number, len(block), dump(block)) for number, block in sorted(parts.items())]
        with self._file.transaction():
            segment = self._file.add("segment", 1)
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
            with self._file.transaction():
                self._conn.execute("DELETE FROM segment_ids WHERE id <= ?", (self._packing.upto,))
            self._packing = None
            self._packed_at = time.monotonic()
        return True

    def _begin_packing(self, *, hurry: bool) -> bool:
        # Newest values that live in the segments only must be stored before these go.
        count, upto = self._conn.execute("SELECT count(*), max(id) FROM segment_ids WHERE id <= ?", (self._file.figure("latest"),)).fetchone()
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
        with self._file.transaction():
            self._conn.execute("DELETE FROM segments WHERE id IN (SELECT id FROM segment_ids WHERE id <= ?) AND block=?", (upto, number))

    def _flush(self, *, hurry: bool) -> bool:
        if self._flushing is None and not self._begin_flushing(hurry=hurry):
            return False
        flushing = self._flushing
        assert flushing is not None
        rows, place = self._newest.rows(flushing.place, FLUSH_ROWS)
        with self._file.transaction():
            self._conn.executemany("INSERT OR REPLACE INTO latest (no, at, received_at, value, flag) VALUES (?,?,?,?,?)", rows)
            if place is None:
                self._file.set("latest", flushing.upto)
        self._newest.stored(row[0] for row in rows)
        if place is None:
            self._flushing, self._flushed_at = None, time.monotonic()
        else:
            flushing.place = place
        return True

    def _begin_flushing(self, *, hurry: bool) -> bool:
        age, count, newest = time.monotonic() - self._flushed_at, self._newest.unstored, self._file.figure("segment")
        behind = newest - self._file.figure("latest")
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
            with self._file.transaction():
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

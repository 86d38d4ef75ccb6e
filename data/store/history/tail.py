"""tail.db: batches as they came, then segments, and what is known of all sensors; read by the centre and by seats.

What was once unpacked of a sensor is kept, because a seat asks for the same sensors every second or two: then only what is new is read.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.store.history.points import Block, Point, load
from data.store.sqlite import connect, sqlite3

BLOCK = 256
"""Sensors in one row of a segment, and in one step of packing."""
CACHE_READINGS = 100_000
"""Readings of the tail that a reader keeps unpacked."""
KEPT_SENSORS = 1_024
"""Sensors of which a reader keeps what the segments hold: a page, and those that are silent. Judgement."""


def tail_path(home: Path) -> Path:
    """Where the readings of a home arrive."""
    return home / "history" / "tail.db"


@dataclass(slots=True)
class _Batch:
    """A batch as it came, and what was asked of it."""

    numbers: frozenset[int]
    block: Block
    asked: dict[int, list[Point]] = field(default_factory=dict)

    def of(self, numbers: Iterable[int]) -> dict[int, list[Point]]:
        here = self.numbers.intersection(numbers)
        if new := here.difference(self.asked):
            self.asked |= self.block.of_all(new)
        return {number: self.asked[number] for number in here}


@dataclass(slots=True)
class _Asked:
    """What the segments hold of one sensor: those after `since`, up to `upto`."""

    since: int
    upto: int
    points: dict[int, list[Point]] = field(default_factory=dict)


class Tail:
    """What is read of tail.db, for one thread."""

    def __init__(self, path: Path, conn: sqlite3.Connection | None) -> None:
        self._path = path
        self._conn = conn
        self._batches: dict[int, _Batch] = {}
        self._asked: dict[int, _Asked] = {}

    def conn(self) -> sqlite3.Connection | None:
        """The connection; None while there is nothing to read."""
        return self._conn

    def number(self, sensor: str) -> int | None:
        """The number of a sensor that has ever sent something."""
        return self.numbers((sensor,)).get(sensor)

    def numbers(self, sensors: Iterable[str]) -> dict[str, int]:
        """The numbers of those that have ever sent something."""
        sql = "SELECT sensor, no FROM json_each(?) CROSS JOIN names ON names.sensor = value"
        return {row[0]: row[1] for row in self.query(sql, (json.dumps(list(sensors)),))}

    def points(self, number: int, after: int = 0) -> list[Point]:
        """Readings of a sensor that are not in the day files; of segments only those after `after`."""
        return self.points_of((number,), after)[number]

    def points_of(self, numbers: Collection[int], after: int = 0) -> dict[int, list[Point]]:
        """As `points`, of many."""
        found: dict[int, list[Point]] = {number: [] for number in numbers}
        for batch in self._loaded():
            for number, points in batch.of(found).items():
                found[number] += points
        # Batches first: what is sorted into a segment meanwhile is then seen twice, which is once, and never missed.
        there = [row[0] for row in self.query("SELECT id FROM segment_ids ORDER BY id", ())]
        if there:
            self._ask(found, after, there)
            for number in found:
                for segment, points in self._asked[number].points.items():
                    found[number] += points if segment > after else ()
        if not there or len(self._asked) > KEPT_SENSORS:
            self._asked.clear()
        return found

    def _ask(self, numbers: Iterable[int], after: int, there: Sequence[int]) -> None:
        """Read what is new of these sensors, and forget the segments that were packed. Segments go oldest first, so their ids have no gaps."""
        behind: dict[int, set[int]] = {}
        for number in numbers:
            asked = self._asked.get(number)
            if asked is None or asked.since > after:
                asked = self._asked[number] = _Asked(after, after)
            for segment in [segment for segment in asked.points if segment < there[0]]:
                del asked.points[segment]
            if asked.upto < there[-1]:
                behind.setdefault(asked.upto, set()).add(number)
        for upto, group in behind.items():
            blocks = sorted({number // BLOCK for number in group})
            for segment, body in self.query(_PARTS, (upto, there[-1], json.dumps(blocks))):
                for number, points in load(body).of_all(group).items():
                    self._asked[number].points[segment] = points
            for number in group:
                self._asked[number].upto = there[-1]

    def _loaded(self) -> Iterator[_Batch]:
        """All batches; those that were merged meanwhile are forgotten."""
        there = [row[0] for row in self.query("SELECT seq FROM batches ORDER BY seq", ())]
        known = {seq: self._batches[seq] for seq in there if seq in self._batches}
        held = sum(len(batch.block) for batch in known.values())
        for seq in there:
            if seq in known:
                yield known[seq]
                continue
            for (body,) in self.query("SELECT body FROM batches WHERE seq=?", (seq,)):
                block = load(body)
                loaded = _Batch(frozenset(block.numbers), block)
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


# CROSS: one look-up a block and segment; the planner by itself walks through the blocks of all segments, which is all sensors.
_PARTS = """
SELECT segments.id, body FROM segment_ids CROSS JOIN json_each(?3) wanted CROSS JOIN segments
ON segments.id = segment_ids.id AND block = wanted.value WHERE segment_ids.id > ?1 AND segment_ids.id <= ?2
"""

"""tail.db: batches as they came, then segments, and what is known of all sensors; read by the centre and by seats."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from data.store.history.points import Block, Point, load
from data.store.sqlite import connect, sqlite3

BLOCK = 256
"""Sensors in one row of a segment, and in one step of packing."""
CACHE_READINGS = 100_000
"""Readings of the tail that a reader keeps unpacked."""


def tail_path(home: Path) -> Path:
    """Where the readings of a home arrive."""
    return home / "history" / "tail.db"


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


_PARTS = "SELECT segments.id, body FROM segment_ids JOIN segments ON segments.id = segment_ids.id WHERE segment_ids.id > ? AND block = ?"

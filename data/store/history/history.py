"""The history of a home: `append(batch)` and `columns(sensor, start, end, n)`; the rest serves these two.

    HOME/history/tail.db      batches as they came (also the feed that seats follow), then segments: the same, sorted by sensor
    HOME/history/days/        a file a day (`days`)

One writer, the centre's thread; seats read. Every write is short: `tidy` does one small step of what is to be done.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from data.domain.reading import Reading
from data.store.history.columns import Column, Fold, Latest
from data.store.history.days import Days
from data.store.history.many import Many
from data.store.history.points import TIMED, UNPLACED, Point, displaces, is_newest
from data.store.history.tail import SeatTail, Tail, tail_path


class History:
    """The history for one thread. Made by `open_reader`, or by `open_writer` (`writer`)."""

    def __init__(self, tail: Tail, days: Days) -> None:
        self._tail = tail
        self._days = days
        self._many = Many(days)

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

    def columns_of(self, spans: Mapping[str, tuple[int, int]], n: int) -> dict[str, tuple[Column | None, ...]]:
        """As `columns`, of many sensors, each over its own span; for a page that is read again and again."""
        numbers = self._tail.numbers(spans)
        folds = {sensor: Fold(*span, n) for sensor, span in spans.items()}
        fresh = self._tail.points_of(numbers.values())
        self._many.fold({number: folds[sensor] for sensor, number in numbers.items()}, fresh)
        return {sensor: fold.columns() for sensor, fold in folds.items()}

    def points(self, sensor: str, start: int, end: int) -> Iterator[Point]:
        """Single readings within [start, end), in order of time, each once."""
        number = self._tail.number(sensor)
        if number is not None:
            fresh = [point for point in self._tail.points(number) if start <= point.at < end and not point.flag & UNPLACED]
            yield from self._days.points(number, start, end, fresh)

    def latest(self, sensors: Iterable[str]) -> dict[str, Latest]:
        """Newest value of each of these sensors that has one."""
        after = next((row[0] for row in self._tail.query("SELECT value FROM figures WHERE name='latest'", ())), 0)
        numbers = self._tail.numbers(sensors)
        best = {row[0]: Point(*row[1:]) for row in self._tail.query(_LATEST, (json.dumps(list(numbers.values())),))}
        for number, points in self._tail.points_of(numbers.values(), after).items():
            for point in points:
                old = best.get(number)
                if is_newest(point.flag) and (old is None or displaces(point.flag, point.at, old.flag, old.at)):
                    best[number] = point
        return {sensor: _latest(best[number]) for sensor, number in numbers.items() if number in best}

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


_LATEST = "SELECT no, at, latest.value, flag, at, received_at FROM json_each(?) wanted CROSS JOIN latest ON latest.no = wanted.value"


def _latest(point: Point) -> Latest:
    return Latest(
        at=point.at, received_at=point.received, value=point.value, quality=point.quality, has_device_time=bool(point.flag & TIMED)
    )


def days_path(home: Path) -> Path:
    """Where the day files of a home are."""
    return home / "history" / "days"


def open_reader(home: Path) -> History:
    """Open the history for reading; it need not be there yet."""
    return History(SeatTail(tail_path(home), None), Days(days_path(home), writes=False))

"""Columns of a trend, folded from readings and from hours that lie whole within one column. Pure."""

from bisect import bisect_left
from collections.abc import Sequence

from msgspec import Struct

from data.domain.reading import Quality


class Column(Struct, frozen=True, kw_only=True):
    """One column of a trend: the good readings of a stretch of time, in the sensor's unit."""

    min: float
    max: float
    mean: float
    last: float
    count: int


class Latest(Struct, frozen=True, kw_only=True):
    """The newest value of a sensor. Times are UTC ms."""

    at: int
    """When it was observed: by the device's clock where credible, else when it arrived."""
    received_at: int
    value: float
    quality: Quality
    has_device_time: bool


class Hour(Struct, frozen=True):
    """What is known of the good readings of one sensor's hour without looking at them."""

    count: int
    min: float
    max: float
    sum: float
    last: float
    last_at: int


class Fold:
    """Exactly `n` equal columns over [start, end)."""

    def __init__(self, start: int, end: int, n: int) -> None:
        if n < 1 or end <= start:
            msg = f"no columns: {n} from {start} to {end}"
            raise ValueError(msg)
        self.start, self.end, self.n = start, end, n
        self._made: list[Hour | None] = [None] * n

    def place(self, at: int) -> int:
        """The column of a time within the span."""
        return (at - self.start) * self.n // (self.end - self.start)

    def is_within_one(self, first: int, last: int) -> bool:
        """Whether both times, and so all between, are in one column."""
        return self.start <= first and last < self.end and self.place(first) == self.place(last)

    def add(self, at: int, hour: Hour) -> None:
        """Readings that all belong to the column of `at`."""
        if hour.count == 0 or not self.start <= at < self.end:
            return
        place = self.place(at)
        old = self._made[place]
        self._made[place] = hour if old is None else _both(old, hour)

    def add_run(self, ats: Sequence[int], values: Sequence[float]) -> None:
        """Single good readings in order of time, into whichever columns they are."""
        first, end = bisect_left(ats, self.start), bisect_left(ats, self.end)
        while first < end:
            place = self.place(ats[first])
            after = bisect_left(ats, self._begin(place + 1), first, end)
            mine = values[first:after]
            made, old = Hour(len(mine), min(mine), max(mine), sum(mine), mine[-1], ats[after - 1]), self._made[place]
            self._made[place] = made if old is None else _both(old, made)
            first = after

    def _begin(self, place: int) -> int:
        """The first time of a column: the least for which (at - start) * n >= place * length."""
        return self.start + -(-place * (self.end - self.start) // self.n)

    def columns(self) -> tuple[Column | None, ...]:
        """Oldest first; None is a gap."""
        return tuple(None if one is None else _column(one) for one in self._made)


def _both(one: Hour, other: Hour) -> Hour:
    newer = other if other.last_at >= one.last_at else one
    return Hour(
        one.count + other.count, min(one.min, other.min), max(one.max, other.max), one.sum + other.sum, newer.last, newer.last_at
    )


def _column(one: Hour) -> Column:
    return Column(min=one.min, max=one.max, mean=one.sum / one.count, last=one.last, count=one.count)

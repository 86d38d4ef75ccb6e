"""Columns of many sensors at once, asked again every second or two: a statement a day file, and what it said is kept while that file stays.

What a file said is kept by its hours, with its readings unpacked where a column's edge goes through the hour.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from data.store.history.columns import Fold, Hour
from data.store.history.days import HOUR_MS, Days
from data.store.history.points import Point, is_doubted, once, unpack
from data.store.sqlite import sqlite3

KEPT_READINGS, KEPT_HOURS = 100_000, 100_000
"""What is kept unpacked, 25 MB, and as hours; when it is more, all is forgotten and read once more. Judgement."""
_HOUR_BITS = 24
"""Hours since 1970 take 20."""
# CROSS: each hour is a look-up of its own; a range would walk through all sensors in a file by hour.
_HOURS = f"""
SELECT hours.* FROM json_each(?) wanted CROSS JOIN hours
ON hours.no = wanted.value >> {_HOUR_BITS} AND hours.hour = wanted.value & {(1 << _HOUR_BITS) - 1}
"""


class _Run:
    """Good readings in order of time, as columns."""

    def __init__(self, points: Collection[Point]) -> None:
        good = [point for point in points if point.is_good]
        self.ats = [point.at for point in good]
        self.values = [point.value for point in good]


class _Stored:
    """An hour of a sensor in one file."""

    def __init__(self, row: sqlite3.Row) -> None:
        self.whole = Hour(row["good"], row["min"], row["max"], row["sum"], row["last"], row["last_at"])
        self._count, self._body = row["count"], row["body"]
        self._points: list[Point] | None = None
        self._run: _Run | None = None

    @property
    def is_thinned(self) -> bool:
        """Its single readings are gone."""
        return not self._body

    @property
    def points(self) -> list[Point]:
        if self._points is None:
            self._points = unpack(self._body, self._count) if self._body else []
        return self._points

    @property
    def run(self) -> _Run:
        if self._run is None:
            self._run = _Run(self.points)
        return self._run

    @property
    def held(self) -> int:
        return len(self._points or ())


@dataclass(frozen=True, slots=True)
class _Merged:
    """An hour of a sensor from more than one place."""

    stored: list[_Stored]
    newer: list[Point]
    run: _Run


@dataclass(slots=True)
class _File:
    """What one file said while it was this one, in this state; None for an hour of which it has nothing."""

    conn: sqlite3.Connection
    state: tuple[int, int]
    hours: dict[int, _Stored | None] = field(default_factory=dict)


class Many:
    """For one thread's reader."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._files: dict[tuple[int, int], _File] = {}
        self._merged: dict[tuple[int, int], _Merged] = {}

    def fold(self, folds: Mapping[int, Fold], fresh: Mapping[int, list[Point]]) -> None:
        """Add all good readings of each sensor within its own span; `fresh` are those of the tail."""
        stored = self._stored(folds)
        merged: dict[tuple[int, int], _Merged] = {}
        for number, fold in folds.items():
            newer = self._newer(number, fold, fresh[number])
            hours = stored.get(number, {})
            for hour in sorted({*hours, *newer}):
                mine, new = hours.get(hour, []), newer.get(hour, [])
                if len(mine) == 1 and not new:
                    _add_one(fold, hour, mine[0])
                else:
                    merged[number, hour] = both = self._merge((number, hour), mine, new)
                    _add_merged(fold, both)
        self._merged = merged
        self._forget()

    def _newer(self, number: int, fold: Fold, fresh: list[Point]) -> dict[int, list[Point]]:
        within = [point for point in fresh if fold.start <= point.at < fold.end]
        if any(is_doubted(point.flag) for point in within):
            within = self._days.unknown(number, within)
        newer: dict[int, list[Point]] = {}
        for point in within:
            newer.setdefault(point.at // HOUR_MS, []).append(point)
        return newer

    def _merge(self, name: tuple[int, int], stored: list[_Stored], newer: list[Point]) -> _Merged:
        """The last one, while it is still of the same parts: what came since a second ago is seldom of every sensor."""
        known = self._merged.get(name)
        if known is not None and known.stored == stored and known.newer == newer:
            return known
        return _Merged(stored, newer, _Run(once([*newer, *(point for one in stored for point in one.points)])))

    def _stored(self, folds: Mapping[int, Fold]) -> dict[int, dict[int, list[_Stored]]]:
        """Sensor → hour → what each of its day's two files has of it."""
        found: dict[int, dict[int, list[_Stored]]] = {}
        if not folds:
            return found
        there = self._days.days(min(fold.start for fold in folds.values()), max(fold.end for fold in folds.values()))
        for day in there:
            wanted = [key for number, fold in folds.items() for key in _keys(number, fold, day)]
            for place, conn in enumerate(self._days.readers(day) if wanted else ()):
                hours = self._hours((day, place), conn, wanted)
                for key in wanted:
                    if (one := hours[key]) is not None:
                        found.setdefault(key >> _HOUR_BITS, {}).setdefault(key & (1 << _HOUR_BITS) - 1, []).append(one)
        return found

    def _hours(self, name: tuple[int, int], conn: sqlite3.Connection, wanted: list[int]) -> dict[int, _Stored | None]:
        # The first says what others have committed, the second what this connection has.
        state = (conn.execute("PRAGMA data_version").fetchone()[0], conn.total_changes)
        file = self._files.get(name)
        if file is None or file.conn is not conn or file.state != state:
            file = self._files[name] = _File(conn, state)
        if missing := [key for key in wanted if key not in file.hours]:
            file.hours.update(dict.fromkeys(missing))
            for row in conn.execute(_HOURS, (json.dumps(missing),)):
                file.hours[row["no"] << _HOUR_BITS | row["hour"]] = _Stored(row)
        return file.hours

    def _forget(self) -> None:
        hours = sum(len(file.hours) for file in self._files.values())
        if hours > KEPT_HOURS or sum(one.held for file in self._files.values() for one in file.hours.values() if one) > KEPT_READINGS:
            self._files.clear()


def _keys(number: int, fold: Fold, day: int) -> range:
    first, last = max(fold.start // HOUR_MS, day * 24), min((fold.end - 1) // HOUR_MS, day * 24 + 23)
    return range(number << _HOUR_BITS | first, (number << _HOUR_BITS | last) + 1) if first <= last else range(0)


def _add_one(fold: Fold, hour: int, one: _Stored) -> None:
    if one.is_thinned or fold.is_within_one(hour * HOUR_MS, (hour + 1) * HOUR_MS - 1):
        # Without its single readings an hour stands where its last one was.
        if one.whole.count:
            fold.add(one.whole.last_at, one.whole)
    else:
        fold.add_run(one.run.ats, one.run.values)


def _add_merged(fold: Fold, merged: _Merged) -> None:
    for one in merged.stored:
        if one.is_thinned and one.whole.count:
            fold.add(one.whole.last_at, one.whole)
    fold.add_run(merged.run.ats, merged.run.values)

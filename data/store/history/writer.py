"""The history's one writer: batches in, the newest value of every sensor, and who has been silent for too long. The centre's thread."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from data.domain.reading import Reading
from data.store.history.days import Days
from data.store.history.history import History, days_path
from data.store.history.newest import CountsFrom, Newest
from data.store.history.points import Block, Point, dump, load
from data.store.history.tail import Tail, tail_path
from data.store.history.tail_file import TailFile, migrations
from data.store.history.upkeep import Upkeep
from data.store.sqlite import connect, sqlite3


class Outages(Protocol):
    """What knows of gateways and platforms that are down (`data.centre.outages`)."""

    def explain(self, sensor: str, since: int, stale_ms: int, now: int) -> str | None:
        """What is down that explains a silence: "" for nothing, None while it cannot be told yet. Times are UTC ms."""

    def is_down(self, name: str, now: int) -> bool:
        """Whether what `explain` named still is."""


class Writer(History):
    """The centre's. `stale_s` says of a sensor after how many seconds of silence it is lost, or None."""

    def __init__(self, tail: Tail, days: Days, conn: sqlite3.Connection) -> None:
        super().__init__(tail, days)
        self._conn, self._file = conn, TailFile(conn)
        self.stale_s: Callable[[str], float | None] = lambda _sensor: None
        self.outages: Outages | None = None
        self.counts_from: CountsFrom = lambda at, _stale_ms: at
        """From when a silence counts that began at a time (UTC ms), of a sensor that is lost after so many ms."""
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._newest = Newest()
        self.upkeep = Upkeep(self._file, days, self._newest, self._numbers)
        self.missing: dict[str, int] = {}
        """Sensors that were lost since this was last cleared, with the time of their newest reading; at a start, all that are lost."""
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
        after = self._file.figure("latest")
        for (body,) in [*self._conn.execute("SELECT body FROM segments WHERE id > ?", (after,)), *self._conn.execute("SELECT body FROM batches")]:
            self._newest.take_all(load(body))
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
        new = {sensor: number for number, sensor in enumerate(fresh, len(self._names))}
        numbers = self._numbers | new if new else self._numbers
        block = Block()
        block.add_all([numbers[reading.sensor] for reading in batch], batch)
        with self._file.transaction():
            self._conn.executemany("INSERT INTO names (no, sensor) VALUES (?,?)", ((number, sensor) for sensor, number in new.items()))
            seq = self._file.add("seq", 1)
            self._conn.execute("INSERT INTO batches (seq, count, body) VALUES (?,?,?)", (seq, len(block), dump(block)))
            self._file.add("total", len(block))
            self._file.set("received", max(block.received))
        self._numbers |= new
        self._names += new
        self._newest.take_all(block)

    def tidy(self, now: int, *, hurry: bool = False) -> bool:
        """One short step of what is to be done; False when nothing is. Call it between batches."""
        return self.upkeep.step(now, hurry=hurry)

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
        with self._file.transaction():
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


def open_writer(home: Path) -> Writer:
    """Open, and make or bring up to date, the history. For the centre, with its lease held."""
    from sqlite_utils import Database

    path = tail_path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    conn = connect(path, checkpoints=True)
    migrations().apply(Database(conn, execute_plugins=False))
    return Writer(Tail(path, conn), Days(days_path(home), writes=True), conn)

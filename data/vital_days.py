"""城市体征 by the day: what each indicator is summed from, by grid and by kind; a day that is over is kept, so that a month costs its days.

`vital_days` is never more than a copy: triggers of the schema drop a day when one of its cases or alarms changes, and who
finds no copy reads the cases. The centre makes the copies, one at a time.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from data.store.desk import Transaction
from data.store.sqlite import sqlite3
from data.vitals import HOUR, Vital, load_vitals

KEEP_DAYS = 35
"""The place's thirty days, and a few for who asks a little further back; judgement."""


@dataclass(slots=True)
class Part:
    """What is known of one grid or one kind."""

    value: float = 0.0
    of: int = 0
    seconds: list[int] = field(default_factory=list)
    """Each length, in no order, where a median is wanted."""

    def add(self, other: "Part") -> None:
        """Both together."""
        self.value += other.value
        self.of += other.of
        self.seconds += other.seconds


@dataclass(slots=True)
class Tally:
    """Cases, alarms or sensors by grid and by kind (class of a case, kind of a sensor); "" where there is none."""

    grids: dict[str, Part] = field(default_factory=dict)
    kinds: dict[str, Part] = field(default_factory=dict)

    def add(self, grid: str, kind: str, part: Part) -> None:
        """A part counts once on each side."""
        self.grids.setdefault(grid, Part()).add(part)
        self.kinds.setdefault(kind, Part()).add(part)

    def join(self, other: "Tally") -> None:
        """Both together."""
        for mine, theirs in ((self.grids, other.grids), (self.kinds, other.kinds)):
            for name, part in theirs.items():
                mine.setdefault(name, Part()).add(part)

    def whole(self) -> Part:
        """All of it."""
        total = Part()
        for part in self.kinds.values():
            total.add(part)
        return total


def midnight(at: int, zone: ZoneInfo) -> int:
    """The beginning of the day of `at` in a zone, UTC ms."""
    day = datetime.fromtimestamp(at / 1000, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return round(day.timestamp() * 1000)


def days(since: int, until: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """Beginning and end of each day that `[since, until)` touches, oldest first."""
    start = midnight(since, zone)
    while start < until:
        end = midnight(start + 26 * HOUR, zone)
        yield start, end
        start = end


def read(conn: sqlite3.Connection, vital: Vital, since: int, until: int, now: int) -> Tally:
    """What the cases or alarms themselves say of a stretch."""
    tally, grid, kind = Tally(), *sides(vital)
    span = {"since": since, "until": until, "now": now}
    if vital.what == "median_min":
        columns = f"{grid}, {kind}, group_concat(cast({vital.counts} AS INTEGER)), count(*)"
    else:
        columns = f"{grid}, {kind}, total({vital.counts}), count(*)"
    for where, what, value, of in conn.execute(vital.sql(columns) + " GROUP BY 1, 2", span):
        part = Part(0.0, of, list(map(int, value.split(",")))) if vital.what == "median_min" else Part(value, of)
        tally.add(where or "", what or "", part)
    return tally


def sides(vital: Vital) -> tuple[str, str]:
    """Columns of grid and kind."""
    if not vital.is_alarm:
        return "c.grid", "c.class"
    return "(SELECT grid FROM sensors WHERE id = a.sensor)", "(SELECT kind FROM sensors WHERE id = a.sensor)"


def kept(conn: sqlite3.Connection, vital: Vital, since: int, until: int) -> dict[int, Tally]:
    """The days that there are copies of, by their beginning."""
    rows = conn.execute(
        "SELECT day, parts FROM vital_days WHERE name=? AND day >= ? AND day < ? AND made=?", (vital.name, since, until, _made(conn, vital))
    )
    return {row[0]: _from(json.loads(row[1])) for row in rows}


def keep_one(tx: Transaction, zone: ZoneInfo) -> bool:
    """Copy one day that is over and has no copy; whether there was one. Cost: the cases of that day."""
    wanted = [vital for vital in load_vitals() if not vital.is_now]
    today = midnight(tx.now, zone)
    began = tx.one("SELECT at FROM journal ORDER BY seq LIMIT 1")
    first = max(midnight(today - KEEP_DAYS * 24 * HOUR, zone), midnight(began["at"], zone) if began else today)
    for vital in wanted:
        made = _made(tx.conn, vital)
        have = {row[0] for row in tx.conn.execute("SELECT day FROM vital_days WHERE name=? AND made=?", (vital.name, made))}
        for start, end in days(first, today, zone):
            if start not in have:
                _keep(tx, vital, start, end, made)
                return True
    tx.conn.execute("DELETE FROM vital_days WHERE day < ?", (first,))
    return False


def _keep(tx: Transaction, vital: Vital, start: int, end: int, made: str) -> None:
    tally = read(tx.conn, vital, start, end, tx.now)
    parts = json.dumps([_to(tally.grids), _to(tally.kinds)], separators=(",", ":"))
    tx.conn.execute("INSERT OR REPLACE INTO vital_days (name, day, until, made, parts) VALUES (?,?,?,?,?)", (vital.name, start, end, made, parts))


def _made(conn: sqlite3.Connection, vital: Vital) -> str:
    """Of what a copy was made: the formula, and for alarms the register that says where a sensor stands."""
    formula = hashlib.sha256(vital.sql(vital.counts).encode()).hexdigest()[:16]
    return f"{formula}/{conn.execute('SELECT max(version) FROM sensors').fetchone()[0] or 0}" if vital.is_alarm else formula


def _to(parts: Mapping[str, Part]) -> dict[str, object]:
    return {name: [part.value, part.of, part.seconds] for name, part in parts.items()}


def _from(sides: list[dict[str, list[object]]]) -> Tally:
    grids, kinds = ({name: Part(value, of, seconds) for name, (value, of, seconds) in side.items()} for side in sides)  # type: ignore[arg-type]
    return Tally(grids, kinds)

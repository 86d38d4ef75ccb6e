"""Take a table of sensors into the register: all of its rows or none, in one transaction; the same table again changes nothing.

The desk is locked only while finished rows are written (seconds for hundreds of thousands); reading, checking and indexing are outside.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from data.catalogue.index import catch_up
from data.domain.errors import SettingsError
from data.domain.reason import Reason, because
from data.domain.sensor import Sensor
from data.domain.text import one_line
from data.files import is_utf8
from data.kinds import load_kinds
from data.kinds.register import COLUMNS, next_version, put_staged, read_sensors, stage_sensors
from data.settings import Settings, load
from data.store import lease
from data.store.desk import Desk
from data.store.schema import is_made, migrate, open_desk

MOST_MISTAKES = 100
"""Bad rows that are told one by one; the others are counted."""
EXAMPLE = ("jn-02-rain", "rain_gauge", "雨量计", "江南广场", "JN-02", "", "29.58", "106.51", "jn-gateway", "jiangnan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a table. Where there are mistakes nothing was written."""

    rows: int
    added: int = 0
    changed: int = 0
    mistakes: tuple[Reason, ...] = ()
    more_mistakes: int = 0
    notes: tuple[Reason, ...] = ()
    """What a person should know of a table that was taken."""


def template() -> str:
    """The header with one row."""
    return ",".join(COLUMNS) + "\n" + ",".join(EXAMPLE) + "\n"


def take_in(home: Path, file: Path, *, operator: str, seat: str, progress: Callable[[str, int], object]) -> Taken:
    """Import a table. `progress` is told (stage, rows) as it goes: read, write, index.

    Raises `SettingsError` for a table without its columns, `StoreError` when the desk cannot be written.
    """
    settings = load(home)
    if not file.is_file():
        raise SettingsError(because("no_such_file", file=str(file)))
    good, bad = _read(file, home, progress)
    if bad:
        mistakes = tuple(error.reason for error in bad[:MOST_MISTAKES])
        return Taken(rows=len(good) + len(bad), mistakes=mistakes, more_mistakes=max(0, len(bad) - MOST_MISTAKES))
    taken = _write(settings, file, good, operator, seat)
    progress("write", len(good))
    catch_up(home, lambda count: progress("index", count))
    return taken if is_utf8(file) else replace(taken, notes=(because("import_gbk", file=file.name),))


def _read(file: Path, home: Path, progress: Callable[[str, int], object]) -> tuple[list[Sensor], list[SettingsError]]:
    good: list[Sensor] = []
    bad: list[SettingsError] = []
    for number, row in enumerate(read_sensors(file, load_kinds(home)), 1):
        if isinstance(row, SettingsError):
            bad.append(row)
        else:
            good.append(row)
        if number % 5_000 == 0:
            progress("read", 5_000)
    return good, bad


def _write(settings: Settings, file: Path, sensors: list[Sensor], operator: str, seat: str) -> Taken:
    path = settings.home / "desk.db"
    if not is_made(path):
        # No centre has run here yet, so none runs now: this process may make the desk.
        with lease.Lock(settings.home):
            migrate(path)
    desk = Desk(open_desk(path), settings.clock)
    try:
        since = next_version(desk.conn) - 1
        stage_sensors(desk.conn, sensors)
        with desk.transaction() as tx, tx.entry("import", subject="sensors", operator=operator, seat=seat) as entry:
            before = tx.conn.execute("SELECT count(*) FROM sensors").fetchone()[0]
            touched = put_staged(tx, next_version(tx.conn), since=since)
            added = tx.conn.execute("SELECT count(*) FROM sensors").fetchone()[0] - before
            taken = Taken(rows=len(sensors), added=added, changed=touched - added)
            entry.remark(file=one_line(file.name, 100), rows=taken.rows, added=taken.added, changed=taken.changed)
    finally:
        desk.conn.close()
    return taken

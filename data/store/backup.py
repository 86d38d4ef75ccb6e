"""Copies of desk.db that are proven when they are made, and putting one back. Histories are files a day and are copied as files.

A live database must not be copied as a file: its newest commits are in the WAL. The copy is made in one step inside one read, so
that it is one moment of the desk and no writer waits; it counts only once it was checked, flushed and renamed.
"""

import os
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from data.clock import Clock
from data.domain.errors import StoreError
from data.domain.reason import because
from data.domain.text import SYSTEM_NAME
from data.store.desk import Desk
from data.store.journal import verify
from data.store.lease import Lock
from data.store.schema import migrate, open_desk
from data.store.sqlite import connect, sqlite3

KEEP = 14
"""Newest copies that stay; judgement: two weeks of one a night."""


def make(home: Path, now: int, *, keep: int = KEEP) -> Path:
    """Copy the desk to HOME/backups/, checked; older copies than the `keep` newest go. Raises `StoreError`, `OSError`."""
    folder = home / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"desk-{datetime.fromtimestamp(now / 1000, UTC):%Y%m%d-%H%M%S-%f}.db"
    new = path.with_suffix(".new")
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    try:
        _copy(home / "desk.db", new)
        check(new)
        _flush(new)
        new.rename(path)
        _flush(folder)
    finally:
        for left in folder.glob(f"{new.name}*"):
            left.unlink()
    for old in sorted(folder.glob("desk-*.db"))[:-keep]:
        old.unlink()
    return path


def _copy(desk: Path, new: Path) -> None:
    with closing(open_desk(desk)) as conn, closing(sqlite3.connect(new)) as copy:
        conn.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a WAL beside it


def check(path: Path) -> None:
    """Whether a copy is whole, its journal holds and gives its tables. Raises `StoreError`."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
            conn.row_factory = sqlite3.Row
            problem = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
            broken = None if problem != "ok" else verify(conn)
    except sqlite3.DatabaseError as error:
        raise StoreError(because("store_damaged", error=str(error))) from error
    if problem != "ok" or broken:
        raise StoreError(because("store_damaged", error=problem if broken is None else f"journal {broken.seq} {broken.what}"))


def restore(home: Path, copy: Path, clock: Clock) -> Path:
    """Put a copy in the desk's place; the old desk's new name. What it had still to send outside waits for a person.

    Raises `CentreRunning` while a centre runs, `StoreError` when the copy is not whole; then nothing was changed.
    """
    with Lock(home):
        check(copy)
        desk, aside = home / "desk.db", home / f"desk.db.{clock.now()}"
        shutil.copyfile(copy, new := home / "desk.db.new")
        _flush(new)
        if desk.exists():
            with closing(connect(desk, checkpoints=True)) as old:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            desk.rename(aside)
        for beside in ("desk.db-wal", "desk.db-shm"):
            (home / beside).unlink(missing_ok=True)
        new.rename(desk)
        migrate(desk)
        _hold_what_may_have_left(desk, copy, clock)
    return aside


def _hold_what_may_have_left(desk: Path, copy: Path, clock: Clock) -> None:
    """Since the copy was made, orders may have gone out by ways that cannot tell a repeat; by MQTT a repeat is harmless."""
    with closing(connect(desk, checkpoints=True)) as conn, Desk(conn, clock).transaction() as tx:
        tx.conn.execute("UPDATE outbox SET state='unknown', next_at=NULL WHERE channel != 'mqtt' AND state IN ('ready', 'sending', 'unknown')")
        with tx.entry("restored", subject="desk", operator=SYSTEM_NAME, seat="centre") as entry:
            entry.remark(text=copy.name)


def _flush(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

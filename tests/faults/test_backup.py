"""A copy of the desk is one moment of it, made while it is written; one that is not whole is refused; putting back refuses a running centre."""

import threading
from pathlib import Path

import pytest

from data.domain.errors import CentreRunning, StoreError
from data.store import backup, lease
from data.store.schema import open_desk
from tests.helpers.clock import FakeClock
from tests.helpers.homes import paidan
from tests.helpers.office import Centre, open_centre

REPORTS = 30


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Centre:
    made = open_centre(tmp_path / "dahegou", "community", clock)
    for number in range(REPORTS):
        made.report(id=f"rep-{number}", text=f"{number}号楼垃圾")
    return made


def count(path: Path) -> int:
    conn = open_desk(path)
    try:
        return int(conn.execute("SELECT count(*) FROM reports").fetchone()[0])
    finally:
        conn.close()


def test_copies_made_while_it_is_written_hold(desk: Centre, clock: FakeClock) -> None:
    """Each is checked: whole, its journal unbroken, its tables what the journal says. No more than `keep` stay."""
    home, ended = desk.settings.home, threading.Event()
    copies: list[Path] = []

    def copy() -> None:
        copies.extend(backup.make(home, clock.now() + number * 1000, keep=3) for number in range(5))
        ended.set()

    thread = threading.Thread(target=copy)
    thread.start()
    number = REPORTS
    while not ended.is_set():
        desk.report(id=f"rep-{number}", text=f"{number}号楼垃圾")
        number += 1
    thread.join()
    assert sorted(home.glob("backups/*")) == sorted(copies[-3:])
    assert REPORTS <= count(copies[-1]) <= number


def test_a_copy_is_put_back_and_nothing_leaves_twice(desk: Centre, clock: FakeClock) -> None:
    """What came after it is gone, the old desk is kept, the journal says so, and an order by SMS waits for a person."""
    home = desk.settings.home
    desk.act("dispatch", 1, confirm=True)
    desk.desk.conn.execute("UPDATE outbox SET channel='sms'")
    copy = backup.make(home, clock.now())
    desk.report(id="later", text="后来的")
    desk.desk.conn.close()
    aside = backup.restore(home, copy, clock)
    assert (count(home / "desk.db"), count(aside)) == (REPORTS, REPORTS + 1)
    conn = open_desk(home / "desk.db")
    assert [tuple(row) for row in conn.execute("SELECT state, next_at FROM outbox")] == [("unknown", None)]
    assert conn.execute("SELECT act FROM journal ORDER BY seq DESC LIMIT 1").fetchone()[0] == "restored"
    conn.close()
    assert paidan("journal", "--verify", home=home).returncode == 0


def test_a_running_centre_and_a_broken_copy_are_refused(desk: Centre, clock: FakeClock) -> None:
    home = desk.settings.home
    copy = backup.make(home, clock.now())
    with lease.Lock(home), pytest.raises(CentreRunning):
        backup.restore(home, copy, clock)
    raw = bytearray(copy.read_bytes())
    raw[len(raw) // 2 :] = bytes(len(raw) - len(raw) // 2)
    copy.write_bytes(raw)
    with pytest.raises(StoreError):
        backup.restore(home, copy, clock)
    assert count(home / "desk.db") == REPORTS


@pytest.mark.parametrize("whole", [4096 * 2, 4096 * 40], ids=["from the tables' names on", "in the tables"])
def test_a_damaged_desk_is_said_in_a_sentence(desk: Centre, whole: int) -> None:
    """No trace: what is wrong, and with whole names of tables what to do."""
    home = desk.settings.home
    desk.desk.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.desk.conn.close()
    path = home / "desk.db"
    raw = bytearray(path.read_bytes())
    raw[whole:] = b"\xa5" * (len(raw) - whole)
    path.write_bytes(raw)
    for command in (("cases",), ("journal", "--verify"), ("serve",)):
        said = paidan(*command, home=home)
        told = "损坏" in said.stderr or "打不开" in said.stderr
        assert (said.returncode, told, "Traceback" in said.stderr) == (1, True, False), said.stderr[-300:]

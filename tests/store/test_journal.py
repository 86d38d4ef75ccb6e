"""The journal: append-only, chained, and enough to rebuild the tables."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.domain.errors import LeaseLost
from data.store import lease
from data.store.desk import Conflict, Desk
from data.store.journal import verify
from data.store.sqlite import connect, sqlite3
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    """A desk with some history: filed, dispatched, undone, dispatched, sent."""
    centre = open_centre(tmp_path / "pailou", "street", clock)
    centre.report()
    for act in ("dispatch", "undo", "dispatch"):
        centre.act(act)
    clock.pass_s(5)
    centre.send()
    yield centre
    centre.desk.conn.close()


def test_an_untouched_journal_holds(street: Centre) -> None:
    """Chain and replay agree with the tables."""
    assert verify(street.desk.conn) is None


@pytest.mark.parametrize("sql", ["UPDATE journal SET operator='x'", "DELETE FROM journal"])
def test_rows_cannot_be_changed_through_sql(street: Centre, sql: str) -> None:
    """Triggers refuse it."""
    with pytest.raises(sqlite3.DatabaseError, match="append-only"):
        street.desk.conn.execute(sql)


@pytest.mark.parametrize(
    ("sql", "what", "seq"),
    [
        ("UPDATE journal SET operator='李强' WHERE seq=2", "hash", 2),
        ("UPDATE journal SET after=replace(after, 'sending', 'open') WHERE seq=2", "hash", 2),
        ("DELETE FROM journal WHERE seq=3", "gap", 3),
        ("UPDATE journal SET prev=hash WHERE seq=4", "prev", 4),
        ("UPDATE cases SET level=1", "table", 6),
        ("DELETE FROM orders", "table", 6),
    ],
)
def test_tampering_is_found_and_named(street: Centre, tmp_path: Path, sql: str, what: str, seq: int) -> None:
    """Whoever gets round the triggers breaks the chain at that row, or the tables differ from the record."""
    street.desk.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = tmp_path / "copy.db"
    shutil.copy(street.settings.home / "desk.db", copy)
    conn = connect(copy)
    conn.execute("PRAGMA foreign_keys=OFF")
    conn.execute("DROP TRIGGER journal_no_update")
    conn.execute("DROP TRIGGER journal_no_delete")
    conn.execute(sql)
    broken = verify(conn)
    conn.close()
    assert broken is not None
    assert (broken.what, broken.seq) == (what, seq)


def test_a_change_and_its_journal_row_are_one(street: Centre) -> None:
    """An error inside an entry leaves neither."""
    rows = len(street.all("journal"))
    with pytest.raises(ZeroDivisionError), street.desk.transaction() as tx, tx.entry("x", subject="pailou-1", operator="a", seat="b") as entry:
        entry.update("cases", "pailou-1", {"level": 1})
        raise ZeroDivisionError
    assert (street.case()["level"], len(street.all("journal"))) == (3, rows)


def test_an_unexpected_row_is_a_conflict(street: Centre) -> None:
    """The expected state is in the WHERE."""
    with pytest.raises(Conflict), street.desk.transaction() as tx, tx.entry("x", subject="pailou-1", operator="a", seat="b") as entry:
        entry.update("cases", "pailou-1", {"level": 1}, expect={"state": "closed"})


def test_a_centre_that_slept_through_a_take_over_can_write_nothing(street: Centre, clock: FakeClock) -> None:
    """The old epoch is refused in each transaction; the new one writes."""
    conn = connect(street.settings.home / "desk.db")
    newer = Desk(conn, clock, epoch=lease.take(conn, clock.now()))
    with pytest.raises(LeaseLost):
        street.report(id="rep-2")
    with newer.transaction():
        pass
    conn.close()
    assert len(street.all("cases")) == 1

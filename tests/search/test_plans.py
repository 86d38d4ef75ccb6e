"""What is asked again and again is answered from an index, without sorting, however many cases there are."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data import callbacks
from data.office import Office
from data.store.sqlite import sqlite3
from data.views import queue
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    centre = open_centre(tmp_path / "pailou", "street", clock)
    centre.report()
    yield centre
    centre.desk.conn.close()


def statements(conn: sqlite3.Connection, work: Callable[[], object]) -> list[str]:
    """The statements that `work` runs, with their values in place."""
    seen: list[str] = []
    conn.set_trace_callback(seen.append)
    work()
    conn.set_trace_callback(None)
    return [sql for sql in seen if not re.match(r"\s*(--|PRAGMA|BEGIN|COMMIT)", sql)]


def steps(conn: sqlite3.Connection, sql: str) -> list[str]:
    return [row["detail"] for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}")]


READS: dict[str, tuple[Callable[[Centre], object], int]] = {
    "page": (lambda street: queue.page(street.desk.conn, street.settings.tables, 40, 0), 2),
    "position": (lambda street: queue.position(street.desk.conn, "pailou-1"), 2),
    "first mine": (lambda street: queue.first_mine(street.desk.conn), 1),
    "counts": (lambda street: queue.state_counts(street.desk.conn, 0), 3),
    "call-backs": (lambda street: callbacks.due(street.desk.conn), 1),
}


@pytest.mark.parametrize("name", READS)
def test_a_view_is_few_statements_each_from_an_index(street: Centre, name: str) -> None:
    """No scan of a whole table and no sorting of what was found."""
    work, most = READS[name]
    asked = statements(street.desk.conn, lambda: work(street))
    assert 1 <= len(asked) <= most
    plan = [step for sql in asked for step in steps(street.desk.conn, sql)]
    assert [step for step in plan if step.startswith("SCAN") and "USING" not in step] == []
    assert [step for step in plan if "TEMP B-TREE" in step] == []


def test_the_queue_is_read_in_the_order_of_its_index(street: Centre) -> None:
    """`data.views.queue.ORDER` and the index `cases_queue` are the same order."""
    [first, _] = statements(street.desk.conn, lambda: queue.page(street.desk.conn, street.settings.tables, 40, 0))
    assert steps(street.desk.conn, first) == ["SCAN cases USING INDEX cases_queue"]


def test_an_office_searches_with_two_statements(street: Centre) -> None:
    office = Office.open(street.settings.home, "王梅")
    asked = statements(office._held.desk.conn, lambda: office.cases.search("垃圾"))
    assert len([sql for sql in asked if "MATCH" in sql]) == 2
    assert not [sql for sql in asked if "LIKE" in sql]
    office.close()


def test_a_change_within_the_queue_rewrites_no_index_row(street: Centre) -> None:
    """A dispatch or a receipt costs no full-text work."""
    asked = statements(street.desk.conn, lambda: street.act("dispatch", confirm=True))
    assert street.case()["state"] == "sending"
    assert not [sql for sql in asked if "INSERT INTO cases_fts" in sql or "DELETE FROM cases_fts" in sql]

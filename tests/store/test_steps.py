"""A desk of an earlier step is brought to the newest one with all that it holds."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from data.domain.errors import StoreError
from data.init import init_home
from data.store.schema import VERSION, _migrations, is_made, migrate, open_desk
from data.store.sqlite import connect, sqlite3
from tests.helpers.homes import paidan


def test_a_desk_of_the_step_before_is_taken_further(tmp_path: Path) -> None:
    """What was in it is still there, the new table is empty, and the version says where it is."""
    path = tmp_path / "desk.db"
    conn = connect(path)
    _migrations().apply(Database(conn, execute_plugins=False), stop_before="feeds")
    assert 1 == conn.execute("PRAGMA user_version").fetchone()[0]
    conn.execute("INSERT INTO sensors (id, kind) VALUES ('plaza', 'noise')")
    conn.close()
    migrate(path)
    desk = open_desk(path)
    assert (VERSION, 0, "plaza") == (
        desk.execute("PRAGMA user_version").fetchone()[0],
        desk.execute("SELECT count(*) FROM feeds").fetchone()[0],
        desk.execute("SELECT id FROM sensors").fetchone()[0],
    )
    desk.close()


def test_the_lease_counts_what_floods_left_out(tmp_path: Path) -> None:
    """A desk without that count is given it, at nothing."""
    path = tmp_path / "desk.db"
    conn = connect(path)
    _migrations().apply(Database(conn, execute_plugins=False), stop_before="thinned")
    conn.execute("UPDATE lease SET epoch=7")
    conn.close()
    migrate(path)
    desk = open_desk(path)
    assert (7, 0, None) == tuple(desk.execute("SELECT epoch, thinned, thinned_at FROM lease").fetchone())
    desk.close()


def test_a_desk_that_did_not_know_when_it_listened_last(tmp_path: Path) -> None:
    """Its last heartbeat says it; one that never had a centre says nothing."""
    for renewed, listened in ((1_700_000_000_000, 1_700_000_000_000), (0, None)):
        path = tmp_path / f"{renewed}.db"
        conn = connect(path)
        _migrations().apply(Database(conn, execute_plugins=False), stop_before="listened")
        conn.execute("UPDATE lease SET renewed_at=?", (renewed,))
        conn.close()
        migrate(path)
        desk = open_desk(path)
        assert (listened, 0) == (desk.execute("SELECT listened_at FROM lease").fetchone()[0], desk.execute("SELECT count(*) FROM deaf").fetchone()[0])
        desk.close()


def test_the_alarms_of_a_case_are_found_by_it(tmp_path: Path) -> None:
    """However many there were in all the years."""
    path = tmp_path / "desk.db"
    conn = connect(path)
    _migrations().apply(Database(conn, execute_plugins=False), stop_before="alarms_of_case")
    conn.execute("INSERT INTO alarms (id, rule, sensor, level, raised_at, case_id) VALUES ('a', 'over', 'plaza', 3, 5, 'c')")
    conn.close()
    migrate(path)
    desk = open_desk(path)
    assert "a" == desk.execute("SELECT id FROM alarms WHERE case_id='c'").fetchone()[0]
    assert "alarms_case" in desk.execute("EXPLAIN QUERY PLAN SELECT id FROM alarms WHERE case_id='c'").fetchone()["detail"]
    desk.close()


@pytest.mark.parametrize("step", ["feeds", "thinned", "listened", "alarms_of_case", "summed", "calls"])
def test_between_two_steps_it_is_not_made_yet(tmp_path: Path, step: str) -> None:
    """Who looks while a centre takes the steps is told that there is no desk yet, and meets no missing column."""
    path = tmp_path / "desk.db"
    conn = connect(path)
    _migrations().apply(Database(conn, execute_plugins=False), stop_before=step)
    conn.close()
    with pytest.raises(StoreError) as refused:
        open_desk(path)
    assert refused.value.reason.code == "store_older"
    assert not is_made(path)
    migrate(path)
    assert is_made(path)


def test_the_lease_says_how_calls_come(tmp_path: Path) -> None:
    """A desk that knew of no line for calls: none is down, none went first."""
    path = tmp_path / "desk.db"
    conn = connect(path)
    _migrations().apply(Database(conn, execute_plugins=False), stop_before="calls")
    conn.execute("UPDATE lease SET epoch=7, thinned=5")
    conn.close()
    migrate(path)
    desk = open_desk(path)
    assert (7, 5, None, 0) == tuple(desk.execute("SELECT epoch, thinned, calls_down_since, calls_first FROM lease").fetchone())
    desk.close()


def test_days_that_are_over_get_a_copy_of_what_they_count(tmp_path: Path) -> None:
    """A desk without copies keeps its cases, and a change of one of them from now on drops its day's."""
    path = tmp_path / "desk.db"
    conn = connect(path)
    _migrations().apply(Database(conn, execute_plugins=False), stop_before="summed")
    row = "INSERT INTO cases (id, number, state, level, text, source, opened_at) VALUES ('c', 1, 'open', 3, 'x', 'report', 1700000000000)"
    conn.execute(row)
    conn.close()
    migrate(path)
    desk = open_desk(path)
    day = 1_700_000_000_000 // 86_400_000 * 86_400_000
    days = [(day + n * 86_400_000, day + (n + 1) * 86_400_000) for n in (-1, 0, 1)]
    desk.executemany("INSERT INTO vital_days VALUES (?, 'on_time', ?, '', '')", days)
    desk.execute("UPDATE cases SET taken_at=1700000001000")
    assert [day - 86_400_000, day + 86_400_000] == [row[0] for row in desk.execute("SELECT day FROM vital_days ORDER BY day")]
    desk.close()


def test_a_desk_of_step_7_is_given_a_log_of_self_tests(tmp_path: Path) -> None:
    """It has none yet, and what it held is still there."""
    path = tmp_path / "desk.db"
    conn = connect(path)
    _migrations().apply(Database(conn, execute_plugins=False), stop_before="self_tests")
    assert 7 == conn.execute("PRAGMA user_version").fetchone()[0]
    conn.execute("UPDATE lease SET calls_first=3")
    conn.close()
    migrate(path)
    desk = open_desk(path)
    assert (VERSION, 0, 3) == (
        desk.execute("PRAGMA user_version").fetchone()[0],
        desk.execute("SELECT count(*) FROM self_tests").fetchone()[0],
        desk.execute("SELECT calls_first FROM lease").fetchone()[0],
    )
    desk.close()


@pytest.mark.parametrize("command", ["status", "cases", "alarms", "sensors", "sources"])
def test_a_desk_of_an_older_program_is_told_plainly(tmp_path: Path, command: str) -> None:
    """One sentence that says what brings it up to date; not an empty desk, not a fault of ours."""
    init_home(tmp_path / "home", "street")
    conn = connect(tmp_path / "home" / "desk.db")
    _migrations().apply(Database(conn, execute_plugins=False), stop_before="thinned")
    conn.close()
    said = paidan(command, home=tmp_path / "home")
    assert said.returncode != 0
    assert ["paidan serve" in said.stderr, "Traceback" in said.stderr, "desk.db" in said.stderr] == [True, False, True]


def test_a_seat_that_comes_while_the_file_is_made_finds_it_not_made_yet(tmp_path: Path) -> None:
    """Somebody holds the new file and has not made it a WAL one: that is no fault of the store."""
    path = tmp_path / "desk.db"
    maker = sqlite3.connect(path, isolation_level=None)
    maker.execute("BEGIN IMMEDIATE")
    maker.execute("CREATE TABLE cases (id TEXT)")
    assert not is_made(path)
    maker.close()

"""A history of an earlier step is brought to the newest one with all that it holds, and read meanwhile."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from data.domain.reading import Reading
from data.store.history import open_reader
from data.store.history.tail import tail_path
from data.store.history.tail_file import migrations
from data.store.history.writer import open_writer
from data.store.sqlite import connect

NOW = 1_764_000_000_000


def made_before(home: Path, step: str) -> None:
    """A tail as the program before that step left it: two sensors with a value each, of which `b` is lost."""
    path = tail_path(home)
    path.parent.mkdir(parents=True)
    conn = connect(path, checkpoints=True)
    migrations().apply(Database(conn, execute_plugins=False), stop_before=step)
    conn.executemany("INSERT INTO names (no, sensor) VALUES (?,?)", [(0, "a"), (1, "b")])
    conn.executemany("INSERT INTO latest (no, at, received_at, value, flag) VALUES (?,?,?,?,64)", [(0, NOW, NOW, 41.0), (1, NOW - 9_000, NOW, 42.0)])
    conn.execute("INSERT INTO lost (sensor, at) VALUES ('b', ?)", (NOW - 9_000,))
    conn.execute("INSERT INTO figures (name, value) VALUES ('total', 2)")
    conn.close()


@pytest.mark.parametrize("step", ["second", "explained"])
def test_a_tail_of_the_step_before_is_taken_further(tmp_path: Path, step: str) -> None:
    """Newest values, count and the lost are what they were; nothing explains a silence, and nothing was left out of a day."""
    made_before(tmp_path, step)
    history = open_writer(tmp_path)
    history.stale_s = lambda _: 60.0
    assert ({"b": NOW - 9_000}, True, False, "") == (history.missing, history.is_lost("b"), history.is_lost("a"), history.explained_by("b"))
    assert (41.0, 42.0, 2) == (*(history.latest(["a", "b"])[one].value for one in "ab"), history.total())
    assert (1, 0, {"b": NOW - 9_000}) == (history.lost_count(), history.covered_count(), history.lost())
    history.append([Reading(sensor="b", value=43.0, observed_at=NOW + 1, received_at=NOW + 1)])
    history.sweep(NOW + 2)
    assert ({}, 43.0) == (history.lost(), open_reader(tmp_path).latest(["b"])["b"].value)
    history.close()


@pytest.mark.parametrize("step", ["second", "explained"])
def test_a_seat_reads_a_tail_that_its_centre_has_not_taken_further_yet(tmp_path: Path, step: str) -> None:
    """What the step brings is not known, and is no error; the values are shown."""
    made_before(tmp_path, step)
    seat = open_reader(tmp_path)
    assert ({"a": 41.0}, 0, 0) == ({name: one.value for name, one in seat.latest(["a"]).items()}, seat.lost_count(), seat.covered_count())
    assert {"b": NOW - 9_000} == seat.silent(["b"])
    seat.close()

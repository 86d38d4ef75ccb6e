"""Readings of a kind may go before their day's file does; what is known of each hour stays."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.centre.register import Register
from data.centre.retention import keep_only_what_is_wanted
from data.clock import RealClock, parse_time
from data.domain.errors import SettingsError
from data.domain.reading import DAY_MS, MINUTE_MS, Quality, Reading
from data.init import init_home
from data.kinds import load_kinds
from data.settings import load
from data.store import lease
from data.store.desk import Desk
from data.store.history import Column, open_reader
from data.store.history.days import packed_path
from data.store.history.writer import Writer, open_writer
from data.store.schema import migrate
from data.store.sqlite import connect, sqlite3

NOW = 1_764_000_000_000 // DAY_MS * DAY_MS + 6 * 60 * MINUTE_MS
DAY = NOW // DAY_MS
SENSORS = {"noise": ("n1", "n2"), "rain": ("r1",)}


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """Five closed days before today, of two sensors of noise and one of rain, a reading every ten minutes of one hour."""
    made = open_writer(tmp_path)
    made.upkeep.sensors_of = lambda kind: SENSORS.get(kind, ())
    for day in range(DAY - 5, DAY):
        take(made, day)
    while made.tidy(NOW, hurry=True):
        pass
    yield made
    made.close()


def take(writer: Writer, day: int, *, hour: int = 3) -> None:
    ats = [day * DAY_MS + hour * 60 * MINUTE_MS + step * 10 * MINUTE_MS for step in range(6)]
    names = [sensor for of in SENSORS.values() for sensor in of]
    writer.append([Reading(sensor=name, value=50.0 + step, observed_at=at, received_at=at) for name in names for step, at in enumerate(ats)])


def single(writer: Writer, sensor: str) -> list[int]:
    """How many single readings of each of the five days there are."""
    return [len(list(writer.points(sensor, day * DAY_MS, (day + 1) * DAY_MS))) for day in range(DAY - 5, DAY)]


def finish(writer: Writer, now: int = NOW) -> None:
    while writer.tidy(now, hurry=True):
        pass


def test_readings_of_one_kind_go_and_the_others_stay(writer: Writer) -> None:
    """`keep = { noise = 2 }`: of the days before the last two no single noise is left; the rain stays, and every day's file."""
    writer.upkeep.keep = {"noise": 2}
    finish(writer)
    assert [single(writer, sensor) for sensor in ("n1", "n2", "r1")] == [[0, 0, 0, 6, 6], [0, 0, 0, 6, 6], [6, 6, 6, 6, 6]]


def test_a_trend_still_has_the_hours(writer: Writer) -> None:
    """Five columns of a day each are what they were; a column of ten minutes has what is known of its hour, or nothing."""
    span = ((DAY - 5) * DAY_MS, DAY * DAY_MS, 5)
    before = writer.columns("n1", *span)
    writer.upkeep.keep = {"noise": 2}
    finish(writer)
    assert (writer.columns("n1", *span), before[0]) == (before, Column(min=50.0, max=55.0, mean=52.5, last=55.0, count=6))
    hour = (DAY - 5) * DAY_MS + 3 * 60 * MINUTE_MS
    fine = writer.columns("n1", hour, hour + 60 * MINUTE_MS, 6)
    assert fine == (None,) * 5 + (Column(min=50.0, max=55.0, mean=52.5, last=55.0, count=6),)


def test_a_seat_that_had_the_file_open_sees_it(writer: Writer, tmp_path: Path) -> None:
    """The old file is replaced under it: it reads on, and then from the new one."""
    seat = open_reader(tmp_path)
    assert len(list(seat.points("n1", 0, NOW))) == 30
    writer.upkeep.keep = {"noise": 2}
    finish(writer)
    assert (len(list(seat.points("n1", 0, NOW))), len(list(seat.points("r1", 0, NOW)))) == (12, 30)
    seat.close()


def test_late_readings_of_what_is_gone_do_not_come_back(writer: Writer, tmp_path: Path) -> None:
    """A backlog for such a day: the hour that was thinned stays as it was, a new hour is thinned in its turn; the others' are kept."""
    writer.upkeep.keep = {"noise": 2}
    finish(writer)
    take(writer, DAY - 5)
    take(writer, DAY - 5, hour=9)
    finish(writer)
    (first, *_) = writer.columns("n1", (DAY - 5) * DAY_MS, DAY * DAY_MS, 5)
    assert (single(writer, "n1")[0], single(writer, "r1")[0], first and first.count) == (0, 12, 12)


def test_a_wrong_clock_after_days_without_single_readings(writer: Writer) -> None:
    """It is looked for among what is still there; the hours without readings stop nothing."""
    writer.upkeep.keep = {"noise": 1}
    finish(writer)
    assert 0 == single(writer, "n1")[3]
    ahead = Reading(sensor="n1", value=61.0, observed_at=NOW + 400 * DAY_MS, received_at=NOW, quality=Quality.CLOCK)
    for _ in range(2):
        writer.append([ahead])
        assert [61.0] == [one.value for one in writer.points("n1", NOW, NOW + DAY_MS)]
        finish(writer)
    assert [61.0] == [one.value for one in writer.points("n1", NOW, NOW + DAY_MS)]


def test_a_day_once_done_is_not_written_again(writer: Writer, tmp_path: Path) -> None:
    """The same file is there the next night, after a restart too; another kind's turn writes it once more."""
    writer.upkeep.keep = {"noise": 2}
    finish(writer)
    path = packed_path(tmp_path / "history" / "days", DAY - 5)
    inode = path.stat().st_ino
    finish(writer)
    writer.close()
    again = open_writer(tmp_path)
    again.upkeep.keep, again.upkeep.sensors_of = {"noise": 2}, writer.upkeep.sensors_of
    finish(again)
    assert path.stat().st_ino == inode
    again.upkeep.keep = {"noise": 2, "rain": 2}
    finish(again)
    assert single(again, "r1") == [0, 0, 0, 6, 6]
    again.close()


def test_only_at_night_but_for_what_is_left_over(writer: Writer) -> None:
    """By day nothing is thinned that became too old today; what has waited for a day is."""
    writer.upkeep.keep, writer.upkeep.is_night = {"noise": 2}, lambda _now: False
    until = time.monotonic() + 20
    while single(writer, "n1")[:2] != [0, 0] and time.monotonic() < until:
        writer.upkeep._thinned_at = -1e9
        writer.tidy(NOW)
        time.sleep(0.01)
    assert single(writer, "n1") == [0, 0, 6, 6, 6]


def test_the_writer_waits_for_none_of_it(tmp_path: Path) -> None:
    """A day of 20,000 sensors is thinned while readings come in: no step of the writer took 50 ms of its own processor time."""
    writer = open_writer(tmp_path)
    names = [f"s{n}" for n in range(20_000)]
    writer.upkeep.sensors_of = lambda _kind: names
    for step in range(2):
        at = (DAY - 5) * DAY_MS + step * MINUTE_MS
        writer.append([Reading(sensor=name, value=float(n % 50), observed_at=at, received_at=at) for n, name in enumerate(names)])
    finish(writer)
    writer.upkeep.keep = {"noise": 2}
    longest, until = 0.0, time.monotonic() + 60
    while list(writer.points("s7", 0, NOW)) and time.monotonic() < until:
        begun = time.thread_time()
        writer.append([Reading(sensor="s1", value=1.0, observed_at=NOW, received_at=NOW)])
        writer.tidy(NOW)
        longest = max(longest, time.thread_time() - begun)
        time.sleep(0.002)
    assert (list(writer.points("s7", 0, NOW)), longest < 0.05) == ([], True), longest
    writer.close()


def test_the_file_gets_smaller(writer: Writer, tmp_path: Path) -> None:
    """What goes is gone from the disk: no body is left for these sensors, in a file that is whole."""
    writer.upkeep.keep = {"noise": 2}
    finish(writer)
    conn = sqlite3.connect(packed_path(tmp_path / "history" / "days", DAY - 5))
    assert conn.execute("SELECT no, sum(length(body) > 0) FROM hours GROUP BY no").fetchall() == [(0, 0), (1, 0), (2, 1)]
    assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    conn.close()
    assert [path.name for path in (tmp_path / "history" / "days").iterdir() if path.suffix == ".new"] == []


def test_a_store_of_the_step_before_is_brought_up(tmp_path: Path) -> None:
    """A tail without the newest table opens with its readings."""
    writer = open_writer(tmp_path)
    take(writer, DAY - 5)
    writer.close()
    conn = sqlite3.connect(tmp_path / "history" / "tail.db")
    with conn:
        conn.execute("DROP TABLE thinned")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name='second'")
    conn.close()
    again = open_writer(tmp_path)
    again.upkeep.keep, again.upkeep.sensors_of = {"noise": 2}, lambda kind: SENSORS.get(kind, ())
    finish(again)
    assert (len(list(again.points("n1", 0, NOW))), len(list(again.points("r1", 0, NOW)))) == (0, 6)
    again.close()


def home_with(tmp_path: Path, keep: str) -> Path:
    home = tmp_path / "pailou"
    init_home(home, "street")
    with (home / "paidan.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[history.keep]\n{keep}\n")
    return home


def test_the_settings_say_it_by_kind(tmp_path: Path) -> None:
    """`[history.keep]` reaches the writer with the sensors of a kind, retired ones too, and night by the desk's zone."""
    home = home_with(tmp_path, "noise = 90")
    settings = load(home)
    migrate(home / "desk.db")
    conn = connect(home / "desk.db")
    register = Register(home, load_kinds(home))
    with Desk(conn, RealClock(), epoch=lease.take(conn, NOW)).transaction() as tx:
        register.seed(tx)
        tx.conn.execute("UPDATE sensors SET retired_at=1 WHERE kind='noise'")
    history = open_writer(home)
    keep_only_what_is_wanted(history, settings, register)
    noise = [row[0] for row in conn.execute("SELECT id FROM sensors WHERE kind='noise'")]
    nights = [history.upkeep.is_night(parse_time(f"2026-11-25T{hour}:30:00+08:00", settings.zone)) for hour in ("00", "01", "04", "05", "13")]
    assert (history.upkeep.keep, sorted(history.upkeep.sensors_of("noise")) == sorted(noise) != [], nights) == (
        {"noise": 90}, True, [False, True, True, False, False]
    )  # fmt: skip
    history.close()
    conn.close()


@pytest.mark.parametrize("keep", ["moonlight = 3", "noise = 0", 'noise = "three"'])
def test_a_kind_or_number_that_cannot_be_is_named(tmp_path: Path, keep: str) -> None:
    """The file and the key are told."""
    home = home_with(tmp_path, keep)
    with pytest.raises(SettingsError) as told:
        settings = load(home)
        keep_only_what_is_wanted(open_writer(home), settings, Register(home, load_kinds(home)))
    args = dict(told.value.reason.args)
    assert (os.path.basename(str(args["file"])), str(args["key"])[:12]) == ("paidan.toml", "history.keep")

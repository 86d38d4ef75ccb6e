"""History: two calls, `append` and `columns`, over a real file."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.domain.reading import DAY_MS, MINUTE_MS, Quality, Reading, grade
from data.store.history import Column, History, days, open_reader
from data.store.history.export import rows
from data.store.history.writer import Writer, open_writer

NOW = 1_764_000_000_000


@pytest.fixture
def history(tmp_path: Path) -> Iterator[Writer]:
    writer = open_writer(tmp_path)
    yield writer
    writer.close()


def reading(value: float, observed_at: int | None = NOW, *, came: int = NOW, retained: bool = False, sensor: str = "s") -> Reading:
    made: dict[str, Any] = {"sensor": sensor, "value": value, "observed_at": observed_at, "received_at": came, "retained": retained}
    return Reading(**made, quality=grade(Reading(**made), -100, 100))


def test_columns_have_min_max_mean_last_and_gaps(history: History) -> None:
    """Three columns of ten seconds: two readings, none, one."""
    history.append([reading(3, NOW + 8_000), reading(1, NOW + 1_000), reading(7, NOW + 29_999), reading(9, NOW + 30_000)])
    expected = (Column(min=1, max=3, mean=2, last=3, count=2), None, Column(min=7, max=7, mean=7, last=7, count=1))
    assert expected == history.columns("s", NOW, NOW + 30_000, 3)


def test_columns_of_nothing(history: History) -> None:
    """An unknown sensor has gaps only; a span that is none is an error."""
    assert (None, None) == history.columns("x", 0, NOW, 2)
    for start, end, n in ((0, 10, 0), (10, 10, 1)):
        with pytest.raises(ValueError, match="no columns"):
            history.columns("s", start, end, n)


@settings(max_examples=30, deadline=None)
@given(batch=st.lists(st.tuples(st.integers(0, 99), st.floats(-100, 100)), max_size=30), n=st.integers(1, 12), order=st.randoms())
def test_columns_equal_a_plain_fold_in_any_order(batch: list[tuple[int, float]], n: int, order: Random) -> None:
    """However late they come and however often: the columns are those of the sorted, single readings."""
    writer = open_writer(Path(mkdtemp()))
    once = {(at, value + 0.0) for at, value in batch}
    delivered = [reading(value, NOW + at) for at, value in [*batch, *batch]]
    order.shuffle(delivered)
    for one in delivered:
        writer.append([one])
    for place, column in enumerate(writer.columns("s", NOW, NOW + 100, n)):
        mine = [value for at, value in once if at * n // 100 == place]
        newest = {value for at, value in once if at * n // 100 == place and at == max(a for a, _ in once if a * n // 100 == place)}
        if column is None:
            assert not mine
        else:
            assert (min(mine), max(mine), len(mine)) == (column.min, column.max, column.count)
            assert column.last in newest
            assert column.mean == pytest.approx(sum(mine) / len(mine), abs=1e-9)
    writer.close()


def test_latest_is_the_newest_observed(history: History) -> None:
    """A late reading goes into the trend and not to the front."""
    history.append([reading(2, NOW), reading(1, NOW - 60_000)])
    assert (2, NOW) == ((found := history.latest(["s", "x"]))["s"].value, found["s"].at)
    assert ["s"] == list(found)


def test_a_future_reading_does_not_pin_latest(history: History) -> None:
    """A device ten years ahead stands at its arrival; the next honest reading takes over."""
    history.append([reading(9, NOW + 3650 * DAY_MS)])
    assert NOW == history.latest(["s"])["s"].at
    history.append([reading(3, NOW + 1000, came=NOW + 1000)])
    assert 3 == history.latest(["s"])["s"].value


def test_a_replay_never_displaces_a_live_value(history: History) -> None:
    """A retained reading shows only while nothing live has come, and never enters the trend without a time of its own."""
    history.append([reading(5, None, retained=True)])
    assert Quality.RETAINED == history.latest(["s"])["s"].quality
    history.append([reading(4, NOW - MINUTE_MS, came=NOW - MINUTE_MS)])
    history.append([reading(6, None, came=NOW + 1, retained=True)])
    assert 4 == history.latest(["s"])["s"].value
    assert [4.0] == [column.last for column in history.columns("s", 0, NOW + 2, 1) if column]


def test_suspect_readings_are_kept_apart(history: History) -> None:
    """Out of range: stored, in no trend, never the latest."""
    history.append([reading(999)])
    assert ({}, (None,)) == (history.latest(["s"]), history.columns("s", 0, NOW + 1, 1))


def test_redelivery_of_a_wrong_clock_is_one_row(history: History) -> None:
    """The same value at the same device time is one reading even where the time is not believed."""
    history.append([reading(1, 5, came=NOW), reading(1, 5, came=NOW + 1)])
    (column,) = history.columns("s", 0, NOW + 2, 1)
    assert column is not None
    assert 1 == column.count


@pytest.mark.parametrize("ahead", [365 * DAY_MS, -365 * DAY_MS])
@pytest.mark.parametrize("later", [60_000, 2 * 3_600_000, DAY_MS])
def test_a_wrong_clock_delivered_again_after_packing_is_one_row(history: Writer, ahead: int, later: int) -> None:
    """Packed, then delivered again a minute, hours or a day later: it stands where it first arrived, once, also among new readings."""
    first = [reading(7, NOW + ahead), reading(200, NOW + ahead + 1), reading(8, NOW + ahead + 60_000, came=NOW + 60_000)]
    history.append(first)
    pack_all(history)
    history.append([reading(one.value, one.observed_at, came=one.received_at + later) for one in first])
    history.append([reading(9, NOW + later + 90_000, came=NOW + later + 90_000)])
    for _ in ("in the tail", "packed"):
        kept = [(one.at - NOW, one.value) for one in history.points("s", NOW - DAY_MS, NOW + 3 * DAY_MS)]
        assert [(0, 7), (0, 200), (60_000, 8), (later + 90_000, 9)] == kept
        assert 3 == sum(column.count for column in history.columns("s", NOW - DAY_MS, NOW + 3 * DAY_MS, 10) if column)
        pack_all(history)


def test_a_replay_of_a_wrong_clock_stands_nowhere(history: Writer) -> None:
    """A time that is not believed is no time: however often the broker replays it, nothing is added to the past."""
    for restart in range(3):
        history.append([reading(7, NOW + 400 * DAY_MS, came=NOW + restart * 3_600_000, retained=True)])
    assert [] == list(history.points("s", 0, NOW + DAY_MS))
    assert Quality.RETAINED == history.latest(["s"])["s"].quality


def pack_all(history: Writer) -> None:
    while history.tidy(NOW, hurry=True):
        pass


def test_the_lost(history: Writer) -> None:
    """Silent for longer than their own time: longest silence first; heard again they are gone, retired they are not watched."""
    stale = {"a": 60.0, "b": 60.0, "c": 600.0, "d": None}
    history.stale_s = stale.get
    history.append([reading(1, NOW - 5, sensor="b"), reading(1, NOW - 9, sensor="a"), reading(1, NOW, sensor="c"), reading(1, NOW, sensor="d")])
    history.sweep(NOW + 59_000)
    assert {} == history.lost()
    history.sweep(NOW + 70_000)
    assert ([("a", NOW - 9), ("b", NOW - 5)], 2, 2) == (list(history.lost().items()), history.lost_count(), len(history.missing))
    history.append([reading(2, NOW + 70_000, came=NOW + 70_000, sensor="a")])
    history.sweep(NOW + 70_001)
    assert ["b"] == list(history.lost())
    history.forget(["b"])
    history.sweep(NOW + 700_000)
    assert ["a", "c"] == sorted(history.lost())


def test_the_lost_survive_a_restart(tmp_path: Path) -> None:
    """A new centre knows who is lost, and who will be."""
    first = open_writer(tmp_path)
    first.stale_s = lambda _: 60.0
    first.append([reading(1, sensor="a"), reading(1, NOW + 30_000, sensor="b")])
    first.sweep(NOW + 61_000)
    first.close()
    second = open_writer(tmp_path)
    second.stale_s = lambda _: 60.0
    assert {"a": NOW} == second.missing
    second.sweep(NOW + 91_000)
    assert {"a": NOW, "b": NOW + 30_000} == second.lost() == open_reader(tmp_path).lost()
    second.append([reading(1, NOW + 92_000, came=NOW + 92_000, sensor="a")])
    second.sweep(NOW + 92_001)
    assert ["b"] == list(second.lost())
    second.close()


def test_who_was_heard_at_the_moment_of_a_kill_is_not_lost(tmp_path: Path) -> None:
    """The reading was kept, and the process ended before it noted the rest; who was lost with the same reading still is."""
    first = open_writer(tmp_path)
    first.stale_s = lambda _: 60.0
    first.append([reading(1, sensor="a"), reading(1, sensor="b")])
    first.sweep(NOW + 61_000)
    first.append([reading(2, NOW + 70_000, came=NOW + 70_000, sensor="a")])
    first.close()
    second = open_writer(tmp_path)
    second.stale_s = lambda _: 60.0
    assert ({"b": NOW}, False, True) == (second.missing, second.is_lost("a"), second.is_lost("b"))
    second.sweep(NOW + 71_000)
    assert {"b": NOW} == second.lost() == open_reader(tmp_path).lost()
    second.close()


def settle(history: Writer, now: int = NOW) -> None:
    """Everything that is to be done, at once."""
    for _ in range(10_000):
        if not history.tidy(now, hurry=True):
            return
    raise AssertionError("never done")


@settings(max_examples=25, deadline=None)
@given(
    batch=st.lists(st.tuples(st.integers(0, 9_000_000), st.sampled_from([0.1, 3.0, -2.5, 1 / 3, 77.25])), min_size=1, max_size=12),
    n=st.integers(1, 12),
    order=st.randoms(),
)
def test_columns_stay_as_readings_move(batch: list[tuple[int, float]], n: int, order: Random) -> None:
    """In the tail, sorted, in the day's file, turned by sensor, late ones and doubles after that: always the same columns."""
    home = Path(mkdtemp())
    writer, base = open_writer(home), NOW // DAY_MS * DAY_MS - 4_000_000
    late = DAY_MS * 3 + base
    kept = {}
    for step, (at, value) in enumerate([*batch, *order.sample(batch, len(batch))]):
        writer.append([reading(value, base + at, came=base + 9_000_000), reading(5, base + at, came=base + 9_000_000, sensor="other")])
        kept[at, value] = True
        if step % 3 == 0:
            writer.tidy(base, hurry=True)
        if step == len(batch):
            settle(writer, late)
        rows = [one.value for one in writer.points("s", 0, late)]
        assert len(kept) == len(rows)
    for seen in (writer, open_reader(home)):
        for place, column in enumerate(seen.columns("s", base, base + 9_000_001, n)):
            mine = sorted((at, value) for at, value in kept if at * n // 9_000_001 == place)
            if column is None:
                assert not mine
            else:
                values = [value for _, value in mine]
                assert (min(values), max(values), len(values)) == (column.min, column.max, column.count)
                assert column.mean == pytest.approx(sum(values) / len(values), rel=1e-9)
                assert column.last in [value for at, value in mine if at == mine[-1][0]]
    assert max(kept)[0] + base == writer.latest(["s"])["s"].at
    writer.close()


def test_a_day_is_dropped_by_its_file(tmp_path: Path) -> None:
    """Old days go as files; the newest value and the other days stay."""
    writer = open_writer(tmp_path)
    for day in range(4):
        writer.append([reading(day, NOW + day * DAY_MS, came=NOW + day * DAY_MS)])
    settle(writer, NOW + 10 * DAY_MS)
    assert 2 == writer.upkeep.drop((NOW // DAY_MS + 2) * DAY_MS)
    assert [2, 3] == [one.value for one in writer.points("s", 0, NOW + 9 * DAY_MS)]
    writer.close()


def test_days_too_old_go_one_a_step(tmp_path: Path) -> None:
    """`keep_days` = 2: days that ended earlier are unlinked, the others and today stay."""
    writer = open_writer(tmp_path)
    start = 20_000 * DAY_MS
    writer.append([Reading(sensor="a", value=day, observed_at=start + day * DAY_MS, received_at=start + day * DAY_MS) for day in range(5)])
    now = start + 4 * DAY_MS + 7_200_000
    while writer.tidy(now, hurry=True):
        pass
    writer.upkeep.keep_days = 2
    steps = 0
    while writer.tidy(now, hurry=True):
        steps += 1
    assert (2, [2.0, 3.0, 4.0]) == (steps, [point.value for point in writer.points("a", 0, now)])
    writer.close()


def test_readings_as_rows(tmp_path: Path) -> None:
    """In order of time, with their quality; the arrival where it is another moment."""
    writer = open_writer(tmp_path)
    writer.append([Reading(sensor="a", value=-1.5, observed_at=60_000, received_at=61_000), Reading(sensor="a", value=2, received_at=70_000)])
    found = list(rows(writer, "a", 0, 80_000, ZoneInfo("Asia/Shanghai")))
    assert [("1970-01-01T08:01:00.000+08:00", -1.5, "ok", "1970-01-01T08:01:01.000+08:00"), ("1970-01-01T08:01:10.000+08:00", 2.0, "ok", "")] == [
        (row["time"], row["value"], row["quality"], row["received_at"]) for row in found
    ]
    writer.close()


def test_a_crash_between_the_two_files_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Packed into the day and not yet taken out of the tail: seen once, and after the next packing still once."""
    writer = open_writer(tmp_path)
    writer.append([reading(n / 10, NOW + n * 1000) for n in range(50)])
    writer.tidy(NOW, hurry=True)
    writer._days.put({0: writer._tail.points(0)}, NOW // DAY_MS)
    whole = writer.columns("s", NOW, NOW + 50_000, 5)
    assert 50 == sum(column.count for column in whole if column)
    settle(writer)
    assert whole == writer.columns("s", NOW, NOW + 50_000, 5)
    writer.close()


def test_reader_needs_no_file_and_sees_what_is_committed(tmp_path: Path) -> None:
    """A seat may start before its centre, follows its commits, and cannot write."""
    reader = open_reader(tmp_path)
    assert ({}, None) == (reader.latest(["s"]), reader.newest())
    writer = open_writer(tmp_path)
    writer.append([reading(1)])
    assert (1, NOW) == (reader.latest(["s"])["s"].value, reader.newest())
    with pytest.raises(RuntimeError):
        reader.append([])
    reader.close()
    writer.close()
    open_writer(tmp_path).close()


def test_reading_side_imports_no_sqlite_utils(tmp_path: Path) -> None:
    """A seat's history and board come without sqlite_utils."""
    code = "import sys, pathlib, data.views.board as b, data.store.history as h; h.open_reader(pathlib.Path(sys.argv[1])).latest(['s'])"
    code += "; assert 'sqlite_utils' not in sys.modules and 'textual' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=Path(__file__).parents[2])


def test_newest_values_are_stored_slice_by_slice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No step stores more than a slice; readings that come in between are neither lost at a crash nor given twice, and then packed."""
    monkeypatch.setattr("data.store.history.upkeep.FLUSH_ROWS", 3)
    writer = open_writer(tmp_path)
    names = [f"s{n}" for n in range(10)]
    writer.append([reading(n, sensor=name) for n, name in enumerate(names)])
    stored = []
    for step in range(40):
        if not writer.tidy(NOW, hurry=True):
            break
        stored.append(len(writer._conn.execute("SELECT no FROM latest").fetchall()))
        if step == 3:
            writer.append([reading(99, NOW + 1000, sensor="s0"), reading(7, NOW + 1000, sensor="new")])
    writer.close()
    assert max(after - before for before, after in pairwise([0, *stored])) == 3
    seen = open_reader(tmp_path)
    newest = {name: found.value for name, found in seen.latest([*names, "new"]).items()}
    assert newest == {name: float(n) for n, name in enumerate(names)} | {"s0": 99.0, "new": 7.0}
    again = open_writer(tmp_path)
    assert (again.latest(["s0"])["s0"].value, again._conn.execute("SELECT count(*) FROM segments").fetchone()[0]) == (99.0, 0)
    again.close()
    seen.close()


def test_segments_of_readings_that_are_no_newest_value_are_packed_too(history: Writer) -> None:
    """Suspect ones change no newest value, and do not stay in the tail for ever."""
    history.append([reading(1000, sensor="s"), reading(-1000, NOW + 1, sensor="s")])
    while history.tidy(NOW, hurry=True):
        pass
    assert (history._conn.execute("SELECT count(*) FROM segments").fetchone()[0], len(list(history.points("s", 0, NOW + 2)))) == (0, 2)


def test_readings_are_read_hour_by_hour_and_stay_in_order(history: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export of years holds a day of it; what is packed and what is new, also late into old hours, come in order of time, each once."""
    ats = [NOW + hour * 3_600_000 + minute * 60_000 for hour in range(96) for minute in (5, 35)]
    history.append([reading(1, at, came=at) for at in ats])
    pack_all(history)
    late = [at + 1 for at in (ats[3], ats[100])] + [ats[-1] + 7 * 3_600_000]
    history.append([reading(2, at, came=ats[-1] + 8 * 3_600_000) for at in late] + [reading(1, ats[50], came=ats[-1])])
    assert sorted(ats + late) == [one.at for one in history.points("s", 0, NOW + 30 * DAY_MS)]
    assert [ats[3], ats[3] + 1] == [one.at for one in history.points("s", ats[3], ats[3] + 2)]
    unpacked: list[int] = []
    unpack = days.unpack
    monkeypatch.setattr(days, "unpack", lambda body, count: unpacked.append(count) or unpack(body, count))
    assert ats[0] == next(iter(history.points("s", 0, NOW + 30 * DAY_MS))).at
    assert 1 == len(unpacked)

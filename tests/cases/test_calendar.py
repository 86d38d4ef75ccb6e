"""Deadlines in working time: hours, weekends, public holidays and the weekends worked instead."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calendar import ALWAYS, WORKING, Calendar, deadline, working_ms
from data.domain.errors import SettingsError
from data.settings.classes import load_classes
from data.settings.tables import load_calendar
from tests.helpers.clock import at

HOURS = ("09:00-12:00", "13:00-18:00")
CHINA = load_calendar(Path("no-home"), HOURS, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-24 10:00", 60, "2026-11-24 11:00"),
        ("2026-11-24 11:30", 60, "2026-11-24 13:30"),
        ("2026-11-24 17:00", 120, "2026-11-25 10:00"),
        ("2026-11-24 17:00", 60, "2026-11-24 18:00"),
        ("2026-11-24 22:00", 1, "2026-11-25 09:01"),
        ("2026-11-27 17:30", 60, "2026-11-30 09:30"),
        ("2026-09-30 17:00", 120, "2026-10-08 10:00"),
        ("2026-10-09 17:00", 120, "2026-10-10 10:00"),
        ("2026-10-10 17:00", 120, "2026-10-12 10:00"),
        ("2026-02-13 17:00", 540, "2026-02-14 18:00"),
        ("2026-02-14 17:00", 120, "2026-02-24 10:00"),
        ("2026-11-24 09:00", 480, "2026-11-24 18:00"),
        ("2026-11-24 09:00", 7200, "2026-12-14 18:00"),
    ],
)
def test_a_working_deadline_skips_what_is_not_worked(start: str, minutes: int, due: str) -> None:
    """2026 as the State Council published it on 2025-11-04."""
    assert deadline(at(start), minutes, WORKING, CHINA) == at(due)


def test_a_clock_that_always_runs_knows_no_holiday() -> None:
    assert deadline(at("2026-10-01 23:00"), 120, ALWAYS, CHINA) == at("2026-10-02 01:00")


@given(st.integers(1_735_689_600_000, 1_830_000_000_000), st.integers(1, 10_000))
def test_working_time_until_the_deadline_is_what_was_given(start: int, minutes: int) -> None:
    due = deadline(start, minutes, WORKING, CHINA)
    assert working_ms(start, due, CHINA) == minutes * 60_000
    assert deadline(start, minutes + 1, WORKING, CHINA) > due


def test_a_calendar_without_working_days_is_an_error_and_no_endless_search() -> None:
    with pytest.raises(ValueError, match="working minutes"):
        deadline(0, 1, WORKING, Calendar(hours=()))


def test_the_home_overrides_single_days(tmp_path: Path) -> None:
    (tmp_path / "workdays.csv").write_text("date,day\n2026-10-01,work\n2027-02-09,off\n", encoding="gb18030")
    made = load_calendar(tmp_path, HOURS, "Asia/Shanghai")
    assert (made.is_workday(date(2026, 10, 1)), made.is_workday(date(2026, 10, 2)), made.is_workday(date(2027, 2, 9))) == (True, False, False)


@pytest.mark.parametrize("line", ["2026-13-01,off", "2026-10-01,maybe"])
def test_a_bad_day_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "workdays.csv").write_text(f"date,day\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_calendar(tmp_path, HOURS, "Asia/Shanghai")
    assert dict(caught.value.reason.args)["key"] == "line 2"


@pytest.mark.parametrize("hours", [(), ("9-12",), ("13:00-12:00",), ("09:00-12:00", "11:00-18:00"), ("09:00-25:00",)])
def test_hours_that_are_none_are_refused(tmp_path: Path, hours: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError):
        load_calendar(tmp_path, hours, "Asia/Shanghai")


def test_every_class_says_where_its_numbers_come_from_and_life_safety_never_pauses() -> None:
    classes = load_classes(None)
    assert all(row.source for row in classes.values())
    assert [row.code for row in classes.values() if row.life_safety and row.clock != ALWAYS] == []
    assert [row.code for row in classes.values() if not row.confirmed and "待确认" not in row.source] == []
    assert classes["0102"].minutes(4) == (30, 660)
    assert classes["0601"].minutes(1) == (1, 15)

"""The working-hours calendar: how long a deadline counted in working time really takes. Pure; times are UTC ms.

A day is worked or not by the table of days (public holidays and the weekends worked instead), else by its weekday.
The table is `data/workdays.csv`, overridden day by day by `workdays.csv` of the home.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field

MINUTE = 60_000
ALWAYS = "always"
WORKING = "working"
CLOCKS = (ALWAYS, WORKING)
"""How the minutes of a class are counted: round the clock, or in working hours only."""
HOURS = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
"""Working hours of a day in minutes from midnight: eight hours; our judgement, `[calendar] hours` of paidan.toml."""
LOOK_AHEAD = 3660
"""Days after which a calendar with next to no working days is given up."""


class Calendar(Struct, frozen=True, kw_only=True):
    """Working hours, working days, and the zone in which days begin."""

    zone: str = "Asia/Shanghai"
    hours: tuple[tuple[int, int], ...] = HOURS
    days: Mapping[date, bool] = field(default_factory=dict)
    """Days that differ from their weekday: True is worked."""
    known_until: date | None = None
    """Last day that the table speaks of; later holidays are not known yet."""

    def is_workday(self, day: date) -> bool:
        """Whether a day is worked: by the table, else Monday to Friday."""
        known = self.days.get(day)
        return day.weekday() < 5 if known is None else known


def deadline(start: int, minutes: int, clock: str, calendar: Calendar) -> int:
    """When `minutes` of a clock have passed since `start`. Raises `ValueError` when the calendar has no working time."""
    if clock == ALWAYS:
        return start + minutes * MINUTE
    left = minutes * MINUTE
    for begin, end in _spans(start, calendar):
        if left <= end - begin:
            return begin + left
        left -= end - begin
    msg = f"no {minutes} working minutes in {LOOK_AHEAD} days"
    raise ValueError(msg)


def working_ms(start: int, end: int, calendar: Calendar) -> int:
    """Working time between two moments, in ms; 0 when `end` is not after `start`."""
    total = 0
    for begin, until in _spans(start, calendar):
        if begin >= end:
            break
        total += min(until, end) - begin
    return total


def _spans(start: int, calendar: Calendar) -> Iterator[tuple[int, int]]:
    """Working spans from `start` on, in order."""
    zone = ZoneInfo(calendar.zone)
    first = datetime.fromtimestamp(start / 1000, UTC).astimezone(zone).date()
    for offset in range(LOOK_AHEAD):
        day = first + timedelta(days=offset)
        if not calendar.is_workday(day):
            continue
        for opens, closes in calendar.hours:
            begin, end = (_at(day, minute, zone) for minute in (opens, closes))
            if end > start:
                yield max(begin, start), end


def _at(day: date, minute: int, zone: ZoneInfo) -> int:
    """A local time of day as UTC ms; 24:00 is the next midnight."""
    moment = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    return round(moment.timestamp() * 1000)

"""Times and lengths of time as an operator reads them."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from data.words import Words

MINUTE = 60_000
_HOUR = 60 * MINUTE
_DAY = 24 * _HOUR


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def clock(at: int | None, zone: str) -> str:
    """`14:32:08` in the desk's zone; `--:--` for what has not happened."""
    if at is None:
        return "--:--"
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(_zone(zone)).strftime("%H:%M:%S")


def short_clock(at: int, zone: str) -> str:
    """`14:32`."""
    return clock(at, zone)[:5]


def day_and_time(at: int, now: int, zone: str) -> str:
    """`14:32`, or with its date where that is not today's: `11-26 14:32`."""
    then, today = (datetime.fromtimestamp(each / 1000, UTC).astimezone(_zone(zone)) for each in (at, now))
    return then.strftime("%H:%M" if then.date() == today.date() else "%m-%d %H:%M")


def span(ms: int, words: Words) -> str:
    """`41分`, `1时06`, `3天` — one unit, or hours with minutes."""
    if ms < _HOUR:
        return words("time.minutes", n=ms // MINUTE)
    if ms < _DAY:
        return words("time.hours", n=ms // _HOUR, m=f"{ms % _HOUR // MINUTE:02}")
    return words("time.days", n=ms // _DAY)


def left(due: int | None, now: int, words: Words) -> str:
    """Time left till `due`, `超1分` behind it, "" without a deadline."""
    if due is None:
        return ""
    if due >= now:
        return span(due - now, words)
    return words("time.late", span=span(max(now - due, MINUTE), words))


def short_left(due: int | None, now: int, words: Words) -> str:
    """The same in six cells: what is late by more than an hour is late by whole hours."""
    hours = (now - due) // _HOUR if due is not None else 0
    return words("time.late", span=words("time.whole_hours", n=hours)) if 1 <= hours < 24 else left(due, now, words)


def minutes(n: int, words: Words) -> str:
    """A limit: `15分`, `2时`, `1时30分`."""
    if n < 60:
        return span(n * MINUTE, words)
    return words("time.limit_hours", n=n // 60, m=n % 60) if n % 60 else words("time.whole_hours", n=n // 60)


_STEP = 10_000
"""Ages below a minute move in these steps of the clock, all on a screen at once: each alone would cost 60 bytes a second."""


def shown_age(at: int, now: int) -> float:
    """Seconds from `at` to `now`, in steps of ten below a minute."""
    steady = max(now // _STEP - at // _STEP, 0) * _STEP
    return (steady if steady < MINUTE else max(now - at, 0)) / 1000


def age(seconds: float | None, words: Words) -> str:
    """`3秒前`, `5分前`, `2时前`, `1天前`; a dash if nobody knows."""
    if seconds is None:
        return "-"
    if seconds < 60:
        return words("time.age_s", n=max(int(seconds), 0))
    if seconds < 3600:
        return words("time.age_min", n=int(seconds // 60))
    if seconds < 86400:
        return words("time.age_h", n=int(seconds // 3600))
    return words("time.age_d", n=int(seconds // 86400))

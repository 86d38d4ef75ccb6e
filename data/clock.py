"""The one clock of all processes of a home. Times are UTC milliseconds since 1970 (`int`), everywhere."""

import time
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct


class Clock(Protocol):
    """What the shell asks for the time; the pure parts get `now` as an argument."""

    def now(self) -> int:
        """Milliseconds since 1970, UTC, by this desk's clock."""

    def wait_s(self, until: int) -> float:
        """Real seconds from now until the desk's clock shows `until`; never negative."""


class RealClock(Struct, frozen=True):
    """Wall clock, or one that runs `rate` times as fast since `anchor`; both from the settings, so that all processes agree."""

    rate: float = 1.0
    anchor: int = 0

    def now(self) -> int:
        real = time.time_ns() // 1_000_000  # noqa: TID251 — the clock itself
        return real if self.rate == 1.0 else self.anchor + round((real - self.anchor) * self.rate)

    def wait_s(self, until: int) -> float:
        return max(0.0, (until - self.now()) / 1000 / self.rate)


def iso(at: int, zone: ZoneInfo | None = None) -> str:
    """ISO 8601 with zone; UTC unless a zone is given."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone or UTC).isoformat(timespec="milliseconds")


def parse_time(value: str | float, zone: ZoneInfo) -> int:
    """Read ISO 8601 text (without zone: local in `zone`) or an epoch number in s, ms, us or ns.

    Raises `ValueError` for anything else, or for a time outside 1970–2200.
    """
    if isinstance(value, str):
        text = value.strip()
        moment = datetime.fromisoformat(text)
        at = round((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1000)
    else:
        # Seconds reach 1e11 only in the year 5138, and milliseconds were below it only until 1973; so it goes on for us and ns.
        size = abs(value)
        at = round(value * 1000 if size < 1e11 else value if size < 1e14 else value / 1000 if size < 1e17 else value / 1_000_000)
    if not 0 <= at < 7_258_118_400_000:
        msg = f"time out of range: {value!r}"
        raise ValueError(msg)
    return at


def real_ms() -> int:
    """Milliseconds since 1970 by the wall clock, whatever the rate: for heartbeats between processes of one machine."""
    return time.time_ns() // 1_000_000  # noqa: TID251 — the clock itself

"""A clock that stands still until a test moves it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> int:
    """UTC milliseconds of a local time of the desk: `at("2026-07-21 14:00")`."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


@dataclass(slots=True)
class FakeClock:
    """Satisfies `data.clock.Clock`."""

    time: int = at("2026-07-21 14:00")

    def now(self) -> int:
        return self.time

    def wait_s(self, until: int) -> float:
        return max(0.0, (until - self.time) / 1000)

    def pass_s(self, seconds: float) -> int:
        """Move on and return the new time."""
        self.time += round(seconds * 1000)
        return self.time

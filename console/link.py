"""The line between seat and terminal: how good it is, measured by the terminal's own answers, and what the seat makes of it.

All limits here are judgement: an echo is felt from about 50 ms on, and below 10 kB/s a whole screen takes a quarter second.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

SPEED_VARIABLE = "PAIDAN_LINK"
ASK_S = 60.0
"""How often a line in use is measured again."""
_DSL_S, _THIN_S = 0.05, 0.25
_THIN_BYTES_S = 10_000
_WEIGHTY = 800
"""Bytes from which on an answer says how fast the line is, not only how long."""


class Speed(StrEnum):
    """Profiles of a line."""

    LAN = "lan"
    DSL = "dsl"
    THIN = "thin"


class Pace(Struct, frozen=True, kw_only=True):
    """What the seat does on such a line."""

    frame_s: float
    """Least seconds between two frames that nobody pressed a key for."""
    ticks: bool
    """Clock and ages move by themselves; else the screen changes at keys and for what is urgent."""


PACES = {
    Speed.LAN: Pace(frame_s=0.0, ticks=True),
    Speed.DSL: Pace(frame_s=0.25, ticks=True),
    Speed.THIN: Pace(frame_s=1.0, ticks=False),
}
_ORDER = (Speed.LAN, Speed.DSL, Speed.THIN)


def wished(env: Mapping[str, str]) -> Speed | None:
    """The profile that the environment demands, or None to measure; a word it does not know is None too."""
    word = env.get(SPEED_VARIABLE, "").strip().lower()
    return Speed(word) if word in set(Speed) else None


def judge(seconds: float, bytes_s: float | None) -> Speed:
    """The profile for a round trip and, where known, a throughput."""
    if seconds >= _THIN_S or (bytes_s is not None and bytes_s <= _THIN_BYTES_S):
        return Speed.THIN
    return Speed.DSL if seconds >= _DSL_S else Speed.LAN


@dataclass(slots=True)
class Line:
    """One seat's line. A worse profile is taken at once, a better one when two measures in a row say so."""

    fixed: Speed | None = None
    speed: Speed = Speed.LAN
    round_trip_s: float | None = None
    bytes_s: float | None = None
    _trips: deque[float] = field(default_factory=lambda: deque(maxlen=5))
    _better: int = 0

    def __post_init__(self) -> None:
        self.speed = self.fixed or self.speed

    @property
    def pace(self) -> Pace:
        """What to do on it."""
        return PACES[self.speed]

    def measured(self, seconds: float, size: int) -> bool:
        """The terminal answered after `seconds` a question that `size` bytes went before; True if the profile changed."""
        self._trips.append(seconds)
        trip = self.round_trip_s = min(self._trips)
        if size >= _WEIGHTY and seconds > trip:
            self.bytes_s = size / (seconds - trip)
        return self.fixed is None and self._settle(judge(trip, self.bytes_s))

    def turn(self) -> Speed:
        """By hand: thin, and from there back to measuring."""
        if self.speed is Speed.THIN:
            self.fixed = None
            self.speed = Speed.LAN if self.round_trip_s is None else judge(min(self.round_trip_s, _THIN_S / 2), None)
        else:
            self.fixed = self.speed = Speed.THIN
        return self.speed

    def _settle(self, found: Speed) -> bool:
        worse = _ORDER.index(found) > _ORDER.index(self.speed)
        self._better = 0 if worse or found is self.speed else self._better + 1
        if not worse and self._better < 2:
            return False
        self._better, self.speed = 0, found
        return True

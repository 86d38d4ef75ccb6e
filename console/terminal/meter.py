"""Bytes that went to the terminal: since the start, and a second over the last ten."""

import time
from collections import deque
from collections.abc import Callable

_SPAN_S = 10.0


class Meter:
    """Counts; written by the sending thread, read by any."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = 0
        self.writes = 0
        self._clock, self._began = clock, clock()
        self._recent: deque[tuple[float, int]] = deque(maxlen=1000)

    def count(self, size: int) -> None:
        """So many bytes were sent just now."""
        self.total += size
        self.writes += 1
        self._recent.append((self._clock(), size))

    def rate(self) -> float:
        """Bytes a second over the last ten seconds, or since the start if that is less."""
        now = self._clock()
        span = min(_SPAN_S, max(now - self._began, 1.0))
        return sum(size for at, size in list(self._recent) if now - at <= span) / span

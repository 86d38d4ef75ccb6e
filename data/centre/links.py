"""Frames of radio devices that never came: a device numbers its frames, so a gap in the numbers is a loss."""

from collections.abc import Iterable

import msgspec

from data.domain.reading import Reading

FIELDS = frozenset({"fCnt", "f_cnt"})
"""Where codecs put the number."""
MAX_DEVICES = 100_000
"""Devices that are followed; more are not (judgement)."""
LATE = 16
"""A number this far back is a frame that came late; further back, the device has started anew (judgement)."""


class Link(msgspec.Struct):
    """One device's frames."""

    number: int
    received: int = 1
    lost: int = 0
    restarts: int = 0
    last_at: int = 0

    @property
    def loss(self) -> float:
        """Share that was lost, 0 to 1."""
        return self.lost / (self.received + self.lost)


class Links:
    """By (source, device). A redelivered frame changes nothing."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Link] = {}
        self.changed: set[tuple[str, str]] = set()

    def take(self, source: str, readings: Iterable[Reading]) -> None:
        """Look for the frame's number among the values of a message."""
        for reading in readings:
            if reading.field in FIELDS and not reading.retained and not reading.text:
                self._take((source, reading.sensor), int(reading.value), reading.received_at)

    def _take(self, key: tuple[str, str], number: int, at: int) -> None:
        link = self.known.get(key)
        if link is None:
            if len(self.known) < MAX_DEVICES:
                self.known[key] = Link(number=number, last_at=at)
                self.changed.add(key)
            return
        step = number - link.number
        if step == 0:
            return
        if step > 0:
            link.received, link.lost, link.number = link.received + 1, link.lost + step - 1, number
        elif step >= -LATE and number > 0 and link.lost > 0:
            link.received, link.lost = link.received + 1, link.lost - 1
        else:
            link.received, link.restarts, link.number = link.received + 1, link.restarts + 1, number
        link.last_at = at
        self.changed.add(key)

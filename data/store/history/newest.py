"""The newest value of every sensor, and who has been silent for too long; in the writer's memory, 34 bytes a sensor.

Whose silence something else explains (a gateway, a platform that is down) is lost like the others and counted apart. When that is back, it has its
whole time once more before it is lost on its own account.

A sensor stands once in the wheel, in the slot in which it would be lost if nothing came; when that slot is due it is either lost or
moved to the slot of its newest reading. So a reading costs nothing here, and a look at the lost costs what there is of them.
"""

from array import array
from collections.abc import Callable, Iterable

from data.store.history.points import TIMED, UNPLACED, Block, Point, displaces, is_newest

NONE = 255
"""Flag of a sensor that has no newest value."""
SLOT_MS = 5_000
StaleMs = Callable[[int], int | None]
"""Sensor's number → after how long a silence it is lost; None: it is not watched (retired, unknown)."""
Explain = Callable[[int, int, int], str | None]
"""Sensor's number, since when it is silent (or excused), after how long that is too long → what else is down that explains it; "" for nothing,
None while that cannot be told yet."""
CountsFrom = Callable[[int, int], int]
"""When a silence began, after how long it is too long → from when it counts: not while nobody listened."""


class Newest:
    """Columns by the sensor's number."""

    def __init__(self) -> None:
        self._ats, self._received, self._values, self._flags = array("q"), array("q"), array("d"), bytearray()
        self._dirty = bytearray()
        self.unstored = 0
        self._wheel: dict[int, array[int]] = {}
        self._slots = array("q")
        """In which slot a sensor stands; what is left of it in another one says nothing."""
        self._waiting = bytearray()
        self.lost: dict[int, int] = {}
        """Number → time of its newest reading."""
        self.by: dict[int, str] = {}
        """Of the lost, those that something else explains: what is down."""
        self.excused: dict[int, int] = {}
        """Number → when what explained its silence came back: from then on it has its whole time to be heard."""
        self._early: set[int] = set()
        """Lost because somebody said so, before their time."""
        self.changed: dict[int, int | None] = {}
        """What of `lost` is not stored yet; None: heard again."""

    def take(self, number: int, at: int, received: int, value: float, flag: int) -> None:
        """A reading; whether it displaces the newest one."""
        self._grow(number)
        old = self._flags[number]
        if old != NONE and not displaces(flag, at, old, self._ats[number]):
            return
        self._ats[number], self._received[number], self._values[number], self._flags[number] = at, received, value, flag
        self.unstored += not self._dirty[number]
        self._dirty[number] = 1
        if not self._waiting[number]:
            # Its first slot is due at once: only then is it known how long it may be silent.
            self._wait(number, at)
        if number in self.lost and not flag & UNPLACED:
            self._found(number, at)

    def _found(self, number: int, at: int) -> None:
        del self.lost[number]
        self.changed[number] = None
        self.by.pop(number, None)
        self._early.discard(number)
        self._wait(number, at)

    def look_again(self, number: int) -> None:
        """Its time of silence is another one: it may be lost sooner, or not yet."""
        if not self._is_watched(number):
            return
        if number in self.lost and number not in self._early:
            self._found(number, self._ats[number])
        elif number not in self.lost:
            self._wait(number, self._ats[number])

    def offline(self, number: int, by: str, at: int) -> None:
        """Somebody who knows says at a time that it cannot be heard, unless it has been heard since. Its own time of silence goes on."""
        if self._is_watched(number) and number not in self.lost and self._received[number] <= at:
            self.lost[number] = self.changed[number] = self._ats[number]
            self._early.add(number)
            if by:
                self.by[number] = by

    def release(self, number: int, now: int) -> None:
        """It may be heard again from now on."""
        if number in self.lost:
            self.excused[number] = now
            self._found(number, now)

    def heard(self, number: int) -> tuple[int, float] | None:
        """Since when nothing more was heard of a sensor, or since when that is excused, and its value."""
        if not self._is_watched(number):
            return None
        return max(self._ats[number], self.excused.get(number, 0)), self._values[number]

    def is_heard_after(self, number: int, at: int) -> bool:
        """Whether it has a newer value than one of a time."""
        return self._is_watched(number) and self._ats[number] > at

    def _is_watched(self, number: int) -> bool:
        return number < len(self._flags) and not self._flags[number] & UNPLACED

    def take_all(self, block: Block) -> None:
        """Readings in their order; the writer's hot loop, so what `take` does for a sensor that is well stands here once more."""
        if not block:
            return
        self._grow(max(block.numbers))
        ats, came, values, flags, dirty, waiting = self._ats, self._received, self._values, self._flags, self._dirty, self._waiting
        lost, unstored = self.lost, 0
        for number, at, received, value, flag in zip(block.numbers, block.ats, block.received, block.values, block.flags, strict=True):
            if flag & ~TIMED or flags[number] & ~TIMED or not waiting[number] or number in lost:
                if is_newest(flag):
                    self.take(number, at, received, value, flag)
            elif at >= ats[number]:
                ats[number], came[number], values[number], flags[number] = at, received, value, flag
                unstored += not dirty[number]
                dirty[number] = 1
        self.unstored += unstored

    def known(self, number: int, point: Point) -> None:
        """What was stored of a sensor, at a start."""
        self.take(number, point.at, point.received, point.value, point.flag)
        self.unstored -= self._dirty[number]
        self._dirty[number] = 0

    def rows(self, start: int, most: int) -> tuple[list[tuple[int, int, int, float, int]], int | None]:
        """Number, at, received, value, flag of the first `most`, from the number `start` on, that changed since they were last stored.

        Also where to go on, or None at the end.
        """
        found: list[tuple[int, int, int, float, int]] = []
        while (number := self._dirty.find(1, start)) >= 0:
            if len(found) == most:
                return found, number
            found.append((number, self._ats[number], self._received[number], self._values[number], self._flags[number]))
            start = number + 1
        return found, None

    def stored(self, numbers: Iterable[int]) -> None:
        """The rows of these are stored."""
        for number in numbers:
            self.unstored -= self._dirty[number]
            self._dirty[number] = 0

    def sweep(self, now: int, stale_ms: StaleMs, explain: Explain, counts_from: CountsFrom = lambda at, _stale_ms: at) -> None:
        """See who is silent for too long at `now`."""
        for slot in [slot for slot in self._wheel if slot * SLOT_MS <= now]:
            for number in self._wheel.pop(slot):
                if self._slots[number] == slot:
                    self._slots[number] = -1
                    self._look(number, now, stale_ms(number), explain, counts_from)

    def forget(self, numbers: Iterable[int]) -> None:
        """These are not watched any more."""
        for number in numbers:
            if self.lost.pop(number, None) is not None:
                self.changed[number] = None
                self.by.pop(number, None)
                self._early.discard(number)

    def _look(self, number: int, now: int, stale_ms: int | None, explain: Explain, counts_from: CountsFrom) -> None:
        self._waiting[number] = 0
        if self._flags[number] & UNPLACED:
            return
        since = max(self._ats[number], self.excused.get(number, 0))
        since = since if stale_ms is None else counts_from(since, stale_ms)
        # One that is not watched is looked at again later: it may be listed again.
        due = now + 60_000 if stale_ms is None else since + stale_ms
        if due >= now:
            self._wait(number, due + 1)
            return
        by = explain(number, since, due - since)
        if by is None:
            self._wait(number, now + SLOT_MS)
            return
        self.lost[number] = self.changed[number] = self._ats[number]
        self._waiting[number] = 1
        self._early.discard(number)
        self.excused.pop(number, None)
        if by:
            self.by[number] = by

    def _wait(self, number: int, due: int) -> None:
        self._waiting[number] = 1
        self._slots[number] = due // SLOT_MS
        self._wheel.setdefault(due // SLOT_MS, array("I")).append(number)

    def _grow(self, number: int) -> None:
        more = number + 1 - len(self._flags)
        if more > 0:
            for column in (self._ats, self._received, self._slots):
                column.extend([0] * more)
            self._values.extend([0.0] * more)
            self._flags += bytes([NONE]) * more
            self._dirty += bytes(more)
            self._waiting += bytes(more)

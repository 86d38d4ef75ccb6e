"""Readings as columns of numbers, packed for the tail and for a sensor's hour. Pure.

A reading here has: the sensor's number, where it stands in time, when it arrived, its value, its quality, and its own time
(the device's, where that was not believed; else where it stands). Number, own time and value make it the same one again.
"""

import zlib
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import sub
from typing import NamedTuple

from data.domain.reading import BACKLOG_MS, TRUST_MS, Quality, Reading, clock_is_credible

_NAMES = ("ok", "clock", "suspect", "retained", "simulated")
"""On disk a quality is its place here: add at the end only."""
QUALITIES = tuple(Quality(name) for name in _NAMES if name in set(Quality))
_CODES = {quality: code for code, quality in enumerate(QUALITIES)}
_FOREIGN = frozenset(_CODES[quality] for quality in QUALITIES if quality in {"suspect", "simulated"})
"""Qualities that are kept and shown in no trend."""
TIMED = 64
"""Bit of a flag: it carries a device time that was believed."""
UNPLACED = 128
"""Bit of a flag: it stands nowhere in time, and may only be the newest value (a replay without a time of its own)."""
_QUALITY = 63
_RETAINED = _CODES[Quality.RETAINED]
_GOOD = Quality.OK
_DOUBTED = frozenset({_CODES[Quality.CLOCK], *_FOREIGN})
"""Flags of readings whose device time may not have been believed: such a one stands at its arrival, and its own time tells that it came before."""


class Point(NamedTuple):
    """One reading of a sensor that is known."""

    at: int
    value: float
    flag: int
    own: int
    received: int

    @property
    def is_good(self) -> bool:
        """Whether it belongs into a trend."""
        return not self.flag & UNPLACED and self.flag & _QUALITY not in _FOREIGN

    @property
    def quality(self) -> Quality:
        """What is known against it."""
        return QUALITIES[self.flag & _QUALITY]


def flag_of(reading: Reading) -> int:
    """Quality and the two bits of a graded reading."""
    flag = _CODES[reading.quality]
    if reading.observed_at is not None and clock_is_credible(reading):
        return flag | TIMED
    return flag | UNPLACED if reading.retained else flag


def is_doubted(flag: int) -> bool:
    """Whether a reading may stand elsewhere each time it comes."""
    return flag in _DOUBTED


def is_newest(flag: int) -> bool:
    """Whether a reading may be a sensor's newest value."""
    return flag & _QUALITY not in _FOREIGN


def displaces(flag: int, at: int, old_flag: int, old_at: int) -> bool:
    """Whether a reading takes the front: a replay by the broker never displaces a live value, any live value displaces a replay."""
    retained, was_retained = is_retained(flag), is_retained(old_flag)
    if retained != was_retained:
        return was_retained
    return at >= old_at


def is_retained(flag: int) -> bool:
    """Whether the broker replayed it."""
    return flag & _QUALITY == _RETAINED


@dataclass(slots=True)
class Block:
    """Columns of readings, in any order."""

    numbers: "array[int]" = field(default_factory=lambda: array("I"))
    ats: "array[int]" = field(default_factory=lambda: array("q"))
    values: "array[float]" = field(default_factory=lambda: array("d"))
    flags: bytearray = field(default_factory=bytearray)
    owns: "array[int]" = field(default_factory=lambda: array("q"))
    received: "array[int]" = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.numbers)

    def add_all(self, numbers: Iterable[int], batch: Sequence[Reading]) -> None:
        """Add a batch. Nearly all of it is live and good, and this is the writer's hot loop."""
        came = [reading.received_at for reading in batch]
        seen = _all_timed(batch, came)
        if seen is not None:
            times = array("q", seen)
            self.numbers.extend(numbers)
            self.ats += times
            self.owns += times
            self.flags += bytes([TIMED]) * len(batch)
            self.values.fromlist([reading.value for reading in batch])
            self.received.fromlist(came)
        else:
            self._add_each(numbers, batch)

    def _add_each(self, numbers: Iterable[int], batch: Sequence[Reading]) -> None:
        ats, owns, flags = [], [], bytearray()
        for reading in batch:
            came, seen = reading.received_at, reading.observed_at
            if reading.quality is not Quality.OK or reading.retained or (seen is not None and not -BACKLOG_MS <= seen - came <= TRUST_MS):
                at = reading.at
                flags.append(flag_of(reading))
                owns.append(at if seen is None else seen)
            else:
                at = came if seen is None else seen
                flags.append(0 if seen is None else TIMED)
                owns.append(at)
            ats.append(at)
        self.numbers.extend(numbers)
        self.ats.fromlist(ats)
        self.owns.fromlist(owns)
        self.flags += flags
        self.values.fromlist([reading.value for reading in batch])
        self.received.fromlist([reading.received_at for reading in batch])

    def extend(self, other: "Block") -> None:
        """Add all of another block."""
        self.numbers += other.numbers
        self.ats += other.ats
        self.values += other.values
        self.flags += other.flags
        self.owns += other.owns
        self.received += other.received

    def sorted(self) -> "Block":
        """The same by sensor, each sensor's in the order in which they are here."""
        order = sorted(range(len(self)), key=self.numbers.__getitem__)
        return Block(
            array("I", map(self.numbers.__getitem__, order)),
            array("q", map(self.ats.__getitem__, order)),
            array("d", map(self.values.__getitem__, order)),
            bytearray(map(self.flags.__getitem__, order)),
            array("q", map(self.owns.__getitem__, order)),
            array("q", map(self.received.__getitem__, order)),
        )

    def part(self, start: int, end: int) -> "Block":
        """Those from one place to before another."""
        columns = (self.numbers, self.ats, self.values, self.flags, self.owns, self.received)
        numbers, ats, values, flags, owns, received = (column[start:end] for column in columns)
        return Block(numbers, ats, values, flags, owns, received)  # type: ignore[arg-type]

    def of_all(self, numbers: Collection[int]) -> dict[int, list[Point]]:
        """Those of these sensors, of each that has any; in the order in which they are here."""
        found: dict[int, list[Point]] = {}
        for place, number in enumerate(self.numbers):
            if number in numbers:
                found.setdefault(number, []).append(self.point(place))
        return found

    def point(self, place: int) -> Point:
        """The reading at a place."""
        return Point(self.ats[place], self.values[place], self.flags[place], self.owns[place], self.received[place])


def _all_timed(batch: Sequence[Reading], came: Sequence[int]) -> list[int] | None:
    """The devices' own times, where all readings are live and good and all these times are believed."""
    seen = [reading.observed_at for reading in batch if reading.quality is _GOOD and not reading.retained and reading.observed_at is not None]
    if len(seen) < len(batch):
        return None
    ahead = list(map(sub, seen, came))
    return seen if min(ahead, default=0) >= -BACKLOG_MS and max(ahead, default=0) <= TRUST_MS else None


def dump(block: Block) -> bytes:
    """Bytes of a block. Times are kept as differences to the first arrival, which a later compression likes."""
    count, base = len(block), block.received[0]
    came = array("q", [one - base for one in block.received])
    behind = array("q", [one - at for one, at in zip(block.received, block.ats, strict=True)])
    shift = array("q", [at - own for at, own in zip(block.ats, block.owns, strict=True)])
    head = array("q", [count, base])
    columns = (head, block.numbers, came, behind, shift, block.values)
    return zlib.compress(b"".join(column.tobytes() for column in columns) + bytes(block.flags), 1)


def load(body: bytes) -> Block:
    """A block from its bytes."""
    raw = memoryview(zlib.decompress(body))
    count, base = array("q", raw[:16].tobytes())
    numbers, place = array("I", raw[16 : 16 + 4 * count].tobytes()), 16 + 4 * count
    came, behind, shift = (array("q", raw[place + 8 * count * n : place + 8 * count * (n + 1)].tobytes()) for n in range(3))
    values = array("d", raw[place + 24 * count : place + 32 * count].tobytes())
    received = array("q", [one + base for one in came])
    ats = array("q", [one - late for one, late in zip(received, behind, strict=True)])
    owns = array("q", [at - more for at, more in zip(ats, shift, strict=True)])
    return Block(numbers, ats, values, bytearray(raw[place + 32 * count :]), owns, received)


def once(points: Iterable[Point]) -> list[Point]:
    """In order of time, each once."""
    single = {(point.own, point.value): point for point in sorted(points, key=lambda point: -point.received)}
    return sorted(single.values(), key=lambda point: (point.at, point.received))


# --- one sensor's hour ---------------------------------------------------------------------------------------------

_SCALES = (1.0, 10.0, 100.0, 1000.0)
_WIDTHS = (("b", 1), ("h", 2), ("i", 4), ("q", 8))


def pack(points: Sequence[Point]) -> bytes:
    """Bytes of readings in order of time: differences of times and of scaled values in the narrowest whole numbers.

    Last come the own times of those that do not stand at theirs: without them, one delivered again would be another one.
    """
    ats = [point.at for point in points]
    unit = 1000 if all((at - ats[0]) % 1000 == 0 for at in ats) else 1
    steps = [(after - before) // unit for before, after in pairwise(ats)]
    scale, whole = _scaled([point.value for point in points])
    time_code, times = _narrow(steps)
    head = bytes([time_code | (8 if unit == 1000 else 0), scale])
    if scale == len(_SCALES):
        body = array("d", [point.value for point in points]).tobytes()
    else:
        value_code, values = _narrow([after - before for before, after in pairwise(whole)])
        body = bytes([value_code]) + array("q", whole[:1]).tobytes() + values
    flags = bytes(point.flag for point in points)
    owns = array("q", [point.own for point in points if point.flag in _DOUBTED]).tobytes()
    return head + array("q", ats[:1]).tobytes() + times + body + (flags if any(flag & ~TIMED for flag in flags) else b"") + owns


def unpack(body: bytes, count: int) -> list[Point]:
    """The readings again; arrival and own time are those at which they stand, but for a wrong clock's own time."""
    unit = 1000 if body[0] & 8 else 1
    width = _WIDTHS[body[0] & 7]
    place = 10 + width[1] * (count - 1)
    ats = _summed(array("q", body[2:10])[0], array(width[0], body[10:place]), unit)
    if body[1] == len(_SCALES):
        values, place = list(array("d", body[place : place + 8 * count])), place + 8 * count
    else:
        code, bytes_each = _WIDTHS[body[place]]
        first, start = array("q", body[place + 1 : place + 9])[0], place + 9
        place = start + bytes_each * (count - 1)
        values = [whole / _SCALES[body[1]] for whole in _summed(first, array(code, body[start:place]), 1)]
    flags = body[place : place + count] or bytes(count)
    owns = iter(array("q", body[place + count :]))
    return [Point(at, value, flag, next(owns, at) if flag in _DOUBTED else at, at) for at, value, flag in zip(ats, values, flags, strict=True)]


def _scaled(values: list[float]) -> tuple[int, list[int]]:
    """The least power of ten that makes all values whole, exactly; the last place of the table when none does."""
    for place, scale in enumerate(_SCALES):
        whole = [round(value * scale) for value in values]
        if all(one / scale == value for one, value in zip(whole, values, strict=True)) and max(map(abs, whole)) < 1 << 52:
            return place, whole
    return len(_SCALES), []


def _narrow(numbers: list[int]) -> tuple[int, bytes]:
    low, high = min(numbers, default=0), max(numbers, default=0)
    for place, (code, width) in enumerate(_WIDTHS):
        if -(1 << 8 * width - 1) <= low and high < 1 << 8 * width - 1:
            return place, array(code, numbers).tobytes()
    raise OverflowError(high)


def _summed(first: int, steps: Iterable[int], unit: int) -> list[int]:
    whole = [first]
    for step in steps:
        whole.append(whole[-1] + step * unit)
    return whole

"""Calls for help go first: which sensors call, and the rule by which a copy of a call stands in for the message that is late.

In a flood a call waits behind thousands of readings in the broker's queue of the centre's session. A second connection (`data.centre.first_line`) is
sent the same calls with QoS 0, without a queue. Each copy waits a second for its message: where that comes, the copy is forgotten and all is as if
there were none. Where it does not, the copy is read in its place, and the message is acknowledged and left out when it comes at last.

Message and copy are told by topic and payload, so of two presses with equal payloads each is counted once, whichever copy is taken for which.
What is remembered here is in memory only. If the centre is killed, or the second connection breaks, between a copy and its message, the message is
read too: with a device time it is known for the same, by its place in history and, if it is its sensor's last, by the rule; without one the press
counts once more. The other way round, that a press is left out, cannot be unless its copy was lost on a connection that held, its payload is that
of a press before, and that press's message never came.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import TypeVar

import msgspec

from data.centre.frame import Frame
from data.codecs.own import MAX_BYTES
from data.domain.sensor import Sensor, places
from data.kinds import Kind
from data.rules import Threshold

WAIT_MS = 1_000
"""How long a copy waits for its message; judgement: a centre that is in time has it in a tenth of that."""
MOST = 10_000
"""Most copies that wait, and most messages that are still expected; past it calls come by their messages only. Judgement."""
EXPECTED_MS = 3_600_000
"""How long a message is expected; judgement, longer than any flood."""
SELDOM_S = 3_600
"""Who reports this seldom says little beside what matters; others would send the whole flood twice. Judgement."""
Key = tuple[str, bytes]


def is_call(kind: Kind) -> bool:
    """Whether a single message may be a call for help: a press, or the most urgent level at once, of what otherwise says little."""
    return kind.is_event or (kind.timing.interval_s >= SELDOM_S and any(isinstance(rule, Threshold) and _is_at_once(rule) for rule in kind.rules))


def _is_at_once(rule: Threshold) -> bool:
    return rule.window is None and rule.m == 1 and not rule.on_delay_s and any(limit.level == 1 for limit in rule.limits)


def call_topics(centre: str, sensors: Mapping[str, Sensor], kinds: Mapping[str, Kind]) -> dict[str, bool]:
    """The own topics of all sensors that call, and whether each of their messages counts by itself; looks at every sensor."""
    events = {name: kind.is_event for name, kind in kinds.items() if is_call(kind)}
    return {f"paidan/{centre}/sensor/{id}": events[place.kind] for id, place in places(sensors).items() if place.kind in events}


class _Copy(msgspec.Struct, eq=False):
    frame: Frame
    key: Key
    came_at: int
    read_at: int = 0
    """When it was read in its message's place."""
    older: int = 0
    """Messages of its topic that came after it was read, and are older than it."""
    is_done: bool = False
    """Its message has come."""


class Copies:
    """For the centre's thread. Times are by the clock that `sort` is given, UTC ms; `rate` is how fast that runs."""

    def __init__(self, rate: float = 1.0) -> None:
        self.topics: Mapping[str, bool] = {}
        """See `call_topics`."""
        self.left_out = 0
        """Messages that came when their copies had been read."""
        self._wait_ms, self._expected_ms = max(1, round(WAIT_MS * rate)), round(EXPECTED_MS * rate)
        self._waiting: deque[_Copy] = deque()
        self._expected: dict[_Copy, None] = {}
        """Those that were read, and whose messages have not come; oldest first."""
        self._of_key: dict[Key, deque[_Copy]] = {}
        """All of these, oldest first."""
        self._of_topic: dict[str, deque[_Copy]] = {}
        """Those that were read."""
        self._reading: list[_Copy] = []
        self._answered: list[tuple[Frame, _Copy]] = []
        self._met: list[tuple[Frame, _Copy]] = []
        """Messages in time, with their copies, until `settle`."""

    def __len__(self) -> int:
        """How many wait, or were read and have no message yet."""
        return sum(map(len, self._of_key.values()))

    def sort(self, frames: Iterable[Frame], now: int) -> list[Frame]:
        """What is to be read: messages of calls, and copies whose messages are late. `settle` must follow."""
        while self._expected and now - (oldest := next(iter(self._expected))).read_at > self._expected_ms:
            self._drop(oldest)
        found = []
        for frame in frames:
            if frame.is_copy:
                self._wait(frame, now)
            elif (message := self._message(frame)) is not None:
                found.append(message)
        return [*found, *self._due(now)]

    def settle(self, *, committed: bool) -> list[Frame]:
        """What was read is committed, or undone and will come again; the messages that were left out, to be acknowledged."""
        answered, reading, met = self._answered, self._reading, self._met
        self._answered, self._reading, self._met = [], [], []
        if not committed:
            self._undo([copy for _, copy in answered], reading, [copy for _, copy in met])
            return []
        for frame, copy in met:
            if frame.qos:
                self._pass(copy.came_at - self._wait_ms)
        for copy in reading:
            self._expect(copy)
        self.left_out += len(answered)
        return [frame for frame, _ in answered]

    def _undo(self, answered: list[_Copy], reading: list[_Copy], met: list[_Copy]) -> None:
        for copy in (*reversed(reading), *reversed(met)):
            copy.read_at, copy.is_done = 0, False
            if copy not in self._waiting:
                self._waiting.appendleft(copy)
        for copy in (*reversed(met), *reversed(answered)):
            _put(self._of_key, copy.key, copy, at_front=True)
        for copy in reversed(answered):
            self._expect(copy, at_front=True)

    def forget(self) -> None:
        """The copies' connection is not to be relied on: better a call twice than one left out."""
        for copy in list(self._expected):
            self._drop(copy)

    def _wait(self, frame: Frame, now: int) -> None:
        if len(self._waiting) < MOST and len(frame.body) <= MAX_BYTES:
            copy = _Copy(frame, _key(frame), min(frame.received_at, now))
            self._waiting.append(copy)
            _put(self._of_key, copy.key, copy)

    def _message(self, frame: Frame) -> Frame | None:
        """The message as it is to be read; None where its copy was."""
        if frame.retained or frame.source:
            return frame
        known = self._of_key.get(_key(frame))
        if not known:
            return self._older(frame)
        copy = known[0]
        self._drop(copy)
        if copy.read_at:
            self._answered.append((frame, copy))
            return None
        self._met.append((frame, copy))
        return self._older(frame)

    def _older(self, frame: Frame) -> Frame:
        """A message of a sensor whose newer one was read already: what it says of a state is past. A press is a press, whenever it came."""
        newer = self._of_topic.get(frame.topic)
        if not newer or self.topics.get(frame.topic, True):
            return frame
        newer[0].older = min(newer[0].older + 1, self._wait_ms - 1)
        return msgspec.structs.replace(frame, received_at=min(frame.received_at, newer[0].read_at - self._wait_ms + newer[0].older))

    def _pass(self, until: int) -> None:
        """Messages come in their order: those that were expected before this one are not on their way any more."""
        while self._expected and (oldest := next(iter(self._expected))).came_at < until:
            self._drop(oldest)

    def _due(self, now: int) -> list[Frame]:
        due = []
        # A clock that was set back makes nobody wait for longer.
        while self._waiting and (self._waiting[0].is_done or not 0 <= now - self._waiting[0].came_at < self._wait_ms):
            copy = self._waiting.popleft()
            if copy.is_done:
                continue
            if len(self._expected) + len(self._reading) >= MOST:
                self._drop(copy)
                continue
            copy.read_at = now
            self._reading.append(copy)
            # It arrives now, not when it began to wait: nothing of its sensor that was read meanwhile is newer.
            due.append(msgspec.structs.replace(copy.frame, received_at=now))
        return due

    def _expect(self, copy: _Copy, *, at_front: bool = False) -> None:
        copy.is_done = False
        self._expected[copy] = None
        _put(self._of_topic, copy.frame.topic, copy, at_front=at_front)

    def _drop(self, copy: _Copy) -> None:
        copy.is_done = True
        self._expected.pop(copy, None)
        _take_out(self._of_key, copy.key, copy)
        _take_out(self._of_topic, copy.frame.topic, copy)


K = TypeVar("K")


def _put(place: dict[K, deque[_Copy]], key: K, copy: _Copy, *, at_front: bool = False) -> None:
    known = place.setdefault(key, deque())
    (known.appendleft if at_front else known.append)(copy)


def _take_out(place: dict[K, deque[_Copy]], key: K, copy: _Copy) -> None:
    known = place.get(key)
    if known is not None and copy in known:
        known.remove(copy)
        if not known:
            del place[key]


def _key(frame: Frame) -> Key:
    return frame.topic, blake2b(frame.body, digest_size=16).digest()

"""What comes twice by one source: copies of a message, which its id tells, and echoes, which only its values tell."""

from collections.abc import Sequence
from math import isnan

from data.centre.frame import Frame
from data.domain.reading import Reading

REMEMBERED = 4096
"""Ids of messages that a source remembers, so that a copy of one counts once (judgement)."""


class Repeats:
    """Of one source; the writer's. What a batch brought counts once the batch is committed."""

    def __init__(self, *, echo_ms: int) -> None:
        self._echo_ms = echo_ms
        """Within so long a device's message that says the same is the same; 0: its codec knows no such devices."""
        self._ids: dict[str, None] = {}
        self._new_ids: dict[str, None] = {}
        self._last: dict[str, tuple[int, int | None, list[tuple[str, str, float]]]] = {}
        """By topic what came last, where the codec says that devices send a message twice: arrival, device time, values."""

    def is_copy(self, id: str, frame: Frame) -> bool:
        """Whether the same message has come before, by its own id. One out of quarantine was only refused before."""
        if frame.tries:
            return False
        if id in self._ids or id in self._new_ids:
            return True
        self._new_ids[id] = None
        return False

    def is_echo(self, frame: Frame, readings: Sequence[Reading]) -> bool:
        """Whether a device said the same a moment ago. What comes again after a fault arrives later than that, and counts."""
        if not self._echo_ms or frame.retained or frame.tries:
            return False
        seen, values = readings[0].observed_at, [(one.field, one.text, 0.0 if isnan(one.value) else one.value) for one in readings]
        before = self._last.get(frame.topic)
        if before is not None and before[2] == values:
            apart = [abs(frame.received_at - before[0]), 0 if seen is None or before[1] is None else abs(seen - before[1])]
            if max(apart) <= self._echo_ms:
                return True
        self._last.pop(frame.topic, None)
        self._last[frame.topic] = (frame.received_at, seen, values)
        if len(self._last) > REMEMBERED:
            del self._last[next(iter(self._last))]
        return False

    def settle(self, *, committed: bool) -> None:
        """The batch is committed, or undone and will come again."""
        if committed:
            self._ids.update(self._new_ids)
            while len(self._ids) > REMEMBERED:
                del self._ids[next(iter(self._ids))]
        else:
            self._last.clear()
        self._new_ids.clear()

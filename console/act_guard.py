"""Whether a key may act: only on what a person can have read, and once a press."""

from collections.abc import Callable
from enum import Enum

Clock = Callable[[], float]
"""Seconds that never go back."""

_READ_S = 0.25
_APART_S = 0.15


class Verdict(Enum):
    """What the guard says of a key."""

    GO = "go"
    REPEAT = "repeat"
    """A held or bounced key: dropped without a word."""
    UNREAD = "unread"
    """The step on the strip is too new to have been read."""


class ActGuard:
    """Remembers when the strip began to show its present step and when an act key was last pressed.

    A held key repeats faster than `_APART_S`, so it acts once however long it is held: every press counts as the last.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shown: object = None
        self._since = 0.0
        self._pressed = -1.0

    def painted(self, shown: object) -> None:
        """The screen now shows `shown` (case, step and digest); call it after the paint."""
        if shown != self._shown:
            self._shown, self._since = shown, self._clock()

    def press(self, meant: object) -> Verdict:
        """An act key was pressed while `meant` should be on the strip."""
        now = self._clock()
        apart, self._pressed = now - self._pressed, now
        if 0 <= apart < _APART_S:
            return Verdict.REPEAT
        if meant != self._shown or now - self._since < _READ_S:
            return Verdict.UNREAD
        return Verdict.GO

    def again(self) -> Verdict:
        """An act key whose meaning does not hang on the case shown (undo): only repeats are dropped."""
        now = self._clock()
        apart, self._pressed = now - self._pressed, now
        return Verdict.REPEAT if 0 <= apart < _APART_S else Verdict.GO

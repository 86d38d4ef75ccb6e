"""What passes from the network's threads to the writer: one bounded line for all connections, taken in batches."""

import threading
import time
from collections import deque
from math import exp
from typing import Generic, TypeVar

T = TypeVar("T")
STEP_S = 0.02
"""While more is waited for, so often it is looked whether any came; judgement."""


class Handover(Generic[T]):
    """Many put, one takes. A full line refuses; what to do then is for whoever puts. Beside it is a first lane that passes it by."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._items: deque[T] = deque()
        self._first: deque[T] = deque()
        self.each = 1.0
        """Readings a message, as far as the taker knows."""
        self._some = threading.Event()
        self._wanted = 1
        """How many wake the taker."""

    def __len__(self) -> int:
        return len(self._items) + len(self._first)

    def put(self, item: T, *, first: bool = False) -> bool:
        """False when its lane is full."""
        if len(self._first if first else self._items) >= self._bound:
            return False
        if first:
            self._first.append(item)
            self._some.set()
        else:
            self.put_always(item)
        return True

    def put_always(self, item: T) -> None:
        """For what is bounded elsewhere."""
        self._items.append(item)
        if not self._some.is_set() and len(self._items) >= self._wanted:
            self._some.set()

    def gather(self, until: float, most: int) -> bool:
        """Let more come together, until a time (`time.monotonic`), or `most` are there; False when no more came, for then waiting is idle.

        A broker that gives out few messages before the first is acknowledged would only be held up.
        """
        self._wanted = most
        try:
            while (there := len(self._items)) < most and not self._first and (rest := until - time.monotonic()) > 0:
                self._some.clear()
                self._some.wait(min(STEP_S, rest))
                if rest >= STEP_S and len(self._items) == there:
                    return False
            return True
        finally:
            self._wanted = 1
            if self._items or self._first:
                self._some.set()

    def take(self, wait_s: float, most: int) -> list[T]:
        """What is there but for the first lane, oldest first; waits for the first one of either up to `wait_s` seconds."""
        if not self._items and not self._first and wait_s > 0:
            self._some.wait(wait_s)
        # Cleared before it is emptied: what is put from here on sets it again.
        self._some.clear()
        items = self._items
        taken = [items.popleft() for _ in range(min(len(items), most))]
        if items or self._first:
            self._some.set()
        return taken

    def take_first(self, most: int) -> list[T]:
        """What is there of the first lane, oldest first."""
        return [self._first.popleft() for _ in range(min(len(self._first), most))]


class Pace:
    """How many a second, over about a second."""

    def __init__(self) -> None:
        self.per_s = 0.0
        self._at = time.monotonic()

    def count(self, more: int) -> None:
        """So many more came."""
        now = time.monotonic()
        self.per_s = self.per_s * exp(self._at - now) + more
        self._at = now

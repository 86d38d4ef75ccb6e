"""What passes from the network's threads to the writer: one bounded line for all connections, taken in batches."""

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Handover(Generic[T]):
    """Many put, one takes. A full line refuses; what to do then is for whoever puts."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._items: deque[T] = deque()
        self._some = threading.Event()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> bool:
        """False when the line is full."""
        if len(self._items) >= self._bound:
            return False
        self.put_always(item)
        return True

    def put_always(self, item: T) -> None:
        """For what is bounded elsewhere."""
        self._items.append(item)
        if not self._some.is_set():
            self._some.set()

    def take(self, wait_s: float, most: int) -> list[T]:
        """What is there, oldest first; waits for the first one up to `wait_s` seconds."""
        if not self._items and wait_s > 0:
            self._some.wait(wait_s)
        # Cleared before it is emptied: what is put from here on sets it again.
        self._some.clear()
        items = self._items
        taken = [items.popleft() for _ in range(min(len(items), most))]
        if items:
            self._some.set()
        return taken

"""Waiting for something to become true, with a deadline; never a blind sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], deadline_s: float = 10.0, what: str = "") -> T:
    """Poll every 20 ms until `condition()` is truthy and return its value. Raises `AssertionError` after `deadline_s`."""
    end = time.monotonic() + deadline_s
    while not (value := condition()):
        if time.monotonic() >= end:
            raise AssertionError(f"not within {deadline_s} s: {what or getattr(condition, '__name__', condition)}")
        time.sleep(0.02)
    return value

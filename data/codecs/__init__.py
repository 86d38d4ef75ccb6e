"""Payload shapes. One module here is one shape; adding a file adds a shape, no other file changes.

A codec module has:

    NAME: str                    as the settings name it
    decode(topic, payload, *, received_at, zone, retained=False, duplicate=False) -> tuple[Reading, ...]

`decode` raises `PayloadError` for what it cannot read, and nothing else whatever the bytes.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol
from zoneinfo import ZoneInfo

from data.domain.reading import Reading


class Codec(Protocol):
    """What every module in this folder is."""

    NAME: str

    def decode(
        self, topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False
    ) -> tuple[Reading, ...]:
        """Readings of one message, oldest first."""


@cache
def codecs() -> Mapping[str, Codec]:
    """All codecs by name, found by listing this folder."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return {module.NAME: module for module in modules}

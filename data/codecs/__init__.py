"""Payload shapes. One module here is one shape; adding a file adds a shape, no other file changes. Other packages add theirs by
the entry point group `paidan.codecs`, each naming such a module. A module whose name begins with `_` is none.

A codec module has:

    NAME: str                    as the settings name it
    decode(topic, payload, *, received_at, zone, retained=False, duplicate=False) -> tuple[Reading, ...]

and may have

    bind(options) -> decode      a decoder of one source, with its options and whatever it must remember; raises `ValueError`
    quick(payload, *, received_at, plain) -> list[Reading] | None     the same for the bulk of live messages; see `data.codecs.senml`
    describe(topic, payload) -> tuple[Description, ...]     what a message says about sensors instead of from them
    SAYS_AVAILABILITY = True     a value `availability`, 1 or 0, says whether its device can be heard
    ECHO_MS = 20                 devices send one message twice within this time: the second says nothing
    BRIDGE = "bridge"            the device whose availability is that of all others of the source

Each value of a message is one `Reading`: `sensor` is the device as its topic names it, `field` the path of the value within the message, `unit` as
sent, `text` the word where it is no number. `decode` raises `PayloadError` for what it cannot read, and nothing else whatever the bytes; two of its
reasons are no fault of the message: `payload_topic` (not a topic of this shape: counted as unknown) and `payload_command` (somebody else's order:
left alone). `()` is a message that is known and says nothing about a sensor.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from data.domain.reading import Reading


class Decode(Protocol):
    """What reads the messages of one source."""

    def __call__(
        self, topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False
    ) -> tuple[Reading, ...]:
        """Readings of one message, oldest first."""


class Codec(Protocol):
    """What every module in this folder is."""

    NAME: str

    def decode(
        self, topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False
    ) -> tuple[Reading, ...]:
        """Readings of one message, oldest first."""


@cache
def codecs() -> Mapping[str, Codec]:
    """All codecs by name: those of this folder, and those that installed packages add. A name is taken once, ours first."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__) if not module.name.startswith("_")]
    modules += [point.load() for point in entry_points(group="paidan.codecs")]
    return {module.NAME: module for module in reversed(modules)}


def bind(name: str, options: Mapping[str, Any]) -> Decode:
    """A decoder of one source. Raises `KeyError` for a codec that there is not, `ValueError` for options that it does not take."""
    codec = codecs()[name]
    if hasattr(codec, "bind"):
        bound: Decode = codec.bind(options)
        return bound
    if options:
        raise ValueError(next(iter(options)))
    return codec.decode

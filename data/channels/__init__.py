"""Ways an order travels. One module here is one kind of channel; adding a file adds a kind, no other file changes.

A channel module has

    KIND: str                        as `[[channel]] kind` names it
    WAY: Way                         who carries: the broker's line, a worker thread, or a person
    Config                           msgspec struct of its `[[channel]]` keys, a subclass of `shared.settings.Common`
    check(config)                    → (key, remedy) of a mistake that types do not show, or None
    deduplicates(config) -> bool     whether the receiver can tell a repeated number
    send(config, secrets, parcel)    → Result; blocking, on a worker thread, does nothing but I/O

`send` tells what is known after one attempt. It keeps one total deadline (`config.deadline_s`) and never raises for what the
far side does.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast

from msgspec import Struct

from data.channels.shared.secrets import Secret
from data.domain.reason import Reason


class Way(StrEnum):
    """Who carries a message."""

    LINE = "line"
    """The connection to the broker (`data.centre.outbox.Sender`)."""
    WORKER = "worker"
    """`send` on a thread of the channel (`data.centre.sending`)."""
    PERSON = "person"
    """A clerk tells it; complete only through his act."""


class Outcome(StrEnum):
    """What is known after one attempt."""

    SENT = "sent"
    """The channel's own yes."""
    RETRY = "retry"
    """Surely not taken; worth another attempt."""
    BUSY = "busy"
    """Surely not taken: the far side limits the rate; another attempt later."""
    UNKNOWN = "unknown"
    """Bytes left and no readable answer came: it may have been taken."""
    REFUSED = "refused"
    """Surely not taken, and another attempt would be the same."""


class Result(Struct, frozen=True):
    """One attempt's end. `reason` is free of secrets; `retry_after_s` is the far side's own wish."""

    outcome: Outcome
    reason: Reason | None = None
    retry_after_s: float = 0.0


SENT = Result(Outcome.SENT)


class Parcel(Struct, frozen=True, kw_only=True):
    """One message as a channel carries it; the same `id` at every attempt. Texts are in the centre's language."""

    id: str
    kind: str
    """order, cancel, note or answer."""
    text: str
    """Ready to read: what, where, until when, receipt code; marked where it may be a repeat (重发)."""
    case: str = ""
    number: str = ""
    code: str = ""
    """Receipt code that the unit sends back by SMS."""
    unit: str = ""
    unit_name: str = ""
    person: str = ""
    phone: str = ""
    level: str = ""
    done_by: str = ""
    """ISO 8601 with zone."""
    centre: str = ""
    again: bool = False
    """An earlier attempt may have arrived."""
    stamp_ms: int = 0
    """Real time (UTC ms) for signatures, whatever rate the desk's clock runs at."""

    def fields(self) -> dict[str, str]:
        """Values for the `$name`s of a template."""
        return {name: str(getattr(self, name)) for name in TEMPLATE_FIELDS}


TEMPLATE_FIELDS = ("id", "kind", "text", "case", "number", "code", "unit", "unit_name", "person", "phone", "level", "done_by", "centre")


class Kind(Protocol):
    """What every module in this folder is."""

    KIND: str
    WAY: Way
    Config: type[Any]

    def check(self, config: Any, /) -> tuple[str, str] | None:
        """Key and remedy of a mistake, or None."""

    def deduplicates(self, config: Any, /) -> bool:
        """Whether the receiver can tell a repeated number."""

    def send(self, config: Any, secrets: Mapping[str, Secret], parcel: Parcel, /) -> Result:
        """One attempt."""


@cache
def kinds() -> frozenset[str]:
    """All kinds of channels, found by listing this folder: a module's name is its `KIND`."""
    return frozenset(found.name for found in iter_modules(__path__) if not found.ispkg)


def kind_named(name: str) -> Kind | None:
    """One kind, imported alone: a seat reads the settings too and has few of them. None where there is none of this name."""
    return cast("Kind", import_module(f"{__name__}.{name}")) if name in kinds() else None

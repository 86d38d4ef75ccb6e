"""Messages between centres and units, as on the wire (`domain.md` §5e): JSON, QoS 1, not retained.

Times are ISO 8601 with zone. Unknown fields are ignored, so that a newer sender is understood. A field named like a Python
word carries a trailing underscore here.
"""

import json
from typing import Any, TypeVar

import msgspec

from data.domain.errors import PayloadError
from data.domain.reason import because
from data.domain.text import is_id, one_line, printable
from data.domain.vocabulary import NoteKind, ReceiptKind


class _Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"class_": "class", "from_": "from"}):
    pass


class Place(_Message, frozen=True, kw_only=True, omit_defaults=True):
    """Where."""

    grid: str | None = None
    address: str | None = None
    lat: float | None = None
    lon: float | None = None


class Reporter(_Message, frozen=True, kw_only=True, omit_defaults=True):
    """Who told us: resident, grid_worker, hotline or unit."""

    kind: str = "resident"
    name: str | None = None
    phone: str | None = None


class ReportMessage(_Message, frozen=True, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """`…/in/report`."""

    id: str
    text: str
    time: str | float | None = None
    class_: str | None = None
    level: int | None = None
    grid: str | None = None
    address: str | None = None
    lat: float | None = None
    lon: float | None = None
    reporter: Reporter | None = None
    media: list[str] = []


class OrderMessage(_Message, frozen=True, kw_only=True, rename={"class_": "class", "from_": "from"}):
    """`…/in/order`."""

    id: str
    case: str
    attempt: int = 1
    level: int
    class_: str | None = None
    text: str
    place: Place = msgspec.field(default_factory=Place)
    number: int
    reporter: Reporter | None = None
    report: str | None = None
    media: list[str] = []
    lead: bool = True
    accept_by: str
    done_by: str
    reply_to: str | None = None
    issued_at: str
    issued_by: str
    from_: str
    exercise: bool = False


class ReceiptMessage(_Message, frozen=True, kw_only=True, omit_defaults=True, rename={"from_": "from"}):
    """`…/in/receipt`."""

    id: str
    order: str
    kind: ReceiptKind
    time: str | float
    by: str = ""
    from_: str
    note: str | None = None
    media: list[str] = []


class CancelMessage(_Message, frozen=True, kw_only=True, rename={"from_": "from"}):
    """`…/in/cancel`."""

    id: str
    order: str
    reason: str
    time: str | float
    from_: str


class NoteMessage(_Message, frozen=True, kw_only=True, omit_defaults=True, rename={"from_": "from"}):
    """`…/in/note`."""

    id: str
    order: str
    kind: NoteKind
    text: str
    done_by: str | None = None
    time: str | float
    from_: str


class WarnMessage(_Message, frozen=True, kw_only=True, rename={"from_": "from"}):
    """`paidan/<device>/in/warn`: a loudspeaker or an LED board."""

    id: str
    text: str
    level: int
    until: str
    from_: str


M = TypeVar("M", bound=msgspec.Struct)
MAX_BYTES = 65_536
"""Longest message taken; `faults.md` §5 Bounds."""


def encode(message: msgspec.Struct) -> bytes:
    """The bytes for the wire."""
    return msgspec.json.encode(message)


def decode(body: bytes, kind: type[M]) -> M:
    """Read a message. Raises `PayloadError` for anything that is not one, whatever the bytes."""
    if len(body) > MAX_BYTES:
        raise PayloadError(because("payload_large", size=len(body)))
    try:
        message = msgspec.json.decode(body, type=kind)
        json.loads(body, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise PayloadError(because("payload_bad", problem=str(error)[:200])) from error
    _check_ids(message)
    return message


def _unique(pairs: list[tuple[str, Any]]) -> None:
    """Of two equal keys nobody knows which was meant. Raises `PayloadError`."""
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise PayloadError(because("payload_double_key", key=one_line(key, 100)))
        seen.add(key)


def decode_report(body: bytes) -> ReportMessage:
    """Read a report as far as it can be read: people's words must not be lost because a phone sent `"level": "high"`.

    A number where text is wanted is taken as text; an optional field of a wrong type is left out.
    Raises `PayloadError` when there are no words or no id, or where one of them, or anything else, stands there twice.
    """
    try:
        return decode(body, ReportMessage)
    except PayloadError:
        if len(body) > MAX_BYTES:
            raise
    fields = _object(body)
    for _ in range(len(fields) + 1):
        try:
            report = msgspec.convert(fields, ReportMessage, strict=False)
        except msgspec.ValidationError as error:
            _mend(fields, str(error))
        else:
            _check_ids(report)
            return report
    raise PayloadError(because("payload_bad", problem="report"))


def _object(body: bytes) -> dict[str, Any]:
    try:
        fields = msgspec.json.decode(body, type=dict[str, Any])
        json.loads(body, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise PayloadError(because("payload_bad", problem=str(error)[:200])) from error
    return dict(fields)


def _mend(fields: dict[str, Any], problem: str) -> None:
    """Make one field of a wrong type readable, or leave it out; `id` and `text` must stay."""
    path = [part.partition("[")[0] for part in problem.partition("`$.")[2].rstrip("`").split(".")]
    name, inner = path[-1], fields.get(path[0])
    if len(path) == 2 and isinstance(inner, dict):
        fields = inner
    else:
        name = path[0]
    value = fields.pop(name, None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        fields[name] = str(value)
    elif path[0] in {"id", "text"} or not name:
        raise PayloadError(because("payload_bad", problem=problem[:200]))


def _check_ids(message: Any) -> None:
    sender = getattr(message, "from_", None)
    if sender is not None and not is_id(sender):
        raise PayloadError(because("payload_bad", problem=f"from: {sender[:80]!r}"))
    # An id of ours is stored and sent back as it is; a report's is only compared, and cleaned.
    if not isinstance(message, ReportMessage) and any(printable(value) != value for value in (message.id, getattr(message, "order", ""))):
        raise PayloadError(because("payload_bad", problem="id"))
    if not 1 <= len(message.id) <= 200:
        raise PayloadError(because("payload_bad", problem="id: 1-200"))

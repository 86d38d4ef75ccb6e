"""One value a topic and nothing around it: `72.3`, `30.11 °C`, `ON`. The device is the whole topic, without a slash at its beginning.

Options: `pattern`, a topic with `+` for what may be there and `{sensor}` for the device (`plaza/{sensor}/db`); `unit`, where the value names none.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from data.codecs._pattern import Pattern
from data.codecs._payload import number_of, refuse, without_comma
from data.domain.errors import PayloadError
from data.domain.reading import Reading

NAME = "plain"
MAX_BYTES = 200
"""Longest payload (judgement)."""


def bind(options: Mapping[str, Any]) -> Any:
    """Options `pattern` and `unit`."""
    if extra := set(options) - {"pattern", "unit"}:
        raise ValueError(extra.pop())
    pattern = str(options.get("pattern", ""))
    return partial(_decode, Pattern(pattern) if pattern else None, str(options.get("unit", "")))


def decode(topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False) -> tuple[Reading, ...]:
    """The one reading of a message."""
    return _decode(None, "", topic, payload, received_at=received_at, zone=zone, retained=retained, duplicate=duplicate)


def _decode(
    pattern: Pattern | None, unit: str, topic: str, payload: bytes,
    *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False,
) -> tuple[Reading, ...]:  # fmt: skip
    device = (pattern or Pattern("")).device(topic)
    if len(payload) > MAX_BYTES:
        refuse("payload_too_large", bytes=len(payload), most=MAX_BYTES)
    try:
        text = payload.decode("utf-8-sig").strip().strip('"')
    except UnicodeDecodeError as error:
        refuse("payload_utf8", at=error.start)
    if not text:
        refuse("payload_empty")
    found = number_of(without_comma(text))
    if found is None or (found[2] and found[0] != found[0]):
        raise _no_number(text)
    value, own, word = found
    return (
        Reading(
            sensor=device, value=value, unit=own or ("" if word else unit), text=word, received_at=received_at, retained=retained, duplicate=duplicate
        ),
    )


def _no_number(text: str) -> PayloadError:
    try:
        refuse("payload_value", value=text)
    except PayloadError as error:
        return error

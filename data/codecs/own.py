"""Our own sensor topic, `paidan/<centre>/sensor/<sensor>`: a plain number, or an object with `value`, `time`, `id`, `unit`.

    72.3
    {"value": 72.3, "time": "2026-11-24T20:30:00+08:00", "id": "a81f"}
    {"value": "30.11 C"}, {"value": 0.5, "unit": "cm"}, {"value": "pressed"}

The topic says which sensor it is, never the payload. Yes/no becomes 1/0, and the words of states and presses stay words. A value without a unit is
in its kind's. A time without zone is local to the centre.
"""

import json
import re
from collections import Counter
from math import isfinite, nan
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from data.clock import parse_time
from data.codecs._payload import number_of
from data.domain.errors import PayloadError
from data.domain.reading import Reading
from data.domain.reason import because
from data.domain.text import is_id, one_line

NAME = "own"
MAX_BYTES = 4096
"""Longest payload; a reading has no reason to be longer (judgement)."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_YES_NO = {"true": 1.0, "on": 1.0, "false": 0.0, "off": 0.0}
_PRESSES = ("press", "single", "double", "triple", "hold", "long")
WORDS = frozenset(("idle", "pressed", "normal", "alarm", "down", "up", "empty", "occupied", "still", "moving", *_PRESSES))
"""Words that may stand for a number: the states of the kinds, of which a test sees that they are all here, and how buttons are pressed."""


class _Own(msgspec.Struct):
    value: bool | float | str
    time: float | str | None = None
    id: str = ""
    unit: str | None = None


_DECODER = msgspec.json.Decoder(_Own | float | bool | str)


def decode(topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False) -> tuple[Reading, ...]:
    """The one reading of a message. Raises `PayloadError`, and nothing else, for what cannot be read."""
    sensor = sensor_of(topic)
    message = _parse(payload.removeprefix(b"\xef\xbb\xbf"))
    if not isinstance(message, _Own):
        message = _Own(value=message)
    value, unit, word = _value(message.value)
    reading = Reading(
        sensor=sensor,
        value=value,
        unit=unit or (one_line(message.unit.strip(), 20) if message.unit else ""),
        text=word,
        observed_at=None if message.time is None else _time(message.time, zone),
        received_at=received_at,
        retained=retained,
        duplicate=duplicate,
        message_id=one_line(message.id, 64) if message.id else "",
    )
    return (reading,)


def sensor_of(topic: str) -> str:
    """The sensor that a topic names. Raises `PayloadError` for another kind of topic."""
    levels = topic.split("/")
    if len(levels) != 4 or levels[0] != "paidan" or levels[2] != "sensor" or not is_id(levels[3]):
        raise PayloadError(because("payload_topic", topic=one_line(topic, 100)))
    return levels[3]


def _parse(payload: bytes) -> _Own | float | str:
    if len(payload) > MAX_BYTES:
        raise PayloadError(because("payload_too_large", bytes=len(payload), most=MAX_BYTES))
    try:
        message: _Own | float | str = _DECODER.decode(payload)
        if isinstance(message, _Own):
            _refuse_double_keys(payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        return _bare_word(payload, error)
    return message


def _bare_word(payload: bytes, error: Exception) -> str:
    # Some devices send ON and OFF without quotation marks.
    word = payload.strip().decode("ascii", "replace")
    if word.lower() in _YES_NO:
        return word
    raise PayloadError(because("payload_json", error=one_line(str(error), 100))) from error


def _refuse_double_keys(payload: bytes) -> None:
    # msgspec keeps the last of two equal keys, so two systems could read two values in one message. Counting the plain
    # spelling is enough for almost every message; an escape may hide a key, then the slower parser looks.
    if b"\\" not in payload and all(payload.count(key) < 2 for key in (b'"value"', b'"time"', b'"id"', b'"unit"')):
        return
    try:
        json.loads(payload, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise PayloadError(because("payload_json", error=one_line(str(error), 100))) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    double = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    if double:
        raise PayloadError(because("payload_double_key", key=one_line(double[0], 40)))
    return dict(pairs)


def _value(value: float | str) -> tuple[float, str, str]:
    """Number, unit, word."""
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _YES_NO:
            return _YES_NO[word], "", ""
        if word in WORDS:
            return nan, "", word
        found = (float(word), "", "") if _NUMBER.fullmatch(word) else number_of(value)
        if found is None or not isfinite(found[0]):
            raise PayloadError(because("payload_value", value=one_line(value, 40)))
        return found[0] + 0.0, found[1], ""
    if not isfinite(value):
        raise PayloadError(because("payload_value", value=str(value)))
    return float(value) + 0.0, "", ""  # −0.0 becomes 0.0


def _time(value: float | str, zone: ZoneInfo) -> int:
    try:
        return parse_time(value, zone)
    except (ValueError, OverflowError, OSError) as error:
        raise PayloadError(because("payload_time", value=one_line(str(value), 40))) from error

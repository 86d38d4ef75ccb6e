"""Any JSON, by a mapping: which topics, where in them the device, where in the payload value, unit and time.

    [[source.map]]
    topic = "/city/+/well/status/{sensor}"
    value = "tilt"              # a path: a.b[0]['c d']
    field = "tilt"              # name of the value, the path unless given
    unit = "deg"                # or a path, `$.unit`
    time = "ts"                 # epoch s, ms, us or ns, ISO, or local time in the source's zone
    states = { open = 1 }       # words that stand for numbers

One message may match many rows. The device comes from the topic; an id in the payload is not looked at. Without rows every leaf that is a number or a
word is a value of the device that the whole topic names.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from data.clock import parse_time
from data.codecs._pattern import Pattern
from data.codecs._payload import flatten, follow, no_unit, number_of, parse_json, parse_path, readings, refuse, without_comma
from data.domain.reading import Reading
from data.domain.text import one_line

NAME = "json"
# 20261124203000, 2026/11/24 20:30:00: as vendors' platforms write local time.
_COMPACT = re.compile(r"((?:19|20)\d\d)(0\d|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])([0-5]\d)([0-5]\d)", re.ASCII)
_SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})[ T]+(\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)", re.ASCII)
_HAN = str.maketrans({"年": "/", "月": "/", "日": " ", "时": ":", "分": ":", "秒": None})
"""2026年11月24日 20时30分00秒 as the former."""
_ZULU = re.compile(r"\s*(?:UTC|GMT)$", re.IGNORECASE)
_KEYS = frozenset({"topic", "value", "field", "unit", "time", "states"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    pattern: Pattern
    value: tuple[str | int, ...]
    field: str
    unit: str
    unit_path: tuple[str | int, ...] | None
    time: tuple[str | int, ...] | None
    states: Mapping[str, float]


def bind(options: Mapping[str, Any]) -> Any:
    """Option `map`: the rows. Raises `ValueError` that names the wrong key or text."""
    if extra := set(options) - {"map"}:
        raise ValueError(extra.pop())
    return partial(_decode, tuple(_row(row) for row in options.get("map", ())))


def _row(row: Mapping[str, Any]) -> _Row:
    if extra := set(row) - _KEYS:
        raise ValueError(extra.pop())
    unit = str(row.get("unit", ""))
    return _Row(
        pattern=Pattern(str(row.get("topic", ""))),
        value=parse_path(str(row["value"])) if "value" in row else (),
        field=str(row.get("field", row.get("value", ""))),
        unit=unit if not unit.startswith("$") else "",
        unit_path=parse_path(unit) if unit.startswith("$") else None,
        time=parse_path(str(row["time"])) if "time" in row else None,
        states={str(word).lower(): float(number) for word, number in row.get("states", {}).items()},
    )


def decode(topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False) -> tuple[Reading, ...]:
    """Every leaf of the payload."""
    return _decode((), topic, payload, received_at=received_at, zone=zone, retained=retained, duplicate=duplicate)


def _decode(
    rows: Sequence[_Row], topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False
) -> tuple[Reading, ...]:
    common: dict[str, Any] = {"received_at": received_at, "retained": retained, "duplicate": duplicate}
    if not rows:
        device = Pattern("").device(topic)
        message = parse_json(payload)
        return readings(device, flatten(message), no_unit, **common)
    matching = [row for row in rows if row.pattern.text == "" or row.pattern.match(topic) is not None]
    if not matching:
        refuse("payload_topic", topic=topic)
    message = parse_json(payload)
    found = [reading for row in matching for reading in _one(row, topic, message, zone, common)]
    if not found:
        refuse("payload_path", path=", ".join(row.field for row in matching))
    return tuple(found)


def _one(row: _Row, topic: str, message: Any, zone: ZoneInfo, common: Mapping[str, Any]) -> tuple[Reading, ...]:
    value = follow(message, row.value)
    if type(value) is str and value.strip().lower() in row.states:
        value = row.states[value.strip().lower()]
    elif type(value) is str:
        value = without_comma(value.strip())
    if value is None or number_of(value) is None:
        return ()
    unit = follow(message, row.unit_path) if row.unit_path is not None else row.unit
    said = follow(message, row.time) if row.time is not None else None
    at = None if said is None or said == "" else _time(said, zone)
    unit = one_line(unit, 20) if type(unit) is str else ""
    return readings(row.pattern.device(topic), iter([(row.field, value)]), lambda _path, _value: unit, observed_at=at, **common)


def _spelled(text: str) -> str | float:
    """A time's text as ISO 8601, or the epoch's number that it holds."""
    if found := _COMPACT.fullmatch(text):
        return "{}-{}-{}T{}:{}:{}".format(*found.groups())
    if found := _SLASHED.fullmatch(text.translate(_HAN)):
        year, month, day, clock = found.groups()
        return f"{year}-{month:0>2}-{day:0>2}T{'0' if clock[1] == ':' else ''}{clock}"
    if text.lstrip("-").replace(".", "", 1).isdecimal() and text.isascii():
        return float(text)
    return _ZULU.sub("+00:00", text)


def _time(value: Any, zone: ZoneInfo) -> int:
    """A mapped time must be readable: a table said that it is one. One that is not there is none, and its value stands at its arrival."""
    if type(value) is bool:
        refuse("payload_time", value=str(value))
    if type(value) is int:
        value = str(value) if _COMPACT.fullmatch(str(value)) else value
    if type(value) is str:
        value = _spelled(value.strip())
    try:
        return parse_time(value, zone)
    except (ValueError, OverflowError, OSError, TypeError) as error:
        refuse("payload_time", value=str(value)[:40] or str(error))

"""SenML (RFC 8428, JSON), units of RFC 9100: a pack of records with base values, from any topic.

    [{"bn":"urn:dev:ow:10e2073a01080063:","bt":1.320067464e9,"bu":"%RH","v":20},{"n":"temp","u":"Cel","v":23.1,"t":60}]

The sensor is the resolved name, `bn` and `n` joined with nothing between; the field is `v`, `vb`, `vs`, `vd` or `s`. A time below 2**28 counts from
now, so in a retained message it says nothing. A label that ends in `_` must be understood and is not: the pack is refused whole, as are versions
above 10. Who may publish which names is the broker's access list: a name in a payload proves nothing.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from math import isfinite, isnan, nan
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from data.codecs._payload import MAX_BYTES, MAX_VALUES, YES_NO, parse_json, refuse
from data.domain.reading import Reading
from data.domain.text import one_line
from data.domain.units import convert

NAME = "senml"
RELATIVE = 2**28
"""Times below count from now; RFC 8428 §4.5.3."""
VERSION = 10
LAST_S = 7_258_118_400
"""The year 2200: a later time is no time."""
_NUMBERS = frozenset({int, float})
_PACK = msgspec.json.Decoder(list[dict[str, Any]]).decode
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-:./_]*")
_TYPES = (
    dict.fromkeys(("bt", "bv", "bs", "t", "v", "s", "ut"), frozenset({int, float}))
    | dict.fromkeys(("bn", "n", "bu", "u", "vs", "vd"), frozenset({str}))
    | {"vb": frozenset({bool}), "bver": frozenset({int})}
)


def quick(payload: bytes, *, received_at: int, plain: Callable[[str], tuple[str, str] | None]) -> list[Reading] | None:  # noqa: C901, PLR0911 — the hot loop
    """Live readings of a pack of numbers whose base stands in its first record, as gateways send them by the hundred thousand.

    `plain` finds the sensor of a name, and its unit. None, never a refusal, for whatever `decode` had better look at.
    """
    try:
        pack = _PACK(payload) if len(payload) <= MAX_BYTES else []
    except (msgspec.MsgspecError, RecursionError):
        return None
    if not 0 < len(pack) <= MAX_VALUES:
        return None
    base, unit, since = pack[0].get("bn", ""), pack[0].get("bu", ""), pack[0].get("bt")
    extra = ("bn" in pack[0]) + ("bu" in pack[0]) + (since is not None)
    if type(base) is not str or type(unit) is not str or (since is not None and type(since) not in _NUMBERS):
        return None
    begun = None if since is None else _seconds(since, received_at)
    made, keys = [], 0
    for record in pack:
        size, labels, name = len(record), 1 + extra, record.get("n", "")
        value: Any = record.get("v")
        keys += size
        given, at, extra = unit, begun, 0
        if "n" in record:
            labels += 1
        if labels != size:
            if "u" in record:
                labels, given = labels + 1, record["u"]
            if "t" in record:
                labels, at = labels + 1, _seconds(record["t"] + (since or 0), received_at) if type(record["t"]) in _NUMBERS else None
            if labels != size or type(given) is not str or (at is None and "t" in record):
                return None
        found = plain(base + name) if type(name) is str and type(value) in _NUMBERS else None
        if found is None or (at is None and since is not None) or not -1e300 < value < 1e300:
            return None
        if given and given != found[1]:
            value = convert(value, given, found[1])
            if value is None:
                return None
        made.append(Reading(sensor=found[0], value=value + 0.0, observed_at=at, received_at=received_at))
    # Another spelling of a key, or a key that comes twice.
    return made if keys == payload.count(b'":') else None


def _seconds(seconds: float, received_at: int) -> int | None:
    """UTC ms of a resolved time; None where there is no such time."""
    if not -RELATIVE * 8 < seconds < LAST_S:
        return None
    return round(seconds * 1000) if seconds >= RELATIVE else received_at + round(seconds * 1000)


def decode(topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False) -> tuple[Reading, ...]:
    """Readings of one pack, in its order."""
    pack = parse_json(payload)
    if type(pack) is not list or not pack:
        refuse("payload_shape", wanted="[]")
    made: list[Reading] = []
    base: dict[str, Any] = {}
    for record in pack:
        if type(record) is not dict:
            refuse("payload_shape", wanted="[{}]")
        _check(record, base)
        for label in ("bn", "bt", "bu", "bv", "bs"):
            if label in record:
                base[label] = record[label]
        _resolve(record, base, made, received_at, retained, duplicate)
        if len(made) > MAX_VALUES:
            refuse("payload_too_large", bytes=len(made), most=MAX_VALUES)
    return tuple(made)


def _check(record: dict[str, Any], base: dict[str, Any]) -> None:
    for label, value in record.items():
        wanted = _TYPES.get(label)
        if wanted is None:
            if label[-1:] == "_":
                refuse("payload_label", label=label)
        elif type(value) not in wanted:
            refuse("payload_value", value=f"{label}: {value}")
    if "bver" in record and not (0 < record["bver"] <= VERSION and base.setdefault("bver", record["bver"]) == record["bver"]):
        refuse("payload_version", version=str(record["bver"])[:20])


def _resolve(record: dict[str, Any], base: dict[str, Any], made: list[Reading], received_at: int, retained: bool, duplicate: bool) -> None:
    values = [label for label in ("v", "vb", "vs", "vd") if label in record]
    if len(values) > 1:
        refuse("payload_value", value=",".join(values))
    if not values and "s" not in record:
        if "n" not in record:
            return  # base values only
        if "bv" not in base:
            refuse("payload_value", value=str(record["n"]))
        values = ["v"]  # what is missing counts as zero, RFC 8428 §4.5.4; likewise the sum
    name = _clean_name(base.get("bn", "") + record.get("n", ""))
    unit, at = record.get("u", base.get("bu", "")), _time(record, base, received_at, retained)
    for label in (*values, "s") if "s" in record or "bs" in base else values:
        value, word = _value(label, record.get(label, 0), base)
        if isnan(value) and not word:
            continue  # an empty text says nothing
        made.append(
            Reading(
                sensor=name, value=value, field=label, unit=unit, text=word, observed_at=at,
                received_at=received_at, retained=retained, duplicate=duplicate,
            )
        )  # fmt: skip


@lru_cache(65_536)
def _clean_name(name: str) -> str:
    if len(name) > 200 or not _NAME.fullmatch(name):
        refuse("payload_name", name=name)
    return name


def _value(label: str, value: Any, base: dict[str, Any]) -> tuple[float, str]:
    if label in {"v", "s"}:
        number = float(value) + base.get("bv" if label == "v" else "bs", 0) if abs(value) < 1e300 else nan
        if not isfinite(number):
            refuse("payload_value", value=str(value)[:40])
        return number, ""
    if label == "vb":
        return float(value), ""
    word = one_line(value, 100)
    return (YES_NO.get(word.lower(), nan) if label == "vs" else nan), word


def _time(record: dict[str, Any], base: dict[str, Any], received_at: int, retained: bool) -> int | None:
    if "t" not in record and "bt" not in base:
        return None
    seconds: float = base.get("bt", 0) + record.get("t", 0)
    at = _seconds(seconds, received_at)
    if at is None:
        refuse("payload_time", value=str(seconds)[:40])
    # Counted from when it was sent, which the broker does not keep for a retained message.
    return None if retained and seconds < RELATIVE else at

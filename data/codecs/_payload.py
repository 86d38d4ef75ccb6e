"""What several shapes share: JSON that is refused when it is doubtful, numbers as devices write them, paths, times."""

import json
import re
from collections.abc import Callable, Iterator
from math import isfinite, isnan, nan
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import msgspec

from data.clock import parse_time
from data.domain.errors import PayloadError
from data.domain.reading import Quality, Reading
from data.domain.reason import because
from data.domain.text import one_line
from data.domain.units import unit_name

MAX_BYTES = 262_144
"""Longest payload; a pack of some thousand values fits (judgement)."""
MAX_DEPTH = 24
"""Deepest nesting; devices need five, a network server's event eight (judgement)."""
MAX_VALUES = 2_000
"""Most values of one message (judgement)."""
YES_NO = {"true": 1.0, "on": 1.0, "false": 0.0, "off": 0.0, "online": 1.0, "offline": 0.0}
"""Words that every shape reads as 1 or 0."""

_KEY = re.compile(rb'"\s*:')
_NUMBER = re.compile(r"([+-]?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(\D\S{0,19})?", re.ASCII)
# Names in digits: an EUI, a SIM card's number, `94285E60`; a double could not even hold them.
_CODE = re.compile(r"\d{16,}|\d{2,}[eE]\d+", re.ASCII)
# Only where no other reading is possible: `23,5`, `1,234.5`, `1.234,5`, `1,234,567`; `1,234` is both.
_DECIMAL_COMMA = re.compile(r"([+-]?(?:0|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d*)),(\d{1,2}|\d{4,9})(?![\d,.])", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?=\.\d)|[+-]?[1-9]\d{0,2}(?:,\d{3}){2,}(?![\d,.])", re.ASCII)
_BOM = b"\xef\xbb\xbf"
_DECODE = msgspec.json.Decoder().decode


def refuse(code: str, **fields: str | float) -> NoReturn:
    """Raise `PayloadError`; texts from outside are cut and cleaned."""
    raise PayloadError(because(code, **{name: one_line(value, 100) if isinstance(value, str) else value for name, value in fields.items()}))


def parse_json(payload: bytes, most: int = MAX_BYTES) -> Any:
    """Any JSON value of bounded size and depth in which no key comes twice. Raises `PayloadError`."""
    if len(payload) > most:
        refuse("payload_too_large", bytes=len(payload), most=most)
    payload = payload.removeprefix(_BOM)
    if not payload.strip():
        refuse("payload_empty")
    try:
        value = _DECODE(payload)
        if type(value) in {dict, list} and len(_KEY.findall(payload)) != _keys(value, 0):
            # A text may hold what looks like a key; the slower parser knows.
            json.loads(payload, object_pairs_hook=_unique)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        refuse("payload_json", error=str(error))
    return value


def parse_object(payload: bytes) -> dict[str, Any]:
    """A JSON object. Raises `PayloadError`."""
    value = parse_json(payload)
    if type(value) is not dict:
        refuse("payload_shape", wanted="{}")
    return dict(value)


def _keys(value: Any, depth: int) -> int:
    if depth > MAX_DEPTH:
        refuse("payload_deep", most=MAX_DEPTH)
    if type(value) is dict:
        return len(value) + sum(_keys(inner, depth + 1) for inner in value.values() if type(inner) in {dict, list})
    return sum(_keys(inner, depth + 1) for inner in value if type(inner) in {dict, list})


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        refuse("payload_double_key", key=double)
    return made


def number_of(value: Any) -> tuple[float, str, str] | None:
    """(number, unit, word) of a JSON value; None for what is no value: null, an object, a list, an empty text.

    Text may be a number (`"100.00"`) or one with a known unit (`"30.11 °C"`); else it is a word, and the number NaN unless the word is yes or
    no. `021528603314` is a code, not a number, and so is a text of 16 digits. Raises `PayloadError` for numbers beyond a double.
    """
    kind = type(value)
    if kind is float or kind is int:
        try:
            number = float(value)
        except OverflowError:
            number = nan
        if not isfinite(number):
            refuse("payload_value", value=str(value)[:40])
        return number + 0.0, "", ""
    if kind is bool:
        return float(value), "", ""
    found = (nan, "", one_line(value, 100)) if kind is Word else _of_text(value) if kind is str else (nan, "", "")
    return None if isnan(found[0]) and not found[2] else found


class Word(str):
    """Text that is a name whatever its digits."""

    __slots__ = ()


def _of_text(text: str) -> tuple[float, str, str]:
    plain = text.strip()
    if "," in plain and plain[-1] not in "0123456789":
        plain = without_comma(plain)  # without a unit it may as well be a list: a lamp's colour `10,20`
    found = _NUMBER.fullmatch(plain)
    if found and not _CODE.fullmatch(plain):
        number, unit = float(found[1]), found[2] or ""
        if isfinite(number) and (not unit or unit_name(unit)):
            return number + 0.0, unit, ""
    word = one_line(text, 100)
    return YES_NO.get(word.lower(), nan), "", word


def without_comma(text: str) -> str:
    """`23,5 °C` as `23.5 °C`, `1,234.5` as `1234.5`; as it is where a comma could be either."""
    if found := _DECIMAL_COMMA.match(text):
        return f"{found[1].replace('.', '')}.{found[2]}{text[found.end() :]}"
    if found := _THOUSANDS.match(text):
        return found[0].replace(",", "") + text[found.end() :]
    return text


_INDEX = re.compile(r"\[(\d{1,4})\]|\[(['\"])(.*?)\2\]|([^.\[\]]+)")


def flatten(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Path and value of each leaf that is a number, truth or text: `BME280.Temperature`, `Distance[0]`."""
    if depth > MAX_DEPTH:
        refuse("payload_deep", most=MAX_DEPTH)
    if type(value) is dict:
        for key, inner in value.items():
            yield from flatten(inner, f"{path}.{key}" if path else key, depth + 1)
    elif type(value) is list:
        for place, inner in enumerate(value):
            yield from flatten(inner, f"{path}[{place}]", depth + 1)
    elif value is not None:
        yield path, value


def parse_path(path: str) -> tuple[str | int, ...]:
    """The steps of `a.b[0]['c d']`. Raises `ValueError` for what is no path."""
    text, steps, at = path.strip().removeprefix("$").lstrip("."), [], 0
    while at < len(text):
        if text[at] == "." and at:
            at += 1
        found = _INDEX.match(text, at)
        if not found or found.end() == at:
            raise ValueError(path)
        steps.append(int(found[1]) if found[1] else found[3] if found[2] else found[4])
        at = found.end()
    return tuple(steps)


def follow(value: Any, steps: tuple[str | int, ...]) -> Any:
    """What lies at a path; None where there is nothing."""
    for step in steps:
        if type(step) is str and type(value) is dict:
            value = value.get(step)
        elif type(step) is int and type(value) is list and step < len(value):
            value = value[step]
        else:
            return None
    return value


def time_of(value: Any, zone: ZoneInfo) -> int | None:
    """UTC ms of a device's time, None where it cannot be read: its values are good all the same, and stand at their arrival."""
    if type(value) not in {str, int, float} or not value:
        return None
    try:
        return parse_time(value, zone)
    except (ValueError, OverflowError, OSError):
        return None


UnitOf = Callable[[str, float], str]
"""The unit of a value by its path, where it does not name its own; "" is not known."""


def no_unit(_path: str, _value: float) -> str:
    """For values that have none: truths and words."""
    return ""


def readings(
    device: str,
    values: Iterator[tuple[str, Any]],
    unit_of: UnitOf,
    *,
    received_at: int,
    observed_at: int | None = None,
    retained: bool = False,
    duplicate: bool = False,
    message_id: str = "",
    quality: Quality = Quality.OK,
) -> tuple[Reading, ...]:
    """Readings of the leaves of one message. A leaf that is no value is passed over."""
    made = []
    for path, value in values:
        if (found := number_of(value)) is None:
            continue
        number, unit, word = found
        bare = not word and value is not True and value is not False
        field = path if path.isascii() and path.isprintable() else one_line(path, 200)
        made.append(
            Reading(
                sensor=device, value=number, field=field[:200], unit=unit or (unit_of(path, number) if bare else ""), text=word,
                observed_at=observed_at, received_at=received_at, retained=retained, duplicate=duplicate,
                message_id=message_id, quality=quality,
            )
        )  # fmt: skip
        if len(made) > MAX_VALUES:
            refuse("payload_too_large", bytes=len(made), most=MAX_VALUES)
    return tuple(made)


def device_name(levels: list[str], topic: str) -> str:
    """A device as its topic names it. Raises `PayloadError` for a name that is empty or not clean."""
    name = "/".join(levels)
    if not name or len(name) > 200 or (clean := one_line(name, 200)) != name or "\ufffd" in clean:
        refuse("payload_topic", topic=topic)
    return name

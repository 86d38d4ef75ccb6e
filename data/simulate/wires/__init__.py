"""What devices really send. One module here is the wire shape of one codec and bears its name; adding a file adds a shape.

A module has

    body(box, values, stamp) -> object | list | text     one message of a box, its values by field

and may have

    announce(box, sensors) -> ((topic, object), ...)     what is published once, retained, before the first value

`district/wires.csv` says which sensor is which value of which box. A box whose source the home's paidan.toml does not have, and every sensor that no
row names, speaks by our own topics.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from data.domain.sensor import Sensor
from data.settings import Settings

TABLE = Path(__file__).parents[1] / "district" / "wires.csv"
COLUMNS = ("source", "device", "topic", "field", "sensor", "says")
OWN = "own"
Values = Mapping[str, bool | float | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One value of a box."""

    field: str
    """As the codec names it; of Home Assistant, the member that the config points to."""
    sensor: str
    says: str = ""
    """"" a number; `bool`; two words `idle|pressed` for 0 and 1; else the unit that goes with the number."""

    def said(self, value: float) -> bool | float | str:
        """A value as this device spells it."""
        words = self.says.split("|")
        return bool(value) if self.says == "bool" else words[bool(value)] if len(words) == 2 else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One physical device: what it measures goes out in one message."""

    codec: str
    device: str
    """As the codec names it."""
    topic: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When a message is made, and the how-manieth of its box it is, from 1. `at` is UTC ms."""

    at: int
    zone: ZoneInfo
    number: int

    @property
    def utc(self) -> str:
        """With nanoseconds, as network servers write it."""
        return f"{datetime.fromtimestamp(self.at // 1000, ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%S}.{self.at % 1000:03}000000Z"

    @property
    def local(self) -> str:
        """In the street's zone, without saying so."""
        return f"{datetime.fromtimestamp(self.at // 1000, self.zone):%Y-%m-%dT%H:%M:%S}"


class Wire(Protocol):
    """What every module in this folder is."""

    def body(self, box: Box, values: Values, stamp: Stamp) -> Mapping[str, Any] | Sequence[Any] | str:
        """One message."""


def wire(codec: str) -> Wire:
    """The shape of a codec. Raises `ModuleNotFoundError` for one that there is not."""
    module: Wire = import_module(f"{__name__}.{codec}")
    return module


def announcements(box: Box, sensors: Mapping[str, Sensor]) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """What is to be published, retained, before the first value."""
    announce = getattr(wire(box.codec), "announce", None)
    return tuple(announce(box, sensors)) if announce else ()


def rows() -> list[dict[str, str]]:
    """The table, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def boxes(settings: Settings, sensors: Iterable[str]) -> tuple[Box, ...]:
    """Who sends what in this home: each of the sensors once."""
    codecs = {source.name: source.codec for source in settings.file.source}
    left, found = dict.fromkeys(sensors), dict[tuple[str, str, str], list[Part]]()
    for row in rows():
        if row["source"] in codecs and row["sensor"] in left:
            del left[row["sensor"]]
            part = Part(field=row["field"], sensor=row["sensor"], says=row["says"])
            found.setdefault((codecs[row["source"]], row["device"], row["topic"]), []).append(part)
    wired = (Box(codec=codec, device=device, topic=topic, parts=tuple(parts)) for (codec, device, topic), parts in found.items())
    return (*wired, *_own(settings.centre.id, left))


def _own(centre: str, sensors: Iterable[str]) -> Iterator[Box]:
    for sensor in sensors:
        yield Box(codec=OWN, device=sensor, topic=f"paidan/{centre}/sensor/{sensor}", parts=(Part(field="", sensor=sensor),))

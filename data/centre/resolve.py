"""From what a codec read to the register: which sensor a value is, in which unit, and what a word means. Pure but for its counts.

A value belongs to the sensor that the source's map names, else to `<device>-<field>` with every sign that an id may not have as `-`, else, for a
device of one value, to `<device>`. A value that belongs to none is counted by name and goes no further: nothing makes a sensor but the register.
"""

import re
from collections.abc import Mapping, Sequence
from math import isnan

import msgspec

from data.centre.links import FIELDS
from data.domain.errors import PayloadError
from data.domain.reading import Quality, Reading
from data.domain.reason import because
from data.domain.sensor import Sensor, places
from data.domain.text import is_id
from data.domain.units import convert
from data.kinds import Kind
from data.settings.ways_in import SourceMap

MAX_STRANGERS = 1000
"""Names that are counted; a flood of names costs no more memory than this."""
_NOT_ID = re.compile(r"[^A-Za-z0-9_-]+")
AVAILABILITY = "availability"
"""Field by which a codec says whether a device, or what stands between it and us, can be heard: 1 or 0."""
_BARE = frozenset({"", "v", "vb", "vs"})
"""Fields that say nothing but that this is the device's value."""
_ONE_VALUE = _BARE | {"value", "state"}
"""Fields that are the device's value itself, where it has no sensor of that name."""


_TECHNICAL = FIELDS | {"linkquality"}
_PER_GATEWAY = ("rxInfo[", "rx_metadata[")


def is_technical(field: str) -> bool:
    """Whether every device of a codec sends this about its radio: a sensor's where the register has one, else nobody's and no stranger."""
    return field in _TECHNICAL or field.startswith(_PER_GATEWAY)


class Stranger(msgspec.Struct):
    """How often a name came that no table knows. Times are UTC ms."""

    count: int
    first_at: int
    last_at: int


class Strangers:
    """Counts names by (source, what, name); `what` is `topic`, `sensor` or `word`."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str, str], Stranger] = {}
        self.changed: set[tuple[str, str, str]] = set()
        self.others = 0
        """Messages of names beyond the first thousand."""

    def count(self, source: str, what: str, name: str, at: int) -> None:
        """One more."""
        key = (source, what, name)
        found = self.known.get(key)
        if found is not None:
            found.count += 1
            found.last_at = at
        elif len(self.known) < MAX_STRANGERS:
            self.known[key] = Stranger(1, at, at)
        else:
            self.others += 1
            return
        self.changed.add(key)


class Resolver:
    """One source's way into the register; `sensors` and `kinds` are live and may change between two readings."""

    def __init__(
        self, source: str, rows: Sequence[SourceMap], sensors: Mapping[str, Sensor], kinds: Mapping[str, Kind], strangers: Strangers
    ) -> None:
        self._source = source
        self._rows = {(row.device, row.field): row for row in rows if row.device}
        self._by_field = {row.field: row for row in rows if not row.device and not row.topic and row.field}
        self._has_map = bool(rows)
        self._places = places(sensors)
        self._kinds = kinds
        self._strangers = strangers
        self._found: dict[tuple[str, str], tuple[str, SourceMap | None]] = {}
        self._devices: set[str] = set()
        """Devices of which a value is a sensor's, as far as they were heard."""
        self.devices: dict[str, dict[str, None]] | None = None
        """Sensors by device, where somebody wants to know whose they are."""

    def __call__(self, reading: Reading) -> Reading | None:
        """The reading as its sensor's, in its kind's unit; None for a stranger, which is counted.

        Raises `PayloadError` for a unit that does not fit.
        """
        if not reading.field and not reading.unit and not reading.text and reading.sensor in self._places and not self._rows:
            return reading
        id, row = self._found.get((reading.sensor, reading.field)) or self._find(reading.sensor, reading.field)
        place = self._places.get(id)
        kind = self._kinds.get(place.kind) if place else None
        if kind is None:
            self._strangers.count(self._source, "sensor", _name(reading), reading.received_at)
            return None
        value = self._value(reading, row, kind)
        if isnan(value):
            self._strangers.count(self._source, "word", f"{_name(reading)} = {reading.text}"[:200], reading.received_at)
            return None
        return _as(reading, id, _in_unit(value, reading, row, kind))

    def plain(self, device: str) -> tuple[str, str] | None:
        """The sensor of a device's one number, and its unit; None where that takes a closer look."""
        place, id = self._places.get(device), device
        if place is None:
            id, _ = self._found.get((device, "v"), ("", None))
            place = self._places.get(id)
        kind = self._kinds.get(place.kind) if place is not None and not self._has_map else None
        return None if kind is None else (id, kind.unit)

    def count_mute(self, device: str, at: int) -> None:
        """A device that said nothing but how it was received is counted by its name, unless it is known for its values."""
        if device not in self._devices:
            self._strangers.count(self._source, "sensor", device, at)

    def sensor_of(self, device: str, field: str) -> str:
        """The sensor of a device's value, or ""."""
        return (self._found.get((device, field)) or self._find(device, field))[0]

    def of_device(self, device: str) -> list[str]:
        """The sensors in use of a device, as far as the map names them or they were heard."""
        mapped = [row.sensor for (known, _), row in self._rows.items() if known == device and row.sensor]
        return [id for id in dict.fromkeys([*(self.devices or {}).get(device, ()), *mapped]) if id in self._places]

    def _find(self, device: str, field: str) -> tuple[str, SourceMap | None]:
        row = self._rows.get((device, field)) or self._by_field.get(field)
        for id in self._candidates(device, field, row):
            if id in self._places:
                # Only what is found is kept: a flood of names finds nothing.
                self._found[device, field] = (id, row)
                self._devices.add(device)
                if self.devices is not None:
                    self.devices.setdefault(device, {})[id] = None
                return id, row
        return "", None

    def _is_gateway(self, device: str) -> bool:
        place = self._places.get(device)
        return place is not None and place.kind == "gateway"

    def _candidates(self, device: str, field: str, row: SourceMap | None) -> list[str]:
        if row is not None and row.sensor:
            return [row.sensor]
        names = [f"{device}-{field}"] if field else []
        if field in _BARE or (field == AVAILABILITY and self._is_gateway(device)):
            names.insert(0, device)
        elif field in _ONE_VALUE:
            names.append(device)
        return [id for name in names if name.isascii() and is_id(id := _NOT_ID.sub("-", name).strip("-"))]

    @staticmethod
    def _value(reading: Reading, row: SourceMap | None, kind: Kind) -> float:
        word = reading.text.lower()
        if not word:
            return reading.value
        if row is not None and word in row.states:
            return row.states[word]
        for number, state in enumerate(kind.states):
            if state.rpartition(".")[2] == word:
                return float(number)
        # Each message of a button counts, whichever way it was pressed.
        return 1.0 if kind.is_event and isnan(reading.value) else reading.value


def _in_unit(value: float, reading: Reading, row: SourceMap | None, kind: Kind) -> float:
    unit = row.unit if row is not None and row.unit and not row.topic else reading.unit
    if not unit or unit == kind.unit:
        return value
    converted = convert(value, unit, kind.unit)
    if converted is None:
        raise PayloadError(because("payload_unit", sensor=_name(reading), unit=unit[:20], wanted=kind.unit))
    return converted


def _as(reading: Reading, sensor: str, value: float) -> Reading:
    return Reading(
        sensor=sensor, value=value, observed_at=reading.observed_at, received_at=reading.received_at, retained=reading.retained,
        duplicate=reading.duplicate, message_id=reading.message_id, quality=reading.quality or Quality.OK,
    )  # fmt: skip


def _name(reading: Reading) -> str:
    return f"{reading.sensor}.{reading.field}" if reading.field else reading.sensor

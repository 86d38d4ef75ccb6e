"""A sensor of the register: what it measures and where. Pure; the file is read by `data.kinds.register`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Place(Protocol):
    """What of a sensor every single reading needs."""

    @property
    def kind(self) -> str:
        """Name of a kind."""

    @property
    def area_class(self) -> str:
        """See `Sensor.area_class`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A `Place` by itself; many sensors share one."""

    kind: str
    area_class: str
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One row of sensors.csv. Never deleted, only retired."""

    id: str
    kind: str
    """Name of a kind (`data.kinds`)."""
    name: str = ""
    place: str = ""
    """As people say it: 江南广场."""
    grid: str = ""
    area_class: str = ""
    """For limits that depend on the area: 0, 1, 2, 3, 4a or 4b of GB 3096-2008; else free."""
    lat: float | None = None
    """Degrees north and east, WGS 84."""
    lon: float | None = None
    parent: str = ""
    """The gateway it hangs on."""
    unit: str = ""
    """The unit that looks after it."""

    @property
    def where(self) -> str:
        """The place, else the name, else the id: never empty."""
        return self.place or self.name or self.id


def places(sensors: Mapping[str, Sensor]) -> Mapping[str, Place]:
    """The same by what every reading needs: a register that keeps the rest elsewhere has it at hand as `places`."""
    found: Mapping[str, Place] = getattr(sensors, "places", sensors)
    return found

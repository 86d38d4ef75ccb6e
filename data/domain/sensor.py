"""A sensor of the register: what it measures and where. Pure; the file is read by `data.kinds.register`."""

from dataclasses import dataclass


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

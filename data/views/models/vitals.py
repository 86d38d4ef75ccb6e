"""The indicators of 城市体征 and what they count."""

from msgspec import Struct

from data.domain.vocabulary import Level


class VitalGroup(Struct, frozen=True, kw_only=True):
    """An indicator's value of one community or kind; `of` is how many cases, alarms or sensors it is made of."""

    id: str
    """"" where the place is of no community."""
    name: str
    value: float | None
    of: int


class VitalSign(Struct, frozen=True, kw_only=True):
    """An indicator of the city (城市体征)."""

    name: str
    what: str
    """part and online are 0 to 1; count; median_min in minutes; per_hour."""
    label: str
    formula: str
    source: str
    confirmed: bool
    value: float | None
    of: int
    budget: float | None
    better: str
    """high or low: on which side of the budget it is kept."""
    good: bool | None
    """Whether the budget is kept; None where there is none, or no value."""
    by_community: tuple[VitalGroup, ...]
    by_kind: tuple[VitalGroup, ...]
    trend: tuple[float | None, ...]
    """A value a day, oldest first; empty for what is only about now."""


class CountedSensor(Struct, frozen=True, kw_only=True):
    """An alarm or a silent sensor that an indicator counts."""

    id: str
    """The alarm's, else the sensor's."""
    sensor: str
    kind_name: str
    place: str
    level: Level | None
    """None for a silent sensor."""
    at: int | None
    """When the alarm was raised, or the sensor last heard; UTC ms."""
    case_id: str
    case_number: int | None

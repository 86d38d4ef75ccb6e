"""Sensors on the board, by area and over time."""

from msgspec import Struct

from data.domain.vocabulary import Freshness, Level


class SensorPanel(Struct, frozen=True, kw_only=True):
    """One live panel of the board."""

    sensor: str
    kind: str
    """Name of the kind's file; its word is `kind_name`."""
    kind_name: str
    kind_short: str = ""
    """Its word where `kind_name` does not fit; "" if there is none."""
    place: str
    value: float | None
    """None unless the value is live: a silent sensor's last value is never handed to a screen as a value."""
    unit_name: str
    """分贝, 毫米, 度 …, in the desk's language."""
    precision: int
    """Digits behind the point."""
    observed_at: int | None
    age_s: float | None
    """Seconds since the value was observed; None when unknown or never."""
    freshness: Freshness
    source_down_since: int | None = None
    """Since when the source of its values is down (UTC ms): the value shown is an old one."""
    level: Level | None
    """Level of its open alarm, or None."""
    trend: int
    """+1 rising, 0 level, -1 falling, over the spark."""
    spark: tuple[float | None, ...]
    """Newest last; None is a gap."""
    low: float
    high: float
    """Fixed scale of the spark, by kind."""
    limit: float | None
    """The limit in force here and now, in the sensor's unit."""
    limit_level: Level | None
    state_word: str = ""
    """For yes/no and event kinds: key of the word for the value (`value.pressed`), or ""."""


class Board(Struct, frozen=True, kw_only=True):
    """The board: panels, worst first, and how many there are beyond."""

    panels: tuple[SensorPanel, ...]
    abnormal: int
    lost: int


class FoundSensor(Struct, frozen=True, kw_only=True):
    """A sensor that a search found."""

    sensor: str
    kind: str
    kind_name: str
    name: str
    place: str
    grid: str
    value: float | None
    """None unless the value is live."""
    unit_name: str
    precision: int
    age_s: float | None
    freshness: Freshness
    level: Level | None
    state_word: str = ""
    """Key of the word for a yes/no value."""
    source_down_since: int | None = None
    """Since when nothing can come from it, UTC ms."""


class Trend(Struct, frozen=True, kw_only=True):
    """One sensor over a stretch of time."""

    sensor: str
    kind_name: str
    place: str
    unit_name: str
    precision: int
    start: int
    end: int
    values: tuple[float | None, ...]
    """Worst value of each column, oldest first; None is a gap."""
    readings: int
    gaps: int
    """Columns without a reading."""
    value: float | None
    """The newest value while it is live."""
    low: float
    high: float
    trend: int
    limits: tuple[tuple[Level, float], ...]
    """In force here and now, most urgent first."""
    level: Level | None
    """Of its open alarm."""
    case_id: str
    case_number: int | None
    """The case that its open alarm raised."""
    states: tuple[str, ...] = ()
    """Of a yes/no or event kind: keys of the words for 0, 1 and so on; () where the number itself says it."""


class AreaCount(Struct, frozen=True, kw_only=True):
    """What is wrong in one community or grid; `id` "" is what belongs to none."""

    id: str
    name: str
    levels: tuple[int, ...]
    """Sensors in alarm of level 1, 2, 3, 4."""
    lost: int


class KindCount(Struct, frozen=True, kw_only=True):
    """What is wrong with one kind of sensors; `kind` "" is all the rest."""

    kind: str
    name: str
    abnormal: int
    lost: int
    hour: tuple[int, ...]
    """Alarms raised in each twelfth of the last hour, oldest first."""


class Areas(Struct, frozen=True, kw_only=True):
    """One level of the board's drill-down, the worst first."""

    rows: tuple[AreaCount, ...]
    kinds: tuple[KindCount, ...]


class AreaSensor(Struct, frozen=True, kw_only=True):
    """One sensor of a grid that is abnormal or silent."""

    sensor: str
    kind_name: str
    place: str
    level: Level | None
    value: float | None
    """None unless live."""
    unit_name: str
    precision: int
    age_s: float | None
    """Since the alarm was raised, or since the last value of a silent one."""
    lost: bool
    acknowledged_by: str
    case_id: str
    case_number: int | None
    alarm: str = ""
    """Its worst open alarm, or ""."""
    suppresses: int = 0
    """Alarms of others that its silence explains; they have no row of their own."""
    shelved_until: int | None = None
    shelved_by: str = ""
    chattering: int = 0
    """How often it has come and gone, while it does so too often; else 0."""

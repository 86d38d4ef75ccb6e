"""Which limits hold here and now."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from data.domain.vocabulary import Level
from data.rules.spec import Limit, Threshold

DAY_HOURS = range(6, 22)
"""Local hours that count as day: 06:00–22:00, Law on Noise Pollution (2022), article 88."""
_QUARTER_MS = 900_000


class Scene(Struct, frozen=True, kw_only=True):
    """Where a rule is applied."""

    sensor: str
    area_class: str
    zone: ZoneInfo


class Force(Struct, frozen=True, kw_only=True):
    """One level's limit in force, in the kind's unit."""

    level: Level
    limit: float
    """As its source says."""
    trip: float
    """Where the level begins: the limit, or a step beyond it."""
    over: bool
    """Only beyond `trip` counts; else reaching it does."""
    source: str
    confirmed: bool
    area_class: str
    period: str


def is_day(at: int, zone: ZoneInfo) -> bool:
    """Whether the limits of the day hold at `at` (UTC ms)."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).hour in DAY_HOURS


def has_turned(rule: Threshold, before: int, at: int, zone: ZoneInfo) -> bool:
    """Whether day or night, which this rule tells apart, began between two times less than a night apart (UTC ms)."""
    # Every zone is whole quarters of an hour from UTC, so most readings end here.
    if before // _QUARTER_MS == at // _QUARTER_MS or not any(row.value is None for row in rule.limits):
        return False
    return is_day(before, zone) != is_day(at, zone)


def in_force(rule: Threshold, scene: Scene, at: int) -> tuple[Force, ...]:
    """Limits of every level that has one, most urgent first; empty when none is entered for this place."""
    return _table(rule, scene.sensor, scene.area_class, is_day(at, scene.zone))


def ever_in_force(rule: Threshold, scene: Scene) -> tuple[Force, ...]:
    """Limits of this place at any hour."""
    return tuple(force for day in (True, False) for force in _table(rule, scene.sensor, scene.area_class, day))


def is_beyond(rule: Threshold, force: Force, value: float) -> bool:
    """Whether a value has passed a level's limit, in the direction that is bad."""
    excess = value - force.trip if rule.direction == "high" else force.trip - value
    return excess > 0 if force.over else excess >= 0


# A rule is hashed by its contents, which is slow; the cache pays for itself because readings of a place repeat.
@lru_cache(maxsize=4096)
def _table(rule: Threshold, sensor: str, area_class: str, day: bool) -> tuple[Force, ...]:
    fitting = [row for row in rule.limits if row.sensor in ("", sensor) and row.area_class in ("", area_class)]
    # Later ones win, so the most particular stand last.
    fitting.sort(key=lambda row: (bool(row.sensor), bool(row.area_class)))
    forces = {row.level: force for row in fitting if (force := _force(rule, row, day=day))}
    if forces:
        mildest = forces[max(forces)]
        forces |= {step.level: _stepped(rule, mildest, step.level, step.plus) for step in rule.steps}
    return tuple(forces[level] for level in sorted(forces))


def _force(rule: Threshold, row: Limit, *, day: bool) -> Force | None:
    split = row.day if day else row.night
    limit = row.value if split is None else split
    if limit is None or isinstance(limit, str):
        return None
    period = "" if split is None else "day" if day else "night"
    return Force(
        level=Level(row.level),
        limit=limit,
        trip=limit,
        over=rule.compare == "over",
        source=row.source,
        confirmed=row.confirmed,
        area_class=row.area_class,
        period=period,
    )


def _stepped(rule: Threshold, mildest: Force, level: int, plus: float) -> Force:
    trip = mildest.limit + (plus if rule.direction == "high" else -plus)
    return replace(mildest, level=Level(level), trip=trip, over=False)

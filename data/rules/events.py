"""What a rule says has happened. Times are rule times (`state.rule_time`), UTC ms."""

from dataclasses import dataclass

from data.domain.vocabulary import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alarm begins."""

    at: int
    level: Level
    value: float
    limit: float | None
    """The limit that it went beyond, None for a press."""
    source: str
    confirmed: bool
    area_class: str
    """Of the limit, "" when it holds everywhere."""
    period: str
    """`day`, `night`, or "" for a limit that holds at all hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChanged:
    """The same alarm is more or less urgent now."""

    at: int
    before: Level
    level: Level
    value: float
    limit: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """Within one alarm: it had begun to clear and went beyond the limit again, or the button was pressed again."""

    at: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """The alarm ends. Its case does not: that takes a person's word."""

    at: int
    value: float | None
    """None when it cleared by time alone."""


Event = Raised | LevelChanged | Repeated | Cleared

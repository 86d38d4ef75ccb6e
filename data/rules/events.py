"""What a rule says has happened. Times are rule times (`state.rule_time`), UTC ms."""

from dataclasses import dataclass

from data.domain.vocabulary import Level
from data.rules.limits import Force


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alarm begins."""

    at: int
    level: Level
    value: float
    force: Force | None
    """The limit that was passed; None for a press."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChanged:
    """The same alarm is more or less urgent now."""

    at: int
    before: Level
    level: Level
    value: float
    force: Force | None
    """None when the level's limit does not hold any more (the settings changed)."""


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

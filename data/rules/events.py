"""What a rule says has happened. Times are rule times (`state.rule_time`), UTC ms."""


from msgspec import Struct

from data.domain.vocabulary import Level
from data.rules.limits import Force


class Raised(Struct, frozen=True, kw_only=True):
    """An alarm begins."""

    at: int
    level: Level
    value: float
    force: Force | None
    """The limit that was passed; None for a press."""


class LevelChanged(Struct, frozen=True, kw_only=True):
    """The same alarm is more or less urgent now."""

    at: int
    before: Level
    level: Level
    value: float
    force: Force | None
    """None when the level's limit does not hold any more (the settings changed)."""


class Repeated(Struct, frozen=True, kw_only=True):
    """Within one alarm: it had begun to clear and went beyond the limit again, or the button was pressed again."""

    at: int
    value: float


class Cleared(Struct, frozen=True, kw_only=True):
    """The alarm ends. Its case does not: that takes a person's word."""

    at: int
    value: float | None
    """None when it cleared by time alone."""


Event = Raised | LevelChanged | Repeated | Cleared

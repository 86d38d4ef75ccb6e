"""A supervisor's figures."""

from msgspec import Struct


class Worst(Struct, frozen=True, kw_only=True):
    """The case that somebody has let lie longest past its limit."""

    case_id: str
    number: int
    late_s: float


class UnitFigures(Struct, frozen=True, kw_only=True):
    """One unit's line of the supervision; each count opens to its cases by its field's name (`Office.cases_behind`)."""

    unit: str
    name: str
    in_hand: int
    accept_late: int
    done_late: int
    near: int
    """Past 80 % of its next limit."""
    returned: int
    """Refused twice or more."""
    reopened: int
    median_s: float | None
    """Seconds from an order's issue to the unit's first answer; None when none has been answered."""
    on_time: float | None
    """Part (0 to 1) of what was finished, or should have been, that was finished within its limit; None when there is none."""
    yellow: int
    """Orders past a limit."""
    red: int
    """Orders past 150 % of a limit, or past both."""
    worst: Worst | None
    spark: tuple[int, ...]
    """Orders in hand by the hour, the last twelve, newest last."""


class Supervision(Struct, frozen=True, kw_only=True):
    """The supervision place: totals of the stretch `since`–`at`, and units, the late first. The desk itself is one of them."""

    since: int
    at: int
    rows: tuple[UnitFigures, ...]
    to_accept: int
    """Orders that were answered or whose time for it is over."""
    accepted_in_time: int
    accepted_late: int
    escalated: int
    """Orders to the parent centre."""
    late_rate: float | None
    late_rate_limit: float


class AlarmMeasure(Struct, frozen=True, kw_only=True):
    """One figure of the alarm load and the most that is acceptable; the word is `alarms.<name>`. Shares are 0 to 1."""

    name: str
    value: float
    most: float
    good: bool


class AlarmLoad(Struct, frozen=True, kw_only=True):
    """How much the alarms of a stretch ask of a person."""

    since: int
    until: int
    raised: int
    operators: int
    """People on duty that the rates are divided by."""
    measures: tuple[AlarmMeasure, ...]
    top: tuple[tuple[str, int], ...]
    """Sensors that raised most, at most ten."""
    by_level: tuple[tuple[int, int], ...]

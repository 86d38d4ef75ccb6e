"""Rules as they stand in a kind's file. Values are in the kind's unit, delays in seconds."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

LevelNumber = Annotated[int, Meta(ge=1, le=4)]
Seconds = Annotated[float, Meta(ge=0)]


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit for a level: either one `value`, or `day` (06–22 local) and `night`.

    It may hold for one sensor or one area class only; the most particular one that fits is in force.
    """

    level: LevelNumber = 3
    sensor: str = ""
    area_class: str = ""
    value: float | None = None
    day: float | None = None
    night: float | None = None
    source: str
    """Whose number it is; shown to the operator and written into the case."""
    confirmed: bool = False
    """Unless the district has confirmed it, or it is the text of a standard, it is shown as 参考值."""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A more urgent level, `plus` beyond the limit of the rule's mildest level."""

    level: LevelNumber
    plus: Annotated[float, Meta(gt=0)]
    source: str
    confirmed: bool = False


class Threshold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="threshold"):
    """Raised when readings stay beyond a limit, cleared when they stay well within; one alarm whose level goes up and down.

    Any `on_delay_s` above 0 asks for at least two readings, the first of which starts the delay.
    """

    name: str
    compare: Literal["over", "reach"] = "reach"
    """Whether the limit itself is still allowed (a noise limit) or already counts (a warning level)."""
    direction: Literal["high", "low"] = "high"
    """Which way is bad."""
    limits: tuple[Limit, ...] = ()
    """None: nothing is raised until the home's `kinds/` enters the site's own."""
    steps: tuple[Step, ...] = ()
    clear_by: Annotated[float, Meta(ge=0)] = 0.0
    """Distance within the limit that clears: limit − clear_by where high is bad."""
    on_delay_s: Seconds = 0.0
    off_delay_s: Seconds = 0.0
    gap_s: Seconds = 0.0
    """Readings further apart than this say nothing of the time between: delays start anew. 0: no such bound."""
    source: str
    """Of the delays and of `clear_by`."""
    confirmed: bool = False


class Press(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="press"):
    """Raised at once by any reading that is not 0, late ones too; each further press is one more occurrence."""

    name: str
    level: LevelNumber
    hold_s: Seconds = 0.0
    """Clears this long after the last press; 0: only when its case is finished."""
    source: str
    confirmed: bool = False


Rule = Threshold | Press

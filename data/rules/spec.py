"""Rules as they stand in a kind's file. Values are in the kind's unit, delays in seconds."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from data.domain.label import Label

LevelNumber = Annotated[int, Meta(ge=1, le=4)]
Seconds = Annotated[float, Meta(ge=0)]


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit for a level: either one `value`, or `day` (06–22 local) and `night`, of which one may be "none".

    It may hold for one sensor or one area class only; the most particular one that fits is in force.
    """

    level: LevelNumber = 3
    sensor: str = ""
    area_class: str = ""
    value: float | None = None
    day: float | Literal["none"] | None = None
    night: float | Literal["none"] | None = None
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


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rule looks at instead of the single reading: something of the last `over_s` seconds, kept in at most `parts` + 1 parts.

    A window slides by whole parts, so it is up to one part longer than it says. A mean, leq or max that is held against limits
    of day and night begins anew with each of the two: what was measured by day says nothing about the night.
    """

    how: Literal["sum", "counter", "mean", "max", "leq", "change", "speedup"]
    """sum: of amounts per interval. counter: growth of a running total that may reset or roll over. leq: energetic mean of dB.
    change: newest less oldest. speedup: as change, of the newer half only, and 0 unless it goes `ratio` times as fast as the older."""
    over_s: Annotated[float, Meta(gt=0)]
    parts: Annotated[int, Meta(ge=2, le=48)] = 12
    fill: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """Share of the window that readings must cover before a mean or a rate means anything."""
    per_s: Annotated[float, Meta(ge=0)] = 0.0
    """For change and speedup: as a rate per so many seconds; 0: the difference itself."""
    either: bool = False
    """For change: either way counts, the value is the size of the change."""
    rolls_at: Annotated[float, Meta(ge=0)] = 0.0
    """For counter: the total after which it begins at 0 again; 0: it never does."""
    most_per_h: Annotated[float, Meta(gt=0)] = 600.0
    """For counter: more growth than this is another counter in its place, not rain."""
    ratio: Annotated[float, Meta(gt=1)] = 2.0

    @property
    def part_ms(self) -> int:
        """Length of one part."""
        return max(1, round(self.over_s * 1000 / self.parts))


class Threshold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="threshold"):
    """Raised when readings stay beyond a limit, cleared when they stay well within; one alarm whose level goes up and down.

    Any `on_delay_s` above 0 asks for at least two readings, the first of which starts the delay.
    """

    name: str
    """Under this its state and its alarms are kept."""
    label: Label | None = None
    """What people call it; None: its name."""
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
    window: Window | None = None
    """What is compared with the limits; None: each reading's value."""
    n: Annotated[int, Meta(ge=1, le=32)] = 1
    m: Annotated[int, Meta(ge=1, le=32)] = 1
    """A level counts as passed while `n` of the last `m` readings are beyond it."""
    holds: bool = False
    """Sent only when it changes: the last value stands until the next, and time alone completes a delay."""
    latched: bool = False
    """Does not clear or get milder by itself: a person finishes its case, after the value has gone back."""
    source: str
    """Of the delays, of `clear_by`, of the window and of n of m."""
    confirmed: bool = False


class Press(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="press"):
    """Raised at once by any reading that is not 0, late ones too; each further press is one more occurrence."""

    name: str
    label: Label | None = None
    level: LevelNumber
    hold_s: Seconds = 0.0
    """Clears this long after the last press; 0: only when its case is finished."""
    source: str
    confirmed: bool = False


class Absence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="absence"):
    """Raised when nothing was heard for `after_s`, cleared by the next live reading, whatever its value."""

    name: str
    label: Label | None = None
    level: LevelNumber
    after_s: Seconds = 0.0
    """0: the kind's own staleness."""
    source: str
    confirmed: bool = False


Rule = Threshold | Press | Absence

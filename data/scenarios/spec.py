"""A scenario (一件事) as it stands in its file: the recipe for one kind of trouble, from trigger to closed case."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

LevelNumber = Annotated[int, Meta(ge=1, le=4)]
Seconds = Annotated[float, Meta(ge=0)]
Minutes = Annotated[int, Meta(ge=1)]
Key = Literal["sensor", "grid", "place", "valley", "centre"]
Unless = Literal["taken", "cleared", "finished", "opened"]


class _Part(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, rename={"class_": "class"}):
    pass


class Label(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name in the languages that there are."""

    zh: str
    en: str

    def __call__(self, language: str) -> str:
        """The name in one language."""
        return self.en if language == "en" else self.zh


class Trigger(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """What begins the story: an alarm of a kind, or a report of a class; several of these stand beside each other."""

    kind: str = ""
    rules: tuple[str, ...] = ()
    """Rules of that kind; empty: any."""
    class_: str = ""
    level: LevelNumber = 4
    """An alarm counts when it is at least as urgent as this."""
    area_class: str = ""
    """Only sensors that sensors.csv marks with this (`orchard`)."""
    grids: tuple[str, ...] = ()
    """Only these grids; empty: all."""


class Together(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several signals within a time and the story's place make it more urgent."""

    kinds: tuple[str, ...]
    """Open alarms of each of these kinds; a kind named twice wants two sensors of it."""
    within_min: Annotated[float, Meta(gt=0)]
    level: LevelNumber
    source: str
    confirmed: bool = False


class Open(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case that the story opens."""

    after_s: Seconds = 0.0
    """Only if the signal still stands this long after the story began: what happens before may have been enough."""
    level: LevelNumber | None = None
    """At least this urgent; the alarm may make it more so."""
    lead: str = ""
    """Unit that leads; empty: by the tables."""
    assists: tuple[str, ...] = ()
    accept_min: Minutes | None = None
    done_min: Minutes | None = None
    auto: bool = False
    """Ordered by itself when the plan is clear; a plan with a warning waits for a person."""


class Step(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something the story does by itself, `after_s` seconds after it began."""

    after_s: Seconds = 0.0
    what: Literal["warn", "tell", "ring", "level", "escalate"]
    """warn: loudspeaker or board on the site; tell: contacts of the sensor, each a call to make; ring: the desk, by a rung; level: more urgent;
    escalate: an order to the parent centre."""
    to: str = ""
    """warn: kind of device (speaker, board, siren); tell: kind of contact (carer, family, duty)."""
    text: str = ""
    where: Literal["site", "downstream"] = "site"
    """warn: devices on the site, or in the grids that valleys.csv has below it."""
    level: LevelNumber | None = None
    until_min: Minutes = 10
    """warn: how long the device repeats it."""
    unless: tuple[Unless, ...] = ()
    source: str
    confirmed: bool = False


class Grade(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Repeats raise the level: after `repeats` stories at the same place within `days`, one level more urgent."""

    repeats: Annotated[int, Meta(ge=1)]
    days: Annotated[int, Meta(ge=1)]
    source: str
    confirmed: bool = False


class Roll(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A roll that the units count off in their receipts and notes: 「已转移 14/39」. The newest count of each unit is summed."""

    words: Annotated[tuple[str, ...], Meta(min_length=1)]
    """What stands before the numbers; the first is also shown."""
    source: str
    confirmed: bool = False


class Close(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the case may close. What is missing wants the key again, with a reason."""

    needs: tuple[Literal["cleared", "receipts", "photo", "visit"], ...] = ()
    """cleared: its alarms, but for a press, which ends with the case; receipts: every unit's done (always wanted); photo: a link in a receipt
    or note; visit: an `arrived`. Without [close] the alarms are wanted cleared."""
    source: str
    confirmed: bool = False


class Scenario(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """One file of `data/scenarios` or of the home's `scenarios/`."""

    name: str = ""
    """The file's name."""
    label: Label
    class_: str
    """Class of the case it opens; brings text, deadlines and checklist."""
    key: Key = "sensor"
    """Signals with the same sensor, grid, place, valley (valleys.csv) or centre belong to one story, one case."""
    trigger: tuple[Trigger, ...]
    together: tuple[Together, ...] = ()
    open: Open = Open()
    step: tuple[Step, ...] = ()
    grade: Grade | None = None
    roll: Roll | None = None
    close: Close | None = None
    source: str
    confirmed: bool = False

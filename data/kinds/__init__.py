"""Kinds of sensors. One TOML file here is one kind, its name the file's; adding a file adds a kind, no other file changes.

A home's `kinds/*.toml` override (same name) and add. Every number carries its `source`; what is neither the text of a
standard nor confirmed by the district (`confirmed = true`) is shown as 参考值.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from data.domain.label import Label
from data.domain.text import is_id
from data.files import convert, mistake
from data.rules.spec import Absence, Press, Rule, Threshold

_FOLDER = Path(__file__).parent


class Range(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `low` to `high`, both included, in the kind's unit."""

    low: float
    high: float
    source: str
    confirmed: bool = False


class Timing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often it reports, and after how long a silence its value says nothing any more; seconds."""

    interval_s: Annotated[float, Meta(gt=0)]
    stale_s: Annotated[float, Meta(gt=0)]
    source: str
    confirmed: bool = False


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What sensors of one kind have in common."""

    name: str = ""
    """The file's name."""
    order: int = 50
    """Place on the board among kinds that are equally well; smaller is first."""
    label: Label
    english_short: str = ""
    """The English name where the long one does not fit, at most 12 cells; "" cuts the long one."""
    unit: str
    """UCUM, case-sensitive: `dB`, `mm`, `deg`; "1" for yes/no."""
    unit_name: Label
    precision: Annotated[int, Meta(ge=0, le=6)]
    """Digits behind the point."""
    direction: Literal["high", "low"] = "high"
    """Which way is bad."""
    opens: Annotated[str, Meta(pattern=r"^(\d{4})?$")]
    """Class of the case that an alarm opens; "" for what is only to be known."""
    plausible: Range
    """What such a sensor can measure; anything else is kept as suspect and feeds no rule."""
    scale: Range
    """Fixed scale of sparks, so that two can be compared by eye."""
    timing: Timing
    states: tuple[str, ...] = ()
    """For yes/no and event kinds: keys of the words for 0, 1, …."""
    rules: tuple[Rule, ...] = ()

    def short(self, language: str) -> str:
        """The name where there is little room."""
        return (self.english_short if language == "en" else "") or self.label(language)

    @property
    def is_event(self) -> bool:
        """Each message counts; between them there is no state."""
        return any(isinstance(rule, Press) for rule in self.rules)


def load_kinds(home: Path | None = None) -> Mapping[str, Kind]:
    """Built-in kinds, overridden and added to by `home/kinds/*.toml`, in the order of the board.

    Raises `SettingsError` that names file, key and remedy.
    """
    folders = (_FOLDER, home / "kinds") if home else (_FOLDER,)
    kinds = {path.stem: read_kind(path) for folder in folders for path in sorted(folder.glob("*.toml"))}
    return dict(sorted(kinds.items(), key=lambda item: (item[1].order, item[0])))


def read_kind(path: Path) -> Kind:
    """One file, checked. Raises `SettingsError` that names file, key and remedy."""
    if not is_id(path.stem):
        raise mistake(path, path.name, "settings_want_id")
    kind = convert(path, Kind)
    _check(path, kind)
    return msgspec.structs.replace(kind, name=path.stem, rules=tuple(_with_staleness(rule, kind) for rule in kind.rules))


def _with_staleness(rule: Rule, kind: Kind) -> Rule:
    if isinstance(rule, Absence) and not rule.after_s:
        return msgspec.structs.replace(rule, after_s=kind.timing.stale_s)
    return rule


def _check(path: Path, kind: Kind) -> None:
    for key, span in (("plausible", kind.plausible), ("scale", kind.scale)):
        if span.low >= span.high:
            raise mistake(path, key, "settings_want_low_below_high")
    names = [rule.name for rule in kind.rules]
    if len(set(names)) != len(names):
        raise mistake(path, "rules.name", "settings_want_unique")
    for rule in kind.rules:
        if isinstance(rule, Threshold):
            _check_limits(path, rule)
            if rule.n > rule.m:
                raise mistake(path, f"rules.{rule.name}.n", "settings_want_n_of_m")


def _check_limits(path: Path, rule: Threshold) -> None:
    for number, row in enumerate(rule.limits):
        split = row.day is not None and row.night is not None
        if (row.value is None) != split or (row.value is not None and row.day is not None) or (row.day == row.night == "none"):
            raise mistake(path, f"rules.{rule.name}.limits[{number}]", "settings_want_value_or_day_and_night")

"""The handover sheet."""

from msgspec import Struct

from data.domain.reason import Reason


class ShiftFigures(Struct, frozen=True, kw_only=True):
    """What came in and went out from `since` to `until`."""

    since: int
    until: int
    received: int
    dispatched: int
    """Orders, without those taken back."""
    closed: int
    declined: int
    """Not taken up, or void."""
    open: int
    """Open now, whenever they came."""
    open_critical: int
    mean_accept_s: float | None
    """Arrival to this desk's first response, of the cases that came in the stretch; None when none was taken."""
    longest_accept_s: float | None
    by_class: tuple[tuple[str, int], ...]
    """Cases received by class name, most first; the name is empty where the class was missing."""
    by_unit: tuple[tuple[str, int], ...]
    """Orders by unit, most first."""


class LevelOpen(Struct, frozen=True, kw_only=True):
    """Open cases of one level, with the next deadline among them."""

    level: int
    count: int
    next_due: int | None


class UnsentOrder(Struct, frozen=True, kw_only=True):
    """An order that has not left, or of which nobody knows whether it arrived."""

    case_id: str
    number: int
    unit_name: str
    state: str
    """State of the outbox row; the word is `outbox.<state>`."""
    stored_at: int


class SilentSensor(Struct, frozen=True, kw_only=True):
    """A sensor that says nothing any more."""

    sensor: str
    kind: str
    place: str
    silent_s: float | None
    """Since its newest value; None when there never was one."""
    life_safety: bool


class Silences(Struct, frozen=True, kw_only=True):
    """How many say nothing, and the worst of them."""

    total: int
    lives: int
    """Of these, those that lives hang on."""
    worst: tuple[SilentSensor, ...]
    """Those that lives hang on first, then the longest silence; as many as were asked for."""


class MustSay(Struct, frozen=True, kw_only=True):
    """Something that the desk wants said aloud before anybody signs."""

    item: str
    """Names it for the tick; another trouble has another name."""
    what: Reason
    case_id: str = ""
    said: bool = False


class HandoverLine(Struct, frozen=True, kw_only=True):
    """A free line that somebody left for the next shift."""

    id: str
    at: int
    by: str
    text: str


class Handover(Struct, frozen=True, kw_only=True):
    """The handover sheet of the shift that runs."""

    at: int
    shift: ShiftFigures
    """Since the last signature, at most twelve hours."""
    last_12h: ShiftFigures
    open_by_level: tuple[LevelOpen, ...]
    unsent: tuple[UnsentOrder, ...]
    unsent_total: int
    silent: tuple[SilentSensor, ...]
    """Those that lives hang on first."""
    silent_total: int
    must_say: tuple[MustSay, ...]
    lines: tuple[HandoverLine, ...]
    signed_by: str
    """Who has signed and waits for a successor, or ""."""
    signed_at: int | None
    overdue_since: int | None
    """End of the shift by the roster, when it is more than 15 minutes past and not signed by both."""

"""The frame of every screen: counts, link, what arrived, who sits here."""

from msgspec import Struct

from data.domain.vocabulary import Level


class Counts(Struct, frozen=True, kw_only=True):
    """The counts bar: cases by state, late ones, sensors."""

    open: int
    """Waiting for a dispatch: triage, open and returned."""
    sent: int
    """In grace or sent, not yet accepted."""
    working: int
    to_verify: int
    late: int
    sensors: int
    abnormal: int
    lost: int
    critical_waiting: int
    """Level 1 cases that wait on this desk: for the terminal's title."""
    shelved: int = 0
    """Sensors whose alarm a person has shelved."""
    suppressed: int = 0
    """Alarms that the silence of their gateway explains; neither `abnormal` nor `lost` counts them."""
    news: int = 0
    """What this operator has not looked at: new, late, closed by others."""


class SeatInfo(Struct, frozen=True, kw_only=True):
    """Whose desk this is and who sits here."""

    centre: str
    centre_name: str
    """牌楼街道治理中心."""
    short_name: str
    """牌楼."""
    operator: str
    language: str
    zone: str
    keys: tuple[tuple[str, str], ...] = ()
    """`[keys]` of paidan.toml: a key's name and its own letter."""
    names: tuple[tuple[str, str], ...] = ()
    """What classes are called in `language`, where that is not their own name."""


class Link(Struct, frozen=True, kw_only=True):
    """How the centre behind this desk is doing."""

    running: bool
    """The centre's heart beats (age below 5 s)."""
    heartbeat_age_s: float | None
    broker_up: bool
    broker_down_since: int | None
    waiting: int
    """Orders stored here and not yet out."""
    reading_age_s: float | None
    """Seconds since the newest reading was received."""


class Callback(Struct, frozen=True, kw_only=True):
    """A reporter who is owed a call: case, name, the number in full, and what is to be said."""

    id: str
    case_id: str
    number: int
    name: str
    phone: str
    text: str
    created_at: int


class Banner(Struct, frozen=True, kw_only=True):
    """A warning from above. Times are UTC ms."""

    id: str
    state: str
    """standing, expired or cancelled: the last two are drawn grey; the word is `warning.state.<state>`."""
    status: str
    """Actual, else Exercise, Test, System or Draft, to be shown before all else; the word is `warning.status.<status>`."""
    severity: str
    level: int
    """1 red to 4 blue; the word is `warning.colour.<level>`."""
    event: str
    headline: str
    text: str
    instruction: str
    sender_name: str
    area: str
    sent: int
    onset: int | None
    expires: int | None
    ends: int
    """When it ends or ended, by its word, by a cancel, or by our rule for one that names no end."""

    @property
    def is_over(self) -> bool:
        """Whether it is drawn grey."""
        return self.state != "standing"


class Arrivals(Struct, frozen=True, kw_only=True):
    """What came in since a seat last asked; it rings once for these."""

    cursor: int
    """Hand back to ask for what is newer."""
    calls: int = 0
    """Rungs of the ladder that ring this operator, and shifts that ended unsigned where he supervises."""
    critical_calls: int = 0
    """Of `calls`, those about cases of level 1."""
    cases: int
    critical: int
    """Of `cases`, those of level 1."""
    fresh: int = 0
    """Of `cases`, those that begin an incident (a class at a community): these ring in a flood too."""
    again: int = 0
    """Of `cases`, those that ring nothing: of level 4, or of an alarm whose incident has rung and waits for somebody's 知道了."""
    best: Level | None
    """Most urgent level among them."""

"""Everything that can break."""

from msgspec import Struct

from data.domain.reason import Reason
from data.views.models.handover import Silences, SilentSensor


class HealthRow(Struct, frozen=True, kw_only=True):
    """One thing that can break."""

    name: str
    """centre, bus, store, channel, outbox, clock, sensors, quarantine, settings, backup, link; the word is `health.<name>`."""
    which: str
    """Of a channel, its name; the word is `channel.<which>`."""
    state: str
    """ok, slow, attention or down; the word is `health.state_<state>`."""
    figures: Reason
    breaks: str
    """Key of the words that say what its breaking means."""


class SelfTest(Struct, frozen=True, kw_only=True):
    """What a self-test of the centre said."""

    at: int
    conclusion: Reason
    wrong: tuple[tuple[str, str, str], ...]
    """Name, which and state of each row that was not ok, as in `HealthRow`."""


class Health(Struct, frozen=True, kw_only=True):
    """The health place."""

    at: int
    rows: tuple[HealthRow, ...]
    conclusion: Reason
    """Whether orders can be sent."""
    log: tuple[SelfTest, ...]
    """Of the last hours, the newest first; twelve at most."""
    silences: Silences
    """The first few of them, and how many there are."""

    @property
    def silent(self) -> SilentSensor | None:
        """The silence that matters most: a sensor that lives hang on, else the longest."""
        return self.silences.worst[0] if self.silences.worst else None

"""When to ring: once for what came, three times for level 1 and again each minute until somebody took it."""

from dataclasses import dataclass

from data.domain.vocabulary import Level
from data.views.models.seat import Arrivals

MUTE_S = 600
BEEP_APART_S = 0.4
_REMIND_S = 60.0
_WORD_S = 5.0
_CRITICAL_BEEPS = 3


@dataclass(slots=True)
class Bell:
    """State of this seat's bell; times are monotonic seconds, given by the caller."""

    muted_until: float | None = None
    _word_until: float = 0.0
    _critical_rang: float | None = None

    def arrived(self, arrivals: Arrivals, now: float) -> int:
        """Beeps for what came in, and for what nobody did in time, since the last question; level 1 is never muted, level 4 never rings."""
        if arrivals.critical or arrivals.critical_calls:
            self._critical_rang = now
            return self._rang(_CRITICAL_BEEPS, now)
        if arrivals.calls and not self.muted(now):
            return self._rang(1, now)
        if arrivals.cases <= arrivals.again or arrivals.best is None or arrivals.best >= Level.NOTE or self.muted(now):
            return 0
        return self._rang(1, now)

    def warned(self, level: int | None, now: float) -> int:
        """Beeps for a warning from above that came or rose; its levels ring as those of cases do."""
        if level is None or level >= Level.NOTE or (level > Level.CRITICAL and self.muted(now)):
            return 0
        return self._rang(_CRITICAL_BEEPS if level == Level.CRITICAL else 1, now)

    def waiting(self, critical: int, now: float) -> int:
        """Beeps for level-1 cases that nobody has taken yet: again each minute."""
        if not critical:
            self._critical_rang = None
            return 0
        if self._critical_rang is None:
            self._critical_rang = now
        if now - self._critical_rang < _REMIND_S:
            return 0
        self._critical_rang = now
        return self._rang(_CRITICAL_BEEPS, now)

    def refused(self, refusals: int, now: float) -> int:
        """One short beep when the desk refused an act; an act that was done makes no sound."""
        return int(refusals > 0 and not self.muted(now))

    def _rang(self, beeps: int, now: float) -> int:
        self._word_until = now + _WORD_S
        return beeps

    def word(self, now: float) -> bool:
        """Whether the word 滴 stands on the screen."""
        return now < self._word_until

    def muted(self, now: float) -> bool:
        """Whether levels 2 and 3 are silent."""
        return self.muted_until is not None and now < self.muted_until

    def toggle_mute(self, now: float) -> bool:
        """Mute for ten minutes, or end it; True if muted now."""
        self.muted_until = None if self.muted(now) else now + MUTE_S
        return self.muted_until is not None

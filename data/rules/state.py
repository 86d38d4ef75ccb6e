"""What a rule remembers of one sensor, and in what order readings count."""

from typing import Any
from zlib import crc32

import msgspec

from data.domain.reading import BACKLOG_MS, TRUST_MS, Reading
from data.rules.spec import Rule, Threshold

Part = tuple[int, float, float]
"""A part of a window: its number since 1970, then two figures whose meaning is the window's (`data.rules.windows`)."""
Times = tuple[int | None, int | None, int | None, int | None]
NEVER: Times = (None, None, None, None)
NO_BITS = (0, 0, 0, 0)


class RuleState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Times are rule times, UTC ms. Tuples have one item a level, 1 first.

    Also says which reading was taken last, so that one delivered again counts once.
    """

    level: int = 0
    """Level of the open alarm, 0 when there is none."""
    beyond: Times = NEVER
    """Since when all readings are beyond the level's limit."""
    within: Times = NEVER
    """Since when all readings are well within the level's limit; kept while the alarm is open."""
    dipped: bool = False
    """The open alarm had begun to clear; going beyond the limit again is one more occurrence."""
    last_at: int = 0
    last_hash: int = 0
    trusted_at: int = 0
    """Newest device time that was believed; a backlog is recognised by it."""
    parts: tuple[Part, ...] = ()
    """The window, oldest first; bounded by the rule."""
    total: float | None = None
    """A counter's newest total."""
    bits: tuple[int, int, int, int] = NO_BITS
    """For n of m: by level, which of the last readings were beyond, the newest in the lowest bit."""

    held: float | None = None
    """The value that stands until the next one, where the rule says so and it is beyond the limit of some hour."""

    @property
    def is_quiet(self) -> bool:
        """Nothing is open and nothing is on its way."""
        return self.level == 0 and self.beyond == NEVER and self.bits == NO_BITS and self.held is None


    @property
    def is_within(self) -> bool:
        """The newest reading was beyond no limit."""
        return self.beyond == NEVER


QUIET = RuleState()


def must_keep(before: RuleState, after: RuleState, rule: Rule | None = None) -> bool:
    """Whether a change must be stored. A sensor that is and stays quiet costs no row and no write.

    The state in which an alarm ends is kept: without it, a redelivery of the readings that raised it would raise it again.
    A window is kept as it moves on by a part, a sum whenever it grows; a short window of a quiet sensor is not kept at all.
    """
    if after is before or after == before:
        return False
    return not (before.is_quiet and after.is_quiet) or (isinstance(rule, Threshold) and _window_moved(rule, before, after))


KEPT_WINDOW_S = 3600
"""Shorter windows are filled again soon after a restart."""


def _window_moved(rule: Threshold, before: RuleState, after: RuleState) -> bool:
    if rule.window is None or before.parts is after.parts:
        return before.total != after.total
    if rule.window.how in ("sum", "counter"):
        return before.parts != after.parts or before.total != after.total
    moved = not before.parts or not after.parts or before.parts[-1][0] != after.parts[-1][0]
    return moved and rule.window.over_s >= KEPT_WINDOW_S


def rule_time(reading: Reading) -> int:
    """The device's time when within 5 minutes of the arrival, else the arrival."""
    seen, came = reading.observed_at, reading.received_at
    return came if seen is None or abs(seen - came) > TRUST_MS else seen


def fingerprint(reading: Reading) -> int:
    """What makes a reading the same one when it comes again; the arrival does not count."""
    return fingerprint_of(reading.value, reading.observed_at, reading.message_id)


def fingerprint_of(value: float, observed_at: int | None, message_id: str) -> int:
    """`fingerprint` of its parts."""
    return crc32(f"{value!r}|{observed_at}|{message_id}".encode())


def is_known(state: RuleState, reading: Reading) -> bool:
    """Whether this very reading is the last that was taken.

    Without a time, an id or the broker's DUP flag two equal readings are two readings: nothing tells them apart.
    """
    tellable = reading.observed_at is not None or reading.message_id or reading.duplicate
    return bool(tellable) and state.last_hash == fingerprint(reading) and state.last_at != 0


def is_late(state: RuleState, reading: Reading) -> bool:
    """Whether something newer was taken already: it arrived out of order, or from a backlog (a gateway that was cut off)."""
    seen = reading.observed_at
    if rule_time(reading) < state.last_at:
        return True
    behind = 0 if seen is None else reading.received_at - seen
    return seen is not None and TRUST_MS < behind <= BACKLOG_MS and seen <= state.trusted_at


def after_reading(state: RuleState, reading: Reading) -> dict[str, Any]:
    """The fields that say which reading was taken last."""
    at = rule_time(reading)
    trusted = at if reading.observed_at == at else 0
    return {"last_at": max(at, state.last_at), "last_hash": fingerprint(reading), "trusted_at": max(trusted, state.trusted_at)}


_DECODER = msgspec.json.Decoder(RuleState)


def load_state(text: str) -> RuleState:
    """Raises `msgspec.MsgspecError` when the text is not a state."""
    return _DECODER.decode(text)


def dump_state(state: RuleState) -> str:
    """The state as JSON."""
    return msgspec.json.encode(state).decode()

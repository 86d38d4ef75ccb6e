"""A reading: one value that one sensor observed once, and how far it may be trusted. Pure."""

from enum import StrEnum

import msgspec

MINUTE_MS = 60_000
DAY_MS = 86_400_000
TRUST_MS = 5 * MINUTE_MS
"""A device clock within this of the arrival is believed by the rules; further ahead is a wrong clock (faults.md row 24)."""
BACKLOG_MS = 7 * DAY_MS
"""Longest time that a device or gateway is believed to have kept readings back; older device times are a wrong clock. Judgement."""


class Quality(StrEnum):
    """What is known against a reading. Only `OK` feeds rules."""

    OK = "ok"
    CLOCK = "clock"  # the device's time is not credible; it stands at its arrival
    SUSPECT = "suspect"  # outside what the kind can measure
    RETAINED = "retained"  # replayed by the broker: its age is unknown unless the device said it
    SIMULATED = "simulated"  # sent to try the line; says nothing about the place


class Reading(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One value; a struct, not a dataclass: every value of every message makes one, and this costs a tenth.

    Times are UTC ms; `value` is finite and in the sensor's unit, yes/no is 1/0.
    """

    sensor: str
    """As a codec gives it: the device that the topic names. From the register's side on: the sensor's id."""
    value: float
    """NaN only where `text` holds a word that no table has made a number; such a reading is listed, never kept."""
    field: str = ""
    """Which of a device's values: the path within the message, `BME280.Temperature`; "" where there is one."""
    unit: str = ""
    """As sent, or as the shape's documentation says; "" is not known."""
    text: str = ""
    """The word that was sent where a number was not: `single`, `OFF`."""
    observed_at: int | None = None
    """The device's own time as sent, or None."""
    received_at: int
    retained: bool = False
    duplicate: bool = False
    """MQTT's DUP flag: the broker may have sent this before."""
    message_id: str = ""
    quality: Quality = Quality.OK

    @property
    def at(self) -> int:
        """Where it stands in history: the device's time if credible, else the arrival."""
        return self.received_at if self.observed_at is None or not clock_is_credible(self) else self.observed_at


def clock_is_credible(reading: Reading) -> bool:
    """Whether the device's time, if it sent one, is not ahead of the arrival and no older than a backlog can be."""
    ahead = 0 if reading.observed_at is None else reading.observed_at - reading.received_at
    return -BACKLOG_MS <= ahead <= TRUST_MS


def grade(reading: Reading, low: float, high: float) -> Quality:
    """Judge a reading against the range that its kind can measure, both ends included."""
    if reading.quality is Quality.SIMULATED:
        return reading.quality
    if not low <= reading.value <= high:
        return Quality.SUSPECT
    if reading.retained:
        return Quality.RETAINED
    return Quality.OK if clock_is_credible(reading) else Quality.CLOCK

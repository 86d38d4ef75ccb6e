"""One source: how the messages of a connection are read. The writer's.

A message is decoded and resolved; whatever is wrong with it ends in quarantine, in a count, or nowhere (somebody else's order).
"""

import logging
from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from data.centre.feeds import Expiries, Feeds, Said
from data.centre.frame import Frame
from data.centre.links import Links
from data.centre.quarantine import keep
from data.centre.repeats import Repeats
from data.centre.resolve import AVAILABILITY, Resolver, Strangers, is_technical
from data.codecs import Decode, codecs
from data.domain.description import Description
from data.domain.errors import PayloadError
from data.domain.reading import Reading
from data.domain.reason import because
from data.domain.text import one_line
from data.store.desk import Transaction

_LOG = logging.getLogger(__name__)


class Known(NamedTuple):
    """What all sources of a centre keep together."""

    strangers: Strangers
    links: Links
    feeds: Feeds


class Counts(msgspec.Struct):
    """A source's messages since the centre first knew it. `last_at` is UTC ms."""

    messages: int = 0
    readings: int = 0
    bad: int = 0
    repeated: int = 0
    orders: int = 0
    unknown: int = 0
    last_at: int | None = None


class Source:
    """How the messages of one connection are read."""

    def __init__(self, name: str, codec: str, decode: Decode, zone: ZoneInfo, resolver: Resolver, known: Known) -> None:
        self.name = name
        self.codec = codec
        self.decode = decode
        self.counts = Counts()
        self.said: dict[str, Description] = {}
        """Descriptions not yet written, by topic."""
        self.expiries = Expiries()
        self.bridge_down_since: int | None = None
        """Since when what stands between the broker and the devices cannot be heard, where the codec says so; UTC ms."""
        self._bridge: str = getattr(codecs()[codec], "BRIDGE", "")
        self._says_availability: bool = getattr(codecs()[codec], "SAYS_AVAILABILITY", False)
        if self._says_availability:
            resolver.devices = {}
        self._quick = getattr(codecs()[codec], "quick", None)
        self._zone = zone
        self._resolve = resolver
        self._strangers, self._links, self._feeds = known.strangers, known.links, known.feeds
        self.repeats = Repeats(echo_ms=getattr(codecs()[codec], "ECHO_MS", 0))

    def read(self, tx: Transaction, frame: Frame) -> list[Reading]:
        """Readings of the register's sensors in one message. A fault of the store is all that it raises."""
        counts = self.counts
        counts.messages += 1
        counts.last_at = frame.received_at
        if self._quick is not None and not (frame.retained or frame.duplicate or frame.bytes):
            quick: list[Reading] | None = self._quick(frame.body, received_at=frame.received_at, plain=self._resolve.plain)
            if quick is not None:
                counts.readings += len(quick)
                self._feeds.heard(self.name, quick)
                return quick
        try:
            readings = self._decode(frame)
        except PayloadError as error:
            self._refused(tx, frame, error)
            return []
        except Exception as error:  # noqa: BLE001 — a codec, perhaps not ours, that trips over a message must not stop the flow; it is kept and shown
            _LOG.exception("codec %s on %s", self.codec, one_line(frame.topic, 200))
            self._refused(tx, frame, PayloadError(because("payload_fault", problem=one_line(f"{type(error).__name__}: {error}", 200))))
            return []
        if not readings:
            return []
        if self._is_copy(readings[0].message_id, frame) or self.repeats.is_echo(frame, readings):
            self.counts.repeated += 1
            return []
        self._links.take(self.name, readings)
        return self._resolved(tx, frame, readings)

    def _is_copy(self, id: str, frame: Frame) -> bool:
        """Not of our own shape: of that, the rules' states know the last reading that they took."""
        return bool(id) and self.codec != "own" and self.repeats.is_copy(id, frame)

    def _decode(self, frame: Frame) -> tuple[Reading, ...]:
        if frame.bytes:
            raise PayloadError(because("payload_too_large", bytes=frame.bytes, most=len(frame.body)))
        self._describe(frame)
        return self.decode(
            frame.topic, frame.body, received_at=frame.received_at, zone=self._zone, retained=frame.retained, duplicate=frame.duplicate
        )

    def _resolved(self, tx: Transaction, frame: Frame, readings: Sequence[Reading]) -> list[Reading]:
        kept, fault = [], None
        for reading in self._worth_a_look(readings):
            if reading.field == AVAILABILITY and self._says_availability and self._is_only_a_link(reading):
                continue
            try:
                found = self._resolve(reading)
            except PayloadError as error:
                fault = fault or error
            else:
                if found is not None:
                    kept.append(found)
        if fault is not None:
            # Its other values are good, and are kept.
            self.counts.bad += 1
            keep(tx, frame, fault)
        self.counts.readings += len(kept)
        self._feeds.heard(self.name, kept, readings[0].sensor if self._says_availability else "")
        return kept

    def _worth_a_look(self, readings: Sequence[Reading]) -> list[Reading]:
        """Without what every device says of its radio, where the register has no sensor for it."""
        values = [one for one in readings if not is_technical(one.field) or self._resolve.sensor_of(one.sensor, one.field)]
        if not values:
            self._resolve.count_mute(readings[0].sensor, readings[0].received_at)
        return values

    def _is_only_a_link(self, reading: Reading) -> bool:
        """Take up whether a device can be heard. It is a state that the broker keeps, so a replay of it counts; True where it is no sensor's value.

        What the broker holds is the last will of whoever is gone: it says how things are, and raises nothing by itself.
        """
        is_online = reading.value == 1
        if reading.sensor == self._bridge:
            self.bridge_down_since = None if is_online else self.bridge_down_since or reading.received_at
        self._feeds.said += [Said(sensor, is_online, reading.received_at) for sensor in self._resolve.of_device(reading.sensor)]
        return not self._resolve.sensor_of(reading.sensor, AVAILABILITY)

    def _refused(self, tx: Transaction, frame: Frame, error: PayloadError) -> None:
        match error.reason.code:
            case "payload_command":
                self.counts.orders += 1
            case "payload_topic":
                self.counts.unknown += 1
                self._strangers.count(self.name, "topic", one_line(frame.topic, 200), frame.received_at)
            case _:
                self.counts.bad += 1
                keep(tx, frame, error)

    def _describe(self, frame: Frame) -> None:
        describe = getattr(self.decode, "describe", None)
        if describe is None or not frame.topic.endswith("/config"):
            return
        for one in describe(frame.topic, frame.body):
            self.said[one.topic] = one
            self.expiries.take([one])

    def expiry(self) -> dict[str, float]:
        """Seconds after which sensors are lost, by their descriptions."""
        found = ((self._resolve.sensor_of(id, ""), seconds) for id, seconds in self.expiries.by_topic.values())
        return {sensor: seconds for sensor, seconds in found if sensor}

    def can_be_offline(self, device: str, sensor: str) -> None:
        """What an earlier centre knew of a device."""
        if self._resolve.devices is not None:
            self._resolve.devices.setdefault(device, {})[sensor] = None

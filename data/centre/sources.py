"""The brokers that devices publish to: connections, codecs, and what is known of each. Everything here is the writer's, but for the connections.

Each source is one connection that hands its messages into the one line to the writer. One that is down is shown with since-when and holds up no
other. A message is decoded and resolved here; whatever is wrong with it ends in quarantine, in a count, or nowhere (somebody else's order), and
the message is acknowledged with its batch.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from data.centre.feeds import BRIEF_MS, Expiries, Feeds, Pulses, Said
from data.centre.frame import Frame
from data.centre.links import Link, Links
from data.centre.mqtt import Handed, Mqtt
from data.centre.quarantine import keep
from data.centre.resolve import AVAILABILITY, Resolver, Stranger, Strangers, is_technical
from data.centre.source_settings import checked, connection
from data.clock import Clock
from data.codecs import Decode, codecs
from data.domain.description import Description
from data.domain.errors import PayloadError, SettingsError
from data.domain.reading import Reading
from data.domain.reason import because
from data.domain.sensor import Sensor
from data.domain.text import one_line
from data.kinds import Kind
from data.settings import Settings
from data.store.desk import Transaction
from data.store.sqlite import sqlite3
from data.words import Words

_LOG = logging.getLogger(__name__)
REMEMBERED = 4096
"""Ids of messages that a source remembers, so that a copy of one counts once (judgement)."""


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

    def __init__(self, name: str, codec: str, decode: Decode, zone: ZoneInfo, resolver: Resolver, sources: "Sources") -> None:
        self.name = name
        self.codec = codec
        self.decode = decode
        self.counts = Counts()
        self.said: dict[str, Description] = {}
        """Descriptions not yet written, by topic."""
        self.expiries = Expiries()
        self.bridge_down_since: int | None = None
        """Since when what stands between the broker and the devices cannot be heard, where the codec says so; UTC ms."""
        self._feeds = sources.feeds
        self._bridge: str = getattr(codecs()[codec], "BRIDGE", "")
        self._says_availability: bool = getattr(codecs()[codec], "SAYS_AVAILABILITY", False)
        if self._says_availability:
            resolver.devices = {}
        self._quick = getattr(codecs()[codec], "quick", None)
        self._zone = zone
        self._resolve = resolver
        self._strangers, self._links = sources.strangers, sources.links
        self._ids: dict[str, None] = {}
        self._new_ids: list[str] = []
        self._echo_ms: int = getattr(codecs()[codec], "ECHO_MS", 0)
        self._last: dict[str, tuple[int, int | None, list[tuple[str, str, float]]]] = {}
        """By topic what came last, where the codec says that devices send a message twice: arrival, device time, values."""

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
        if not readings or (readings[0].message_id and self._is_copy(readings[0].message_id, frame)):
            return []
        if self._echo_ms and self._is_echo(frame, readings):
            self.counts.repeated += 1
            return []
        self._links.take(self.name, readings)
        return self._resolved(tx, frame, readings)

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

    def _is_copy(self, id: str, frame: Frame) -> bool:
        """Whether the same message has come before, by its own id. One out of quarantine was only refused before."""
        if self.codec == "own" or frame.tries:
            return False
        if id in self._ids or id in self._new_ids:
            self.counts.repeated += 1
            return True
        self._new_ids.append(id)
        return False

    def _is_echo(self, frame: Frame, readings: Sequence[Reading]) -> bool:
        """Whether a device said the same a moment ago. What comes again after a fault arrives later than that, and counts."""
        if frame.retained or frame.tries:
            return False
        seen, values = readings[0].observed_at, [(one.field, one.text, 0.0 if isnan(one.value) else one.value) for one in readings]
        before = self._last.get(frame.topic)
        if before is not None and before[2] == values:
            apart = [abs(frame.received_at - before[0]), 0 if seen is None or before[1] is None else abs(seen - before[1])]
            if max(apart) <= self._echo_ms:
                return True
        self._last.pop(frame.topic, None)
        self._last[frame.topic] = (frame.received_at, seen, values)
        if len(self._last) > REMEMBERED:
            del self._last[next(iter(self._last))]
        return False

    def settle(self, *, committed: bool) -> None:
        """The batch is committed, or undone and will come again."""
        if committed:
            self._ids.update(dict.fromkeys(self._new_ids))
            while len(self._ids) > REMEMBERED:
                del self._ids[next(iter(self._ids))]
        else:
            self._last.clear()
        self._new_ids.clear()


class Sources:
    """All sources of a centre. The own broker is one of them, named ""; its connection is the caller's."""

    def __init__(self, settings: Settings, sensors: Mapping[str, Sensor], kinds: Mapping[str, Kind], handed: Handed, clock: Clock) -> None:
        self.strangers, self.links, self.feeds = Strangers(), Links(), Feeds(self.down_since)
        self.own: Mqtt | None = None
        """The connection to the own broker."""
        self._pulses = Pulses(row.name for row in settings.file.source)
        self.lines: dict[str, Mqtt] = {}
        self.faults: dict[str, str] = {}
        """Sources that cannot be connected until a file of theirs is mended, and why, in the centre's language."""
        self._given = {row.name: row for row in settings.file.source}
        self._settings, self._handed, self._clock, self._words = settings, handed, clock, Words(settings.centre.language)
        self._down_since = clock.now()
        own = Resolver("", (), sensors, kinds, self.strangers)
        self.all = {"": Source("", "own", codecs()["own"].decode, settings.zone, own, self)}
        for place, row in enumerate(settings.file.source):
            decode, zone = checked(settings, place)
            resolver = Resolver(row.name, row.map, sensors, kinds, self.strangers)
            self.all[row.name] = Source(row.name, row.codec, decode, zone, resolver, self)
            self._open(place, row.name)

    def _open(self, place: int, name: str) -> bool:
        """Make a source's connection; False with the fault kept when a secret or certificate of it cannot be used."""
        try:
            self.lines[name] = connection(self._settings, place, self._handed, self._clock)
        except SettingsError as error:
            self.faults[name] = self._words.say(error.reason)
            return False
        self.faults.pop(name, None)
        return True

    def _mend(self) -> None:
        """Whoever put the missing file in its place need not start the centre anew."""
        for place, row in enumerate(self._settings.file.source):
            if row.name in self.faults and self._open(place, row.name):
                self.lines[row.name].start()

    def prepare(self, conn: sqlite3.Connection) -> None:
        """Take up what an earlier centre knew."""
        for row in conn.execute("SELECT * FROM strangers"):
            self.strangers.known[row["source"], row["what"], row["name"]] = Stranger(row["count"], row["first_at"], row["last_at"])
        for row in conn.execute("SELECT * FROM links"):
            self.links.known[row["source"], row["device"]] = Link(row["number"], row["received"], row["lost"], row["restarts"], row["last_at"])
        for row in conn.execute("SELECT * FROM sources"):
            if row["name"] in self.all:
                self.all[row["name"]].counts = Counts(**{name: row[name] for name in Counts.__struct_fields__})
        for row in conn.execute("SELECT * FROM descriptions WHERE retired_at IS NULL"):
            learn = getattr(self.all[row["source"]].decode, "learn", None) if row["source"] in self.all else None
            if learn is not None:
                said = msgspec.json.decode(row["said"], type=Description)
                learn([said])
                self.all[row["source"]].expiries.take([said])
        for name, device, sensor in self.feeds.learn(conn):
            if name in self.all:
                self.all[name].can_be_offline(device, sensor)
        self.expire()

    def expire(self) -> list[str]:
        """Take up what descriptions say of how long values stand; the sensors for which that is another time than before."""
        return self.feeds.expire({sensor: seconds for source in self.all.values() for sensor, seconds in source.expiry().items()})

    def down_since(self, name: str) -> int | None:
        """Since when nothing can come by a source, UTC ms; None: it is up, or there is no such source."""
        source, line = self.all.get(name), self.lines.get(name) if name else self.own
        if source is None or (not name and line is None):
            return None
        if line is None or not line.is_up:
            return self._down_since if line is None or line.down_since is None else line.down_since
        return source.bridge_down_since

    def are_tried(self, now: int) -> bool:
        """Whether each of the further sources is up, or has been down for so long that its sensors' silence is its own."""
        return all(line.down_since is None or now - line.down_since > BRIEF_MS for line in self.lines.values())

    def pulses(self, now: int) -> list[Reading]:
        """What the sensors of the sources themselves have to tell."""
        return self._pulses.due(self.down_since, now)

    def start(self) -> None:
        """Connect all in the background."""
        for line in self.lines.values():
            line.start()

    def close(self) -> None:
        """Disconnect; sessions stay at their brokers."""
        # All at once: each takes up to a second to notice.
        for line in self.lines.values():
            line.leave()
        for line in self.lines.values():
            line.close()

    def read(self, tx: Transaction, frame: Frame) -> list[Reading]:
        """See `Source.read`. A message of a source that the settings no longer have can only come out of quarantine, and goes back."""
        source = self.all.get(frame.source)
        if source is None:
            keep(tx, frame, PayloadError(because("payload_topic", topic=one_line(frame.topic, 100))))
            return []
        return source.read(tx, frame)

    def settle(self, *, committed: bool) -> None:
        """See `Source.settle`."""
        self._pulses.settle(committed=committed)
        if not committed:
            self.feeds.said.clear()
        for source in self.all.values():
            source.settle(committed=committed)

    def ack(self, frames: Iterable[Frame]) -> None:
        """Acknowledge those of the further sources."""
        if self.lines:
            frames = list(frames)
            for line in self.lines.values():
                line.ack(frames)

    def renew(self) -> None:
        """Nothing was committed: have all that is unacknowledged delivered again."""
        for line in self.lines.values():
            line.renew()

    def write(self, tx: Transaction, own: Mqtt) -> None:
        """Write what is known of the sources, at each heartbeat; as much as has changed, a thousand names at most."""
        self._mend()
        rows = [self._row(source, own) for source in self.all.values()]
        tx.conn.executemany(f"INSERT OR REPLACE INTO sources VALUES ({','.join('?' * 14)})", rows)
        tx.conn.execute("DELETE FROM sources WHERE name NOT IN (SELECT value FROM json_each(?))", (msgspec.json.encode(list(self.all)).decode(),))
        self._write_strangers(tx)
        self._write_links(tx)
        self.feeds.write(tx)
        for source in self.all.values():
            tx.conn.executemany(_SAID, [_said(source.name, one, tx.now) for one in source.said.values()])

    def written(self) -> None:
        """What `write` wrote is committed."""
        self.strangers.changed.clear()
        self.links.changed.clear()
        self.feeds.written()
        for source in self.all.values():
            source.said.clear()

    def _row(self, source: Source, own: Mqtt) -> tuple[Any, ...]:
        counts, given = source.counts, self._given.get(source.name)
        line = self.lines.get(source.name, own if given is None else None)
        state = (False, self._down_since, self.faults.get(source.name, "")) if line is None else (line.is_up, line.down_since, line.fault)
        if state[0] and source.bridge_down_since is not None:
            state = (False, source.bridge_down_since, self._words("source.bridge_down"))
        return (
            source.name, given.url if given else _bare(own.url), source.codec, *state[:2], one_line(state[2], 200), counts.last_at, counts.messages,
            counts.readings, counts.bad, counts.repeated, counts.orders, counts.unknown, line.dropped if line else 0,
        )  # fmt: skip

    def _write_strangers(self, tx: Transaction) -> None:
        known = self.strangers.known
        rows = [(*key, known[key].count, known[key].first_at, known[key].last_at) for key in self.strangers.changed]
        tx.conn.executemany("INSERT OR REPLACE INTO strangers VALUES (?,?,?,?,?,?)", rows)

    def _write_links(self, tx: Transaction) -> None:
        rows = [(*key, *msgspec.structs.astuple(self.links.known[key])) for key in self.links.changed]
        tx.conn.executemany("INSERT OR REPLACE INTO links VALUES (?,?,?,?,?,?,?)", rows)


_SAID = """
INSERT INTO descriptions VALUES (?,?,?,?,?,?)
ON CONFLICT (source, topic) DO UPDATE SET
  said = CASE WHEN excluded.retired_at IS NULL THEN excluded.said ELSE said END,
  is_pending = excluded.is_pending, seen_at = excluded.seen_at, retired_at = excluded.retired_at
"""


def _said(source: str, one: Description, now: int) -> tuple[Any, ...]:
    return (source, one.topic, msgspec.json.encode(one).decode(), one.is_pending, now, now if one.is_retired else None)


def _bare(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}:{parts.port or 1883}"

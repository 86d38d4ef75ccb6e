"""The brokers that devices publish to: connections, codecs, and what is known of each. Everything here is the writer's, but for the connections.

Each source is one connection that hands its messages into the one line to the writer. One that is down is shown with since-when and holds up no
other. What `source` read of a message, or refused, is acknowledged with the message's batch.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from data.centre.feeds import BRIEF_MS, Feeds, Pulses, source_sensor
from data.centre.frame import Frame
from data.centre.links import Link, Links
from data.centre.mqtt import Handed, Mqtt
from data.centre.quarantine import keep
from data.centre.resolve import Resolver, Stranger, Strangers
from data.centre.source import Counts, Known, Source
from data.centre.source_settings import checked, connection
from data.clock import Clock
from data.codecs import codecs
from data.domain.description import Description
from data.domain.errors import PayloadError, SettingsError
from data.domain.reading import Reading
from data.domain.reason import because
from data.domain.sensor import Sensor
from data.domain.text import one_line
from data.kinds import Kind
from data.settings import Settings
from data.store.desk import Transaction
from data.store.history.history import History
from data.store.sqlite import sqlite3
from data.words import Words

REMEMBER_MS = 86_400_000
"""How far back a start asks when sources were down: more than nearly every kind's silence (judgement)."""


class Sources:
    """All sources of a centre. The own broker is one of them, named ""; its connection is the caller's."""

    def __init__(self, settings: Settings, sensors: Mapping[str, Sensor], kinds: Mapping[str, Kind], handed: Handed, clock: Clock) -> None:
        self.strangers, self.links, self.feeds = Strangers(), Links(), Feeds(self.down_since)
        known = Known(self.strangers, self.links, self.feeds)
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
        self.all = {"": Source("", "own", codecs()["own"].decode, settings.zone, own, known)}
        for place, row in enumerate(settings.file.source):
            decode, zone = checked(settings, place)
            resolver = Resolver(row.name, row.map, sensors, kinds, self.strangers)
            self.all[row.name] = Source(row.name, row.codec, decode, zone, resolver, known)
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

    def remember(self, history: History, now: int) -> None:
        """When each was down of late; the own broker tells nothing of itself, what is of it ends with its centre."""
        for name in self._given:
            points = history.points(source_sensor(name), now - REMEMBER_MS, now)
            self.feeds.remember(name, ((point.at, point.value > 0) for point in points))

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
        """The batch is committed, or undone and will come again."""
        self._pulses.settle(committed=committed)
        if not committed:
            self.feeds.said.clear()
        for source in self.all.values():
            source.repeats.settle(committed=committed)

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
        self.feeds.note(self.all, tx.now)
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

"""By which source each sensor is heard, what sources say of devices that cannot be heard, and how long a described value stands.

For the centre's thread. Sensors of the own broker are not listed: what no other source has brought is its.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from data.centre.listening import MOST_GAPS, counts_from, join_oldest
from data.domain.description import Description
from data.domain.reading import Reading
from data.domain.sensor import Sensor
from data.store.desk import Transaction
from data.store.sqlite import sqlite3

PULSE_MS = 300_000
"""How often a source's own sensor says that nothing has changed (judgement: the interval of a gateway)."""
BRIEF_MS = 5_000
"""A connection that is down for less has not been down: every start begins so (judgement)."""


class Said(msgspec.Struct, frozen=True):
    """A device can or cannot be heard, as said at a time (UTC ms)."""

    sensor: str
    is_online: bool
    at: int


class Feeds:
    """What `data.centre.outages` asks."""

    def __init__(self, down_since: Callable[[str], int | None]) -> None:
        self.down_since = down_since
        """Since when nothing can come by a source; None: it is up."""
        self.expiry: dict[str, float] = {}
        """Seconds after which a sensor is lost, by what its own description says."""
        self.said: list[Said] = []
        """Not yet told to the history."""
        self.gaps: dict[str, list[tuple[int, int]]] = {}
        """Source → (began, ended) in which nothing could come by it, oldest first; UTC ms."""
        self._down: dict[str, int] = {}
        self._of: dict[str, str] = {}
        self._changed: set[str] = set()
        self._devices: dict[str, str] = {}

    def of(self, sensor: str) -> str:
        """The source by which a sensor was heard last; "" is the centre's own broker."""
        return self._of.get(sensor, "")

    def note(self, names: Iterable[str], now: int) -> None:
        """At each heartbeat: which of these sources are down, and which were and are up again."""
        for name in names:
            down = self.down_since(name)
            if down is not None:
                self._down.setdefault(name, down)
            elif (began := self._down.pop(name, now)) + BRIEF_MS <= now:
                gaps = self.gaps.setdefault(name, [])
                gaps.append((began, now))
                join_oldest(gaps)

    def remember(self, source: str, said: Iterable[tuple[int, bool]]) -> None:
        """At a start: (UTC ms, is up) of a source, as an earlier centre told of it. That it went down and no more ends with the last word."""
        began, gaps = None, []
        for at, is_up in said:
            if not is_up:
                began = at if began is None else began
            elif began is not None:
                gaps.append((began, at))
                began = None
        self.gaps[source] = gaps[-MOST_GAPS:]

    def counts_from(self, sensor: str, at: int, stale_ms: int) -> int:
        """See `listening.counts_from`; of the source by which a sensor is heard."""
        return counts_from(self.gaps.get(self.of(sensor), ()), at, stale_ms)

    def heard(self, source: str, readings: Iterable[Reading], device: str = "") -> None:
        """These came by a source, from a device of which it also says whether it is online."""
        known = self._of
        for reading in readings:
            if known.get(reading.sensor, "") != source:
                known[reading.sensor] = source
                self._changed.add(reading.sensor)
                if device:
                    self._devices[reading.sensor] = device

    def learn(self, conn: sqlite3.Connection) -> Iterable[tuple[str, str, str]]:
        """Take up what an earlier centre knew; (source, device, sensor) of what can be offline."""
        rows = conn.execute("SELECT sensor, source, device FROM feeds").fetchall()
        self._of.update((row["sensor"], row["source"]) for row in rows if row["source"])
        return [(row["source"], row["device"], row["sensor"]) for row in rows if row["device"]]

    def expire(self, expiry: Mapping[str, float]) -> list[str]:
        """These are all that is described; the sensors for which it is another time than before."""
        changed = [sensor for sensor in {*expiry, *self.expiry} if expiry.get(sensor) != self.expiry.get(sensor)]
        self.expiry.clear()
        self.expiry.update(expiry)
        self._changed.update(changed)
        return changed

    def write(self, tx: Transaction) -> None:
        """Write what has changed."""
        rows = ((sensor, self.of(sensor), self._devices.get(sensor), self.expiry.get(sensor)) for sensor in self._changed)
        tx.conn.executemany(_PUT, rows)

    def written(self) -> None:
        """What `write` wrote is committed."""
        self._changed.clear()
        self._devices.clear()


_PUT = """
INSERT INTO feeds (sensor, source, device, stale_s) VALUES (?,?,?,?)
ON CONFLICT (sensor) DO UPDATE SET source = excluded.source, device = coalesce(excluded.device, device), stale_s = excluded.stale_s
"""


class Expiries:
    """What descriptions of one source say of how long a value stands, by where it was said."""

    def __init__(self) -> None:
        self.by_topic: dict[str, tuple[str, float]] = {}

    def take(self, said: Iterable[Description]) -> None:
        """A description that is retired, or that no longer says it, says nothing."""
        for one in said:
            self.by_topic.pop(one.topic, None)
            if one.expire_after_s and not one.is_retired and not one.is_pending:
                self.by_topic[one.topic] = (one.id, one.expire_after_s)


class Pulses:
    """The sensors of the sources themselves: up or down, said when it changes and now and then."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._told: dict[str, tuple[bool, int]] = {}
        self._telling: dict[str, tuple[bool, int]] = {}

    def due(self, down_since: Callable[[str], int | None], now: int) -> list[Reading]:
        """What is to be told now."""
        for name in self._names:
            down = down_since(name)
            before = self._told.get(name)
            if (down is None or now - down >= BRIEF_MS) and (before is None or before[0] != (down is None) or now - before[1] >= PULSE_MS):
                self._telling[name] = (down is None, now)
        return [_pulse(name, is_up, at) for name, (is_up, at) in self._telling.items()]

    def settle(self, *, committed: bool) -> None:
        """They are kept, or will be told again."""
        if committed:
            self._told.update(self._telling)
        self._telling.clear()


def _pulse(name: str, is_up: bool, at: int) -> Reading:
    return Reading(sensor=source_sensor(name), value=float(is_up), observed_at=at, received_at=at)


PREFIX = "source-"


def source_sensor(source: str) -> str:
    """The sensor that says whether a source is up."""
    return f"{PREFIX}{source}"


def source_sensors(names: Mapping[str, str]) -> dict[str, Sensor]:
    """These sensors, by id; `names` are what people call the sources."""
    made = [Sensor(id=source_sensor(name), kind="gateway", name=name, place=said) for name, said in names.items()]
    return {sensor.id: sensor for sensor in made}

"""What is down that others hang on: a sensor's parent (a gateway), or the source that its values come by. That explains the others' silence.

Computed from the newest readings and `now` whenever somebody falls silent; nothing here is kept. A child that was overdue while its gateway was
seen alive is its own matter, and stays it when the gateway dies later.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from data.centre.feeds import PREFIX, source_sensor
from data.centre.register import Register
from data.kinds import Kind
from data.store.history.writer import Writer

DOWN_STATES = ("value.down", "value.up")
"""Kinds with these words say of themselves whether they are down."""
MOST_PARENTS = 8
"""How far up is looked; a ring of parents ends there."""
OWN = "broker"
"""What explains a silence when the centre's own broker is down. Others are named by their sensor, `source-NAME`."""


class Feeds(Protocol):
    """What knows by which source a sensor is heard (`data.centre.sources`)."""

    def of(self, sensor: str) -> str:
        """The source's name; "" is the centre's own broker."""

    def down_since(self, source: str) -> int | None:
        """Since when nothing can come by a source, UTC ms; None: it is up, or there is no such source."""

    def counts_from(self, sensor: str, at: int, stale_ms: int) -> int:
        """From when a silence counts that began at `at`: time in which its source was down is none."""


class Outages:
    """For the centre's thread; `Writer.outages`."""

    def __init__(self, register: Register, kinds: Mapping[str, Kind], history: Writer, feeds: Feeds) -> None:
        self._register, self._kinds, self._history, self._feeds = register, kinds, history, feeds

    def explain(self, sensor: str, since: int, stale_ms: int, now: int) -> str | None:
        """See `data.store.history.writer.Outages`."""
        source = self._feeds.of(sensor)
        down = self._feeds.down_since(source)
        if down is not None and since + stale_ms >= down:
            return source_sensor(source) if source else OWN
        if down is None and self._feeds.counts_from(sensor, since, stale_ms) + stale_ms >= now:
            return None
        alive_from = since + min(stale_ms, self._interval_ms(sensor))
        for parent in self._parents(sensor):
            said = self._of_parent(parent, since + stale_ms, alive_from, now)
            if said != "":
                return said
        return ""

    def _of_parent(self, parent: str, overdue_at: int, alive_from: int, now: int) -> str | None:
        heard = self._history.heard(parent)
        stale_s = self._register.stale_s(parent)
        if heard is None or stale_s is None:
            return ""
        at, _ = heard
        if self._is_down(parent, now):
            return parent if self._says_down(parent) or overdue_at >= at else ""
        # Alive if it was heard when the child should have been; until then, or until it is silent for too long itself, nobody can tell.
        return "" if at >= alive_from else None

    def is_down(self, name: str, now: int) -> bool:
        """See `data.store.history.writer.Outages`."""
        if name == OWN:
            return self._feeds.down_since("") is not None
        if name.startswith(PREFIX) and self._feeds.down_since(name.removeprefix(PREFIX)) is not None:
            return True
        return self._is_down(name, now)

    def _is_down(self, sensor: str, now: int) -> bool:
        heard, stale_s = self._history.heard(sensor), self._register.stale_s(sensor)
        if heard is None or stale_s is None:
            return False
        return self._says_down(sensor) or self._history.is_lost(sensor) or now - heard[0] > stale_s * 1000

    def _says_down(self, sensor: str) -> bool:
        place, heard = self._register.sensors.places.get(sensor), self._history.heard(sensor)
        kind = self._kinds.get(place.kind) if place else None
        return kind is not None and tuple(kind.states) == DOWN_STATES and heard is not None and heard[1] == 0

    def _interval_ms(self, sensor: str) -> int:
        place = self._register.sensors.places.get(sensor)
        kind = self._kinds.get(place.kind) if place else None
        return round(kind.timing.interval_s * 1000) if kind else 0

    def _parents(self, sensor: str) -> Iterator[str]:
        for _ in range(MOST_PARENTS):
            place = self._register.sensors.places.get(sensor)
            if place is None or not place.parent:
                return
            sensor = place.parent
            yield sensor

"""The centre's copy of the register: seeded from sensors.csv at the start, then kept up with what imports change."""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from data.catalogue.index import catch_up, index_apart, is_behind
from data.domain.sensor import Sensor, Spot
from data.kinds import Kind
from data.kinds.register import load_sensors, one_sensor, places_changed, sync_sensors
from data.store.desk import Transaction
from data.store.sqlite import connect, sqlite3

_LOG = logging.getLogger(__name__)


KEPT = 4_096
"""Whole sensors that are kept from one look to the next; the others are in the desk (judgement)."""


APART = 20_000
"""Sensors from which on the index is made by a process of its own: its table of readings takes 60 MB, which a thread would hold for good,
and 337,000 sensors 20 s of the processor, taken from the loop (measured)."""


class Known(Mapping[str, Sensor]):
    """All sensors in use. Kind, area class and parent are in memory, the rest is read from the desk: only an alarm asks for it."""

    def __init__(self) -> None:
        self.places: dict[str, Spot] = {}
        self._conn: sqlite3.Connection | None = None
        self._whole: dict[str, Sensor] = {}
        self.moved: list[str] = []
        """Sensors that became another kind, since this was last cleared: what was heard of them says nothing any more."""

    def __getitem__(self, sensor: str) -> Sensor:
        if sensor not in self.places or self._conn is None:
            raise KeyError(sensor)
        found = self._whole.get(sensor) or one_sensor(self._conn, sensor)
        if found is None:
            raise KeyError(sensor)
        if len(self._whole) >= KEPT:
            self._whole.clear()
        self._whole[sensor] = found
        return found

    def __contains__(self, sensor: object) -> bool:
        return sensor in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def take(self, conn: sqlite3.Connection, changed: Iterable[tuple[str, Spot | None]]) -> list[str]:
        """Take up what changed; those that were retired."""
        self._conn, gone = conn, []
        self._whole.clear()
        for sensor, now in changed:
            if now is None:
                self.places.pop(sensor, None)
                gone.append(sensor)
                continue
            before = self.places.get(sensor)
            if before is not None and before.kind != now.kind:
                self.moved.append(sensor)
            self.places[sensor] = now
        return gone


class Register:
    """`sensors` is one mapping for the life of the centre; it changes in place, on the thread that calls `poll`."""

    def __init__(self, home: Path, kinds: Mapping[str, Kind], more: Mapping[str, Sensor] | None = None) -> None:
        """`more`: sensors of the centre's own, beside those that sensors.csv lists."""
        self._home = home
        self._kinds = kinds
        self._seed = {**(more or {}), **load_sensors(home / "sensors.csv", kinds)}
        self._version = 0
        self._indexer: threading.Thread | None = None
        self.sensors = Known()
        self.retired: list[str] = []
        """Taken out of use since this was last cleared."""
        self.expiry: Mapping[str, float] = {}
        """Seconds after which a sensor is lost, where its own description says so instead of its kind."""

    def seed(self, tx: Transaction) -> None:
        """Take up sensors.csv, and learn what the register holds."""
        sync_sensors(tx, self._seed)
        self._seed = {}
        self._learn(tx.conn)

    def poll(self, conn: sqlite3.Connection) -> bool:
        """Take up what was committed since the last time; one index look-up when nothing was."""
        if not self._learn(conn):
            return False
        self.start_index()
        return True

    def _learn(self, conn: sqlite3.Connection) -> bool:
        before = self._version
        self._version, changed = places_changed(conn, before)
        if self._version == before:
            return False
        self.retired += self.sensors.take(conn, changed)
        return True

    def stale_s(self, sensor: str) -> float | None:
        """After how many seconds of silence a sensor is lost; None for one that is not in use."""
        known, said = self.sensors.places.get(sensor), self.expiry.get(sensor)
        if known is not None and said is not None:
            return said
        kind = self._kinds.get(known.kind) if known else None
        return kind.timing.stale_s if kind else None

    def has_kind(self, kind: str) -> bool:
        """Whether there is such a kind."""
        return kind in self._kinds

    def all_of(self, kind: str) -> list[str]:
        """Ids of a kind's sensors, those out of use too. For any thread: it opens the desk for itself."""
        conn = connect(self._home / "desk.db", read_only=True)
        try:
            return [row[0] for row in conn.execute("SELECT id FROM sensors WHERE kind=?", (kind,))]
        finally:
            conn.close()

    def start_index(self) -> None:
        """Bring the catalogue's index up to date beside the loop."""
        if self._indexer is None or not self._indexer.is_alive():
            self._indexer = threading.Thread(target=self._index, name="catalogue", daemon=True)
            self._indexer.start()

    def _index(self) -> None:
        try:
            if len(self.sensors) < APART:
                catch_up(self._home)
            elif is_behind(self._home):
                index_apart(self._home)
        except (sqlite3.OperationalError, OSError) as error:
            # Another process holds the file, or the disk is full: the next change or start tries again, search goes on with what is there.
            _LOG.warning("catalogue: %s", error)

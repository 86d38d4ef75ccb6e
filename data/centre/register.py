"""The centre's copy of the register: seeded from sensors.csv at the start, then kept up with what imports change."""

import logging
import threading
from collections.abc import Mapping
from pathlib import Path

from data.catalogue.index import catch_up
from data.domain.sensor import Sensor
from data.kinds import Kind
from data.kinds.register import changes, load_sensors, sync_sensors
from data.store.desk import Transaction
from data.store.sqlite import sqlite3

_LOG = logging.getLogger(__name__)


class Register:
    """`sensors` is one dict for the life of the centre; it changes in place, on the thread that calls `poll`."""

    def __init__(self, home: Path, kinds: Mapping[str, Kind]) -> None:
        self._home = home
        self._kinds = kinds
        self._seed = load_sensors(home / "sensors.csv", kinds)
        self._version = 0
        self._indexer: threading.Thread | None = None
        self.sensors: dict[str, Sensor] = {}
        self.retired: list[str] = []
        """Taken out of use since this was last cleared."""

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
        self._version, changed = changes(conn, self._version)
        for sensor, now in changed.items():
            if now is None:
                self.sensors.pop(sensor, None)
            else:
                self.sensors[sensor] = now
        self.retired += [sensor for sensor, now in changed.items() if now is None]
        return bool(changed)

    def stale_s(self, sensor: str) -> float | None:
        """After how many seconds of silence a sensor is lost; None for one that is not in use."""
        known = self.sensors.get(sensor)
        kind = self._kinds.get(known.kind) if known else None
        return kind.timing.stale_s if kind else None

    def start_index(self) -> None:
        """Bring the catalogue's index up to date beside the loop."""
        if self._indexer is None or not self._indexer.is_alive():
            self._indexer = threading.Thread(target=self._index, name="catalogue", daemon=True)
            self._indexer.start()

    def _index(self) -> None:
        try:
            catch_up(self._home)
        except sqlite3.OperationalError as error:
            # Another process holds the file, or the disk is full: the next change or start tries again, search goes on with what is there.
            _LOG.warning("catalogue: %s", error)

"""Law 4 on a real broker: what could not be committed is not acknowledged, and comes again when it can be."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.centre.mqtt import Mqtt
from data.centre.run import Centre
from data.clock import real_ms
from data.init import init_home
from data.settings import load
from data.store import lease
from data.store.desk import Desk
from data.store.history.writer import open_writer
from data.store.schema import migrate
from data.store.sqlite import connect
from tests.helpers.brokers import AnyBroker
from tests.helpers.mqtt import Client
from tests.helpers.waiting import wait_until


class Running:
    """A centre on a thread of its own whose desk can be made full: SQLite's own page limit is the disk's end."""

    def __init__(self, home: Path, url: str) -> None:
        self.home, self._url = home, url
        self.full = threading.Event()
        self.centre: Centre | None = None
        self._thread = threading.Thread(target=self._run, name="centre under test")
        self._thread.start()
        wait_until(lambda: self.centre is not None and self.centre.line.is_up, 15, "the centre is on the broker")

    def _run(self) -> None:
        settings = load(self.home)
        migrate(self.home / "desk.db")
        conn = connect(self.home / "desk.db", checkpoints=True)
        desk = Desk(conn, settings.clock, epoch=lease.take(conn, real_ms()))
        history = open_writer(self.home)
        line = Mqtt(self._url, client_id="paidan-pailou", topics=("paidan/pailou/in/+", "paidan/pailou/sensor/+"), clock=settings.clock)
        centre = Centre(settings, desk, history, line)
        centre.prepare()
        self.centre, turn = centre, centre.turn

        def limited(wait_s: float) -> None:
            pages = conn.execute("PRAGMA page_count").fetchone()[0]
            conn.execute(f"PRAGMA max_page_count={pages if self.full.is_set() else 1_000_000}")
            turn(wait_s)

        centre.turn = limited  # type: ignore[method-assign]  # the disk, not our code, is what changes
        centre.run()
        line.close()
        history.close()
        conn.close()

    def stop(self) -> None:
        assert self.centre is not None
        self.centre.stopping.set()
        self._thread.join(15)


@pytest.fixture
def running(tmp_path: Path, broker: AnyBroker) -> Iterator[Running]:
    """The street's centre, in this process."""
    init_home(tmp_path / "pailou", "street", broker=broker.url)
    made = Running(tmp_path / "pailou", broker.url)
    yield made
    made.stop()


def numbers(home: Path) -> list[str]:
    """The messages that became reports."""
    conn = connect(home / "desk.db", read_only=True)
    try:
        return sorted(row[0] for row in conn.execute("SELECT message FROM reports"))
    finally:
        conn.close()


def test_a_full_disk_loses_and_doubles_nothing(running: Running, broker: AnyBroker) -> None:
    """Reports sent while nothing can be committed stay with the broker; each is there once when the disk has room again."""
    client = Client(broker.url, "tester")
    text = "垃圾" * 1800
    client.publish("paidan/pailou/in/report", {"id": "before", "text": "垃圾堵门", "grid": "DHG-03"})
    wait_until(lambda: numbers(running.home) == ["before"], 10, "the first report is filed")
    running.full.set()
    for number in range(5):
        client.publish("paidan/pailou/in/report", {"id": f"full-{number}", "text": text, "grid": "DHG-03"})
    assert running.centre is not None
    wait_until(lambda: not running.centre.line.is_up, 10, "the centre gives the messages back")
    assert len(numbers(running.home)) < 6
    running.full.clear()
    client.publish("paidan/pailou/in/report", {"id": "zafter", "text": "垃圾堵门", "grid": "DHG-03"})
    expected = ["before", *(f"full-{number}" for number in range(5)), "zafter"]
    wait_until(lambda: numbers(running.home) == expected, 40, "all reports are filed, each once")
    client.close()

"""Calls pass a flood by at the real program and real brokers, and none is read twice for it."""

import os
import signal
import threading
from pathlib import Path

import pytest

from data.centre.broker import MAX_ACK_PENDING
from data.clock import real_ms
from data.init import init_home
from data.store.history import open_reader
from data.store.schema import open_desk
from tests.helpers import brokers
from tests.helpers.bare_mqtt import Publisher
from tests.helpers.homes import CentreProcess
from tests.helpers.waiting import wait_until

READINGS, SENSORS, CALLS = 80_000, 500, 20
AGE_MS = 3_600_000
"""How old the readings' times are: more than `TRUST_MS`, so none is thinned."""
WAITING = 2 * MAX_ACK_PENDING
"""More readings than a broker has under way, twice over: what it has to send again may come last."""


def calls(home: Path) -> dict[str, int]:
    """How often each sensor called, by its alarm."""
    desk = open_desk(home / "desk.db")
    try:
        return {row[0]: row[1] for row in desk.execute("SELECT sensor, occurrences FROM alarms WHERE level=1")}
    finally:
        desk.close()


def came(home: Path) -> int:
    """Readings in the store."""
    history = open_reader(home)
    try:
        return int(history.total())
    finally:
        history.close()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", ["nats", "mosquitto"])
def test_calls_pass_what_waits_for_the_session(tmp_path: Path, name: str) -> None:
    """A centre that stood still has 80,000 readings before it and twenty calls behind them, half without a time: all twenty are alarms while
    readings still wait; in the end each is one press and all readings are there.
    """
    broker = brokers.make(name, tmp_path / name)
    if isinstance(broker, brokers.MosquittoBroker):
        broker.saves = False
    broker.start()
    home = tmp_path / "pailou"
    init_home(home, "street", broker=broker.url)
    rows = [f"s{n},noise" for n in range(SENSORS)] + [f"b{n},call_button" for n in range(CALLS - 5)] + [f"f{n},smoke" for n in range(5)]
    (home / "sensors.csv").write_text("id,kind\n" + "\n".join(rows) + "\n", encoding="utf-8")
    centre = CentreProcess(home)
    centre.start()
    try:
        wait_until(lambda: "first line connected" in log(home), 20, "the calls' connection")
        assert centre.process is not None
        os.kill(centre.process.pid, signal.SIGSTOP)
        now, topic = real_ms(), "paidan/pailou/sensor/"
        flood = [(f"{topic}s{n % SENSORS}", b'{"value":%d,"time":%d}' % (30 + n % 10, now - AGE_MS + n)) for n in range(READINGS)]
        called = [f"b{n}" for n in range(CALLS - 5)] + [f"f{n}" for n in range(5)]
        pressed = [(f"{topic}{one}", b"1" if n % 2 else b'{"value":1,"time":%d}' % now) for n, one in enumerate(called)]
        sender = threading.Thread(target=Publisher(broker.port, "flood").send, args=([*flood, *pressed],), daemon=True)
        sender.start()
        sender.join(60)
        os.kill(centre.process.pid, signal.SIGCONT)
        wait_until(lambda: len(calls(home)) == CALLS, 60, "all calls")
        waiting = READINGS + CALLS - came(home)
        wait_until(lambda: came(home) >= READINGS + CALLS, 120, "all readings")
        centre.stop()
        assert (waiting > WAITING, calls(home), came(home)) == (True, dict.fromkeys(called, 1), READINGS + CALLS)
    finally:
        centre.stop()
        broker.stop()


def log(home: Path) -> str:
    return (home / "test-serve.log").read_text(encoding="utf-8")

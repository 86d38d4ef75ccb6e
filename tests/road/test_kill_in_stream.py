"""kill -9 of the centre in the midst of readings: none lost, none doubled, each call one alarm."""

import random
import threading
from pathlib import Path

import pytest

from data.clock import real_ms
from data.domain.reading import DAY_MS
from data.init import init_home
from data.store.history import open_reader
from data.store.schema import open_desk
from tests.helpers import brokers
from tests.helpers.bare_mqtt import Publisher
from tests.helpers.brokers import AnyBroker
from tests.helpers.homes import CentreProcess
from tests.helpers.waiting import wait_until

SENT, SENSORS, CALLS, RATE = 12_000, 100, 10, 4_000
AGE_MS = 3_600_000
"""How old the devices' times are: readings of less than `TRUST_MS` would be thinned, for they come late by a restart and are far too many."""


def stream(number: int, begun: int) -> tuple[list[tuple[str, bytes]], tuple[int, int]]:
    """Readings of a hundred sensors with some calls among them, all with times of their own; and from when to when these are."""
    since = begun + number * SENT
    messages = [(f"paidan/pailou/sensor/s{n % SENSORS}", b'{"value":%d,"time":%d}' % (20 + n % 10, since + n)) for n in range(SENT)]
    for call in range(CALLS):
        messages.insert((call + 1) * SENT // (CALLS + 1), (f"paidan/pailou/sensor/b{number}-{call}", b'{"value":1,"time":%d}' % since))
    return messages, (since, since + SENT)


def kept(home: Path, span: tuple[int, int]) -> int:
    """Single readings of the span, as a seat sees them."""
    history = open_reader(home)
    try:
        return sum(len(list(history.points(f"s{n}", *span))) for n in range(SENSORS))
    finally:
        history.close()


def calls(home: Path, number: int) -> list[tuple[str, int]]:
    """Calls of one round, with how often each came."""
    desk = open_desk(home / "desk.db")
    try:
        rows = desk.execute("SELECT sensor, occurrences FROM alarms WHERE rule='press' AND sensor LIKE ? ORDER BY sensor", (f"b{number}-%",))
        return [tuple(row) for row in rows]
    finally:
        desk.close()


@pytest.mark.timeout(120)
def test_nothing_is_lost_or_doubled(tmp_path: Path, nats_broker: AnyBroker) -> None:
    """Twice, at the embedded broker."""
    kill_in_stream(tmp_path, nats_broker, 2)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["nats", "mosquitto"])
def test_nothing_is_lost_or_doubled_twenty_times_running(tmp_path: Path, name: str) -> None:
    """The same centre and store all the time, at either broker; it is the centre that dies, so mosquitto need not save at every message."""
    broker = brokers.make(name, tmp_path / name)
    if isinstance(broker, brokers.MosquittoBroker):
        broker.saves = False
    broker.start()
    try:
        kill_in_stream(tmp_path, broker, 20)
    finally:
        broker.stop()


def kill_in_stream(tmp_path: Path, broker: AnyBroker, rounds: int) -> None:
    """12,000 readings a round; in its midst the centre is killed and started again, while devices go on sending."""
    home = tmp_path / "pailou"
    init_home(home, "street", broker=broker.url)
    rows = [f"s{n},noise" for n in range(SENSORS)] + [f"b{number}-{call},call_button" for number in range(rounds) for call in range(CALLS)]
    (home / "sensors.csv").write_text("id,kind\n" + "\n".join(rows) + "\n", encoding="utf-8")
    centre, rng, found, begun = CentreProcess(home), random.Random(7), [], real_ms() - AGE_MS
    centre.start()
    for number in range(rounds):
        messages, span = stream(number, begun)
        sender = threading.Thread(target=Publisher(broker.port, f"devices-{number}").send, args=(messages, RATE), daemon=True)
        sender.start()
        sender.join(rng.uniform(0.3, 2.5))
        assert sender.is_alive(), "the stream ended before the centre was killed"
        centre.kill()
        centre.start()
        sender.join()
        wait_until(lambda number=number, span=span: (kept(home, span), len(calls(home, number))) >= (SENT, CALLS), 60, f"round {number} is kept")
        found.append((kept(home, span), calls(home, number)))
    everything = kept(home, (real_ms() - DAY_MS, real_ms() + DAY_MS))
    centre.stop()
    assert found == [(SENT, [(f"b{number}-{call}", 1) for call in range(CALLS)]) for number in range(rounds)]
    assert everything == SENT * rounds

"""The second connection to the own broker: it follows exact topics as the register changes, and nothing depends on it."""

from pathlib import Path
from typing import Any

import pytest

from data.centre.first_line import TOPICS, FirstLine
from data.centre.frame import Frame
from data.centre.handover import Handover
from data.centre.mqtt import Mqtt
from data.centre.run import Centre
from data.clock import RealClock
from data.init import init_home
from data.settings import load
from data.store import lease
from data.store.desk import Desk
from data.store.history.writer import open_writer
from data.store.schema import migrate
from data.store.sqlite import connect
from tests.helpers.brokers import AnyBroker
from tests.helpers.clock import FakeClock
from tests.helpers.mqtt import Client
from tests.helpers.waiting import wait_until

NOWHERE = "mqtt://127.0.0.1:1"


def opened(url: str) -> tuple[FirstLine, Any]:
    handed: Any = Handover(1000)
    return FirstLine(url, client_id="first-paidan-pailou", clock=RealClock(), handed=handed), handed


def test_topics_come_and_go(broker: AnyBroker) -> None:
    """More than one SUBSCRIBE holds; what the broker had kept is no call; a topic that is followed no more brings nothing, a new one does."""
    line, handed = opened(broker.url)
    client = Client(broker.url, "sensors")
    topics = [f"paidan/pailou/sensor/b{n}" for n in range(2 * TOPICS + 50)]
    client.publish(topics[0], "kept", retain=True)
    came: list[Frame] = []

    def brings(topic: str) -> bool:
        client.publish(topic, "1")
        came.extend(handed.take_first(100))
        return topic in [frame.topic for frame in came]

    try:
        assert line.missed_since is None
        line.follow(topics)
        wait_until(lambda: line.is_up, 20, "connected")
        client.publish(topics[0], "1")
        wait_until(lambda: brings(topics[-1]), 10, "a copy")
        assert {(frame.topic, frame.body, frame.qos, frame.is_copy) for frame in came} == {(topics[0], b"1", 0, True), (topics[-1], b"1", 0, True)}
        line.follow([*topics[1:], "paidan/pailou/sensor/new"])
        wait_until(lambda: brings("paidan/pailou/sensor/new"), 10, "a copy of the new one")
        came.clear()
        client.publish(topics[0], "1")
        wait_until(lambda: brings(topics[1]), 10, "a later one")
        assert topics[0] not in [frame.topic for frame in came]
    finally:
        client.close()
        line.close()


def test_a_broker_that_was_away_is_followed_again(nats_broker: AnyBroker) -> None:
    """All topics are asked for anew."""
    line, handed = opened(nats_broker.url)
    line.follow(["paidan/pailou/sensor/b1"])
    try:
        wait_until(lambda: line.is_up, 20, "connected")
        nats_broker.kill()
        wait_until(lambda: line.missed_since is not None, 20, "lost")
        nats_broker.start()
        wait_until(lambda: line.is_up, 30, "there again")
        client = Client(nats_broker.url, "sensors")
        client.publish("paidan/pailou/sensor/b1", "1")
        wait_until(lambda: len(handed) == 1, 10, "a copy")
        client.close()
    finally:
        line.close()


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    home = tmp_path / "pailou"
    init_home(home, "street", broker=NOWHERE)
    (home / "sensors.csv").write_text("id,kind\nb1,call_button\nplaza,noise\n", encoding="utf-8")
    migrate(home / "desk.db")
    conn, clock = connect(home / "desk.db", checkpoints=True), FakeClock()
    desk = Desk(conn, clock, epoch=lease.take(conn, clock.now()))
    line = Mqtt(NOWHERE, client_id="test", topics=(), clock=clock)
    first = FirstLine(NOWHERE, client_id="first-test", clock=clock, handed=line.handed)
    made = Centre(load(home), desk, open_writer(home), line, first)
    made.prepare()
    return made


def frame(centre: Centre, sensor: str, *, is_copy: bool = False) -> Frame:
    return Frame(
        topic=f"paidan/pailou/sensor/{sensor}", body=b"1", received_at=centre.desk.clock.now(), qos=0 if is_copy else 1, is_copy=is_copy,
    )  # fmt: skip


def presses(centre: Centre) -> list[tuple[str, int]]:
    return [tuple(row) for row in centre.desk.conn.execute("SELECT sensor, occurrences FROM alarms WHERE rule='press'")]


def test_a_line_that_is_down_changes_nothing(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls and readings go their ordinary way, each acknowledged; that it is down is in the heartbeat's row."""
    acknowledged: list[Frame] = []
    monkeypatch.setattr(centre.line, "ack", acknowledged.extend)
    sent = [frame(centre, "plaza"), frame(centre, "b1"), frame(centre, "b1")]
    for one in sent:
        centre.line.handed.put(one, first=one.topic.encode() in centre.line.calls)
    centre.turn(0)
    assert (presses(centre), len(acknowledged)) == ([("b1", 2)], 3)
    assert centre.desk.conn.execute("SELECT calls_down_since IS NOT NULL FROM lease").fetchone()[0] == 1
    assert centre.first is not None
    centre.first.close()


def test_a_call_is_read_before_what_waits(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """More readings than a batch holds, and a copy whose message is not there: after a second it is an alarm while readings still wait; its
    message is acknowledged, counted, and no second press.
    """
    assert isinstance(centre.desk.clock, FakeClock)
    assert centre.first is not None
    centre.first.down_since = None
    monkeypatch.setattr(FirstLine, "is_up", True)
    monkeypatch.setattr("data.centre.run.BATCH", 50)
    acknowledged: list[Frame] = []
    monkeypatch.setattr(centre.line, "ack", acknowledged.extend)
    for _ in range(200):
        centre.line.handed.put(frame(centre, "plaza"))
    centre.line.handed.put(frame(centre, "b1", is_copy=True), first=True)
    centre.turn(0)
    assert presses(centre) == []
    centre.desk.clock.pass_s(1)
    centre.turn(0)
    assert (presses(centre), len(centre.line.handed)) == ([("b1", 1)], 100)
    late = frame(centre, "b1")
    centre.line.handed.put(late, first=True)
    centre.turn(0)
    assert (presses(centre), late in acknowledged, centre.copies.left_out) == ([("b1", 1)], True, 1)
    centre.first.close()

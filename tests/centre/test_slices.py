"""One transaction holds no more of the inbox than a key may wait for; nothing of what is cut off is lost, and what is asked back is taken whole."""

import json
import time
from pathlib import Path

import pytest

from data.centre import quarantine, run
from data.centre.frame import Frame
from data.centre.mqtt import Mqtt
from data.domain.errors import PayloadError
from data.domain.reason import because
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


@pytest.fixture
def centre(tmp_path: Path) -> run.Centre:
    home = tmp_path / "dahegou"
    init_home(home, "community", broker="mqtt://127.0.0.1:1")
    migrate(home / "desk.db")
    conn, clock = connect(home / "desk.db", checkpoints=True), FakeClock()
    desk = Desk(conn, clock, epoch=lease.take(conn, clock.now()))
    line = Mqtt("mqtt://127.0.0.1:1", client_id="test", topics=(), clock=clock)
    made = run.Centre(load(home), desk, open_writer(home), line)
    made.prepare()
    return made


def frame(number: int) -> Frame:
    body = json.dumps({"id": f"rep-{number}", "text": f"{number}号路灯不亮", "grid": f"G-{number}"}).encode()
    return Frame(topic="paidan/dahegou/in/report", body=body, received_at=0)


def reports(centre: run.Centre) -> int:
    return int(centre.desk.conn.execute("SELECT count(*) FROM reports").fetchone()[0])


def test_a_flood_is_committed_in_slices_and_acknowledged_slice_by_slice(centre: run.Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each turn takes a little; what is acknowledged is what is committed; in the end all of it is."""
    acknowledged: list[Frame] = []
    monkeypatch.setattr(centre.line, "ack", acknowledged.extend)
    for number in range(600):
        centre.line.handed.put(frame(number))
    counts: list[int] = []
    while reports(centre) < 600:
        centre.turn(0.0)
        counts.append(reports(centre))
        assert len(acknowledged) == counts[-1]
    assert (len(counts) > 2, [json.loads(one.body)["id"] for one in acknowledged]) == (True, [f"rep-{number}" for number in range(600)])


def test_what_is_asked_back_from_quarantine_is_never_cut(centre: run.Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has left the quarantine in this very transaction: all of it is handled, however slow."""
    monkeypatch.setattr(run, "INBOX_S", -1.0)
    with centre.desk.transaction() as tx:
        for number in range(10):
            quarantine.keep(tx, frame(number), PayloadError(because("payload_bad", problem="test")))
    quarantine.ask_replay(centre.desk)
    centre.turn(0.0)
    assert (reports(centre), centre.desk.conn.execute("SELECT count(*) FROM quarantine").fetchone()[0]) == (10, 0)


def test_copies_of_what_is_still_in_hand_are_not_taken(nats_broker: AnyBroker) -> None:
    """The broker sends unacknowledged messages again after 5 s; a writer that is 7 s late finds each once, and its acknowledgement holds."""
    line = Mqtt(nats_broker.url, client_id="late", topics=("late/#",), clock=FakeClock())
    line.start()
    client = Client(nats_broker.url, "sender")
    try:
        wait_until(lambda: line.is_up, 20, "connected")
        for number in range(50):
            client.publish(f"late/{number}", "x")
        wait_until(lambda: len(line.handed) == 50, 10, "all fifty")
        time.sleep(7)  # longer than the broker waits for an acknowledgement
        taken = [item for item in line.handed.take(0, 1000) if isinstance(item, Frame)]
        assert [frame.topic for frame in taken] == [f"late/{number}" for number in range(50)]
        line.ack(taken)
        client.publish("late/after", "x")
        wait_until(lambda: len(line.handed) > 0, 10, "what comes after")
        time.sleep(6)
        assert {frame.topic for frame in line.handed.take(0, 1000) if isinstance(frame, Frame)} == {"late/after"}
    finally:
        client.close()
        line.close()

"""The embedded broker on real processes: adopted when it lives, started when not, never a fight about the port."""

import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from data.centre import broker
from data.domain.errors import PaidanError
from tests.helpers.brokers import AnyBroker, kill
from tests.helpers.mqtt import Client
from tests.helpers.waiting import wait_until


@pytest.fixture
def home(tmp_path: Path):
    """A home whose broker is ended after the test, whatever happened."""
    yield tmp_path
    broker.stop(tmp_path)


def test_living_broker_is_adopted(home: Path) -> None:
    """A second `ensure` (a new centre after a kill) gets the very process that the first one started."""
    first = broker.ensure(home, broker.free_port())
    assert first == broker.ensure(home, first.port)


def test_dead_broker_is_replaced(home: Path) -> None:
    """A broker that was killed is started again on the same port."""
    first = broker.ensure(home, broker.free_port())
    kill(first.pid)
    wait_until(lambda: not broker.is_alive(first))
    second = broker.ensure(home, first.port)
    assert second.pid != first.pid
    assert broker.answers(second.port)


def test_recycled_pid_is_not_adopted_nor_killed(home: Path) -> None:
    """A record whose pid now belongs to another process (ours) neither is adopted nor hurts that process."""
    port = broker.free_port()
    (home / "broker.json").write_text(f'{{"pid": {os.getpid()}, "started": "another life", "port": {port}}}')
    assert broker.ensure(home, port).pid != os.getpid()


def test_new_port_in_settings_moves_the_broker(home: Path) -> None:
    """After `broker_port` was changed the old process is ended and one on the new port runs."""
    first = broker.ensure(home, broker.free_port())
    second = broker.ensure(home, broker.free_port())
    assert not broker.is_alive(first)
    assert broker.answers(second.port)
    assert not broker.answers(first.port)


def test_foreign_port_is_an_error_that_names_it(home: Path) -> None:
    """Somebody else on the port: the error names port and settings file, and nothing is started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PaidanError) as caught:
            broker.ensure(home, port)
    assert "broker_port_taken" == caught.value.reason.code
    assert {"port": port, "file": str(home / "paidan.toml")} == dict(caught.value.reason.args)
    assert broker.recorded(home) is None


def test_missing_program_is_an_error_that_says_what_to_install(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without nats-server beside Python or in PATH the error says so."""
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PaidanError) as caught:
        broker.ensure(home, broker.free_port())
    assert "broker_missing" == caught.value.reason.code


def test_broker_inherits_no_descriptor(home: Path) -> None:
    """A lock file that the centre holds open, even an inheritable one, is not open in the broker."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc")
    lock = (home / "lock").open("w")
    os.set_inheritable(lock.fileno(), True)
    running = broker.ensure(home, broker.free_port())
    names = []
    for fd in Path(f"/proc/{running.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # the broker opens and closes files of its own while we look
            names.append(str(fd.readlink()))
    lock.close()
    assert names
    assert str(home / "lock") not in names
    assert os.getsid(running.pid) == running.pid


def test_stop_ends_it_and_says_whether_it_ran(home: Path) -> None:
    """`stop` is true once, then false; the port is free again."""
    running = broker.ensure(home, broker.free_port())
    assert [True, False] == [broker.stop(home), broker.stop(home)]
    assert broker.is_free(running.port)


def test_home_with_blanks_and_han(tmp_path: Path) -> None:
    """A home whose path has blanks, quotes and Chinese signs works."""
    home = tmp_path / '我的 "家"'
    try:
        assert broker.answers(broker.ensure(home, broker.free_port()).port)
    finally:
        broker.stop(home)


def test_session_survives_kill_of_the_broker(broker: AnyBroker) -> None:
    """QoS 1 for a client that is away survives SIGKILL of the broker: it finds its session and every message.

    Order is not promised across a restart, and nothing of ours relies on it.
    """
    Client(broker.url, "desk", topics=("paidan/a/in/report",), keep=True).close()
    sender = Client(broker.url, "sender")
    for number in range(20):
        sender.publish("paidan/a/in/report", {"id": number})
    sender.close()
    broker.kill()
    broker.start()
    desk = Client(broker.url, "desk", topics=("paidan/a/in/report",), keep=True)
    wait_until(lambda: len(desk.received) >= 20, 15, "20 messages after the kill")
    assert desk.session_present
    assert set(range(20)) == {message["id"] for message in desk.messages()}
    desk.close()


def test_unacknowledged_message_comes_again(broker: AnyBroker) -> None:
    """What a client received but never acknowledged before it died is delivered to its next connection."""
    dying = Client(broker.url, "desk", topics=("paidan/a/in/report",), keep=True, acks=False)
    sender = Client(broker.url, "sender")
    sender.publish("paidan/a/in/report", {"id": "one"})
    wait_until(lambda: dying.received)
    dying.drop()
    again = Client(broker.url, "desk", topics=("paidan/a/in/report",), keep=True)
    wait_until(lambda: again.received, 15, "redelivery")
    assert [{"id": "one"}] == again.messages()
    again.close()
    sender.close()


def test_every_inbox_of_a_centre_fits_the_limit_in_flight(broker: AnyBroker) -> None:
    """One session may subscribe all that a centre subscribes: the limits in flight sum up to less than the broker allows."""
    kinds = ("report", "order", "receipt", "cancel", "note")
    topics = ("paidan/pailou/sensor/+", *(f"paidan/pailou/in/{kind}" for kind in kinds))
    desk = Client(broker.url, "centre-pailou", topics=topics, keep=True)
    assert desk.connected()
    desk.close()

"""Sources on real brokers: several at once, one down, one killed, one by TLS, one that refuses."""

import getpass
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from data.centre.handover import Handover
from data.centre.mqtt import Mqtt, Tls
from data.clock import RealClock
from data.store.schema import open_desk
from tests.helpers import brokers
from tests.helpers.homes import CentreProcess, paidan
from tests.helpers.mqtt import Client
from tests.helpers.tools import needs
from tests.helpers.waiting import wait_until

SETTINGS = """
[[source]]
name = "field"
url = "{url}"
topics = ["zigbee2mqtt/#"]
codec = "zigbee2mqtt"
[[source.map]]
device = "大河沟/3号 表"
field = "noise"
sensor = "live-noise"

[[source]]
name = "gone"
url = "mqtt://127.0.0.1:{closed}"
topics = ["x/#"]
codec = "plain"
"""


def rows(home: Path, sql: str) -> list[dict[str, Any]]:
    conn = open_desk(home / "desk.db")
    try:
        return [dict(row) for row in conn.execute(sql)]
    finally:
        conn.close()


def source(home: Path, name: str) -> dict[str, Any]:
    return next((row for row in rows(home, "SELECT * FROM sources") if row["name"] == name), {})


@pytest.mark.timeout(120)
def test_a_source_that_is_down_holds_up_no_other_and_one_that_dies_comes_back(
    nats_broker: brokers.AnyBroker, mosquitto_broker: brokers.AnyBroker, tmp_path: Path
) -> None:
    """A topic with blanks and Chinese by mosquitto; nothing acknowledged is lost when it is killed; a replay takes the same way once more."""
    from data.init import init_home

    home = tmp_path / "home"
    init_home(home, "street", broker=nats_broker.url)
    with (home / "paidan.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(url=mosquitto_broker.url, closed=brokers.embedded.free_port()))
    with (home / "sensors.csv").open("a", encoding="utf-8") as file:
        file.write("live-noise,noise,,,,2,,,,\n")
    centre = CentreProcess(home)
    centre.start()
    try:
        wait_until(lambda: source(home, "field").get("is_up") == 1, 15, "field is up")
        assert (0, True) == (source(home, "gone")["is_up"], source(home, "gone")["since"] is not None)
        sender = Client(mosquitto_broker.url, "gateway")
        for value in range(5):
            sender.publish("zigbee2mqtt/大河沟/3号 表", {"noise": str(40 + value)})
        sender.publish("zigbee2mqtt/大河沟/3号 表", b"{broken")
        wait_until(lambda: source(home, "field")["readings"] == 5, 10, "five readings")
        wait_until(lambda: len(rows(home, "SELECT * FROM quarantine")) == 1, 10, "one in quarantine")
        assert 0 == paidan("quarantine", "replay", home=home).returncode
        wait_until(lambda: [row["tries"] for row in rows(home, "SELECT tries FROM quarantine")] == [1], 10, "taken once more")
        sender.close()
        mosquitto_broker.kill()
        wait_until(lambda: source(home, "field")["is_up"] == 0, 10, "field is down")
        mosquitto_broker.start()
        wait_until(lambda: source(home, "field")["is_up"] == 1, 30, "field is up again")
        sender = Client(mosquitto_broker.url, "gateway")
        sender.publish("zigbee2mqtt/大河沟/3号 表", {"noise": 44})
        sender.close()
        wait_until(lambda: source(home, "field")["readings"] == 6, 10, "the sixth reading")
    finally:
        centre.stop()


def certificates(folder: Path) -> None:
    """An authority, a server and a client."""
    openssl = needs("openssl")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True)

    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=street ca")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1", encoding="ascii")
    for name in ("server", "client"):
        run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        signing = ("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out", f"{name}.crt", "-days", "2")
        run(*signing, *(("-extfile", "names") if name == "server" else ()))


def test_tls_with_a_client_certificate(tmp_path: Path) -> None:
    """Known authority and own certificate: messages come. Without the authority: down, with the reason, never in the clear."""
    needs("mosquitto")
    certificates(tmp_path)
    port = brokers.embedded.free_port()
    config = tmp_path / "tls.conf"
    config.write_text(
        f"user {getpass.getuser()}\nlistener {port} 127.0.0.1\n"
        f"cafile {tmp_path}/ca.crt\ncertfile {tmp_path}/server.crt\nkeyfile {tmp_path}/server.key\n"
        "require_certificate true\nallow_anonymous true\n",
        encoding="utf-8",
    )
    broker = subprocess.Popen([needs("mosquitto"), "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    handed: Any = Handover(100)
    files = Tls(ca=f"{tmp_path}/ca.crt", cert=f"{tmp_path}/client.crt", key=f"{tmp_path}/client.key")
    good = Mqtt(f"mqtts://127.0.0.1:{port}", client_id="good", topics=("a/#",), clock=RealClock(), source="a", tls=files, handed=handed)
    bad = Mqtt(f"mqtts://127.0.0.1:{port}", client_id="bad", topics=("a/#",), clock=RealClock(), source="b", tls=Tls(), handed=handed)
    try:
        for line in (good, bad):
            line.start()
        wait_until(lambda: good.is_up, 15, "up by TLS")
        wait_until(lambda: "certificate" in bad.fault.lower(), 15, "the other is told why not")
        # Longer than one record of TLS, so that more is waiting than `select` can see.
        wait_until(lambda: good.publish("a/x", b"y" * 100_000) is not None, 5)
        taken: list[Any] = []
        wait_until(lambda: taken.extend(handed.take(0.1, 10)) or [one for one in taken if getattr(one, "topic", "") == "a/x"], 10, "message by TLS")
        assert not bad.is_up
    finally:
        good.close()
        bad.close()
        broker.terminate()
        broker.wait()


def test_a_refused_subscription_is_down(mosquitto_broker: brokers.AnyBroker) -> None:
    """SUBACK is checked: a source that may not read is not called up."""
    line = Mqtt(mosquitto_broker.url, client_id="x", topics=("a/#/b",), clock=RealClock(), source="a")
    line.start()
    try:
        wait_until(lambda: line.fault, 10, "a fault")
        assert not line.is_up
    finally:
        line.close()


def test_a_topic_that_is_not_utf8_ends_in_no_loop() -> None:
    """It is handed on with signs that no codec takes, and so acknowledged with its batch."""
    handed: Any = Handover(10)
    line = Mqtt("mqtt://127.0.0.1:1", client_id="x", topics=("a",), clock=RealClock(), handed=handed)
    line._take(b"a/\xff", json.dumps(1).encode(), 1, 1, False, False, 1)
    (frame,) = handed.take(0, 1)
    assert ("a/\ufffd", 1) == (frame.topic, frame.mid)

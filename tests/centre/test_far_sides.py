"""No far side and no missing secret stops a centre: it starts, takes reports, sends orders, and says on the health place what is broken."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.init import init_home
from data.office import Office
from tests.helpers.brokers import AnyBroker
from tests.helpers.homes import CentreProcess, environment, paidan, paidan_json
from tests.helpers.mqtt import Client
from tests.helpers.waiting import wait_until

BROKEN = """
[[channel]]
name = "hook"
kind = "webhook"
url_file = "not-there.url"
json = { id = "$id", text = "$text" }

[[channel]]
name = "robot"
kind = "wecom"
url_env = "PAIDAN_TEST_NOT_SET"

[[open311]]
name = "city"
url = "https://127.0.0.1:9/open311/v2"
key_file = "not-there.key"
services = { "001" = "0102" }
write = "post"

[[source]]
name = "platform"
url = "mqtt://127.0.0.1:9"
topics = ["a/#"]
user = "desk"
password_file = "not-there.password"

[[source]]
name = "secure"
url = "mqtts://127.0.0.1:9"
topics = ["b/#"]
ca_file = "not-there.pem"
"""
pytestmark = pytest.mark.xdist_group("served")


@pytest.fixture
def home(tmp_path: Path, nats_broker: AnyBroker) -> Path:
    made = tmp_path / "dahegou"
    init_home(made, "community", broker=nats_broker.url)
    settings = made / "paidan.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("grace_s = 5.0", "grace_s = 0.2") + BROKEN, encoding="utf-8")
    return made


@pytest.fixture
def centre(home: Path) -> Iterator[CentreProcess]:
    process = CentreProcess(home)
    process.start()
    yield process
    if process.process is not None and process.process.poll() is None:
        os.kill(process.process.pid, signal.SIGCONT)
    process.stop()


def report(url: str, home: Path, number: int) -> dict[str, Any]:
    """A resident's words by MQTT; the case, once it is there."""
    client = Client(url, f"resident-{number}")
    try:
        client.publish(f"paidan/{home.name}/in/report", {"id": f"rep-{number}", "text": f"路边垃圾{number}", "grid": "DHG-03", "class": "0102"})
    finally:
        client.close()

    def found() -> dict[str, Any] | None:
        return next((row for row in paidan_json("cases", home=home) if f"垃圾{number}" in row["text"]), None)

    made = wait_until(found, 20, f"case of report {number}")
    assert made is not None
    return made


def test_broken_secrets_and_far_sides_stop_nothing(home: Path, centre: CentreProcess, nats_broker: AnyBroker) -> None:
    """A report becomes a case and its order leaves by MQTT; every broken part is named on the health place."""
    case = report(nats_broker.url, home, 1)
    assert paidan("act", case["id"], "dispatch", "--confirm", home=home).returncode == 0
    wait_until(lambda: paidan_json("orders", home=home)[0]["sent_at"], 20, "sent")
    sources = {row["name"]: row for row in paidan_json("sources", home=home)}
    assert [bool(sources[name]["fault"]) for name in ("platform", "secure")] == [True, True]


def test_settings_that_break_while_it_runs_leave_the_old_ones_at_work(home: Path, centre: CentreProcess, nats_broker: AnyBroker) -> None:
    """Every table torn in the middle, one after the other: reports are taken all the same."""
    for number, name in enumerate(("units.toml", "grids.csv", "operators.csv", "places.csv", "roster.csv"), 1):
        whole = (home / name).read_bytes()
        (home / name).write_bytes(whole[: len(whole) // 2] + b'\n[[unit]\nid = "\xff')
        time.sleep(2.5)  # a heartbeat of the centre, which reads the tables anew
        client = Client(nats_broker.url, f"resident-{number}")
        client.publish("paidan/dahegou/in/report", {"id": f"rep-{number}", "text": f"{number}号路灯不亮", "grid": f"X-{number}"})
        client.close()
        assert centre.process is not None and centre.process.poll() is None
        (home / name).write_bytes(whole)
    wait_until(lambda: len(paidan_json("cases", home=home)) == 5, 20, "all five")


def test_a_frozen_centre_takes_up_where_it_stopped(home: Path, centre: CentreProcess, nats_broker: AnyBroker) -> None:
    """SIGSTOP for longer than a heart beats: acts go on at the desk, reports wait at the broker; after SIGCONT all is there once."""
    case = report(nats_broker.url, home, 1)
    assert centre.process is not None
    os.kill(centre.process.pid, signal.SIGSTOP)
    client = Client(nats_broker.url, "resident")
    for number in range(2, 6):
        client.publish("paidan/dahegou/in/report", {"id": f"rep-{number}", "text": f"{number}号路灯不亮", "grid": f"X-{number}"})
    client.close()
    assert paidan("act", case["id"], "dispatch", "--confirm", home=home).returncode == 0
    office = Office.open(home, "林晓燕")
    wait_until(lambda: not office.status.link().running, 15, "the seat says that the centre does not answer")
    office.close()
    said = paidan_json("status", home=home)
    assert (said["running"], said["answers"], said["broker_up"], bool(said["silent_since"])) == (True, False, False, True)
    os.kill(centre.process.pid, signal.SIGCONT)
    wait_until(lambda: len(paidan_json("cases", home=home)) == 5, 30, "all five")
    wait_until(lambda: paidan_json("orders", home=home)[0]["sent_at"], 30, "sent")
    assert paidan("journal", "--verify", home=home).returncode == 0


def test_a_full_disk_acknowledges_nothing_and_heals(tmp_path: Path, nats_broker: AnyBroker) -> None:
    """A file size limit stands for the full disk: while it holds nothing is taken, and after a restart without it nothing is lost or doubled."""
    home = tmp_path / "dahegou"
    init_home(home, "community", broker=nats_broker.url)
    process = CentreProcess(home)
    process.start()
    process.stop()
    size = max((home / name).stat().st_size for name in ("desk.db",)) + 200_000
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
        "from console.__main__ import main; sys.argv = ['paidan', 'serve', '--home', sys.argv[1]]; main()"
    )
    with (home / "limited.log").open("wb") as log:
        full = subprocess.Popen([sys.executable, "-c", limited, str(home)], env=environment(), stdout=log, stderr=log)
    try:
        client = Client(nats_broker.url, "residents")
        for number in range(400):
            client.publish("paidan/dahegou/in/report", {"id": f"rep-{number}", "text": f"{number}号路灯不亮" + "啊" * 1000, "grid": f"G{number}"})
        client.close()
        wait_until(lambda: b"store:" in (home / "limited.log").read_bytes() or full.poll() is not None, 60, "the disk is full")
    finally:
        full.kill()
        full.wait()
    process = CentreProcess(home)
    process.start()
    try:
        wait_until(lambda: len(paidan_json("cases", "--all", home=home)) >= 400, 60, "all reports")
        texts = [row["text"][:8] for row in paidan_json("cases", "--all", home=home)]
        assert (len(texts), len(set(texts))) == (400, 400)
        assert paidan("journal", "--verify", home=home).returncode == 0
    finally:
        process.stop()

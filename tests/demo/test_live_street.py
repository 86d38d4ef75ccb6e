"""The demo's real parts together: its broker, its centre, its devices; every sensor is live through its own codec."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.kinds.register import load_sensors
from data.settings import load
from data.simulate.day import load_day
from data.simulate.stage import STREET
from data.store.sqlite import connect
from tests.helpers.homes import environment, paidan_json
from tests.helpers.waiting import wait_until

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Path]:
    """The street of a demo that plays; it has ended afterwards."""
    command = [sys.executable, "-m", "console", "demo", "--home", str(tmp_path), "--headless", "--seconds", "100"]
    demo = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    log = tmp_path / STREET / "demo-simulate.log"
    wait_until(lambda: log.exists() or demo.poll() is not None, 40, "the simulation starts")
    yield tmp_path / STREET
    demo.terminate()
    demo.communicate(timeout=60)


def _of(street: Path, *words: str) -> Any:
    return paidan_json(*words, home=street)


def test_every_sensor_is_live_through_its_codec(street: Path) -> None:
    """Some sixty live values within half a minute; each source up and understood whole; nothing in quarantine, no unknown topic."""
    names = load_sensors(street / "sensors.csv").keys()

    def live() -> set[str]:
        return {row["id"] for row in _of(street, "sensors") if row["freshness"] == "live" and row["value"] is not None}

    wait_until(lambda: live() >= names, 40, "every sensor is live")
    sources = {row["name"]: row for row in _of(street, "sources")}
    assert sources.keys() == {"", *(source.name for source in load(street).file.source)}
    assert {name for name, row in sources.items() if row["is_up"] and row["readings"]} == sources.keys()
    assert {name: (row["bad"], row["unknown"], row["orders"]) for name, row in sources.items()} == dict.fromkeys(sources, (0, 0, 0))
    assert _of(street, "quarantine") == []
    assert [row for row in _of(street, "sources", "--unknown") if row["what"] != "sensor"] == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("scenario", "sensor"),
    [
        ("square_noise", "jn-plaza-noise"), ("unstable_rock", "beipo-crack-1"), ("manhole", "dhg-manhole-1"), ("smoke_gas", "dhg-smoke-1"),
        ("lift_trapped", "xdh-lift-1"), ("gas_leak", "jn-gas-1"),
    ],
)  # fmt: skip
def test_a_story_opens_its_case_through_its_codec(tmp_path: Path, scenario: str, sensor: str) -> None:
    """Discovery, LoRaWAN, a city's JSON, Zigbee and our own topics: what the story holds is an alarm of its sensor, and that a case."""
    number = [story.scenario for story in load_day()].index(scenario) + 1
    # The square is warned first, and has five minutes to become quiet.
    rate, seconds = ("60", "16") if scenario == "square_noise" else ("20", "12")
    words = ["demo", "--home", str(tmp_path), "--headless", "--story", str(number), "--rate", rate, "--seconds", seconds]
    done = subprocess.run([sys.executable, "-m", "console", *words], env=environment(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    desk = connect(tmp_path / STREET / "desk.db", read_only=True)
    try:
        cases = desk.execute("SELECT cases.id FROM cases JOIN alarms ON alarms.case_id = cases.id WHERE alarms.sensor = ?", (sensor,)).fetchall()
    finally:
        desk.close()
    assert len(cases) >= 1
    assert paidan_json("quarantine", home=tmp_path / STREET) == []

"""The day of the demo: each scenario once, with a device for each sensor, held and let go by the clock; and one story, whole."""

import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from data.demo import STREET, default_operator
from data.init import init_home
from data.inlets.cap import parse_cap
from data.kinds import load_kinds
from data.kinds.register import load_sensors
from data.scenarios import load_scenarios
from data.settings import load
from data.simulate.agenda import Agenda
from data.simulate.day import Day, load_day
from data.simulate.devices import device
from data.simulate.district import dress
from tests.helpers.clock import FakeClock
from tests.helpers.homes import environment, paidan_json


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A street as the demo has it."""
    init_home(tmp_path / "pailou", "street", broker="mqtt://127.0.0.1:1")
    dress(tmp_path / "pailou")
    return tmp_path / "pailou"


def test_each_scenario_has_its_story(home: Path) -> None:
    """All that ship, and the warning from above."""
    scenarios = load_scenarios(home, load_kinds(home), load(home).tables)
    assert {story.scenario for story in load_day()} == {*scenarios, "warning"}
    begins = [story.begin_s for story in load_day()]
    assert (begins, begins[-1] < 300) == (sorted(begins), True)  # a newcomer has five minutes


def test_each_sensor_of_it_has_a_device(home: Path) -> None:
    """Every sensor of the dressed home whose kind a story plays, and every one that a story names."""
    sensors = load_sensors(home / "sensors.csv", load_kinds(home))
    named = {sensor for story in load_day() for _, sensor, _ in story.points}
    assert named <= sensors.keys()
    assert [id for id, sensor in sensors.items() if device(sensor, random.Random(1)) is None] == []


def test_dressing_twice_changes_nothing(home: Path) -> None:
    """A kept home is not given its rows again."""
    before = {path.name: path.read_text(encoding="utf-8") for path in home.glob("*.csv")}
    dress(home)
    assert {path.name: path.read_text(encoding="utf-8") for path in home.glob("*.csv")} == before


def test_the_seat_speaks_as_it_is_asked_to(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`PAIDAN_LANG` chooses who sits down; without it the sample's first."""
    names = []
    for language in ("en", "zh", ""):
        monkeypatch.setenv("PAIDAN_LANG", language)
        names.append(default_operator(home.parent))
    assert names == ["Lee", "周敏", "周敏"]


def played(seconds: int, number: int = 0) -> tuple[Day, list[tuple[str, Mapping[str, Any] | str]], list[str]]:
    """The day on a clock that the test moves."""
    clock, sent, read = FakeClock(), list[tuple[str, Mapping[str, Any] | str]](), list[str]()
    agenda = Agenda(clock)
    names = {sensor for story in load_day() for _, sensor, _ in story.points}
    day = Day(agenda, 1.0, "pailou", names, lambda topic, body: sent.append((topic, body)), read.append)
    day.plan(number)
    for _ in range(seconds):
        clock.pass_s(1)
        agenda.run(iter((False, True)).__next__)
    return day, sent, read


def test_a_story_holds_its_sensor_and_lets_it_go() -> None:
    """Story 2, the call: pressed, then idle, then the heartbeat's own."""
    day, _, read = played(5, number=2)
    assert (day.held, read) == ({"dhg-call-1": 0}, ["dhg-call-1"] * 2)
    day, _, _ = played(7, number=2)
    assert (day.held, day.begun) == ({}, ["home_call"])


def test_a_day_goes_on_where_it_was() -> None:
    """A second simulation, 62 s into the day: the flood is held as it is by now, nothing is said twice, what is to come comes when it should."""
    clock, sent, read = FakeClock(), list[str](), list[str]()
    agenda = Agenda(clock)
    names = {sensor for story in load_day() for _, sensor, _ in story.points}
    day = Day(agenda, 2.0, "pailou", names, lambda topic, _: sent.append(topic), read.append)
    day.plan(played_s=62)
    assert day.held == {"jn-plaza-noise": 74.5, "beipo-rain": 64}
    assert (sent, read, len(day.begun)) == ([], [], 5)
    clock.pass_s(17)
    agenda.run(iter((False, True)).__next__)
    assert (day.begun[5:], read) == (["waterlogging"], ["hx-underpass-water"])


def test_its_warning_is_one_that_our_reader_takes() -> None:
    """CAP 1.2, in earnest, three hours."""
    _, sent, _ = played(5, number=4)
    topic, body = sent[0]
    assert topic == "paidan/pailou/in/cap"
    alert = parse_cap(str(body).encode())
    info = alert.infos[0]
    assert (alert.status, info.severity, info.event, info.expires) == ("Actual", "Severe", "暴雨", alert.sent + 3 * 3_600_000)


@pytest.mark.xdist_group("demo")
def test_one_story_whole(tmp_path: Path) -> None:
    """`paidan demo --story 3`: the bridge is struck, one key orders four units, and all four are at work on it."""
    words = ["demo", "--home", str(tmp_path), "--headless", "--story", "3", "--rate", "6", "--seconds", "16"]
    done = subprocess.run([sys.executable, "-m", "console", *words], env=environment(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    cases = [case for case in paidan_json("cases", "--all", home=tmp_path / STREET) if case["class"] == "0302"]
    orders = [order["unit"] for order in paidan_json("orders", "--case", str(cases[0]["id"]), home=tmp_path / STREET)]
    assert (len(cases), sorted(orders)) == (1, ["jiaojing", "shizheng", "yingji", "zhifa"])


def test_the_stories_are_listed() -> None:
    """With the numbers that --story takes."""
    done = subprocess.run([sys.executable, "-m", "console", "demo", "--stories"], env=environment(), capture_output=True, text=True, timeout=60)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, len(load_day()))

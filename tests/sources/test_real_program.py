"""The whole program, by its commands: a centre, mosquittos, mosquitto_pub; what is down, what is late, what is replayed, what is mended."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.init import init_home
from data.office import Office
from data.settings import load
from data.store.history import open_reader
from data.store.schema import migrate, open_desk
from tests.helpers.brokers import MosquittoBroker
from tests.helpers.homes import CentreProcess, paidan, paidan_json
from tests.helpers.tools import needs
from tests.helpers.waiting import wait_until

PROBE = """
order = 99
label = { zh = "探头", en = "probe" }
unit = "1"
unit_name = { zh = "", en = "" }
precision = 0
opens = "0305"
plausible = { low = 0, high = 1000, source = "x" }
scale = { low = 0, high = 1000, source = "x" }
timing = { interval_s = 1, stale_s = STALE, source = "x" }
[[rules]]
type = "threshold"
name = "much"
on_delay_s = 0
off_delay_s = 0
source = "x"
limits = [ { level = 3, value = 500, source = "x" } ]
[[rules]]
type = "absence"
name = "silent"
level = 3
source = "x"
"""
GATEWAY = """
order = 9
label = { zh = "网关", en = "gateway" }
unit = "1"
unit_name = { zh = "", en = "" }
precision = 0
direction = "low"
opens = "0305"
states = ["value.down", "value.up"]
plausible = { low = 0, high = 1, source = "x" }
scale = { low = 0, high = 1, source = "x" }
timing = { interval_s = 300, stale_s = 900, source = "x" }
[[rules]]
type = "threshold"
name = "down"
direction = "low"
clear_by = 1
on_delay_s = 1
holds = true
source = "x"
limits = [ { level = 2, value = 0, source = "x" } ]
"""
SOURCES = """
[[source]]
name = "zig"
url = "{a}"
topics = ["zigbee2mqtt/#"]
codec = "zigbee2mqtt"
[[source]]
name = "tas"
url = "{b}"
topics = ["tele/#"]
codec = "tasmota"
[[source]]
name = "ha"
url = "{own}"
topics = ["homeassistant/#", "plaza/#"]
codec = "homeassistant"
[[source]]
name = "well"
url = "{own}"
topics = ["well/#"]
codec = "json"
[[source.map]]
topic = "well/{{sensor}}"
value = "n"
field = "value"
time = "t"
"""
SENSORS = ["z1-n,probe", "z2-n,probe", "z3-n,probe", "t1-X-N,probe", "t2-X-N,probe", "own1,probe", "ha1,slow", "w1,slow", "w2,slow", "quick,slow"]


class Scene:
    """A centre over three brokers, and what a person sees of it."""

    def __init__(self, folder: Path) -> None:
        self.brokers = {name: MosquittoBroker(home=folder / name) for name in ("own", "a", "b")}
        for one in self.brokers.values():
            one.start()
        self.home = folder / "home"
        init_home(self.home, "empty", broker=self.brokers["own"].url)
        (self.home / "kinds" / "gateway.toml").write_text(GATEWAY, encoding="utf-8")
        for name, stale in (("probe", "4"), ("slow", "3600")):
            (self.home / "kinds" / f"{name}.toml").write_text(PROBE.replace("STALE", stale), encoding="utf-8")
        with (self.home / "paidan.toml").open("a", encoding="utf-8") as file:
            file.write(SOURCES.format(**{name: one.url for name, one in self.brokers.items()}))
        rows = "".join(f"{row},,,,,,,,\n" for row in SENSORS)
        (self.home / "sensors.csv").write_text("id,kind,name,place,grid,area_class,lat,lon,parent,unit\n" + rows, encoding="utf-8")
        self.me = load(self.home).centre.id
        self.centre = CentreProcess(self.home)

    def open(self) -> None:
        migrate(self.home / "desk.db")
        self.centre.start()
        wait_until(lambda: all(row["is_up"] for row in self.sources().values()), 20, "all sources up")
        self.office = Office.open(self.home, "王梅")

    def close(self) -> None:
        self.centre.stop()
        for one in self.brokers.values():
            one.stop()

    def publish(self, broker: str, topic: str, body: str, *more: str) -> None:
        port = str(self.brokers[broker].port)
        subprocess.run([needs("mosquitto_pub"), "-p", port, "-q", "1", "-t", topic, "-m", body, *more], check=True, timeout=10)

    def talk(self, *names: str) -> None:
        """One reading of each."""
        ways = {
            "z": ("a", "zigbee2mqtt/{}", '{"n":50}'),
            "t": ("b", "tele/{}/SENSOR", '{"X":{"N":50}}'),
            "o": ("own", f"paidan/{self.me}/sensor/{{}}", "50"),
        }
        for name in names:
            broker, topic, body = ways[name[0]]
            self.publish(broker, topic.format(name), body)

    def sources(self) -> dict[str, dict[str, Any]]:
        return {row["name"]: row for row in paidan_json("sources", home=self.home)}

    def rows(self, sql: str) -> list[Any]:
        conn = open_desk(self.home / "desk.db")
        try:
            return [tuple(row) for row in conn.execute(sql)]
        finally:
            conn.close()

    def open_alarms(self) -> list[tuple[str, str | None]]:
        return self.rows("SELECT sensor, suppressed_by FROM alarms WHERE cleared_at IS NULL ORDER BY sensor")

    def counts(self) -> tuple[int, int]:
        found = self.office.status.counts()
        return found.lost, found.suppressed

    def panel(self, sensor: str) -> Any:
        return next(one for one in self.office.sensors.board(50, 1).panels if one.sensor == sensor)

    def points(self, sensor: str) -> list[tuple[int, float]]:
        history = open_reader(self.home)
        try:
            return [(one.at, one.value) for one in history.points(sensor, 0, 1 << 60)]
        finally:
            history.close()

    def until_heard(self, *sensors: str) -> None:
        for sensor in sensors:
            wait_until(lambda one=sensor: self.panel(one).value is not None, 10, f"{sensor} is heard")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    needs("mosquitto")
    made = Scene(tmp_path)
    try:
        made.open()
        yield made
        made.office.close()
    finally:
        made.close()


@pytest.mark.long
@pytest.mark.timeout(150)
def test_two_platforms_down_are_two_alarms(scene: Scene) -> None:
    """Their five sensors are covered, the third platform's go on; values are marked at once; back again, who is silent has its own delay."""
    scene.talk("z1", "z2", "z3", "t1", "t2", "own1")
    scene.until_heard("z1-n", "z2-n", "z3-n", "t1-X-N", "t2-X-N", "own1")
    for broker in "ab":
        scene.brokers[broker].kill()
    wait_until(lambda: scene.panel("z1-n").source_down_since and scene.panel("t1-X-N").source_down_since, 8, "values are marked as old")
    assert scene.panel("own1").source_down_since is None
    wait_until(lambda: scene.talk("own1") or scene.counts() == (0, 5), 20, "five are covered")
    children = [("t1-X-N", "source-tas"), ("t2-X-N", "source-tas"), *((f"z{n}-n", "source-zig") for n in (1, 2, 3))]
    expected = [("source-tas", None), ("source-zig", None), *children]
    wait_until(lambda: scene.talk("own1") or scene.open_alarms() == expected, 20, "two alarms")
    assert (2, 0) == (len(scene.rows("SELECT id FROM cases")), scene.counts()[0])
    assert {"zig": 0, "tas": 0, "ha": 1} == {name: row["is_up"] for name, row in scene.sources().items() if name in {"zig", "tas", "ha"}}
    assert all(scene.sources()[name]["since"] for name in ("zig", "tas"))
    for broker in "ab":
        scene.brokers[broker].start()
    wait_until(lambda: scene.talk("own1") or scene.counts()[1] == 0, 30, "back")
    scene.talk("own1", "t1", "t2", "z2", "z3")
    wait_until(lambda: scene.talk("own1", "t1", "t2", "z2", "z3") or scene.open_alarms() == [("z1-n", None)], 20, "one stays silent")
    assert (1, 0) == scene.counts()


@pytest.mark.long
@pytest.mark.timeout(150)
def test_who_is_offline_and_how_long_a_value_stands(scene: Scene) -> None:
    """Tasmota's last will, Zigbee2MQTT's device and bridge, discovery's expiry and availability; retained or not."""
    topic, config = "homeassistant/sensor/ha1/config", '{"stat_t":"plaza/1","uniq_id":"ha1","exp_aft":3,"avty_t":"plaza/lwt","pl_not_avail":"gone"}'
    scene.publish("own", topic, config, "-r")
    scene.publish("own", "plaza/1", "7")
    scene.talk("z1", "z2", "t1")
    scene.until_heard("ha1", "z1-n", "z2-n", "t1-X-N")
    wait_until(lambda: scene.panel("ha1").freshness == "stale", 12, "its own 3 s, not the hour of its kind")
    wait_until(lambda: ("ha1", None) in scene.open_alarms(), 8, "its silence is an alarm by its own time")
    scene.publish("own", topic, config.replace('"exp_aft":3,', ""), "-r")
    wait_until(lambda: scene.panel("ha1").freshness == "live", 12, "the kind's hour again")
    scene.publish("own", "plaza/lwt", "gone", "-r")
    wait_until(lambda: scene.panel("ha1").freshness == "stale", 8, "not available")
    scene.publish("own", "plaza/lwt", "online", "-r")
    wait_until(lambda: scene.panel("ha1").freshness == "live", 8, "available")
    scene.publish("own", topic, "", "-r")
    wait_until(lambda: scene.rows("SELECT 1 FROM descriptions WHERE retired_at IS NOT NULL"), 8, "retired")
    scene.talk("t1")
    scene.publish("b", "tele/t1/LWT", "Offline", "-r")
    wait_until(lambda: scene.panel("t1-X-N").freshness == "stale", 3.5, "the last will, before its own time")
    scene.talk("z1", "z2")
    scene.publish("a", "zigbee2mqtt/z1/availability", '{"state":"offline"}', "-r")
    wait_until(lambda: scene.panel("z1-n").freshness == "stale", 3.5, "Zigbee2MQTT says so")
    scene.publish("a", "zigbee2mqtt/bridge/state", '{"state":"offline"}', "-r")
    wait_until(lambda: ("source-zig", None) in scene.open_alarms(), 20, "the bridge is the source")
    wait_until(lambda: ("z2-n", "source-zig") in scene.open_alarms(), 20, "and explains what is behind it")
    assert not scene.sources()["zig"]["is_up"]
    scene.publish("a", "zigbee2mqtt/bridge/state", '{"state":"online"}', "-r")
    wait_until(lambda: "source-zig" not in dict(scene.open_alarms()), 20, "back")


@pytest.mark.timeout(100)
def test_late_future_and_retained(scene: Scene) -> None:
    """Late stands in its place and clears nothing; far ahead is flagged and pins nothing; a replay raises and clears nothing and has no age."""
    now = round(time.time())
    send = lambda sensor, n, at=None, *more: scene.publish("own", f"well/{sensor}", f'{{"n":{n},"t":{now + at if at is not None else now}}}', *more)  # noqa: E731
    send("w1", 600)
    wait_until(lambda: ("w1", None) in scene.open_alarms(), 10, "raised")
    send("w1", 10, -600)
    send("w1", 11, -3_000)
    wait_until(lambda: len(scene.points("w1")) == 3, 10, "late ones are kept")
    assert [(-3_000, 11.0), (-600, 10.0), (0, 600.0)] == [(at // 1000 - now, value) for at, value in scene.points("w1")]
    assert (600.0, [("w1", None)]) == (scene.panel("w1").value, scene.open_alarms())
    send("w2", 20, 86_400)
    wait_until(lambda: scene.panel("w2").value == 20, 10, "a day ahead")
    assert scene.panel("w2").age_s < 30
    send("w2", 21, round(time.time()) - now + 1)
    wait_until(lambda: scene.panel("w2").value == 21, 10, "is not pinned")
    scene.centre.stop()
    me = f"paidan/{scene.me}/sensor"
    scene.publish("own", f"{me}/quick", "700", "-r")
    scene.publish("own", f"{me}/own1", "700", "-r")
    before = len(scene.rows("SELECT id FROM alarms"))
    for _ in range(2):
        # The session holds the first as live messages; from the second start on they are replays.
        scene.centre.start()
        wait_until(lambda: all(row["is_up"] for row in scene.sources().values()), 20, "all sources up")
        scene.publish("own", f"{me}/quick", "5")
        wait_until(lambda: scene.panel("quick").value == 5, 10, "live")
        after = len(scene.rows("SELECT id FROM alarms"))
        scene.centre.stop()
    assert before <= after <= before + 2
    known = len(scene.rows("SELECT id FROM alarms"))
    scene.centre.start()
    scene.publish("own", f"{me}/quick", "6")
    wait_until(lambda: scene.panel("quick").value == 6, 10, "live")
    assert (known, 6) == (len(scene.rows("SELECT id FROM alarms")), scene.panel("quick").value)


@pytest.mark.timeout(100)
def test_quarantine_gives_the_reading_once_the_mapping_is_mended(scene: Scene) -> None:
    """List, JSON, replay; the reading stands where the message arrived."""
    scene.publish("own", "well/w1", '{"value":42}')
    wait_until(lambda: paidan_json("quarantine", home=scene.home), 10, "one is kept")
    (kept,) = paidan_json("quarantine", home=scene.home)
    assert ("well/w1", "well") == (kept["topic"], kept["source"])
    assert "well/w1" in paidan("quarantine", "list", home=scene.home).stdout + paidan("quarantine", home=scene.home).stdout
    assert [] == scene.points("w1")
    scene.centre.stop()
    file = scene.home / "paidan.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('value = "n"\nfield = "value"\ntime = "t"\n', 'value = "value"\n'), encoding="utf-8")
    scene.centre.start()
    assert 0 == paidan("quarantine", "replay", home=scene.home).returncode
    wait_until(lambda: scene.points("w1"), 10, "the reading")
    assert ([42.0], []) == ([value for _, value in scene.points("w1")], paidan_json("quarantine", home=scene.home))


@pytest.mark.long
@pytest.mark.timeout(120)
def test_after_a_stop_nobody_is_lost_before_what_queued_is_in(scene: Scene) -> None:
    """Each has its whole time from then; who was silent all along is lost after that. Watched twenty times a second."""
    scene.talk("z1", "z2", "t1", "own1")
    scene.until_heard("z1-n", "z2-n", "t1-X-N", "own1")
    scene.centre.stop()
    time.sleep(9)  # longer than any of them may be silent: the passage of time is the matter
    scene.talk("z1", "t1", "own1")
    scene.centre.start()
    lost: list[str] = []
    until = time.monotonic() + 12
    while time.monotonic() < until:
        lost += [sensor for sensor, _ in scene.open_alarms() if not sensor.startswith("source-")]
        if lost:
            break
        scene.talk("z1", "t1", "own1")
        time.sleep(0.05)
    assert [] == lost
    wait_until(lambda: scene.talk("z1", "t1", "own1") or [("z2-n", None)] == scene.open_alarms(), 15, "who stays silent is lost")
    assert [("z2-n",)] == scene.rows("SELECT sensor FROM alarms")

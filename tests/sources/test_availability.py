"""What sources say of devices that cannot be heard, and of how long a value stands; over a real desk, without connections."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.centre.feeds import BRIEF_MS, PULSE_MS, Said
from data.centre.handover import Handover
from data.centre.sources import Sources
from data.domain.sensor import Sensor
from data.kinds import load_kinds
from data.settings import load
from tests.helpers.source_bench import SENSORS as LISTED
from tests.helpers.source_bench import Bench

TEXT = """
[[source]]
name = "zig"
url = "mqtt://127.0.0.1:1"
topics = ["zigbee2mqtt/#"]
codec = "zigbee2mqtt"
[[source.map]]
device = "铃"
field = "action"
sensor = "bell-action"

[[source]]
name = "tas"
url = "mqtt://127.0.0.1:1"
topics = ["tele/#"]
codec = "tasmota"

[[source]]
name = "ha"
url = "mqtt://127.0.0.1:1"
topics = ["homeassistant/#", "plaza/#"]
codec = "homeassistant"

[[source]]
name = "radio"
url = "mqtt://127.0.0.1:1"
topics = ["application/#", "+/gateway/+/state/+"]
codec = "chirpstack"
"""
SENSORS = {**LISTED, "w7-X-Noise": Sensor(id="w7-X-Noise", kind="noise"), "00aa": Sensor(id="00aa", kind="gateway")}
CONFIG = "homeassistant/sensor/plaza/config"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "home", TEXT, SENSORS)
    yield made
    made.desk.conn.close()


def said(bench: Bench) -> list[tuple[str, bool]]:
    found = [(one.sensor, one.is_online) for one in bench.sources.feeds.said]
    bench.sources.feeds.said.clear()
    return found


@pytest.mark.parametrize("retained", [False, True])
def test_devices_say_who_can_be_heard(bench: Bench, retained: bool) -> None:
    """Tasmota's last will and Zigbee2MQTT's availability are of all the device's sensors, those of the map too; nobody's is nobody's."""
    bench.take("tas", "tele/w7/SENSOR", '{"X":{"Noise":50}}')
    bench.take("tas", "tele/w7/LWT", "Offline", retained=retained)
    assert [("w7-X-Noise", False)] == said(bench)
    bench.take("tas", "tele/w7/LWT", "Online", retained=retained)
    bench.take("tas", "tele/other/LWT", "Offline", retained=retained)
    assert [("w7-X-Noise", True)] == said(bench)
    bench.take("zig", "zigbee2mqtt/铃/availability", '{"state":"offline"}', retained=retained)
    assert [("bell-action", False)] == said(bench)
    assert {} == bench.strangers()


def test_what_was_not_committed_was_not_said(bench: Bench) -> None:
    """It comes again."""
    bench.take("zig", "zigbee2mqtt/铃/availability", "offline", commit=False)
    assert [] == said(bench)


def test_the_bridge_is_its_source(bench: Bench) -> None:
    """A broker that answers is no source while what stands behind it is gone; since when is kept from the first word."""
    since = bench.clock.now()
    bench.take("zig", "zigbee2mqtt/bridge/state", '{"state":"offline"}', retained=True)
    bench.clock.pass_s(60)
    bench.take("zig", "zigbee2mqtt/bridge/state", '{"state":"offline"}')
    assert since == bench.sources.all["zig"].bridge_down_since
    bench.take("zig", "zigbee2mqtt/bridge/state", "online")
    assert bench.sources.all["zig"].bridge_down_since is None


def test_a_radio_gateways_state_is_its_sensors_value(bench: Bench) -> None:
    """ChirpStack leaves a state of zero out, which is offline; others are refused."""
    topic = "eu868/gateway/00AA/state/conn"
    found = [bench.take("radio", topic, body) for body in ('{"gatewayId":"00aa","state":"ONLINE"}', '{"gatewayId":"00aa"}', '{"state":"MAYBE"}')]
    assert [[("00aa", 1.0)], [("00aa", 0.0)], []] == [[(one.sensor, one.value) for one in each] for each in found]
    assert ["payload_value"] == [row["reason"].split('"')[1] for row in bench.rows("quarantine")]


def config(**more: Any) -> str:
    import json

    return json.dumps({"stat_t": "plaza/1", "uniq_id": "plaza", "unit_of_meas": "dB", **more})


@pytest.mark.parametrize(
    ("more", "messages", "expected"),
    [
        ({"avty_t": "plaza/l"}, [("plaza/l", "offline"), ("plaza/l", "online"), ("plaza/l", "what")], [False, True]),
        ({"~": "plaza", "avty_t": "~/l", "pl_not_avail": "0", "pl_avail": "1"}, [("plaza/l", "0"), ("plaza/l", ""), ("plaza/l", "1")], [False, True]),
        ({"avty": [{"t": "plaza/a"}, {"t": "plaza/b"}], "avty_mode": "all"}, [("plaza/a", "online"), ("plaza/b", "online")], [False, True]),
        ({"avty": [{"t": "plaza/a"}, {"t": "plaza/b"}], "avty_mode": "any"}, [("plaza/a", "online"), ("plaza/b", "offline")], [True, True]),
        ({"avty": {"t": "plaza/a", "val_tpl": "{{ value_json.s }}"}}, [("plaza/a", '{"s":"offline"}'), ("plaza/a", "{")], [False]),
        ({"avty": {"t": "plaza/a", "val_tpl": "{{ 'online' if value_json.s else 'offline' }}"}}, [("plaza/a", '{"s":"offline"}')], []),
    ],
)
def test_discovery_says_where_it_is_said(bench: Bench, more: dict[str, Any], messages: list[tuple[str, str]], expected: list[bool]) -> None:
    """Topics, words, templates and modes of the documentation; a template that is a program is not run."""
    bench.take("ha", CONFIG, config(**more))
    bench.take("ha", "plaza/1", "50")
    for topic, body in messages:
        bench.take("ha", topic, body)
    assert [("plaza", state) for state in expected] == said(bench)
    bench.take("ha", CONFIG, "")
    bench.take("ha", messages[0][0], messages[0][1])
    assert [] == said(bench)


def test_an_expiry_is_taken_changed_taken_away_and_survives(bench: Bench) -> None:
    """By the newest config, by an empty one, and by the next centre."""
    expected = []
    for body in (config(exp_aft=300), config(exp_aft=120), config(), config(exp_aft=60), ""):
        bench.take("ha", CONFIG, body)
        expected.append(bench.sources.expire() and dict(bench.sources.feeds.expiry))
        with bench.desk.transaction() as tx:
            bench.sources.write(tx, bench.sources.lines["ha"])
        bench.sources.written()
        stored = {row["sensor"]: row["stale_s"] for row in bench.rows("feeds") if row["stale_s"] is not None}
        following = Sources(load(bench.home), SENSORS, load_kinds(), Handover(10), bench.clock)
        following.prepare(bench.desk.conn)
        assert bench.sources.feeds.expiry == following.feeds.expiry == stored
    assert [{"plaza": 300.0}, {"plaza": 120.0}, {}, {"plaza": 60.0}, {}] == expected
    assert [] == bench.sources.expire()


def test_by_which_source_a_sensor_is_heard_survives(bench: Bench) -> None:
    """And whose device it is; heard by another source it belongs there."""
    bench.take("tas", "tele/w7/SENSOR", '{"X":{"Noise":50}}')
    with bench.desk.transaction() as tx:
        bench.sources.write(tx, bench.sources.lines["ha"])
    bench.sources.written()
    bench.sources = Sources(load(bench.home), SENSORS, load_kinds(), Handover(10), bench.clock)
    bench.sources.prepare(bench.desk.conn)
    assert ("tas", "") == (bench.sources.feeds.of("w7-X-Noise"), bench.sources.feeds.of("plaza"))
    bench.take("tas", "tele/w7/LWT", "Offline")
    assert [Said("w7-X-Noise", False, bench.clock.now())] == bench.sources.feeds.said
    bench.take("", "paidan/pailou/sensor/w7-X-Noise", "51")
    assert "" == bench.sources.feeds.of("w7-X-Noise")


def test_a_source_tells_of_itself_when_it_changes_and_now_and_then(bench: Bench) -> None:
    """Not of the first moments of a start; once, unless it was not committed."""

    def due() -> list[tuple[str, float]]:
        found = [(one.sensor, one.value) for one in bench.sources.pulses(bench.clock.now())]
        bench.sources.settle(committed=True)
        return found

    assert [] == due()
    bench.clock.pass_s(BRIEF_MS / 1000)
    bench.sources.pulses(bench.clock.now())
    bench.sources.settle(committed=False)
    assert [(f"source-{name}", 0.0) for name in ("zig", "tas", "ha", "radio")] == due()
    assert [] == due()
    bench.clock.pass_s(PULSE_MS / 1000)
    assert 4 == len(due())

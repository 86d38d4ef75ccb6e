"""Discovery as programs of the field write it; messages written for this project."""

import json
from typing import Any

import pytest

from data.codecs import homeassistant
from tests.codecs.test_shapes import NOW, ZONE

TOPIC = "homeassistant/sensor/{}/config"


def state(config: dict[str, Any], payload: str, component: str = "sensor") -> list[tuple[float, str, str]]:
    """What a state says after this config: value, word, unit."""
    discovery = homeassistant.Discovery()
    discovery(f"homeassistant/{component}/x/config", json.dumps(config).encode(), received_at=NOW, zone=ZONE)
    (topic,) = {one.state_topic for one in homeassistant.describe(f"homeassistant/{component}/x/config", json.dumps(config).encode())}
    found = discovery(topic, payload.encode(), received_at=NOW, zone=ZONE)
    return [(one.value, one.text, one.unit) for one in found]


CONFIGS = [
    (
        {"~": "w/tele/", "stat_t": "~SENSOR", "uniq_id": "a", "unit_of_meas": "kWh", "val_tpl": "{{value_json['ENERGY'].Today}}"},
        '{"Time":"x","ENERGY":{"Today":0.95}}',
        (0.95, "", "kWh"),
    ),
    (
        {"state_topic": "e/boiler", "unique_id": "a", "unit_of_measurement": "bar", "value_template": "{{ value_json.p | is_defined }}"},
        '{"p":1.5}',
        (1.5, "", "bar"),
    ),
    (
        {"state_topic": "e/t", "unique_id": "a", "unit_of_measurement": "°C", "value_template": "{{ value_json.t | float(0) | round(1) }}"},
        '{"t":"21.27"}',
        (21.27, "", "°C"),
    ),
    ({"state_topic": "e/t", "unique_id": "a", "unit_of_measurement": "°C"}, "21.3", (21.3, "", "°C")),
    (
        {"state_topic": "e/t", "unique_id": "a", "unit_of_measurement": " ", "value_template": "{{ value_json['a']['b'][0] }}"},
        '{"a":{"b":[7]}}',
        (7, "", ""),
    ),
    ({"stat_t": "e/~", "~": "base", "uniq_id": "a"}, "5", (5, "", "")),
]


@pytest.mark.parametrize(("config", "payload", "wanted"), CONFIGS)
def test_states_of_sensors(config: dict[str, Any], payload: str, wanted: tuple[float, str, str]) -> None:
    """Short keys, a base with a slash, filters that only show, plain states, a blank unit."""
    assert [wanted] == state(config, payload)


@pytest.mark.parametrize(("said", "wanted"), [(300, 300.0), ("300", 300.0), (0, None), ("5 min", None), (True, None), ([300], None)])
def test_expiry_may_be_text(said: Any, wanted: float | None) -> None:
    """Seconds, as number or as text; anything else is none."""
    config = {"stat_t": "e/t", "uniq_id": "a", "exp_aft": said}
    (one,) = homeassistant.describe("homeassistant/sensor/x/config", json.dumps(config).encode())
    assert wanted == one.expire_after_s


@pytest.mark.parametrize("payload", ["unavailable", "unknown", '{"t":null}', "{}", "nan"])
def test_a_state_that_is_none(payload: str) -> None:
    """Of a sensor with a unit a word is no reading."""
    config = {
        "state_topic": "e/t",
        "unique_id": "a",
        "unit_of_measurement": "°C",
        **({"value_template": "{{ value_json.t }}"} if "{" in payload else {}),
    }
    assert [] == state(config, payload)


@pytest.mark.parametrize(
    ("config", "payload", "value"),
    [
        ({}, "ON", 1.0),
        ({}, "off", 0.0),
        ({"payload_on": "1", "payload_off": "0"}, "1", 1.0),
        ({"payload_on": True, "payload_off": False, "value_template": "{{ value_json.open }}"}, '{"open":true}', 1.0),
        ({"pl_on": "true", "pl_off": "false", "val_tpl": "{{ value_json.join | lower }}"}, '{"join":true}', 1.0),
        ({"payload_on": "wet", "payload_off": "dry"}, "dry", 0.0),
    ],
)
def test_yes_and_no(config: dict[str, Any], payload: str, value: float) -> None:
    """The config says which word is which; without it they are ON and OFF."""
    assert [value] == [one[0] for one in state({"state_topic": "e/b", "unique_id": "a", **config}, payload, "binary_sensor")]


@pytest.mark.parametrize(
    ("component", "config", "known"),
    [
        ("sensor", {"state_topic": "a", "unique_id": "u"}, True),
        ("cover", {"position_topic": "a", "unique_id": "u", "position_template": "{{ value_json.position }}"}, True),
        ("fan", {"state_topic": "a", "unique_id": "u", "state_value_template": "{{ value_json.state }}"}, True),
        ("siren", {"command_topic": "a/set", "unique_id": "u", "availability_topic": "a/lwt"}, False),
        ("button", {"command_topic": "a/set", "state_topic": "a", "unique_id": "u"}, False),
        ("device_automation", {"automation_type": "trigger", "topic": "a/action", "payload": "single"}, False),
        ("device_tracker", {"json_attributes_topic": "a", "unique_id": "u"}, False),
        ("number", {"cmd_t": "a/set", "bri_stat_t": "a", "uniq_id": "u"}, True),
        ("tag", {"topic": "a/tag"}, False),
    ],
)
def test_what_has_a_state_is_known(component: str, config: dict[str, Any], known: bool) -> None:
    """What can only be ordered is no sensor."""
    found = homeassistant.describe(f"homeassistant/{component}/x/config", json.dumps(config).encode())
    assert known == bool(found)
    assert not any(one.state_topic.endswith("/set") for one in found)


@pytest.mark.parametrize(
    "template",
    [
        "{{ value_json.a + 1 }}",
        "{{ value_json.a if value_json.a else 0 }}",
        "{{ now() }}",
        '{{ "offline" }}',
        "{{ value_json.a | multiply(10) }}",
        "{{ value[0:2] }}",
    ],
)
def test_another_template_waits_for_a_person(template: str) -> None:
    """待映射."""
    (one,) = homeassistant.describe(TOPIC.format("x"), json.dumps({"state_topic": "a", "unique_id": "u", "value_template": template}).encode())
    assert one.is_pending


def test_a_device_config_and_what_is_taken_from_it() -> None:
    """Shared keys, a part with keys of its own, and the part that is missing in the next one is retired."""
    topic = "homeassistant/device/pole/7/config"
    first = {
        "device": {"identifiers": ["p7"], "name": "灯杆7"},
        "origin": {"name": "x"},
        "state_topic": "pole/7",
        "availability": [{"topic": "pole/7/lwt"}],
        "components": {
            "t": {"platform": "sensor", "unique_id": "p7_t", "unit_of_measurement": "°C", "value_template": "{{ value_json.t }}", "name": None},
            "door": {"platform": "binary_sensor", "unique_id": "p7_door", "state_topic": "pole/7/door", "expire_after": 60},
        },
    }
    discovery = homeassistant.Discovery()
    said = {one.id: one for one in discovery.describe(topic, json.dumps(first).encode())}
    assert ("灯杆7", "pole/7", "t") == (said["p7_t"].name, said["p7_t"].state_topic, said["p7_t"].value_path)
    assert ("pole/7/door", 60.0) == (said["p7_door"].state_topic, said["p7_door"].expire_after_s)
    discovery.learn(said.values())
    del first["components"]["door"]  # type: ignore[attr-defined]
    after = discovery.describe(topic, json.dumps(first).encode())
    assert {"p7_t": False, "p7_door": True} == {one.id: one.is_retired for one in after}
    discovery.learn(after)
    assert [21.0] == [one.value for one in discovery("pole/7", b'{"t":21}', received_at=NOW, zone=ZONE)]
    assert {True} == {one.is_retired for one in discovery.describe(topic, b"")}

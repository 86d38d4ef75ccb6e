"""Every trap of the payload shapes, with messages written for this project."""

import json
from contextlib import suppress
from math import isfinite, isnan
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.clock import parse_time
from data.codecs import bind, codecs, homeassistant
from data.domain.errors import PayloadError
from data.domain.reading import Quality, Reading
from data.domain.units import convert
from data.words import Words

ZONE = ZoneInfo("Asia/Shanghai")
NOW = 1_795_000_000_000


def decode(name: str, topic: str, payload: Any, options: dict[str, Any] | None = None, **more: Any) -> tuple[Reading, ...]:
    body = payload if isinstance(payload, bytes) else payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
    return bind(name, options or {})(topic, body, received_at=NOW, zone=ZONE, **more)


def values(*args: Any, **more: Any) -> dict[str, Any]:
    """Field → number, word or (number, unit)."""
    return {one.field: one.text or ((one.value, one.unit) if one.unit else one.value) for one in decode(*args, **more)}


def refusal(*args: Any) -> str:
    with pytest.raises(PayloadError) as caught:
        decode(*args)
    assert not Words("zh").say(caught.value.reason).startswith(("payload_", "reason."))
    return caught.value.reason.code


def at(text: str) -> int:
    return parse_time(text, ZONE)


def test_zigbee_many_values_numbers_as_text_and_a_chinese_name() -> None:
    """One message, many values; `"100.00"` is a number; null is nothing; the name may have slashes, blanks and Chinese."""
    payload = {"battery": "96.50", "voltage": 2985, "linkquality": 71, "water_leak": False, "tamper": None, "last_seen": "2026-11-24T12:30:00.250Z"}
    found = decode("zigbee2mqtt", "zigbee2mqtt/大河沟/3号 井", payload)
    assert {"大河沟/3号 井"} == {one.sensor for one in found}
    assert {at("2026-11-24T20:30:00.250")} == {one.observed_at for one in found}
    wanted = {"battery": (96.5, "%"), "voltage": (2985, "mV"), "linkquality": 71, "water_leak": 0}
    assert wanted == values("zigbee2mqtt", "zigbee2mqtt/大河沟/3号 井", payload)


def test_zigbee_a_button_is_a_word_and_each_message_counts() -> None:
    """`action` has no number; the empty one that old versions send after it is no press."""
    assert {"action": "hold"} == values("zigbee2mqtt", "zigbee2mqtt/bell", {"action": "hold"})
    assert () == decode("zigbee2mqtt", "zigbee2mqtt/bell", {"action": ""})


def test_zigbee_health_bridge_and_orders() -> None:
    """Availability in both spellings is the device's health; the bridge's chatter is silent; orders are left alone."""
    for payload in ("offline", '"offline"', '{"state":"offline"}'):
        (one,) = decode("zigbee2mqtt", "zigbee2mqtt/b/c/availability", payload)
        assert ("b/c", "availability", 0) == (one.sensor, one.field, one.value)
    assert "bridge" == decode("zigbee2mqtt", "zigbee2mqtt/bridge/state", "online")[0].sensor
    for topic in ("bridge/devices", "bridge/info", "bridge/response/permit_join", "bridge/extensions"):
        assert () == decode("zigbee2mqtt", f"zigbee2mqtt/{topic}", "[]")
    for topic in ("b/set", "b/set/brightness", "b/c/get", "bridge/request/permit_join"):
        assert "payload_command" == refusal("zigbee2mqtt", f"zigbee2mqtt/{topic}", {"state": "ON"})


def test_zigbee_one_value_a_topic_and_a_deep_base() -> None:
    """`attribute` output, and a base topic of two levels by option."""
    assert {"temperature": (-3.5, "Cel")} == values("zigbee2mqtt", "home/z2m/yard/temperature", "-3.5", {"base": "home/z2m"})
    assert {"action": "single"} == values("zigbee2mqtt", "zigbee2mqtt/bell/action", "single")
    assert "payload_topic" == refusal("zigbee2mqtt", "other/yard", {"temperature": 1}, {"base": "home/z2m"})
    assert "payload_shape" == refusal("zigbee2mqtt", "zigbee2mqtt/yard", [1])


def test_zigbee_voltage_of_a_plug_is_volts() -> None:
    """Millivolts only where there is a battery."""
    assert {"voltage": (231, "V"), "power": (5, "W")} == values("zigbee2mqtt", "zigbee2mqtt/plug", {"voltage": 231, "power": 5})


def test_tasmota_time_is_local_to_the_source_and_values_hang_below_their_chip() -> None:
    """No zone in `Time`: the source's says it; `TempUnit` says F."""
    payload = {"Time": "2026-11-24T20:30:00", "AHT2X": {"Temperature": 50.0, "Humidity": 41.5}, "Switch1": "ON", "TempUnit": "F"}
    found = {one.field: one for one in decode("tasmota", "tele/well-7/SENSOR", payload)}
    assert at("2026-11-24T12:30:00Z") == found["Switch1"].observed_at
    assert pytest.approx(10.0) == convert(found["AHT2X.Temperature"].value, found["AHT2X.Temperature"].unit, "Cel")
    assert ("ON", 1.0) == (found["Switch1"].text, found["Switch1"].value)
    assert "TempUnit" not in found


def test_tasmota_health_ids_and_answers() -> None:
    """LWT is plain text; an id is no number, whatever its digits; an order is left alone; broken JSON is refused."""
    assert {"availability": 1} == values("tasmota", "tele/well-7/LWT", "Online")
    assert {"DS18B20.Temperature": (4.2, "Cel")} == values("tasmota", "tele/w/SENSOR", {"DS18B20": {"Id": "0000012345", "Temperature": 4.2}})
    assert {"POWER1": "OFF"} == values("tasmota", "stat/w/POWER1", "OFF")
    assert () == decode("tasmota", "tele/w/INFO1", {"Info1": {"Module": "x"}})
    assert "payload_command" == refusal("tasmota", "cmnd/w/POWER", "ON")
    assert "payload_json" == refusal("tasmota", "tele/w/SENSOR", '{"A": "B":1}')
    assert "payload_topic" == refusal("tasmota", "other/w/SENSOR", {})


def test_tasmota_arrays_are_values_of_their_own() -> None:
    """Never the first as if it were the whole; units by what the chip measures."""
    assert {"VL53L0X.Distance": (812, "mm")} == values("tasmota", "tele/w/SENSOR", {"VL53L0X": {"Distance": 812}})
    wanted = {"ENERGY.Power[0]": (12, "W"), "ENERGY.Power[1]": (0, "W"), "ENERGY.Total": (8.5, "kWh")}
    assert wanted == values("tasmota", "tele/w/SENSOR", {"ENERGY": {"Power": [12, 0], "Total": 8.5}})


UPLINK = "application/7/device/00112233AABBCCDD/event/up"


def test_chirpstack_decoded_values_link_and_frame_count() -> None:
    """The device is the topic's EUI, whatever the payload says; the id is the deduplication id; time to the nanosecond is read."""
    payload = {
        "deduplicationId": "d-1", "time": "2026-11-24T12:30:00.123456789+00:00", "deviceInfo": {"devEui": "ffff", "deviceName": "rain-07"},
        "fCnt": 10, "object": {"rain_mm": 0.2, "battery": 3.5, "note": None, "tilt": {"x": -1}}, "rxInfo": [{"rssi": -48, "snr": 9.0}],
    }  # fmt: skip
    found = decode("chirpstack", UPLINK, payload)
    assert {("00112233aabbccdd", "d-1", at("2026-11-24T12:30:00.123456Z"))} == {(one.sensor, one.message_id, one.observed_at) for one in found}
    wanted = {"rain_mm": (0.2, "mm"), "battery": (3.5, "V"), "tilt.x": -1, "fCnt": 10, "rxInfo[0].rssi": (-48, "dBm"), "rxInfo[0].snr": (9, "dB")}
    assert wanted == values("chirpstack", UPLINK, payload)


def test_chirpstack_without_decoder_and_other_events() -> None:
    """Raw bytes are no reading; a mains device has no battery; a join says nothing; a downlink is an order."""
    assert {} == values("chirpstack", UPLINK, {"deviceInfo": {}, "data": "AQI="})
    status = UPLINK.replace("/up", "/status")
    assert {"margin": (7, "dB")} == values("chirpstack", status, {"margin": 7, "externalPowerSource": True, "batteryLevel": 0})
    assert () == decode("chirpstack", UPLINK.replace("/up", "/join"), {"devAddr": "00"})
    assert "payload_command" == refusal("chirpstack", UPLINK.replace("event/up", "command/down"), {})
    assert "payload_topic" == refusal("chirpstack", UPLINK.replace("/up", "/strange"), {})
    assert "payload_shape" == refusal("chirpstack", UPLINK, {"x": 1})


TTS = "v3/street@town/devices/soil-3/up"


def test_things_stack_numbers_with_units_and_the_zero_time() -> None:
    """`"30.11 °C"` is 30.11 in Cel; 0001-01-01 is no time; a simulated uplink is marked."""
    up = {
        "f_cnt": 3,
        "decoded_payload": {"Temp": "30.11 °C", "cond": "0 uS/cm", "Bat": "3.384 V", "door": "open"},
        "received_at": "0001-01-01T00:00:00Z",
    }
    found = decode("thethingsstack", TTS, {"uplink_message": up, "simulated": True})
    assert {(None, Quality.SIMULATED, "soil-3")} == {(one.observed_at, one.quality, one.sensor) for one in found}
    wanted = {"Temp": (30.11, "°C"), "cond": (0, "uS/cm"), "Bat": (3.384, "V"), "door": "open", "f_cnt": 3}
    assert wanted == values("thethingsstack", TTS, {"uplink_message": up})


def test_things_stack_believes_a_gateway_only_where_the_server_agrees() -> None:
    """A gateway whose clock is hours off does not date the reading."""
    up = {"decoded_payload": {"a": 1}, "rx_metadata": [{"time": "2026-11-24T05:00:00Z", "rssi": -1}]}
    (one, _) = decode("thethingsstack", TTS, {"received_at": "2026-11-24T12:30:00Z", "uplink_message": up})
    assert at("2026-11-24T12:30:00Z") == one.observed_at
    assert "payload_command" == refusal("thethingsstack", TTS.replace("/up", "/down/push"), {"downlinks": []})


def test_things_stack_normalized_is_one_measurement_of_an_uplink() -> None:
    """In the server's names and units, with its own time; neither the link nor the frame's number is said twice."""
    topic = f"{TTS}/normalized"
    up = {"f_cnt": 3, "normalized_payload": {"air": {"temperature": -21.3, "pressure": 1003}, "time": "2026-11-24T12:30:00Z"},
          "rx_metadata": [{"rssi": -42}]}  # fmt: skip
    message = {"received_at": "2026-11-24T12:31:00Z", "uplink_normalized": up}
    wanted = {"normalized_payload.air.temperature": (-21.3, "Cel"), "normalized_payload.air.pressure": (1003, "hPa")}
    assert wanted == values("thethingsstack", topic, message)
    assert {at("2026-11-24T12:30:00Z")} == {one.observed_at for one in decode("thethingsstack", topic, message)}
    assert "payload_shape" == refusal("thethingsstack", topic, {"uplink_message": up})


def test_senml_base_values_relative_times_and_sums() -> None:
    """Names join with nothing between, base values add up, a time below 2**28 counts from now, but not in a retained message."""
    pack = [
        {"bn": "w7-", "bt": -10, "bu": "Cel", "bv": 20, "n": "t", "v": 1.5},
        {"n": "r", "u": "mm", "v": -19.8, "s": 7, "t": 5},
        {"n": "ok", "vb": True},
    ]
    found = decode("senml", "any/topic", pack)
    assert [("w7-t", "v", 21.5, "Cel"), ("w7-r", "v", pytest.approx(0.2), "mm"), ("w7-r", "s", 7, "mm"), ("w7-ok", "vb", 1, "Cel")] == [
        (one.sensor, one.field, one.value, one.unit) for one in found
    ]
    assert [NOW - 10_000, NOW - 5_000] == [found[0].observed_at, found[1].observed_at]
    assert {None} == {one.observed_at for one in decode("senml", "any/topic", pack, retained=True)}
    assert 1_795_000_123_500 == decode("senml", "t", [{"n": "a", "v": 1, "t": 1795000123.5}])[0].observed_at
    assert () == decode("senml", "t", [{"bn": "only-base-values:"}])


@pytest.mark.parametrize(
    ("pack", "code"),
    [
        ({"n": "a", "v": 1}, "payload_shape"),
        ([], "payload_shape"),
        ([{"n": "a", "v": "1"}], "payload_value"),
        ([{"n": "a", "v": 1, "vs": "x"}], "payload_value"),
        ([{"n": "a"}], "payload_value"),
        ([{"v": 1}], "payload_name"),
        ([{"n": "a b", "v": 1}], "payload_name"),
        ([{"n": "a", "v": 1, "must_": 2}], "payload_label"),
        ([{"bver": 11, "n": "a", "v": 1}], "payload_version"),
        ([{"bver": 5, "n": "a", "v": 1}, {"bver": 6, "n": "b", "v": 1}], "payload_version"),
        ([{"n": "a", "v": 1, "t": 1e300}], "payload_time"),
    ],
)
def test_senml_refuses_what_the_standard_refuses(pack: Any, code: str) -> None:
    """RFC 8428: one value a record, names of its signs, must-understand labels, versions."""
    assert code == refusal("senml", "t", pack)


WELLS = [
    {"topic": "/city/+/well/status/{sensor}", "value": "tilt", "unit": "deg", "time": "ts"},
    {"topic": "/city/+/well/status/{sensor}", "value": "status", "field": "state", "time": "ts", "states": {"abnormal": 1, "normal": 0}},
    {"topic": "plaza/{sensor}/#", "value": "data[0]['L eq']", "field": "leq", "unit": "$.u", "time": "at"},
]


def test_mapped_json_of_a_vendor() -> None:
    """A topic that begins with a slash, epoch seconds, words for numbers; the device is the topic's, whatever `device_id` says."""
    found = decode("json", "/city/pailou/well/status/w7", {"device_id": "w1", "tilt": "22.4", "status": "Abnormal", "ts": 1795000000}, {"map": WELLS})
    assert [("w7", "tilt", 22.4, "deg", NOW), ("w7", "state", 1, "", NOW)] == [
        (one.sensor, one.field, one.value, one.unit, one.observed_at) for one in found
    ]


@pytest.mark.parametrize(
    ("time", "wanted"),
    [
        (1795000000123, NOW + 123),
        ("1795000000", NOW),
        ("2026-11-24 20:30:00", None),
        ("2026-11-24T12:30:00Z", None),
        ("2026年11月24日 20:30:00", None),
        ("2026年11月24日20时30分00秒", None),
        ("2026/11/24 20:30", None),
    ],
)
def test_mapped_json_times_and_units_of_the_payload(time: Any, wanted: int | None) -> None:
    """Epoch s and ms, also as text, ISO, and local time in the source's zone."""
    (one,) = decode("json", "plaza/n1/x/y", {"data": [{"L eq": "71.5 dB(A)"}], "u": "dB", "at": time}, {"map": WELLS})
    assert (71.5, "dB(A)", wanted or at("2026-11-24T20:30:00")) == (one.value, one.unit, one.observed_at)


@pytest.mark.parametrize("said", [{}, {"ts": None}, {"ts": ""}])
def test_mapped_json_without_its_time_stands_at_its_arrival(said: dict[str, Any]) -> None:
    """Better a value of now than none: a vendor that leaves its time out once still says that the cover is open."""
    (one,) = decode("json", "/city/p/well/status/w7", {"tilt": 31, **said}, {"map": WELLS})
    assert (31, None) == (one.value, one.observed_at)


def test_mapped_json_refusals_and_mistakes() -> None:
    """Another topic, a path that is not there, a time that is none; and mistakes in the mapping are named at the start."""
    assert "payload_topic" == refusal("json", "x/y", {}, {"map": WELLS})
    assert "payload_path" == refusal("json", "plaza/n1/x", {"data": []}, {"map": WELLS})
    for time in ("soon", True, -1, [1], 1e30):
        assert "payload_time" == refusal("json", "/city/p/well/status/w", {"tilt": 1, "ts": time}, {"map": WELLS})
    for wrong in ({"topic": "a/#/b", "value": "v"}, {"topic": "a/b#", "value": "v"}, {"topic": "a", "value": "v["}, {"wert": "v"}):
        with pytest.raises(ValueError, match=r"."):
            bind("json", {"map": [wrong]})


def test_plain_numbers() -> None:
    """A number, one with a unit, yes and no; a code with a leading zero is none."""
    (one,) = decode("plain", "plaza/1/db", "72.3", {"pattern": "plaza/{sensor}/db", "unit": "dB"})
    assert ("1", "", 72.3, "dB") == (one.sensor, one.field, one.value, one.unit)
    assert ("a/b", 30.11, "°C") == next((one.sensor, one.value, one.unit) for one in decode("plain", "/a/b", " 30.11 °C\n"))
    assert 0.0 == decode("plain", "a", "OFF")[0].value
    for text in ("0215", "1_000", "NaN", "1e999", "∞", "0x10", "12 apples"):
        assert "payload_value" == refusal("plain", "a", text)
    assert "payload_empty" == refusal("plain", "a", "")
    assert "payload_utf8" == refusal("plain", "a", b"\xff1")


def config(**more: Any) -> dict[str, Any]:
    return {
        "~": "plaza/1", "name": "噪声", "stat_t": "~/db", "unit_of_meas": "dB", "dev_cla": "sound_pressure", "val_tpl": "{{ value_json.leq }}",
        "exp_aft": 300, "uniq_id": "plaza1_db", "dev": {"ids": ["plaza1"], "name": "广场1号", "mf": "x"}, **more,
    }  # fmt: skip


CONFIG = "homeassistant/sensor/plaza1/db/config"


def test_discovery_learns_names_units_and_expiry_and_then_reads_states() -> None:
    """Short keys, `~`, a simple template; the state is read where it pointed; an empty config retires it."""
    discovery = homeassistant.Discovery()
    (one,) = discovery.describe(CONFIG, json.dumps(config()).encode())
    assert ("plaza1_db", "噪声", "dB", 300, "plaza/1/db", "leq", False) == (
        one.id, one.name, one.unit, one.expire_after_s, one.state_topic, one.value_path, one.is_pending
    )  # fmt: skip
    assert () == discovery(CONFIG, json.dumps(config()).encode(), received_at=NOW, zone=ZONE)
    (reading,) = discovery("plaza/1/db", b'{"leq":"71.5"}', received_at=NOW, zone=ZONE)
    assert ("plaza1_db", 71.5, "dB") == (reading.sensor, reading.value, reading.unit)
    (gone,) = discovery.describe(CONFIG, b"")
    assert ("plaza1_db", True) == (gone.id, gone.is_retired)
    discovery(CONFIG, b"", received_at=NOW, zone=ZONE)
    with pytest.raises(PayloadError):
        discovery("plaza/1/db", b'{"leq":"71.5"}', received_at=NOW, zone=ZONE)


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{{ value_json['a b'] }}", "a b"),
        ("{{value_json.a.b|float}}", "a.b"),
        ("{{ value_json.rows[0].v | float(0) }}", "rows[0].v"),
        ("{{ value }}", ""),
        ("{{ value_json.a * 10 }}", None),
        ("{% if value_json.a %}1{% endif %}", None),
        ("{{ value_json.a }}{{ value_json.b }}", None),
        ("{{ states('sensor.x') }}", None),
    ],
)
def test_discovery_runs_no_program(template: str, path: str | None) -> None:
    """A template that is more than a path is listed as 待映射."""
    (one,) = homeassistant.describe(CONFIG, json.dumps(config(val_tpl=template)).encode())
    assert (path is None, path or "") == (one.is_pending, one.value_path)


def test_discovery_of_a_whole_device_and_of_yes_no() -> None:
    """One config, many components; one that is only named again is retired; `payload_on` is any JSON value."""
    lid = {"p": "binary_sensor", "uniq_id": "w7_lid", "val_tpl": "{{ value_json.lid }}", "pl_on": "OPEN", "pl_off": "SHUT"}
    whole = {"dev": {"name": "井7"}, "o": {"name": "x"}, "stat_t": "w/7", "cmps": {"lid": lid, "old": {"p": "sensor"}}}
    topic = "homeassistant/device/w7/config"
    discovery = homeassistant.Discovery()
    learned, old = discovery.describe(topic, json.dumps(whole).encode())
    assert ("w7_lid", "binary_sensor", "井7", True) == (learned.id, learned.component, learned.device, old.is_retired)
    discovery(topic, json.dumps(whole).encode(), received_at=NOW, zone=ZONE)
    assert [1.0] == [one.value for one in discovery("w/7", b'{"lid":"OPEN"}', received_at=NOW, zone=ZONE)]
    assert () == homeassistant.describe("homeassistant/switch/x/config", b'{"cmd_t":"x/set","uniq_id":"x"}')


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "payload_empty"),
        (b"{", "payload_json"),
        (b'{"a":NaN}', "payload_json"),
        (b'{"a":Infinity}', "payload_json"),
        (b'{"a":1e999}', "payload_json"),
        (b'{"a":' + b"9" * 400 + b"}", "payload_value"),
        (b"[" * 10_000 + b"]" * 10_000, "payload_json"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "payload_deep"),
        (b'{"a":1,"a":2}', "payload_double_key"),
        (b'{"a":{"b":1,"\\u0062":2}}', "payload_double_key"),
        (b'{"a":"' + b"x" * 10_000_000 + b'"}', "payload_too_large"),
        (b'{"a":"\xff"}', "payload_json"),
        (b"[" + b"1," * 3000 + b"1]", "payload_too_large"),
    ],
)
def test_bad_json_is_refused_with_a_reason(payload: bytes, code: str) -> None:
    """Broken, not finite, too deep, doubled, too large, not UTF-8: each has its word."""
    assert code == refusal("json", "x/y", payload)


def test_what_looks_like_a_key_inside_a_text_is_none() -> None:
    """Only real keys count as doubled."""
    assert {"a": 1, "b": '"a":2'} == values("json", "x", {"a": 1, "b": '"a":2'})


def test_units_of_one_quantity_convert_and_others_do_not() -> None:
    """Fahrenheit, percent and millimetres; decibels are not degrees."""
    assert pytest.approx([24.7222222, 0.0121, 5.0, 0.5]) == [
        convert(76.5, "F", "Cel"), convert(12.1, "mm", "m"), convert(5, "%RH", "%"), convert(50, "%", "1")
    ]  # fmt: skip
    # A watt is a thousand milliwatts: 30 dB.
    assert (30, -100, -43) == (convert(0, "dBW", "dBm"), convert(-70, "dBm", "dBW"), convert(-73, "dBW", "dB{m}"))
    assert (None, None, 7) == (convert(1, "dB", "deg"), convert(1, "", "mm"), convert(7, "apples", "apples"))


TOPICS = {
    "own": "paidan/x/sensor/a", "zigbee2mqtt": "zigbee2mqtt/a", "tasmota": "tele/a/SENSOR", "chirpstack": UPLINK, "thethingsstack": TTS, "senml": "a",
    "plain": "a", "json": "a", "homeassistant": CONFIG,
}  # fmt: skip
KEYS = (
    *("bn", "bt", "bv", "n", "v", "vs", "vb", "t", "u", "s", "ut", "Time", "Epoch", "ENERGY", "StatusSNS", "last_seen", "state", "uplink_message"),
    *("decoded_payload", "rx_metadata", "settings", "time", "object", "rxInfo", "rssi", "fCnt", "location", "latitude", "val_tpl", "stat_t", "~"),
    *(
        "dev",
        "cmps",
        "p",
        "exp_aft",
        "uniq_id",
        "value",
        "unit",
        "type",
        "measurementValue",
        "normalized_payload",
        "result",
        "data",
        "UID",
        "bs",
        "bver",
    ),
    *("color", "battery", "voltage", "illuminance", "illuminance_lux", "ZbReceived", "NeoPool", "components", "state_topic", "value_template"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def check(name: str, topic: str, payload: bytes) -> None:
    """Readings of clean texts and finite numbers, or `PayloadError`; nothing else."""
    with suppress(PayloadError):
        for one in decode(name, topic, payload):
            assert isfinite(one.value) or (isnan(one.value) and one.text)
            assert one.sensor and len(one.field) <= 200 and "\x1b" not in one.sensor + one.field + one.text + one.unit


@pytest.mark.parametrize("name", sorted(codecs()))
@settings(max_examples=300, deadline=None)
@given(payload=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()), tail=st.text(max_size=20))
def test_random_bytes_and_json_decode_or_are_refused(name: str, payload: bytes, tail: str) -> None:
    """A few hundred in each run."""
    check(name, TOPICS.get(name, "a"), payload)
    check(name, TOPICS.get(name, "a") + "/" + tail, payload)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", sorted(codecs()))
@settings(max_examples=10_000, deadline=None)
@given(payload=st.binary(max_size=1000) | JSON.map(lambda value: json.dumps(value).encode()))
def test_ten_thousand_random_payloads(name: str, payload: bytes) -> None:
    """The same, ten thousand a codec."""
    check(name, TOPICS.get(name, "a"), payload)

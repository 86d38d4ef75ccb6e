"""Shapes of Zigbee2MQTT, Tasmota, plain and mapped messages met in the field; messages written for this project."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.codecs import bind
from data.domain.errors import PayloadError
from tests.codecs.test_shapes import NOW, at, decode, refusal, values

TASMOTA = [
    ({"ENERGY": {"Total": [1.5, 2], "Power": [120, 0], "Voltage": 231, "Current": [0.5, 0.0], "Factor": 0.98, "TotalTariff": [3, 4]}},
     {"ENERGY.Total[1]": (2, "kWh"), "ENERGY.Power[0]": (120, "W"), "ENERGY.Current[1]": (0, "A"), "ENERGY.TotalTariff[0]": (3, "kWh")}),
    ({"DS18B20-1": {"Id": "00000A1B2C3D", "Temperature": -3.5}, "DS18B20-2": {"Id": "000000123456", "Temperature": None}, "TempUnit": "C"},
     {"DS18B20-1.Temperature": (-3.5, "Cel")}),
    ({"BMP280": {"Temperature": 70.2, "Pressure": 29.9, "SeaPressure": 30.1}, "PressureUnit": "inHg", "TempUnit": "F"},
     {"BMP280.Temperature": (70.2, "[degF]"), "BMP280.Pressure": (29.9, "inHg"), "BMP280.SeaPressure": (30.1, "inHg")}),
    ({"VL53L0X_2": {"Distance": 344}, "SR04": {"Distance": 41}}, {"VL53L0X_2.Distance": (344, "mm"), "SR04.Distance": (41, "cm")}),
    ({"AS3935": {"Event": 1, "Distance": 12, "Energy": 58000}}, {"AS3935.Event": 1, "AS3935.Distance": (12, "km"), "AS3935.Energy": 58000}),
    ({"LD2410": {"Distance": [200, 181], "Energy": [13, 100]}}, {"LD2410.Distance[1]": (181, "cm"), "LD2410.Energy[0]": 13}),
    ({"ZbReceived": {"lamp": {"Power": 1, "LinkQuality": 70}, "0x7120": {"ActivePower": 42, "RMSVoltage": 230}}},
     {"ZbReceived.lamp.Power": 1, "ZbReceived.0x7120.ActivePower": (42, "W"), "ZbReceived.0x7120.RMSVoltage": (230, "V")}),
    ({"IBEACON": {"UID": "00000000000000000000000000001234", "RSSI": -56, "STATE": "ON"}, "Wifi": {"RSSI": 86, "Signal": -57}},
     {"IBEACON.UID": "00000000000000000000000000001234", "IBEACON.RSSI": (-56, "dBm"), "Wifi.RSSI": (86, "%"), "Wifi.Signal": (-57, "dBm")}),
    ({"RC522": {"UID": "94285560", "Data": "", "Type": "MIFARE 1KB"}, "RfReceived": {"Data": "0x7028D2", "Bits": 24}},
     {"RC522.UID": "94285560", "RC522.Type": "MIFARE 1KB", "RfReceived.Data": "0x7028D2", "RfReceived.Bits": 24}),
    ({"SDS0X1": {"PM2.5": 3.1, "PM10": 4}, "SPS30": {"PM2_5": 3, "PM10": 5}},
     {"SDS0X1.PM2.5": (3.1, "ug/m3"), "SDS0X1.PM10": (4, "ug/m3"), "SPS30.PM2_5": (3, "ug/m3")}),
    ({"MLX90614": {"OBJTMP": 23.8, "AMBTMP": 22.7}, "OPENTHERM": {"TB": 31, "BTMP": {"ACT": 85, "FAULT": 0}}},
     {"MLX90614.OBJTMP": (23.8, "Cel"), "OPENTHERM.TB": (31, "Cel"), "OPENTHERM.BTMP.ACT": (85, "Cel"), "OPENTHERM.BTMP.FAULT": 0}),
    ({"NeoPool": {"pH": {"Data": 7.2, "State": 0}, "Modules": {"pH": 1}, "Redox": {"Data": 752}, "Temperature": 23.5}},
     {"NeoPool.pH.Data": (7.2, "[pH]"), "NeoPool.Modules.pH": 1, "NeoPool.Redox.Data": (752, "mV"), "NeoPool.Temperature": (23.5, "Cel")}),
    ({"Switch1": "ON", "POWER": "OFF", "COUNTER": {"C1": 12}, "Shutter1": {"Position": 40, "Direction": 0}},
     {"Switch1": "ON", "POWER": "OFF", "COUNTER.C1": 12, "Shutter1.Position": 40}),
    ({"ANALOG": {"A0": 512, "Temperature": 21.1}, "ESP32": {"Temperature": 41.7}},
     {"ANALOG.A0": 512, "ANALOG.Temperature": (21.1, "Cel"), "ESP32.Temperature": (41.7, "Cel")}),
    ({"ANALOG": {"A1": 512, "Illuminance2": 120, "Temperature3": -4}},
     {"ANALOG.A1": 512, "ANALOG.Illuminance2": (120, "lx"), "ANALOG.Temperature3": (-4, "Cel")}),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "wanted"), TASMOTA)
@pytest.mark.parametrize("topic", ["tele/w/SENSOR", "stat/w/STATUS8", "stat/w/STATUS0", "w/tele/SENSOR"])
def test_tasmota_sensors(topic: str, payload: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Each value below its chip with the unit of that chip, in telemetry and in answers, whatever the order of the levels."""
    message = {"Time": "2026-11-24T20:30:00", **payload}
    message = {"Status": {"Topic": "w"}, "StatusSNS": message} if "STATUS" in topic else message
    found = values("tasmota", topic, message)
    assert wanted == {field: found.get(field) for field in wanted}
    assert {"w"} == {one.sensor for one in decode("tasmota", topic, message)}


@pytest.mark.parametrize(
    ("time", "wanted"),
    [
        ("2026-11-24T20:30:00", "2026-11-24T12:30:00Z"),
        ("2026-11-24T20:30:00+02:00", "2026-11-24T18:30:00Z"),
        ("2026-11-24T12:30:00Z", "2026-11-24T12:30:00Z"),
        ("2026.11.24 20:30:00", None),
        ("1970-01-01T00:00:12", None),
        ("", None),
        (None, None),
        (1795000000, "2026-11-18T11:06:40Z"),
    ],
)
def test_tasmota_times(time: Any, wanted: str | None) -> None:
    """Local, with an offset, or none that can be read: then the values stand at their arrival."""
    (one,) = decode("tasmota", "tele/w/SENSOR", {"Time": time, "BH1750": {"Illuminance": 79}})
    assert (at(wanted) if wanted else None, 79, "lx") == (one.observed_at, one.value, one.unit)


@pytest.mark.parametrize("topic", ["stat/w/STATUS0", "stat/w/STATUS", "stat/w/STATUS5", "tele/w/INFO1", "tele/w/UPTIME"])
def test_tasmota_answers_that_measure_nothing(topic: str) -> None:
    """They are known and silent."""
    assert () == decode("tasmota", topic, {"Status": {"Module": 1, "Topic": "w"}, "Info1": {"Module": "x"}})


ZIGBEE = [
    ({"battery": 97, "voltage": 2985}, {"battery": (97, "%"), "voltage": (2985, "mV")}),
    ({"battery": 97, "voltage": 2.9}, {"voltage": (2.9, "V")}),
    ({"power": 5, "voltage": 231, "current": 0.02, "energy": 12.05}, {"voltage": (231, "V"), "current": (0.02, "A"), "energy": (12.05, "kWh")}),
    ({"illuminance": 13222, "illuminance_lux": 21}, {"illuminance": 13222, "illuminance_lux": (21, "lx")}),
    ({"illuminance": 21}, {"illuminance": (21, "lx")}),
    ({"power_phase_b": 12, "current_phase_c": 1.5, "voltage_phase_b": 229, "power_factor": 0.9, "power_outage_count": 3},
     {"power_phase_b": (12, "W"), "current_phase_c": (1.5, "A"), "voltage_phase_b": (229, "V"), "power_factor": 0.9, "power_outage_count": 3}),
    ({"eco_temperature": 17, "max_temperature_limit": 35, "occupied_heating_setpoint": 21, "local_temperature": 20.5, "position": 40},
     {"eco_temperature": (17, "Cel"), "max_temperature_limit": (35, "Cel"), "occupied_heating_setpoint": (21, "Cel"), "position": (40, "%")}),
    ({"temperature_l1": 20, "temperature_2": 21, "humidity_l1": 40, "state_l1": "ON"},
     {"temperature_l1": (20, "Cel"), "temperature_2": (21, "Cel"), "humidity_l1": (40, "%"), "state_l1": "ON"}),
    ({"co2": 612, "pm25": 9, "formaldehyd": 0.02, "voc": 12, "pressure": 1009.5},
     {"co2": (612, "ppm"), "pm25": (9, "ug/m3"), "formaldehyd": (0.02, "mg/m3"), "voc": (12, "ug/m3"), "pressure": (1009.5, "hPa")}),
    ({"update": {"state": "idle", "installed_version": 7, "latest_version": None}, "color": {"x": 0.4, "y": 0.3}, "color_mode": "xy"},
     {"update.state": "idle", "update.installed_version": 7, "color.x": 0.4, "color_mode": "xy"}),
    ({"smoke": True, "water_leak": False, "contact": True, "tamper": None, "action": ""}, {"smoke": 1, "water_leak": 0, "contact": 1}),
    ({"battery": "100.00", "temperature": "21,5 °C", "humidity": "NaN"}, {"battery": (100, "%"), "temperature": (21.5, "°C"), "humidity": "NaN"}),
    ({"device": {"friendlyName": "x", "ieeeAddr": "0x00"}, "linkquality": 160}, {"linkquality": 160}),
    ({"liquid_depth": 1.27, "liquid_level_percent": 84, "liquid_state": "high"},
     {"liquid_depth": (1.27, "m"), "liquid_level_percent": (84, "%"), "liquid_state": "high"}),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "wanted"), ZIGBEE)
def test_zigbee_devices(payload: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Units as the device pages have them; null, nothing pressed and the device's own description are no values."""
    found = values("zigbee2mqtt", "zigbee2mqtt/街口/3号 箱", payload)
    assert wanted == {field: found.get(field) for field in wanted}
    assert not {"tamper", "action", "device.ieeeAddr", "update.latest_version"} & set(found)


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        ("2026-11-24T12:30:00.250Z", "2026-11-24T12:30:00.250Z"),
        ("2026-11-24T20:30:00+08:00", "2026-11-24T12:30:00Z"),
        (1795000000123, "2026-11-18T11:06:40.123Z"),
        (None, None),
        ("disable", None),
        (-5, None),
    ],
)
def test_zigbee_last_seen(seen: Any, wanted: str | None) -> None:
    """ISO, local ISO, epoch ms; what is none of them is no time."""
    (one,) = decode("zigbee2mqtt", "zigbee2mqtt/a", {"temperature": 3, "last_seen": seen})
    assert (at(wanted) if wanted else None) == one.observed_at


TEXTS = [
    ("23,5", 23.5, ""),
    ("23,5 °C", 23.5, "°C"), ("1,234.5 m", 1234.5, "m"), ("1.234,5 m", 1234.5, "m"), ("1,234,567", 1234567, ""), ("-0,25", -0.25, ""),
    (".5", 0.5, ""), ("+7", 7, ""), ("-0", 0, ""), ("1e3", 1000, ""), ("12mm", 12, "mm"), ("41 %RH", 41, "%RH"), ("0.5mg/m³", 0.5, "mg/m³"),
    ("\ufeff12.5", 12.5, ""), ('"12.5"', 12.5, ""), ("on", 1, ""), ("OFFLINE", 0, ""), ("\t12.5\r\n", 12.5, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "unit"), TEXTS)
def test_numbers_as_devices_write_them(text: str, value: float, unit: str) -> None:
    """Decimal commas and thousands where nothing else is possible, units without a blank, a byte order mark."""
    (one,) = decode("plain", "a/b", text)
    assert (value, unit) == (one.value, one.unit)


@pytest.mark.parametrize(
    "text", ["1,234", "12,34,56", "1.2.3", "1,23.4", "Infinity", "-inf", "1e400", "0x1F", "12 apples", "１２", "8 %%", "1000000000000001"]
)
def test_what_could_be_two_numbers_or_none_is_refused(text: str) -> None:
    """It is shown as it came, and not guessed."""
    assert "payload_value" == refusal("plain", "a", text)


@pytest.mark.parametrize("payload", ["23".encode("utf-16"), "23 度 正常".encode("gbk"), b"\x00\xff\xfe"])
def test_other_encodings_are_refused_with_a_reason(payload: bytes) -> None:
    """UTF-16 and GBK are not guessed at, in plain values or in JSON."""
    for codec in ("plain", "json", "own", "senml"):
        with pytest.raises(PayloadError):
            decode(codec, "paidan/x/sensor/a" if codec == "own" else "a", payload)


@pytest.mark.parametrize("codec", ["own", "json", "zigbee2mqtt", "tasmota"])
def test_a_byte_order_mark_is_no_part_of_the_message(codec: str) -> None:
    """Windows programs write one."""
    topic = {"own": "paidan/x/sensor/a", "tasmota": "tele/a/SENSOR"}.get(codec, "z/a")
    (one,) = decode(codec, topic, b"\xef\xbb\xbf" + json.dumps({"value": 7}).encode())
    assert 7 == one.value


@pytest.mark.parametrize(
    ("time", "wanted"),
    [
        (1795000000, "2026-11-18T11:06:40Z"),
        (1795000000.25, "2026-11-18T11:06:40.250Z"),
        (1795000000123, "2026-11-18T11:06:40.123Z"),
        (1795000000123456, "2026-11-18T11:06:40.123Z"),
        ("1795000000123456789", "2026-11-18T11:06:40.123Z"),
        ("20261124203000", "2026-11-24T12:30:00Z"),
        (20261124203000, "2026-11-24T12:30:00Z"),
        ("2026/11/24 8:30:00", "2026-11-24T00:30:00Z"),
        ("2026-11-24 20:30", "2026-11-24T12:30:00Z"),
        ("2026-11-24T12:30:00+0000", "2026-11-24T12:30:00Z"),
        ("2026-11-24 12:30:00 UTC", "2026-11-24T12:30:00Z"),
    ],
)
def test_times_as_platforms_write_them(time: Any, wanted: str) -> None:
    """Epoch s, ms, us and ns, compact and slashed local time, a zone as a word."""
    rows = [{"topic": "p/{sensor}", "value": "v", "time": "t"}]
    (one,) = decode("json", "p/a", {"v": 1, "t": time}, {"map": rows})
    assert abs(at(wanted) - (one.observed_at or 0)) <= 1


def test_local_times_about_a_change_of_the_clock() -> None:
    """An hour that there is twice is the first of the two, one that there is not is moved on; neither is refused."""
    read = bind("json", {"map": [{"topic": "p/{sensor}", "value": "v", "time": "t"}]})
    berlin = ZoneInfo("Europe/Berlin")
    found = [
        read("p/a", json.dumps({"v": 1, "t": time}).encode(), received_at=NOW, zone=berlin)[0].observed_at
        for time in ("2026-10-25T02:30:00", "2026-03-29T02:30:00")
    ]
    assert [at("2026-10-25T00:30:00Z"), at("2026-03-29T01:30:00Z")] == found


@pytest.mark.parametrize(
    ("pack", "wanted"),
    [
        ([{"n": "a", "vs": ""}, {"n": "b", "vd": ""}], []),
        ([{"bn": "a", "bs": 5}, {"n": "1", "s": 3}, {"n": "2", "v": 7}], [("a1", "s", 8), ("a2", "v", 7), ("a2", "s", 5)]),
        ([{"bn": "a", "bv": 20}, {"n": "1", "v": 0.5}, {"n": "2"}, {"n": "3", "vb": False}], [("a1", "v", 20.5), ("a2", "v", 20), ("a3", "vb", 0)]),
        (
            [{"bn": "a:", "n": "x", "v": 1}, {"bn": "b:"}, {"n": "x", "v": 2}, {"bn": ""}, {"n": "y", "v": 3}],
            [("a:x", "v", 1), ("b:x", "v", 2), ("y", "v", 3)],
        ),
        ([{"n": "2001:db8::3", "v": 1, "u": "/", "l": "ignored", "ut": 10}], [("2001:db8::3", "v", 1)]),
    ],
)
def test_senml_packs(pack: list[dict[str, Any]], wanted: list[tuple[str, str, float]]) -> None:
    """What is missing beside a base counts as zero, a base goes on until the next one, an empty text says nothing."""
    assert wanted == [(one.sensor, one.field, one.value) for one in decode("senml", "t", pack)]


@pytest.mark.parametrize(("payload", "unit"), [({"v": 5}, "%RH"), ({"v": 5, "u": "%EL"}, "%EL"), ({"v": 5, "u": ""}, "")])
def test_senml_units(payload: dict[str, Any], unit: str) -> None:
    """A record's own unit goes before the base's, an empty one too."""
    assert unit == decode("senml", "t", [{"bn": "a", "bu": "%RH"}, {"n": "b", **payload}])[0].unit


@pytest.mark.parametrize(
    ("topic", "payload", "wanted"),
    [
        ("z1/voltage", "243", {"voltage": (243, "V")}),
        ("z1/battery", "97", {"battery": (97, "%")}),
        ("z1/update-state", "idle", {"update-state": "idle"}),
        ("z1/update-installed_version", "268449287", {"update-installed_version": 268449287}),
        ("z1/xy", "10,20", {"xy": "10,20"}),
        ("z1/latest_version", "", {}),
        ("z1/last_seen", "2026-11-24T12:30:00Z", {"last_seen": "2026-11-24T12:30:00Z"}),
        ("z1/occupancy", "true", {"occupancy": 1}),
    ],
)
def test_zigbee_one_value_a_topic(topic: str, payload: str, wanted: dict[str, Any]) -> None:
    """`attribute` output: a null is an empty message, a list has commas and is no number, what is nested has a dash."""
    assert wanted == values("zigbee2mqtt", f"zigbee2mqtt/{topic}", payload)

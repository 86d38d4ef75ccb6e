"""What decoders on LoRaWAN servers call their values, and the unit a person would write beside each; messages written for this project."""

from typing import Any

import pytest

from data.codecs._lorawan import unit_of
from data.domain.reading import Quality
from tests.codecs.test_shapes import TTS, UPLINK, at, decode, values

# One device a line: name, value and unit; "-" is a value whose name says no unit.
NAMED = """
BatV 3.297 V, TempC_SHT 24.7 Cel, Hum_SHT 45.2 %, TempC_DS 22.9 Cel, TempC1 22 Cel, Bat_status 3 -, ILL_lx 120 lx, ADC_CH0V 1.2 V, BAT_V 3.0 V
Distance 1752 mm, temp_SOIL 20 Cel, water_SOIL 30 %, conduct_SOIL 120 uS/cm, PH1_SOIL 6.8 [pH], DOOR_OPEN_TIMES 3 -, WATER_LEAK_STATUS 0 -
TEM 20 Cel, HUM 40 %, wind_speed 2 m/s, wind_direction_angle 20 deg, rain_gauge 2 mm, CO2 500 ppm, PM2_5 20 ug/m3, PM2.5 20 ug/m3, pm1_0 3 ug/m3
pressure 1010.1 hPa, pressure 101.2 kPa, pressure 101325 Pa, barometer.1 1013 hPa, barometric_pressure_0 1017.5 hPa
battery 87 %, battery 100 %, battery 3.6 V, battery 3600 mV, battery_voltage 24 V, voltage 230 V, vdd 3466 mV, vbat 3.3 V, Batt 3.5 V
batteryLevel 77 %, battery_mv 3300 mV, bat_percentage 86.66 %, power 20 W, power_factor 90 -, power_consumption 200 Wh, energy 3 kWh
LAeq 58.2 dB, laf_max 60 dB, laiMax 80.4 dB, soundPeak 60 dB, noise_level 61 dB, latency 3 -, h2s 0.2 ppm, hcho 0.03 mg/m3, tvoc 300 ppb
temperatureSensor.1 27.2 Cel, humiditySensor.2 55 %, illuminanceSensor.5 200 lx, analogInput.3 1 -, digitalInput.1 0 -, gpsLocation.1.latitude 30 deg
temperature_0 22.2 Cel, relative_humidity_0 44 %, gps_1.altitude 30 m, externalTemperature2 19.3 Cel, tempF 70 [degF], dew_point 3 Cel
temperature.value 20 Cel, tempSensor.min 20 Cel, history[0].temperature 20 Cel, temperature_alarm 1 -, humidity_alarm 1 -, light_level 3 -
rain_mm 0.2 mm, rainfall_total 3 mm, water_level_cm 30 cm, distance_cm 30 cm, soil_moisture 30 %, ec 300 uS/cm, angle_x 3 deg, event_count 4 -
normalized_payload[0].air.temperature 3 Cel, normalized_payload[0].wind.speed 3 m/s, normalized_payload[0].soil.ec 1 dS/m
normalized_payload[0].water.temperature.avg 3 Cel, normalized_payload[0].battery 3 V, normalized_payload[0].air.relativeHumidity 3 %
"""


@pytest.mark.parametrize("row", [row.strip() for line in NAMED.strip().splitlines() for row in line.split(",")])
def test_a_name_tells_its_unit(row: str) -> None:
    """Only where it does; an alarm or a count that is called after a temperature is none."""
    path, value, unit = row.split()
    assert unit_of(path, float(value)) == ("" if unit == "-" else unit)


@pytest.mark.parametrize(
    ("decoded", "wanted"),
    [
        ({"battery_voltage": {"displayName": "Battery voltage", "unit": "V", "value": 3.1}}, {"battery_voltage.value": (3.1, "V")}),
        ({"a": {"value": 21.6, "units": "°C"}, "b": [{"value": 5, "unit": "mm"}]}, {"a.value": (21.6, "°C"), "b[0].value": (5, "mm")}),
        (
            {"messages": [{"type": "Air Temperature", "measurementId": "4097", "measurementValue": 22.3}], "err": 0, "valid": True},
            {"messages[0].measurementValue": (22.3, "Cel"), "valid": 1},
        ),
        ({"Battery Status": "Good", "Device Status": {"Sensor Fault": "No"}}, {"Battery Status": "Good", "Device Status.Sensor Fault": "No"}),
        ({"a": None, "b": [], "c": {}, "d": ""}, {}),
        ({"dev_eui": "1000000000000001", "serial": "021528603314", "hex": "94285E60"},
         {"dev_eui": "1000000000000001", "serial": "021528603314", "hex": "94285E60"}),
        ({"temp": "23,5 °C", "hum": "41,5%", "p": "1,013.2 hPa", "list": "10,20"},
         {"temp": (23.5, "°C"), "hum": (41.5, "%"), "p": (1013.2, "hPa"), "list": "10,20"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("codec", "topic"), [("chirpstack", UPLINK), ("thethingsstack", TTS)])
def test_decoded_values(codec: str, topic: str, decoded: dict[str, Any], wanted: dict[str, Any]) -> None:
    """A unit that stands beside its value is the one; null and empty are nothing; a name in digits is no number."""
    payload = {"deviceInfo": {}, "object": decoded} if codec == "chirpstack" else {"uplink_message": {"decoded_payload": decoded}}
    found = values(codec, topic, payload)
    assert wanted == {field: found[field] for field in wanted}
    assert wanted or not found


def test_chirpstack_times_casing_and_object_null() -> None:
    """Nanoseconds, an offset, an EUI in capitals, and `object: null` where the decoder failed."""
    found = decode("chirpstack", "eu868/application/7/device/00112233AABBCCDD/event/up", {
        "deviceInfo": {"devEui": "ffff"}, "time": "2026-11-24T20:30:00.123456789+08:00", "object": None, "fCnt": 0,
        "rxInfo": [{"rssi": -48, "snr": -7.2}, {"rssi": -101}, {"gatewayId": "x"}],
    })  # fmt: skip
    assert {("00112233aabbccdd", at("2026-11-24T12:30:00.123Z"))} == {(one.sensor, (one.observed_at or 0)) for one in found}
    assert {"rxInfo[0].rssi", "rxInfo[0].snr", "rxInfo[1].rssi", "fCnt"} == {one.field for one in found}


def test_things_stack_messages_that_are_wrapped_once_more() -> None:
    """As the storage integration and the console hand them out; frame 0 has no `f_cnt`; several gateways, one without strength."""
    up = {
        "decoded_payload": {"temperature": 21.5},
        "rx_metadata": [{"rssi": -80, "snr": 9}, {"packet_broker": {}}],
        "received_at": "2026-11-24T12:30:00.5Z",
    }
    for payload in ({"result": {"uplink_message": up}}, {"name": "as.up.data.forward", "data": {"uplink_message": up, "simulated": False}}):
        found = decode("thethingsstack", TTS, payload)
        assert ["temperature", "rx_metadata[0].rssi", "rx_metadata[0].snr"] == [one.field for one in found]
        assert {(at("2026-11-24T12:30:00.500Z"), Quality.OK)} == {(one.observed_at, one.quality) for one in found}


@pytest.mark.parametrize("more", [{}, {"decoded_payload": None}, {"decoded_payload": {}}])
def test_things_stack_normalized_values_alone(more: dict[str, Any]) -> None:
    """They are read where the device's own decoder gave nothing."""
    up = {"normalized_payload": [{"air": {"temperature": 21.5}, "time": "2026-11-24T12:30:00Z"}], **more}
    found = values("thethingsstack", TTS, {"received_at": "2026-11-24T12:30:00Z", "uplink_message": up})
    assert (21.5, "Cel") == found.get("normalized_payload[0].air.temperature")

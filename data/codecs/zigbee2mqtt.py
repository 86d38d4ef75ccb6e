"""Zigbee2MQTT: `zigbee2mqtt/<friendly name>`, a name with slashes, blanks and any script, one object of many values.

    {"temperature":27.34,"battery":"100.00","last_seen":"2026-11-24T20:30:00+08:00"}

`…/availability` and `bridge/state` are the health of a device and of the gateway; `…/set`, `…/get` and `bridge/request/…` are orders. With the
output `attribute` each value has a topic of its own. Option `base`: its `base_topic` where that has more than one level.
Source of units: the exposes of the Zigbee2MQTT device pages.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from data.codecs._payload import device_name, flatten, no_unit, parse_json, readings, refuse, time_of
from data.domain.errors import PayloadError
from data.domain.reading import Reading
from data.domain.text import one_line

NAME = "zigbee2mqtt"
SAYS_AVAILABILITY = True
BRIDGE = "bridge"
ECHO_MS = 20
"""It sends one message twice, so shortly after one another; nobody presses a button twice in that time."""

_UNITS = {
    "temperature": "Cel", "local_temperature": "Cel", "device_temperature": "Cel", "cpu_temperature": "Cel", "soil_temperature": "Cel",
    "occupied_heating_setpoint": "Cel", "current_heating_setpoint": "Cel", "local_temperature_calibration": "Cel", "temperature_calibration": "Cel",
    "external_measured_room_sensor": "Cel", "dew_point": "Cel", "humidity": "%", "soil_moisture": "%", "battery": "%", "position": "%", "tilt": "%",
    "pi_heating_demand": "%", "moisture": "%", "energy": "kWh", "produced_energy": "kWh", "energy_produced": "kWh", "power": "W",
    "power_reactive": "var",
    "power_apparent": "VA", "current": "A", "ac_frequency": "Hz", "color_temp": "mired", "illuminance": "lx", "illuminance_lux": "lx",
    "pressure": "hPa", "co2": "ppm", "eco2": "ppm", "co": "ppm", "pm1": "ug/m3", "pm10": "ug/m3", "pm25": "ug/m3", "voc": "ug/m3",
    "formaldehyd": "mg/m3", "hcho": "mg/m3", "noise": "dB", "wind_speed": "m/s", "water_consumed": "L", "volume": "L", "flow": "m3/h", "angle": "deg",
    "angle_x": "deg", "angle_y": "deg", "angle_z": "deg", "angle_axis": "deg", "water_depth": "m", "liquid_depth": "m",
    "target_distance": "m", "elapsed": "ms", "current_neutral": "A", "soil_humidity": "%", "air_humidity": "%", "soil_fertility": "uS/cm",
    "energy_today": "kWh", "energy_yesterday": "kWh", "energy_month": "kWh", "action_duration": "s", "action_angle": "deg",
    "valve_opening_degree": "%", "boost_time": "s", "auto_relock_time": "s", "detection_interval": "s", "overload_protection": "W",
    "illuminance_average_20min": "lx",
}  # fmt: skip
_TAIL = re.compile(r"_(?:l?\d+|left|right|center|top|bottom|phase_[a-c]|[a-c]|min|max|average|internal|external|probe|sensor)$")
_DEGREES = re.compile(r"(?:^|_)(?:temperature|setpoint|temp)(?:_(?:l?\d+|limit|calibration|max|min))*$")
LAST_MS = 7_258_118_400_000
"""The year 2200: a later time is no time."""
_META = frozenset({"last_seen", "device", "device_id"})
_ORDERS = frozenset({"set", "get"})


def bind(options: Mapping[str, Any]) -> Any:
    """Option `base`: the base topic."""
    if extra := set(options) - {"base"}:
        raise ValueError(extra.pop())
    return partial(_decode, str(options.get("base", "")))


def decode(topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False) -> tuple[Reading, ...]:
    """Readings of one message; the first level of the topic is the base."""
    return _decode("", topic, payload, received_at=received_at, zone=zone, retained=retained, duplicate=duplicate)


def _decode(
    base: str, topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False
) -> tuple[Reading, ...]:
    levels = _levels(base, topic)
    if not _ORDERS.isdisjoint(levels[-2:]) and len(levels) > 1:
        refuse("payload_command", topic=topic)
    common: dict[str, Any] = {"received_at": received_at, "retained": retained, "duplicate": duplicate}
    if levels[0] == "bridge":
        return _bridge(levels, payload, common)
    if levels[-1] == "availability" and len(levels) > 1:
        return _availability(device_name(levels[:-1], topic), payload, common)
    if not payload and len(levels) > 1:
        return ()  # `attribute` output of a null
    message = _message(payload, single=len(levels) > 1)
    if type(message) is dict:
        seen = message.get("last_seen")
        # Its numbers are always milliseconds, however small.
        at = time_of(seen, zone) if isinstance(seen, str) else seen if type(seen) is int and 0 <= seen < LAST_MS else None
        return readings(device_name(levels, topic), _values(message), _unit_of(message), observed_at=at, **common)
    if len(levels) < 2 or type(message) is list:
        refuse("payload_shape", wanted="{}")
    return readings(device_name(levels[:-1], topic), iter([(levels[-1], message)]), _unit_of({}), **common)


def _levels(base: str, topic: str) -> list[str]:
    levels = topic.split("/")
    depth = base.count("/") + 1
    if len(levels) <= depth or (base and "/".join(levels[:depth]) != base) or not all(levels):
        refuse("payload_topic", topic=topic)
    return levels[depth:]


def _message(payload: bytes, *, single: bool) -> Any:
    try:
        return parse_json(payload)
    except PayloadError:
        # One value of `attribute` output is written without quotation marks: OFF.
        text = payload.decode("utf-8", "replace")
        if not single or not 0 < len(text) <= 100 or "\ufffd" in text or text.lstrip()[:1] in set('{["') or one_line(text, 200) != text:
            raise
        return text


def _bridge(levels: list[str], payload: bytes, common: Mapping[str, Any]) -> tuple[Reading, ...]:
    if levels[1:2] == ["request"]:
        refuse("payload_command", topic="/".join(levels))
    return _availability("bridge", payload, common) if levels[1:] == ["state"] else ()


def _availability(device: str, payload: bytes, common: Mapping[str, Any]) -> tuple[Reading, ...]:
    state = _message(payload, single=True)
    state = state.get("state") if type(state) is dict else state
    if state not in {"online", "offline"}:
        refuse("payload_value", value=str(state))
    return readings(device, iter([("availability", state == "online")]), no_unit, **common)


def _values(message: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return flatten({key: value for key, value in message.items() if key not in _META})


def _unit_of(message: Mapping[str, Any]) -> Any:
    def unit(path: str, value: float) -> str:
        if path == "voltage" or path.startswith("voltage_"):
            # Battery devices report millivolts, plugs volts.
            return "mV" if abs(value) >= (100 if "battery" in message else 1000) else "V"
        if path == "illuminance" and "illuminance_lux" in message:
            return ""  # before 2.0 the raw one of the two
        if path == "battery_voltage":
            return "mV" if abs(value) >= 1000 else "V"
        return _unit(path)

    return unit


@lru_cache(4096)
def _unit(path: str) -> str:
    path = path.rpartition(".")[2]
    while path not in _UNITS and (shorter := _TAIL.sub("", path)) != path:
        path = shorter
    return _UNITS.get(path, "Cel" if _DEGREES.search(path) else "%" if path.endswith("_percent") else "")

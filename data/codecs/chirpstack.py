"""ChirpStack v4 over MQTT: `application/<id>/device/<dev eui>/event/<up|status|location|join|ack|txack|log|integration>`, JSON.

    {"deduplicationId":"…","time":"2026-11-24T12:30:00.123456789+00:00","deviceInfo":{…},"fCnt":10,"object":{"rain_mm":0.2},"rxInfo":[{"rssi":-48}]}

The device is the EUI of the topic. `object` is there only where the server decodes; else the raw bytes say nothing and only the link does.
Members that are zero are left out (proto3). The message's id is `deduplicationId`; `fCnt` is a value of its own, of which gaps are counted.
`<region>/gateway/<id>/state/conn`, retained, says whether a gateway can be heard: `{"gatewayId":"…","state":"ONLINE"}`, of which a state that is
left out is OFFLINE. It is read as JSON (the forwarder's `json = true`).
An event of v3 (`rxInfo[].loRaSNR`, no `time`) is read too. Source: chirpstack api/proto/integration/integration.proto, api/proto/gw/gw.proto.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from data.codecs._lorawan import link, radio_unit, unit_of, units_said
from data.codecs._payload import device_name, flatten, no_unit, parse_object, readings, refuse, time_of
from data.domain.reading import Reading
from data.domain.text import one_line

NAME = "chirpstack"
SAYS_AVAILABILITY = True
_SILENT = frozenset({"join", "ack", "txack", "log", "integration", "error"})


def decode(topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False) -> tuple[Reading, ...]:
    """Readings of one event."""
    if topic.endswith("/state/conn"):
        return _gateway(topic, payload, received_at=received_at, retained=retained, duplicate=duplicate)
    eui, event = _place(topic)
    message = parse_object(payload)
    if event in _SILENT:
        return ()
    common: dict[str, Any] = {
        "observed_at": time_of(message.get("time"), zone), "received_at": received_at, "retained": retained, "duplicate": duplicate,
        "message_id": one_line(str(message.get("deduplicationId") or ""), 64),
    }  # fmt: skip
    if event == "up":
        return _up(eui, message, common)
    if event == "status":
        return readings(eui, iter(_status(message)), _status_unit, **common)
    place = message.get("location")
    if not isinstance(place, dict):
        refuse("payload_shape", wanted="location")
    values = [(f"location.{name}", place[name]) for name in ("latitude", "longitude", "altitude") if type(place.get(name)) in {int, float}]
    return readings(eui, iter(values), unit_of, **common)


def _gateway(topic: str, payload: bytes, **common: Any) -> tuple[Reading, ...]:
    levels = topic.split("/")
    if len(levels) < 4 or levels[-4] != "gateway":
        refuse("payload_topic", topic=topic)
    state = parse_object(payload).get("state", "OFFLINE")
    if state not in {"ONLINE", "OFFLINE", 0, 1} or isinstance(state, bool):
        refuse("payload_value", value=one_line(str(state), 40))
    return readings(device_name([levels[-3].lower()], topic), iter([("availability", state in {"ONLINE", 1})]), no_unit, **common)


def _place(topic: str) -> tuple[str, str]:
    levels = topic.split("/")
    at = len(levels) - 6
    if at < 0 or levels[at] != "application" or levels[at + 2] != "device":
        refuse("payload_topic", topic=topic)
    if levels[-2:] == ["command", "down"]:
        refuse("payload_command", topic=topic)
    if levels[-2] != "event" or not (levels[-1] in _SILENT or levels[-1] in {"up", "status", "location"}):
        refuse("payload_topic", topic=topic)
    return device_name([levels[at + 3].lower()], topic), levels[-1]


def _up(eui: str, message: Mapping[str, Any], common: Mapping[str, Any]) -> tuple[Reading, ...]:
    decoded = message.get("object")
    if "deviceInfo" not in message and "rxInfo" not in message and not isinstance(decoded, dict):
        refuse("payload_shape", wanted="deviceInfo")
    radio = link("rxInfo", message.get("rxInfo"))
    radio += [("fCnt", message["fCnt"])] if type(message.get("fCnt")) is int else []
    values = flatten(decoded) if isinstance(decoded, dict) else iter(())
    return readings(eui, values, units_said(decoded), **common) + readings(eui, iter(radio), radio_unit, **common)


def _status_unit(path: str, _value: float) -> str:
    return "%" if path == "batteryLevel" else "dB"


def _status(message: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Link margin, and the battery unless the device is on the mains or cannot tell."""
    values = [("margin", message.get("margin"))]
    if not message.get("externalPowerSource") and not message.get("batteryLevelUnavailable"):
        values.append(("batteryLevel", message.get("batteryLevel")))
    return [(name, value) for name, value in values if type(value) in {int, float}]

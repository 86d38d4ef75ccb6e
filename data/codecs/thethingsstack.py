"""The Things Stack v3 over MQTT: `v3/<application>@<tenant>/devices/<device>/<up|up/normalized|join|down/…|location/solved|service/data>`, JSON.

    {"received_at":"…Z","uplink_message":{"f_cnt":7,"decoded_payload":{"Bat":"3.384 V","TempC_DS18B20":"0.00 °C"},"rx_metadata":[{"rssi":-42}]}}

The device is the one of the topic. Numbers come as text with units. The time is the gateway's where it agrees with the server's, else the server's;
the zero time `0001-01-01` is none. A message that says `"simulated": true` is shown as such. Raw bytes without a decoder say nothing.
`up/normalized` says one measurement of an uplink once more, in the server's own names and units.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from data.codecs._lorawan import link, radio_unit, unit_of, units_said
from data.codecs._payload import device_name, flatten, follow, parse_object, readings, refuse, time_of
from data.domain.reading import TRUST_MS, Quality, Reading

NAME = "thethingsstack"
_SILENT = (["join"], ["down", "queued"], ["down", "sent"], ["down", "ack"], ["down", "nack"], ["down", "failed"], ["service", "data"],
           ["location", "solved"], ["queue", "invalidated"])  # fmt: skip
_NORMALIZED = ["up", "normalized"]
_ORDERS = (["down", "push"], ["down", "replace"])
_GATEWAY_TIMES = (("settings", "time"), ("rx_metadata", 0, "time"))


def decode(topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False) -> tuple[Reading, ...]:
    """Readings of one message."""
    device, event = _place(topic)
    message = parse_object(payload)
    if event[:1] != ["up"]:
        return ()
    if event == _NORMALIZED:
        return _normalized(device, message, zone, {"received_at": received_at, "retained": retained, "duplicate": duplicate})
    # The storage integration and the console wrap the message once more.
    inner = next((message[name] for name in ("result", "data") if "uplink_message" not in message and isinstance(message.get(name), dict)), message)
    message, up = inner, inner.get("uplink_message")
    if not isinstance(up, dict):
        refuse("payload_shape", wanted="uplink_message")
    common: dict[str, Any] = {
        "observed_at": _time(message, up, zone), "received_at": received_at, "retained": retained, "duplicate": duplicate,
        "quality": Quality.SIMULATED if message.get("simulated") is True else Quality.OK, "message_id": _id(up),
    }  # fmt: skip
    radio = link("rx_metadata", up.get("rx_metadata"))
    radio += [("f_cnt", up["f_cnt"])] if type(up.get("f_cnt")) is int else []
    return readings(device, _decoded(up), units_said(up.get("decoded_payload")), **common) + readings(device, iter(radio), radio_unit, **common)


def _normalized(device: str, message: Mapping[str, Any], zone: ZoneInfo, common: Mapping[str, Any]) -> tuple[Reading, ...]:
    """One measurement, without the link and the frame's number, which came with the uplink itself."""
    up = message.get("uplink_normalized")
    said = up.get("normalized_payload") if isinstance(up, dict) else None
    if not isinstance(up, dict) or not isinstance(said, dict):
        refuse("payload_shape", wanted="uplink_normalized")
    values = {name: value for name, value in said.items() if name != "time"}
    at = time_of(said.get("time"), zone) or _time(message, up, zone)
    quality = Quality.SIMULATED if message.get("simulated") is True else Quality.OK
    return readings(device, flatten(values, "normalized_payload"), unit_of, observed_at=at, quality=quality, **common)


def _decoded(up: Mapping[str, Any]) -> Any:
    decoded = up.get("decoded_payload")
    if isinstance(decoded, dict) and decoded:
        return flatten(decoded)
    normal = up.get("normalized_payload")
    return flatten(normal, "normalized_payload") if isinstance(normal, list) else iter(())


def _place(topic: str) -> tuple[str, list[str]]:
    levels = topic.split("/")
    if len(levels) < 5 or levels[0] != "v3" or levels[2] != "devices":
        refuse("payload_topic", topic=topic)
    if levels[4:] in _ORDERS:
        refuse("payload_command", topic=topic)
    if levels[4:] not in (["up"], _NORMALIZED, *_SILENT):
        refuse("payload_topic", topic=topic)
    return device_name([levels[3]], topic), levels[4:]


def _time(message: Mapping[str, Any], up: Mapping[str, Any], zone: ZoneInfo) -> int | None:
    server = time_of(message.get("received_at"), zone) or time_of(up.get("received_at"), zone)
    gateways = (time_of(follow(up, steps), zone) for steps in _GATEWAY_TIMES)
    return next((at for at in gateways if at is not None and (server is None or abs(at - server) <= TRUST_MS)), server)


def _id(up: Mapping[str, Any]) -> str:
    """Session and frame number name an uplink once; without a session nothing does."""
    session, number = up.get("session_key_id"), up.get("f_cnt", 0)
    return f"{session}:{number}"[:64] if isinstance(session, str) and isinstance(number, int) else ""

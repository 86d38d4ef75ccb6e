"""Tasmota: `tele/<device>/SENSOR`, `STATE`, `LWT`; answers in `stat/<device>/STATUS8`, `STATUS10`, `STATUS11`, `RESULT`.

    {"Time":"2026-11-24T20:30:00","BME280":{"Temperature":21.7,"Humidity":66.6},"TempUnit":"C"}

`Time` is local to the device and has no zone: the source's `zone` says it; `Epoch`, where it is sent, is the true instant. The order of levels is the
device's `FullTopic`, so the prefix is found wherever it stands. Values hang below the name of their chip. Units: the documentation's page of each
chip; `TempUnit`, `PressureUnit` and `SpeedUnit` are said by the message.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from data.codecs._payload import Word, device_name, flatten, no_unit, parse_json, parse_object, readings, refuse, time_of
from data.domain.reading import Reading

NAME = "tasmota"
SAYS_AVAILABILITY = True

_UNITS = {
    "Humidity": "%", "Gas": "kOhm", "Power": "W", "ApparentPower": "VA", "ReactivePower": "var", "Voltage": "V", "Current": "A", "Frequency": "Hz",
    "Illuminance": "lx", "CarbonDioxide": "ppm", "eCO2": "ppm", "CO2": "ppm", "TVOC": "ppb", "BatteryPercentage": "%", "BatteryVoltage": "V",
    "Signal": "dBm", "UptimeSec": "s", "Vcc": "V", "Yaw": "deg", "Pitch": "deg", "Roll": "deg", "Moisture": "%", "FlowRate": "mm/h", "Noise": "dB",
    "Weight": "kg", "CF1": "ug/m3", "CF2.5": "ug/m3", "CF10": "ug/m3", "PM1": "ug/m3", "PM2.5": "ug/m3", "PM10": "ug/m3", "Rain": "mm",
    "Formaldehyde": "mg/m3", "HCHO": "mg/m3", "pH": "[pH]", "EC": "uS/cm", "Period": "Wh", "TotalTariff": "kWh", "ExportTariff": "kWh",
    "ExportActive": "kWh", "ImportActive": "kWh", "Duration": "s", "CHMoisture": "%", "Dust": "ug/m3",
    "ActivePower": "W", "RMSVoltage": "V", "RMSCurrent": "A", "Lux": "lx", "PM1_0": "ug/m3", "PM2_5": "ug/m3", "PM4_0": "ug/m3", "Power_curr": "W",
    "Total_in": "kWh", "Total_out": "kWh",
}  # fmt: skip
_TEMPERATURES = frozenset({"Temperature", "DewPoint", "FeelsLike", "HeatIndex", "ObjectTMP", "AmbientTMP", "Temp", "Therm", "OBJTMP", "AMBTMP"})
_TEMPERATURE = re.compile(r"^(?:Temperature|Temp|OBJ|AMB|T)\d*$|Temperature$")
_DISTANCES = {"AS3935": "km", "VL53L0X": "mm", "VL53L1X": "mm", "TOF10120": "mm"}
_ENERGY = frozenset({"Total", "Yesterday", "Today", "ExportTotal"})
_RADIO = {"Wifi.RSSI": "%", "LwReceived.Battery": "V"}
# Names that mean something else below this chip: (chip, name, unit). Bridges of other radios and fabrics say on or off with `Power`.
_CHIPS: tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...] = tuple(
    (re.compile(chip), re.compile(name), unit)
    for chip, name, unit in (
        (r"(?:Zb|Mtr|Ir)Received$", r"(?:^|\.)Power$", ""),
        (r"NeoPool$", r"^pH\.(?:Data|Min|Max)$", "[pH]"),
        (r"NeoPool$", r"^Redox\.(?:Data|Setpoint)$", "mV"),
        (r"NeoPool$", r"", ""),
        (r"OPENTHERM$", r"^(?:BTMP|HWTMP)\.(?:REQ|ACT)$|^(?:TB|TDHW|DHWS|TMAX|TR)$", "Cel"),
        (r"RG-15", r"^(?:Active|Event|Total)$", "mm"),
        (r"", r"^Dir\.(?:Deg|Avg|Min|Max|Range)$", "deg"),
        (r"", r"SNR$", "dB"),
    )
)
# Names in digits or hex; they are words.
_CODES = re.compile(r"(?:^|\.)(?:UID|Data|DATA|DevEUIh|DevEUIl|Meter_id|\w*[Ii]d|[0-9A-F]{4}[!<][0-9A-F]{2})$")
# Names and addresses; none is a number, whatever its digits.
_META = re.compile(
    r"(?:^|\.)(?:Time|Epoch|Id|Device|Name|ModelId|Manufacturer|Address|MAC|mac|BSSId|SSId|TotalStartTime|TempUnit|PressureUnit|SpeedUnit)(?:\[\d+\])?$"
)
_WRAPPERS = ("StatusSNS", "StatusSTS")
_LAST = frozenset({"SENSOR", "STATE", "RESULT", "STATUS0", "STATUS8", "STATUS10", "STATUS11", "ENERGY", "LWT"})
_SILENT = re.compile(r"INFO\d|STATUS\d{0,2}|UPTIME|MARGINS|HASS_STATE|LOGGING|CONFIG|POWER\d{0,2}|EXPORT|WAKEUP")
_PREFIXES = frozenset({"tele", "stat"})


def decode(topic: str, payload: bytes, *, received_at: int, zone: ZoneInfo, retained: bool = False, duplicate: bool = False) -> tuple[Reading, ...]:
    """Readings of one message."""
    levels, last = _levels(topic)
    common: dict[str, Any] = {"received_at": received_at, "retained": retained, "duplicate": duplicate}
    if last not in _LAST:
        return _power(levels, last, payload, topic, common)
    device = device_name(levels, topic)
    if last == "LWT":
        word = payload.strip().decode("utf-8", "replace")
        if word not in {"Online", "Offline"}:
            refuse("payload_value", value=word)
        return readings(device, iter([("availability", word == "Online")]), no_unit, **common)
    message = parse_object(payload)
    if last == "STATUS0" and not isinstance(message.get("StatusSNS"), dict):
        return ()
    for wrapper in _WRAPPERS:
        message = message[wrapper] if isinstance(message.get(wrapper), dict) else message
    return readings(device, _values(message), _unit_of(message), observed_at=_time(message, zone), **common)


def _power(levels: list[str], last: str, payload: bytes, topic: str, common: Mapping[str, Any]) -> tuple[Reading, ...]:
    """`stat/<device>/POWER` is plain ON or OFF; the other answers and reports say nothing that is measured."""
    if not last.startswith("POWER"):
        if payload and last not in {"LOGGING", "HASS_STATE"}:
            parse_json(payload)
        return ()
    word = payload.strip().decode("utf-8", "replace")
    if word.upper() not in {"ON", "OFF"}:
        refuse("payload_value", value=word)
    return readings(device_name(levels, topic), iter([(last, word)]), no_unit, **common)


def _levels(topic: str) -> tuple[list[str], str]:
    levels = topic.split("/")
    if "cmnd" in levels:
        refuse("payload_command", topic=topic)
    last = levels[-1]
    prefix = next((place for place, level in enumerate(levels[:-1]) if level in _PREFIXES), None)
    if prefix is None or not (last in _LAST or _SILENT.fullmatch(last)) or not all(levels):
        refuse("payload_topic", topic=topic)
    return levels[:prefix] + levels[prefix + 1 : -1], last


def _time(message: Mapping[str, Any], zone: ZoneInfo) -> int | None:
    epoch = message.get("Epoch")
    return time_of(epoch, zone) if isinstance(epoch, int) and not isinstance(epoch, bool) else time_of(message.get("Time"), zone)


def _values(message: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return (
        (path, Word(value) if type(value) is str and _CODES.search(path) else value) for path, value in flatten(message) if not _META.search(path)
    )


def _unit_of(message: Mapping[str, Any]) -> Any:
    temperature = {"F": "[degF]", "K": "K"}.get(str(message.get("TempUnit", "C")), "Cel")
    pressure, speed = str(message.get("PressureUnit", "hPa"))[:20], str(message.get("SpeedUnit", ""))[:20]

    def unit(path: str, _value: float) -> str:
        chip, _, rest = path.partition(".")
        name = path.rpartition(".")[2].partition("[")[0] if not path.endswith(("PM2.5", "CF2.5")) else path[-5:]
        if name in _TEMPERATURES or _TEMPERATURE.search(name):
            return temperature
        if name in {"Pressure", "SeaPressure"}:
            return pressure
        if ".Speed." in path or name == "Speed":
            return speed
        return _of_chip(chip, rest, name)

    return unit


def _of_chip(chip: str, rest: str, name: str) -> str:
    if name == "Distance":
        return _DISTANCES.get(re.split(r"[-_]", chip)[0], "cm")
    if name in {"RSSI", "Battery"}:
        return _RADIO.get(f"{chip}.{name}") or ("dBm" if name == "RSSI" else "%")
    if name in _ENERGY and (chip.startswith("ENERGY") or not rest):
        return "kWh"
    # `Illuminance2` is the second of an ANALOG.
    usual = _UNITS.get(name) or _UNITS.get(name.rstrip("0123456789"), "")
    return next((unit for chips, names, unit in _CHIPS if chips.match(chip) and names.search(rest)), usual)

"""What the codecs of LoRaWAN network servers share: units guessed from the names that device decoders give, and lost frames."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from data.codecs._payload import MAX_DEPTH, UnitOf
from data.domain.text import one_line
from data.domain.units import unit_name

# First match wins; names are lower case with letters and digits only. Judgement: decoders name their values freely. Sources of names and units: the
# payload decoders of Dragino, Milesight, Elsys, Decentlab, Netvox, Tektelic and SenseCAP, and CayenneLPP.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"alarm|alert|status|count|enable|mode|type|state|flag|version|interval|^id$|factor", ""),
    (r"^(?:battery|bat|batt)(?:level)?(?:percent|pct)|(?:percent|percentage|pct)$|(?:battery|bat|batt)(?:level|remaining|capacity|soc)", "%"),
    (r"(?:battery|batt|bat|supply)(?:volt|mv|v$)|^vbatt?$|vdd|voltage|volt$|volts$|^adcch\dv$", "?V"),
    (r"^batt?$|^battery(?:main)?$", "?B"),
    (r"temperaturehumidity", ""),
    (r"temp(?:erature)?f(?:ahrenheit)?$|fahrenheit", "[degF]"),
    (r"dewpoint|temperat|^tem$|^temp|temp$|tempc", "Cel"),
    (r"soilmoisture|humidity|humedad|umidade|humidite|^humi?(?:$|sht|ext|int|air|soil)|hum$|relhum|^rh$|moisture|^vwc|^watersoil$", "%"),
    (r"^(?:ph|ph1?soil|soilph)$", "[pH]"),
    (r"barom|airpressure|atmospher|^pressure", "?P"),
    (r"illumin|^lux$|^light$|^lightintensity|^ill(?:lx)?$|^luminosity", "lx"),
    (r"^(?:e|air)?co2", "ppm"),
    (r"^(?:h2s|nh3|co)$", "ppm"),
    (r"tvoc", "ppb"),
    (r"^hcho", "mg/m3"),
    (r"^pm(?:1|25|4|10|100|1p0|2p5)$", "ug/m3"),
    (r"^(?:latitude|longitude|lat|lon|lng|long)$|bearing|^tilt|^angle|^pitch$|^roll$|winddir|inclination|^course$", "deg"),
    (r"^altitude$", "m"),
    (r"wind(?:speed|gust)", "m/s"),
    (r"conductivity|^ec$|^soilec$|^conductsoil$", "uS/cm"),
    (r"sound(?:avg|peak|level)|noise|^la(?:eq|e|f|fmax|i|imax)$|^lceq$|leq|sound|^db$|^spl$", "dB"),
    (r"rain(?:fall)?(?:rate|intensity)", "mm/h"),
    (r"(?:distance|waterlevel|level|depth)mm$|^distance$|^rain(?:mm|fall|gauge|total|sum|hour|day)|rainfall|precipitation", "mm"),
    (r"(?:distance|level|depth)cm$", "cm"),
    (r"(?:distance|level|depth)m$|snowdepthm$", "m"),
    (r"^rssi$", "dBm"),
    (r"^snr$", "dB"),
    (r"(?:energy|kwh)$", "kWh"),
    (r"^powerconsumption$", "Wh"),
    (r"^(?:active)?power(?:w)?$", "W"),
)
_PATTERNS = tuple((re.compile(pattern), unit) for pattern, unit in _NAMES)
_FOLD = re.compile(r"[^a-z0-9]+|\d+$")
_INDEX = re.compile(r"\[\d+\]$")
# What only says which of its parent's values it is: `temperature.value`, CayenneLPP's `temperatureSensor.1`.
_GENERAL = re.compile(r"(?:\d+|value|val|avg|average|mean|min|max|last|raw)", re.IGNORECASE)
_DUST = re.compile(r"(?:^|[._ ])pm(?:1|2[._]5|4|10)(?:[._]0)?(?:$|[._ ])", re.IGNORECASE)
# The Things Stack's normalized payload says its units itself: lorawan-stack, pkg/messageprocessors/normalizedpayload.
_NORMAL = {
    "soil.ec": "dS/m", "wind.speed": "m/s", "wind.direction": "deg", "rain.intensity": "mm/h", "rain.cumulative": "mm", "soil.depth": "cm",
    "air.lightIntensity": "lx", "soil.moisture": "%", "air.relativeHumidity": "%", "air.co2": "ppm", "air.pressure": "hPa", "soil.pH": "[pH]",
    "battery": "V",
}  # fmt: skip


def unit_of(path: str, value: float) -> str:
    """What a decoder's value is probably measured in; "" where its name does not tell."""
    unit = _unit(path)
    if unit[:1] != "?":
        return unit
    size = abs(value)
    if unit == "?P":
        return "hPa" if 300 <= size <= 1200 else "kPa" if 30 <= size <= 120 else "Pa" if size >= 30_000 else ""
    if size >= 1000:
        return "mV"
    if unit == "?B" and 5 < size <= 100 and (value.is_integer() or size > 60):
        return "%"
    return "V" if unit == "?V" or size <= 60 else ""


@lru_cache(4096)
def _unit(path: str) -> str:
    if path.startswith("normalized_payload"):
        return _NORMAL.get(path.partition(".")[2], "") or _named(path)
    return "ug/m3" if _DUST.search(path) else _named(path)


def _named(path: str) -> str:
    parts = [_INDEX.sub("", part) for part in path.split(".")]
    while len(parts) > 1 and _GENERAL.fullmatch(parts[-1]):
        parts.pop()
    name = parts[-1].lower()
    name = name if re.search(r"pm\d|co2$|h2s$|nh3$|^adc", name) else _FOLD.sub("", name)
    name = re.sub(r"[^a-z0-9]+", "", name)
    return next((unit for pattern, unit in _PATTERNS if pattern.search(name)), "")


def units_said(decoded: Any) -> UnitOf:
    """Units that the decoded values name beside themselves, else guessed: `{"value": 3.1, "unit": "V"}`, `{"measurementValue": …, "type": …}`."""
    said = dict(_said(decoded, "", 0))
    return (lambda path, value: said.get(path) or unit_of(path, value)) if said else unit_of


def _said(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        return
    if type(value) is list:
        for place, inner in enumerate(value):
            yield from _said(inner, f"{path}[{place}]", depth + 1)
    elif type(value) is dict:
        for key, inner in value.items():
            yield from _said(inner, f"{path}.{key}" if path else key, depth + 1)
        unit = value.get("unit", value.get("units"))
        if type(unit) is str and unit_name(unit):
            yield f"{path}.value" if path else "value", unit
        measured, kind = value.get("measurementValue"), value.get("type")
        if isinstance(kind, str) and isinstance(measured, int | float):
            yield f"{path}.measurementValue" if path else "measurementValue", unit_of(one_line(kind, 60).replace(".", ""), float(measured))


def link(prefix: str, rows: Any) -> list[tuple[str, Any]]:
    """Strength of each gateway's reception, as values `rxInfo[0].rssi` and `.snr` (dBm, dB)."""
    found: list[tuple[str, Any]] = []
    for place, row in enumerate(rows[:32] if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            found += [(f"{prefix}[{place}].{name}", row[name]) for name in ("rssi", "snr", "loRaSNR") if type(row.get(name)) in {int, float}]
    return found


def radio_unit(path: str, _value: float) -> str:
    """DBm of a strength, dB of a ratio, "" else."""
    return "dBm" if path.endswith(".rssi") else "dB" if path.endswith((".snr", ".loRaSNR")) else ""

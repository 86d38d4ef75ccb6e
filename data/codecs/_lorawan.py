"""What the codecs of LoRaWAN network servers share: units guessed from the names that device decoders give, and lost frames."""

import re
from functools import lru_cache
from typing import Any

# First match wins; names are lower case with letters and digits only. Judgement: decoders name their values freely.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"^(?:battery|bat|batt)(?:level)?(?:percent|percentage|pct)|(?:percent|percentage|pct)$|(?:battery|bat)(?:ery)?level$", "%"),
    (r"(?:battery|bat|supply)(?:volt|mv)|vdd|^batv|^bat$|^battery$|voltage|volt$", "?V"),
    (r"temperaturehumidity", ""),
    (r"dewpoint|temperature|^temp|temp$|tempc", "Cel"),
    (r"soilmoisture|humidity|^hum$|relhum|^rh$|moisture", "%"),
    (r"barometr|airpressure|atmospher|^pressure", "hPa"),
    (r"illumin|^lux$|^light$|^lightlevel$", "lx"),
    (r"^e?co2", "ppm"),
    (r"tvoc", "ppb"),
    (r"pm2?_?5$|pm10$|pm1$|pm25$", "ug/m3"),
    (r"^(?:latitude|longitude)$|bearing|^tilt|^angle|^pitch$|^roll$|winddir", "deg"),
    (r"^altitude$", "m"),
    (r"windspeed", "m/s"),
    (r"conductivity", "uS/cm"),
    (r"soundavg|soundpeak|noise|laeq|leq|sound", "dB"),
    (r"(?:distance|waterlevel|level|depth)mm$|^distance$|rainfallmm|rainmm|^rainfall", "mm"),
    (r"(?:distance|level|depth)cm$", "cm"),
    (r"^rssi$", "dBm"),
    (r"^snr$", "dB"),
    (r"(?:energy|kwh)$", "kWh"),
)
_PATTERNS = tuple((re.compile(pattern), unit) for pattern, unit in _NAMES)
_FOLD = re.compile(r"[^a-z0-9]+|\d+$")
_INDEX = re.compile(r"\[\d+\]$")


def unit_of(path: str, value: float) -> str:
    """What a decoder's value is probably measured in; "" where its name does not tell."""
    unit = _unit(path)
    return _of_battery(value) if unit == "?V" else unit


def _of_battery(value: float) -> str:
    if value >= 1000:
        return "mV"
    if value.is_integer() and 5 < value <= 100:
        return "%"
    return "V" if value <= 60 else ""


@lru_cache(4096)
def _unit(path: str) -> str:
    name = _INDEX.sub("", path).rpartition(".")[2].lower()
    name = name if re.search(r"pm\d|co2$", name) else _FOLD.sub("", name)
    name = re.sub(r"[^a-z0-9]+", "", name)
    return next((unit for pattern, unit in _PATTERNS if pattern.search(name)), "")


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

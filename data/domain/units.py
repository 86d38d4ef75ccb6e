"""Units as devices spell them, and conversion between those of one quantity. Pure.

Names are UCUM (`Cel`, `ug/m3`, `[degF]`), except that `%RH` is `%` and `dB(A)` is `dB`, as kinds have them. Sources: RFC 8428 §12.1, RFC 9100,
UCUM 2.1.
"""

from functools import cache

# quantity → unit → (factor, offset): value in the quantity's first unit = value * factor + offset.
_QUANTITIES: tuple[dict[str, tuple[float, float]], ...] = (
    {"Cel": (1, 0), "K": (1, -273.15), "[degF]": (5 / 9, -160 / 9)},
    {"m": (1, 0), "mm": (0.001, 0), "cm": (0.01, 0), "km": (1000, 0), "um": (1e-6, 0), "[in_i]": (0.0254, 0), "[ft_i]": (0.3048, 0)},
    {"m/s": (1, 0), "km/h": (1 / 3.6, 0), "mm/s": (0.001, 0), "[kn_i]": (1852 / 3600, 0), "[mi_i]/h": (0.44704, 0)},
    {"mm/h": (1, 0), "m/h": (1000, 0), "mm/min": (60, 0), "[in_i]/h": (25.4, 0)},
    {"Pa": (1, 0), "hPa": (100, 0), "kPa": (1000, 0), "bar": (1e5, 0), "mbar": (100, 0), "MPa": (1e6, 0), "mm[Hg]": (133.322387415, 0),
     "[in_i'Hg]": (3386.388640341, 0), "[psi]": (6894.757293168, 0)},
    {"s": (1, 0), "ms": (0.001, 0), "min": (60, 0), "h": (3600, 0), "d": (86400, 0)},
    {"V": (1, 0), "mV": (0.001, 0), "kV": (1000, 0)},
    {"A": (1, 0), "mA": (0.001, 0)},
    {"W": (1, 0), "kW": (1000, 0), "mW": (0.001, 0)},
    {"J": (1, 0), "Wh": (3600, 0), "kWh": (3.6e6, 0), "MWh": (3.6e9, 0)},
    {"VA": (1, 0), "kVA": (1000, 0)},
    {"var": (1, 0), "kvar": (1000, 0)},
    {"Ohm": (1, 0), "kOhm": (1000, 0), "MOhm": (1e6, 0)},
    {"Hz": (1, 0), "kHz": (1000, 0), "MHz": (1e6, 0)},
    {"S/m": (1, 0), "uS/cm": (1e-4, 0), "mS/cm": (0.1, 0), "dS/m": (0.1, 0)},
    {"g/m3": (1, 0), "ug/m3": (1e-6, 0), "mg/m3": (0.001, 0), "mg/L": (1, 0)},
    {"1": (1, 0), "%": (0.01, 0), "[ppth]": (0.001, 0), "ppm": (1e-6, 0), "ppb": (1e-9, 0)},
    {"m3": (1, 0), "L": (0.001, 0), "mL": (1e-6, 0)},
    {"m3/s": (1, 0), "m3/h": (1 / 3600, 0), "L/s": (0.001, 0), "L/min": (0.001 / 60, 0)},
    {"g": (1, 0), "kg": (1000, 0), "mg": (0.001, 0)},
    {"deg": (1, 0), "rad": (57.29577951308232, 0)},
    {"m/s2": (1, 0), "[g]": (9.80665, 0), "mg_n": (0.00980665, 0)},
    {"By": (1, 0), "kBy": (1000, 0), "KiBy": (1024, 0), "MBy": (1e6, 0), "GBy": (1e9, 0)},
    {"lx": (1, 0), "klx": (1000, 0)},
    {"mm/d": (1, 0), "cm/d": (10, 0)},
    {"N": (1, 0), "kN": (1000, 0)},
    {"dB[mW]": (1, 0), "dBW": (1, 30)},
    {"mA.h": (1, 0), "A.h": (1000, 0)},
)  # fmt: skip
_ALONE = ("dB", "[pH]", "mired", "NTU", "W/m2", "Bq/m3", "cd", "{count}", "lm", "{uvi}")

_ALIASES = {
    "Cel": ("C", "degC", "°C", "℃", "°c", "deg C", "摄氏度"),
    "[degF]": ("F", "°F", "℉", "degF"),
    "K": ("Kelvin",),
    "%": ("%RH", "%EL", "/100", "percent", "pct", "％", "rH%", "%rh"),
    "1": ("/", "{1}"),
    "[ppth]": ("/1000",),
    "ppm": ("[ppm]", "PPM"),
    "ppb": ("[ppb]", "PPB"),
    "dB": ("dB(A)", "dBA", "db", "dB[SPL]", "分贝", "dB(C)"),
    "dB[mW]": ("dBm", "dBmW", "dB{m}"),
    "hPa": ("hpa",),
    "mm[Hg]": ("mmHg",),
    "[in_i'Hg]": ("inHg",),
    "[psi]": ("psi",),
    "ug/m3": ("µg/m³", "μg/m³", "ug/m³", "µg/m3", "μg/m3", "ug/m^3"),
    "mg/m3": ("mg/m³",),
    "mg/L": ("mg/l",),
    "m3": ("m³", "m^3"),
    "L": ("l", "lit", "升"),
    "mL": ("ml",),
    "m3/h": ("m³/h",),
    "m3/s": ("m³/s",),
    "L/min": ("l/min", "lpm"),
    "L/s": ("l/s",),
    "deg": ("°", "度"),
    "lx": ("lux", "Lux"),
    "uS/cm": ("µS/cm", "μS/cm", "us/cm"),
    "var": ("VAR", "VAr"),
    "kvar": ("kVAR", "kVAr"),
    "VA": ("va",),
    "Ohm": ("Ω", "ohm", "Ohms"),
    "kOhm": ("kΩ", "kohm"),
    "MOhm": ("MΩ",),
    "mm": ("毫米",),
    "m": ("米",),
    "[in_i]": ("in", "inch"),
    "[ft_i]": ("ft",),
    "[kn_i]": ("kn", "kt"),
    "[mi_i]/h": ("mph",),
    "[in_i]/h": ("in/h",),
    "km/h": ("kmh", "km/hr"),
    "m/s2": ("m/s²",),
    "s": ("sec", "seconds"),
    "By": ("B",),
    "KiBy": ("KiB",),
    "MBy": ("MB",),
    "GBy": ("GB",),
    "[pH]": ("pH", "PH"),
    "W/m2": ("W/m²",),
    "Bq/m3": ("Bq/m³",),
    "A.h": ("Ah",),
    "mA.h": ("mAh",),
    "{count}": ("count",),
    "um": ("µm", "μm"),
    "mg_n": ("mg(acc)",),
    "d": ("day", "days"),
    "min": ("minutes",),
    "h": ("hour", "hours"),
}
_PLACES = {unit: quantity for quantity in _QUANTITIES for unit in quantity}
_NAMES = {unit: unit for unit in (*_PLACES, *_ALONE)} | {alias: unit for unit, aliases in _ALIASES.items() for alias in aliases}


def unit_name(text: str) -> str:
    """The name of a unit that a device wrote, or "" for one that is not known. A unit is at most 20 signs."""
    text = text.strip() if len(text) < 40 else ""
    return _NAMES.get(text, "")


@cache
def _scale(given: str, wanted: str) -> tuple[float, float] | None:
    a, b = unit_name(given), unit_name(wanted)
    if a == b and a:
        return 1.0, 0.0
    quantity = _PLACES.get(a)
    if quantity is None or b not in quantity:
        return None
    (by, plus), (over, minus) = quantity[a], quantity[b]
    return by / over, (plus - minus) / over


def convert(value: float, given: str, wanted: str) -> float | None:
    """The value in another unit of its quantity; None when there is no way from one to the other.

    Units are spelled as devices spell them. Two that are spelled alike are the same, known or not.
    """
    if given == wanted:
        return value
    if not (unit_name(given) and unit_name(wanted)):
        return None
    scale = _scale(unit_name(given), unit_name(wanted))
    return None if scale is None else value * scale[0] + scale[1]

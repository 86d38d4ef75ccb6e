"""Sensors that wander as real ones do. Values are in the kind's unit; intervals are short, so that a demo is alive."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from data.domain.sensor import Sensor

LOUD = "jn-plaza-noise"
"""The square whose dancers are too loud now and then."""
QUIET = "riverside-noise"
"""The meter whose battery is failing: silent for most of each half hour, so that 失联 can be seen."""
Walk = Callable[[float, float], float]
"""(seconds since the start, local hour with its fraction) → value."""
MakeWalk = Callable[[Sensor, random.Random], Walk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One sensor with its interval in seconds and the way its values go."""

    sensor: Sensor
    interval_s: float
    walk: Walk

    def is_silent(self, elapsed_s: float) -> bool:
        """Whether it sends nothing now."""
        return self.sensor.id == QUIET and 90 <= elapsed_s % 1800 < 1200


def device(sensor: Sensor, rng: random.Random) -> Device | None:
    """A device for a sensor, or None for a kind that nobody plays."""
    maker = _MAKERS.get(sensor.kind)
    if maker is None:
        return None
    interval_s, make_walk = maker
    return Device(sensor=sensor, interval_s=interval_s, walk=make_walk(sensor, rng))


def noise(sensor: Sensor, rng: random.Random) -> Walk:
    """A level by day and night; the square adds its dancers."""
    bases = {"1": 46.0, "2": 53.0, "4a": 59.0, "site": 62.0}
    base, by_night = bases.get(sensor.area_class, 50.0), 17.0 if sensor.kind == "noise_site" else 9.0

    def walk(elapsed_s: float, hour: float) -> float:
        # People go home before the night's limit begins: the mean of ten minutes must have left the day by then.
        level = base - (0.0 if 6.2 <= hour < 21.7 else by_night) + rng.gauss(0, 1.2) + 1.5 * math.sin(elapsed_s / 97)
        return round(level + (dance(elapsed_s, hour) if sensor.id == LOUD else 0.0), 1)

    return walk


def dance(elapsed_s: float, hour: float) -> float:
    """Decibels that the dancers add: 15, for 150 s of every 12 minutes, first after 20 s; in the first half hour, and then of an evening."""
    is_on = elapsed_s < 1800 or 19 <= hour < 21
    return 15.0 if is_on and 20 <= elapsed_s % 720 < 170 else 0.0


def wander(low: float, high: float, step: float, digits: int) -> MakeWalk:
    """A random walk that stays between `low` and `high`."""

    def make(_sensor: Sensor, rng: random.Random) -> Walk:
        value = rng.uniform(low, high)

        def walk(_elapsed_s: float, _hour: float) -> float:
            nonlocal value
            value = min(high, max(low, value + rng.gauss(0, step)))
            return round(value, digits)

        return walk

    return make


def daily(mean: float, swing: float, peak_hour: float, step: float, digits: int) -> MakeWalk:
    """The curve of a day, highest at `peak_hour` and `swing` above the mean there, with a slow unrest of a few `step`."""

    def make(_sensor: Sensor, rng: random.Random) -> Walk:
        own, unrest = mean + rng.uniform(-2, 2) * step, 0.0

        def walk(_elapsed_s: float, hour: float) -> float:
            nonlocal unrest
            unrest = 0.9 * unrest + rng.gauss(0, step)
            return round(own + swing * math.cos((hour - peak_hour) * math.pi / 12) + unrest, digits)

        return walk

    return make


def tips(most: int, chance: float) -> MakeWalk:
    """A tipping bucket's counter, 0.2 mm a tip, never reset: at most `most` tips a reading, none unless by `chance`."""

    def make(_sensor: Sensor, rng: random.Random) -> Walk:
        total = rng.randrange(200, 2000)

        def walk(_elapsed_s: float, _hour: float) -> float:
            nonlocal total
            total += rng.randint(1, most) if rng.random() < chance else 0
            return round(total * 0.2, 1)

        return walk

    return make


def now_and_then(chance: float) -> MakeWalk:
    """1 by `chance`, else 0."""

    def make(_sensor: Sensor, rng: random.Random) -> Walk:
        return lambda _elapsed_s, _hour: float(rng.random() < chance)

    return make


def draining(full: float, per_day: float) -> MakeWalk:
    """A battery: percent, a little less each day."""

    def make(_sensor: Sensor, rng: random.Random) -> Walk:
        begun = full - rng.uniform(0, 6)
        return lambda elapsed_s, _hour: float(round(max(begun - per_day * elapsed_s / 86_400, 40)))

    return make


def button(sensor: Sensor, _rng: random.Random) -> Walk:
    """Heartbeats (0), and at one place a press (1) after four minutes, once an hour."""
    pressed: set[int] = set()

    def walk(elapsed_s: float, _hour: float) -> float:
        hour = int(elapsed_s // 3600)
        if sensor.id == "bp-call-1" and elapsed_s % 3600 >= 240 and hour not in pressed:
            pressed.add(hour)
            return 1
        return 0

    return walk


def steady(value: float) -> MakeWalk:
    """Always the same: a heartbeat."""

    def make(_sensor: Sensor, _rng: random.Random) -> Walk:
        return lambda _elapsed_s, _hour: value

    return make


_MAKERS: dict[str, tuple[float, MakeWalk]] = {
    "noise": (5, noise),
    "noise_site": (15, noise),
    "rain": (30, wander(0, 18, 0.4, 1)),
    "rain_gauge": (120, tips(2, 0.2)),
    "rain_step": (300, wander(0, 0.2, 0.1, 1)),
    "water_level": (20, wander(1.6, 2.9, 0.02, 2)),
    "crack": (30, wander(0.1, 1.4, 0.03, 1)),
    "gnss": (120, wander(3.0, 3.6, 0.02, 1)),
    "tilt": (120, wander(0.00, 0.02, 0.002, 3)),
    "shock": (120, wander(0.0, 0.06, 0.01, 2)),
    "manhole": (30, wander(0, 3, 0.4, 0)),
    "manhole_water": (120, wander(6, 22, 1, 0)),
    "manhole_gas": (120, wander(0, 4, 0.4, 0)),
    "air": (30, wander(18, 74, 2.0, 0)),
    "pm10": (30, wander(38, 96, 2.5, 0)),
    "o3": (30, daily(62, 34, 15, 1.5, 0)),
    "no2": (30, daily(38, 12, 8, 1.0, 0)),
    "so2": (30, daily(11, 3, 10, 0.4, 0)),
    "temperature": (60, daily(17, 4, 15, 0.08, 1)),
    "humidity": (60, daily(68, 12, 4, 0.5, 0)),
    "soil_relative": (600, wander(66, 80, 0.3, 0)),
    "soil_moisture": (600, wander(22, 30, 0.2, 1)),
    "pest": (3600, wander(5, 30, 3, 0)),
    "call_button": (60, button),
    "call_battery": (300, draining(92, 0.3)),
    "bed": (300, steady(1)),
    "motion": (60, now_and_then(0.4)),
    "smoke": (300, steady(0)),
    "co": (120, wander(0, 4, 0.4, 0)),
    "lift_trapped": (300, steady(0)),
    "lift_stopped": (300, steady(0)),
    "bridge_strike": (300, steady(0)),
    "bridge_deflection": (60, wander(11, 18, 0.6, 1)),
    "bridge_vibration": (60, wander(0.02, 0.08, 0.005, 3)),
    "bridge_strain": (60, daily(40, 55, 15, 3, 0)),
    "tunnel_co": (60, wander(12, 40, 2, 0)),
    "tunnel_fan": (300, steady(0)),
    "tunnel_water": (300, steady(0)),
    "road_water": (300, steady(0)),
    "gateway": (120, steady(1)),
    "battery": (300, draining(96, 0.1)),
    "rssi": (60, daily(-84, 3, 4, 0.8, 0)),
    "snr": (60, daily(7.5, 1, 4, 0.3, 1)),
}
"""Kind → interval in seconds, and how its values go. A box of several sends at the shortest interval of them."""

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
Walk = Callable[[float, int], float]
"""(seconds since the start, local hour) → value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One sensor with its interval in seconds and the way its values go."""

    sensor: Sensor
    interval_s: float
    walk: Walk
    plain: bool
    """Sends a bare number, as simple devices do; the others send JSON with their own time."""

    def is_silent(self, elapsed_s: float) -> bool:
        """Whether it sends nothing now."""
        return self.sensor.id == QUIET and 90 <= elapsed_s % 1800 < 1200


def device(sensor: Sensor, rng: random.Random) -> Device | None:
    """A device for a sensor, or None for a kind that nobody plays."""
    maker = _MAKERS.get(sensor.kind)
    if maker is None:
        return None
    interval_s, make_walk, plain = maker
    return Device(sensor=sensor, interval_s=interval_s, walk=make_walk(sensor, rng), plain=plain)


def noise(sensor: Sensor, rng: random.Random) -> Walk:
    """A level by day and night; the square adds its dancers."""
    bases = {"1": 46.0, "2": 53.0, "4a": 61.0}
    base = bases.get(sensor.area_class, 50.0)

    def walk(elapsed_s: float, hour: int) -> float:
        level = base - (0.0 if 6 <= hour < 22 else 9.0) + rng.gauss(0, 1.2) + 1.5 * math.sin(elapsed_s / 97)
        return round(level + (dance(elapsed_s) if sensor.id == LOUD else 0.0), 1)

    return walk


def dance(elapsed_s: float) -> float:
    """Decibels that the dancers add: 15, for 150 s of every 12 minutes, first after 20 s."""
    return 15.0 if 20 <= elapsed_s % 720 < 170 else 0.0


def wander(low: float, high: float, step: float, digits: int) -> Callable[[Sensor, random.Random], Walk]:
    """A random walk that stays between `low` and `high`."""

    def make(_sensor: Sensor, rng: random.Random) -> Walk:
        value = rng.uniform(low, high)

        def walk(_elapsed_s: float, _hour: int) -> float:
            nonlocal value
            value = min(high, max(low, value + rng.gauss(0, step)))
            return round(value, digits)

        return walk

    return make


def button(sensor: Sensor, _rng: random.Random) -> Walk:
    """Heartbeats (0), and at one place a press (1) after four minutes, once an hour."""
    pressed: set[int] = set()

    def walk(elapsed_s: float, _hour: int) -> float:
        hour = int(elapsed_s // 3600)
        if sensor.id == "bp-call-1" and elapsed_s % 3600 >= 240 and hour not in pressed:
            pressed.add(hour)
            return 1
        return 0

    return walk


def steady(value: float) -> Callable[[Sensor, random.Random], Walk]:
    """Always the same: a heartbeat."""

    def make(_sensor: Sensor, _rng: random.Random) -> Walk:
        return lambda _elapsed_s, _hour: value

    return make


_MAKERS: dict[str, tuple[float, Callable[[Sensor, random.Random], Walk], bool]] = {
    "noise": (5, noise, False),
    "rain": (30, wander(0, 18, 0.4, 1), False),
    "water_level": (20, wander(1.6, 2.9, 0.02, 2), False),
    "crack": (30, wander(0.1, 1.4, 0.03, 1), False),
    "manhole": (30, wander(0, 3, 0.4, 0), True),
    "air": (30, wander(18, 74, 2.0, 0), False),
    "call_button": (60, button, True),
    "bed": (300, steady(1), True),
    "smoke": (300, steady(0), True),
    "co": (120, wander(0, 4, 0.4, 0), False),
    "manhole_gas": (120, wander(0, 4, 0.4, 0), False),
    "lift_trapped": (300, steady(0), True),
    "lift_stopped": (300, steady(0), True),
    "bridge_strike": (300, steady(0), True),
    "bridge_deflection": (60, wander(11, 18, 0.6, 1), False),
    "bridge_vibration": (60, wander(0.02, 0.08, 0.005, 3), False),
    "tunnel_co": (60, wander(12, 40, 2, 0), False),
    "tunnel_fan": (300, steady(0), True),
    "tunnel_water": (300, steady(0), True),
    "road_water": (300, steady(0), True),
    "tilt": (120, wander(0.00, 0.02, 0.002, 3), False),
    "shock": (120, wander(0.0, 0.06, 0.01, 2), False),
    "soil_relative": (600, wander(66, 80, 0.3, 0), False),
    "soil_moisture": (600, wander(22, 30, 0.2, 1), False),
    "pest": (3600, wander(5, 30, 3, 0), True),
    "temperature": (300, wander(18, 24, 0.2, 1), False),
}
"""Kind → interval in seconds, walk, plain."""

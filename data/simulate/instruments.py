"""All devices of the street at work: each box says what it measures at its interval, in the shape of its codec."""

import random
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from data.domain.sensor import Sensor
from data.settings import Settings
from data.simulate.agenda import Agenda
from data.simulate.devices import Device, device
from data.simulate.line import Line
from data.simulate.wires import Box, Stamp, announcements, boxes, wire

SETTLE_S = 3.0
"""Real seconds between what is announced once and the first value: a broker may hand over the two in either order."""
FIRST_S = 10.0
"""By then every box has said something, in seconds of the street's clock."""


def devices(sensors: Mapping[str, Sensor], rng: random.Random) -> dict[str, Device]:
    """Whoever is played, by sensor."""
    return {id: played for id, sensor in sensors.items() if (played := device(sensor, rng)) is not None}


class Instruments:
    """Plays the devices on the agenda's thread."""

    def __init__(self, settings: Settings, agenda: Agenda, played: Mapping[str, Device], line: Line, rng: random.Random) -> None:
        self.readings = 0
        """Values sent so far."""
        self.held: Mapping[str, float] = {}
        """Values that a story holds, by sensor."""
        self._settings, self._agenda, self._devices, self._line = settings, agenda, played, line
        self._start_ms = agenda.clock.now()
        self._numbers: dict[Box, int] = {}
        self._box_of: dict[str, Box] = {}
        for box in boxes(settings, played):
            self._box_of |= {part.sensor: box for part in box.parts}
            announced = announcements(box, {id: one.sensor for id, one in played.items()})
            for topic, config in announced:
                line.send(topic, config, retain=True)
            interval_s = min(played[part.sensor].interval_s for part in box.parts)
            settle_s = SETTLE_S * settings.clock.rate if announced else 0.0
            agenda.after(settle_s + rng.uniform(0, min(interval_s, FIRST_S)), partial(self._work, box, interval_s))

    def read(self, sensor: str) -> None:
        """Have a sensor's box say what it measures now."""
        self._say(self._box_of[sensor])

    def _work(self, box: Box, interval_s: float) -> None:
        self._agenda.after(interval_s, partial(self._work, box, interval_s))
        self._say(box)

    def _say(self, box: Box) -> None:
        now, zone = self._agenda.clock.now(), self._settings.zone
        elapsed_s, local = (now - self._start_ms) / 1000, datetime.fromtimestamp(now / 1000, zone)
        hour = local.hour + local.minute / 60 + local.second / 3600
        values = {
            part.field: part.said(self._value(part.sensor, elapsed_s, hour)) for part in box.parts if not self._is_silent(part.sensor, elapsed_s)
        }
        if not values:
            return
        self._numbers[box] = self._numbers.get(box, 0) + 1
        self._line.send(box.topic, wire(box.codec).body(box, values, Stamp(at=now, zone=zone, number=self._numbers[box])))
        self.readings += len(values)

    def _is_silent(self, sensor: str, elapsed_s: float) -> bool:
        return self._devices[sensor].is_silent(elapsed_s) and sensor not in self.held

    def _value(self, sensor: str, elapsed_s: float, hour: float) -> float:
        held = self.held.get(sensor)
        return self._devices[sensor].walk(elapsed_s, hour) if held is None else held

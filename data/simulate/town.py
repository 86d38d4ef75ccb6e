"""The simulated street: its devices, residents, units and clerks, wired to real brokers and desks."""

import contextlib
import math
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.clock import iso
from data.domain.errors import StoreError
from data.domain.reason import because
from data.domain.tables import Unit
from data.domain.vocabulary import Role
from data.kinds.register import load_sensors
from data.settings import Settings, load
from data.simulate.agenda import Agenda
from data.simulate.clerk import Clerk
from data.simulate.day import Day
from data.simulate.instruments import Instruments, devices
from data.simulate.line import Line
from data.simulate.residents import Residents
from data.simulate.responder import Responder


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was sent and done."""

    readings: int
    reports: int
    receipts: int
    acts: int


class Town:
    """Everybody who is not a real seat. `street` has sensors and residents; `community`, if given, gets a clerk.

    Construct, `run` and `close` on one thread. Raises `PaidanError` when a broker or desk cannot be reached.
    """

    def __init__(
        self, street: Path, community: Path | None = None, *, street_clerk: bool = False, seed: int = 1, pace: float = 1.0,
        story: int | None = None, played_s: float = 0.0,
    ) -> None:  # fmt: skip
        """`story`: 0 plays the whole day of the demo, N its Nth story, None none of it; `played_s` real seconds of it were played already."""
        self._street = load(street)
        self._agenda = Agenda(self._street.clock, pace)
        self._rng = random.Random(seed)  # noqa: S311 — a play, not a secret
        self._exits = contextlib.ExitStack()
        self._start_ms = self._agenda.clock.now()
        self._reports = 0
        self._responders: list[Responder] = []
        self._clerks: list[Clerk] = []
        self._story, self._played_s = story, played_s
        centres = [self._street, *([load(community)] if community else [])]
        with self._exits:
            self._begin(centres, street_clerk=street_clerk)
            self._exits = self._exits.pop_all()

    def run(self, until: Callable[[], bool]) -> Tally:
        """Play until `until()` is true."""
        self._agenda.run(until)
        return Tally(
            readings=self._instruments.readings,
            reports=self._reports,
            receipts=sum(responder.receipts for responder in self._responders),
            acts=sum(clerk.acts for clerk in self._clerks),
        )

    def close(self) -> None:
        """Leave all brokers and desks."""
        self._exits.close()

    def _begin(self, centres: list[Settings], *, street_clerk: bool) -> None:
        self._line = self._connect(self._street, f"sim-devices-{self._street.centre.id}")
        street = self._street
        played = devices(load_sensors(street.home / "sensors.csv"), self._rng)
        self._instruments = Instruments(street, self._agenda, played, self._line, self._rng)
        self._day = Day(self._agenda, street.clock.rate, street.centre.id, played, self._line.send, self._instruments.read)
        self._instruments.held = self._day.held
        if self._story is not None:
            self._day.plan(self._story, self._played_s)
        self._residents = Residents(self._rng, f"{self._start_ms:x}")
        if not self._story:  # one story alone is to be seen, not to drown in reports of another kind
            self._agenda.after(self._residents.next_wait_s(), self._report)
        ids = {settings.centre.id for settings in centres}
        for settings in centres:
            for unit in settings.tables.units.values():
                if unit.id not in ids and "mqtt" in unit.channels:
                    self._begin_unit(settings, unit)
        for settings in centres if street_clerk else centres[1:]:
            self._begin_clerk(settings)

    def _connect(self, settings: Settings, client_id: str, responder: Responder | None = None) -> Line:
        topics, hear = (responder.topics, responder.hear) if responder else ((), None)
        line = Line(settings, client_id, self._agenda, topics, hear)
        self._exits.callback(line.close)
        return line

    def _report(self) -> None:
        time = iso(self._agenda.clock.now(), self._street.zone)
        self._line.send(f"paidan/{self._street.centre.id}/in/report", self._residents.next_report(time))
        self._reports += 1
        self._agenda.after(self._residents.next_wait_s(), self._report)

    def _begin_unit(self, settings: Settings, unit: Unit) -> None:
        def send(topic: str, message: Mapping[str, Any]) -> None:
            line.send(topic, message)  # made below: the line hears for the responder, who speaks through it

        responder = Responder(unit, self._agenda, self._rng, send, settings.tables.classes)
        line = self._connect(settings, f"unit-{unit.id}", responder)
        self._responders.append(responder)

    def _begin_clerk(self, settings: Settings) -> None:
        from data.office import Office

        operator = next(_clerks(settings), None)
        if operator is None:
            raise StoreError(because("simulate_no_clerk", file=str(settings.home / "operators.csv")))
        office = Office.open(settings.home, operator)
        self._exits.callback(office.close)
        self._clerks.append(Clerk(office, self._agenda, self._rng))


def _clerks(settings: Settings) -> Iterator[str]:
    return (name for name, operator in settings.tables.operators.items() if Role.CLERK in operator.roles)


def play(
    street: Path, community: Path | None, *, street_clerk: bool, seed: int, pace: float, seconds: float | None, parent: int, story: int | None,
    played_s: float = 0.0,
) -> Tally:  # fmt: skip
    """The whole process of `paidan simulate`: until a signal, `seconds` of real time, or the end of the process `parent`."""
    told: list[int] = []
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, lambda number, _frame: told.append(number))
    end = time.monotonic() + seconds if seconds else math.inf
    town = Town(street, community, street_clerk=street_clerk, seed=seed, pace=pace, story=story, played_s=played_s)
    try:
        return town.run(lambda: bool(told) or time.monotonic() >= end or is_orphan(parent))
    finally:
        town.close()


def is_orphan(parent: int) -> bool:
    """Whether the process that started this one is gone; 0 means nobody asked."""
    return parent != 0 and os.getppid() != parent

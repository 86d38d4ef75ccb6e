"""Drive a seat in memory: an app over an Office, a monotonic clock moved by hand, waiting for conditions."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from console.app import ConsoleApp
from tests.places.stand_in import StandIn
from widgets.pane import Pane

_DEADLINE_S = 10.0


@dataclass
class Hand:
    """A clock moved by hand, in seconds."""

    time: float = 1000.0

    def __call__(self) -> float:
        return self.time


@dataclass
class Seat:
    """One running app and the ways to use it."""

    app: ConsoleApp
    pilot: Pilot[int]
    office: Any
    """The stand-in, or a real Office."""
    clock: Hand
    beeps: list[float]

    def text(self) -> list[str]:
        """What the visible panes show, from top to bottom."""
        panes = [pane for pane in self.app.screen.query(Pane) if pane.is_on_screen]
        panes.sort(key=lambda pane: (pane.region.y, pane.region.x))
        return [strip.text for pane in panes for strip in (pane.render_line(y) for y in range(pane.size.height))]

    def shows(self, text: str) -> bool:
        """Whether any line has this text."""
        return any(text in line for line in self.text())

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for it. Raises: `AssertionError` with the screen."""
        end = time.monotonic() + _DEADLINE_S
        while not condition():
            assert time.monotonic() < end, "\n".join(self.text())
            await self.pilot.pause(0.01)

    async def read(self) -> None:
        """The operator has had time to read what is on the strip."""
        await self.pilot.pause()
        self.clock.time += 0.5

    async def press(self, *keys: str) -> None:
        """Press keys, each after reading."""
        for key in keys:
            await self.read()
            await self.pilot.press(key)
        await self.pilot.pause()


def drive(work: Callable[[Seat], Awaitable[None]], *, office: Any = None, size: tuple[int, int] = (80, 24), ready: bool = True) -> None:
    """Run `work` at a seat of this size, once it shows its first picture unless `ready` is False."""
    asyncio.run(_drive(work, office or StandIn(), size, ready))


async def _drive(work: Callable[[Seat], Awaitable[None]], office: Any, size: tuple[int, int], ready: bool) -> None:
    clock, beeps = Hand(), []
    app = _Silent(office, clock=clock)
    app.beeps = beeps
    async with app.run_test(size=size) as pilot:
        seat = Seat(app, pilot, office, clock, beeps)
        await seat.until(lambda: not ready or (app.keys.picture is not None and app._arrivals is not None))
        await seat.read()
        await work(seat)
        assert app._error == ""


class _Silent(ConsoleApp):
    """Counts beeps instead of making them."""

    beeps: list[float]

    def bell(self) -> None:
        self.beeps.append(time.monotonic())

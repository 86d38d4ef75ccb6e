"""The seat's line: measured through our driver, told to the screen. With a driver that cannot measure, it is a good one."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.driver import Driver
from textual.geometry import Offset

from console.link import ASK_S, Line, Pace, Speed

if TYPE_CHECKING:
    from console.terminal.driver import SeatDriver


class SeatLine:
    """One seat's; all of it in the app's thread."""

    def __init__(self, fixed: Speed | None) -> None:
        self.line = Line(fixed)
        self._ours: SeatDriver | None = None
        self._redraw: Callable[[], None] = lambda: None
        self._asked = float("-inf")

    @property
    def speed(self) -> Speed:
        """The profile now."""
        return self.line.speed

    @property
    def thin_wanted(self) -> bool:
        """Thin by key or setting, not only by measure."""
        return self.line.fixed is Speed.THIN

    @property
    def pace(self) -> Pace:
        """What to do on it."""
        return self.line.pace

    def attach(self, driver: Driver | None, redraw: Callable[[], None]) -> None:
        """Measure through this driver if it is ours; `redraw` is called when the profile changes."""
        self._redraw = redraw
        if sys.platform == "win32":
            return
        from console.terminal.driver import SeatDriver

        if isinstance(driver, SeatDriver):
            self._ours = driver
            driver.measured = self._measured
            self._apply()
            # Behind the first whole screen: its weight tells the throughput.
            driver.output.ask()

    def place_caret(self, caret: Offset | None) -> None:
        """Show the terminal's cursor there, or hide it."""
        if self._ours is not None:
            self._ours.place_caret(caret)

    def used(self, now: float) -> None:
        """A key was pressed: measure again if the last time is long ago. An idle line is left alone."""
        if self._ours is not None and now - self._asked > ASK_S:
            self._asked = now
            self._ours.output.ask()

    def turn(self) -> bool:
        """Thin by hand, or back; True if thin now."""
        thin = self.line.turn() is Speed.THIN
        self._apply()
        return thin

    @property
    def bytes_s(self) -> float | None:
        """What this seat sends, bytes a second over the last ten; None with the stock driver."""
        return self._ours.output.meter.rate() if self._ours is not None else None

    @property
    def dropped(self) -> int | None:
        """Foreign sequences that the last guard kept from the terminal."""
        return self._ours.output.dropped if self._ours is not None else None

    def figures(self) -> tuple[float | None, float | None, int]:
        """Round trip in ms, bytes a second, foreign sequences kept back."""
        trip = self.line.round_trip_s
        return (trip * 1000 if trip is not None else None), self.bytes_s, self.dropped or 0

    def _measured(self, seconds: float, size: int) -> None:
        if self.line.measured(seconds, size):
            self._apply()
            self._redraw()

    def _apply(self) -> None:
        if self._ours is not None:
            self._ours.output.interval = self.pace.frame_s

"""Textual's driver over our own output."""

import os
import termios
import tty
from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from console.terminal.listening import messages
from console.terminal.output import Output
from console.terminal.reading import controls

_SETTLED_S = 0.3
"""A changed size is painted after this long even if no frame came for it; judgement."""


class SeatDriver(LinuxDriver):
    """Modes and signals are the stock driver's; frames go to the picture, known controls pass."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.measured: Callable[[float, int], None] = lambda seconds, size: None
        """Told in the app's thread how long the terminal took to answer, and how many bytes went with the question."""
        fd = self._file.fileno() if self._file is not None else 2
        self.output = Output(fd, super()._get_terminal_size(), can_erase=_can_erase(), lost=self._line_lost, report=self._report)

    def start_application_mode(self) -> None:
        """Take the terminal. The stock writer is not used."""
        self.output.open()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # the stock driver has no types here
        if self._writer_thread is not None:
            self._writer_thread.stop()
            self._writer_thread = None
        self._raw_newlines()
        self.output.ask()

    def _raw_newlines(self) -> None:
        """A line feed goes down and nothing else: one byte for what else takes three. The stock driver restores it."""
        attributes = termios.tcgetattr(self.fileno)
        attributes[tty.OFLAG] &= ~termios.OPOST
        termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)

    def stop_application_mode(self) -> None:
        """Give the terminal back with every mode as it was."""
        self.output.freeze()
        super().stop_application_mode()

    def close(self) -> None:
        """Send the rest; no longer than a moment."""
        self.output.close()

    def write(self, data: str) -> None:
        """A frame, or controls; what is neither is drawn as a frame, in which nothing passes."""
        known = controls(data)
        if known is None:
            self.output.draw(data)
        elif known:
            self.output.control(*known)

    def run_input_thread(self) -> None:
        """Hand on what is typed."""
        for message in messages(self.fileno, self.exit_event, debug=self._debug):
            self.process_message(message)

    def place_caret(self, caret: tuple[int, int] | None) -> None:
        """Show the cursor there until told otherwise; None hides it."""
        self.output.place_caret(caret)

    def process_message(self, message: Message) -> None:
        """The terminal's answer to our question ends here; a key hurries the next frame."""
        if isinstance(message, events.CursorPosition):
            self.output.answered()
            return
        if isinstance(message, events.Key | events.Paste | events.MouseEvent):
            self.output.hurry()
        super().process_message(message)

    def _sigtstp_application(self, *_: object) -> None:
        # In the loop, not wherever the signal came: there the output's lock may be held, and its thread could not end.
        self._loop.call_soon_threadsafe(super()._sigtstp_application)

    def _sigcont_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(super()._sigcont_application)

    def _get_terminal_size(self) -> tuple[int, int]:
        size = super()._get_terminal_size()
        self.output.resized(size)
        self._loop.call_soon_threadsafe(self._loop.call_later, _SETTLED_S, self.output.wake)
        return size

    def _report(self, seconds: float, size: int) -> None:
        self._loop.call_soon_threadsafe(lambda: self.measured(seconds, size))

    def _line_lost(self) -> None:
        """The terminal is gone: so is the operator."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._app.exit)


def _can_erase() -> bool:
    """Whether erased cells take the ground; GNU screen leaves them black."""
    return bool(os.environ.get("TMUX")) or not os.environ.get("TERM", "").startswith("screen")

"""The thread that sends: the newest picture, whole frames only, and nothing twice.

The app never waits for the terminal. While a write blocks, frames are drawn into the wanted picture and the ones between
are never sent; what is kept is two pictures and one write, however long the line stands still.
"""

import os
import threading
import time
from collections.abc import Callable

from console.terminal.meter import Meter
from console.terminal.painting import paint
from console.terminal.pen import Pen
from console.terminal.picture import Picture
from console.terminal.reading import Reader

Report = Callable[[float, int], None]
"""Told by the input thread when the terminal answered: seconds, and bytes that were sent together with the question."""
_ASK = "\x1b[6n"
_MAX_CONTROLS = 64
_CLOSE_S = 1.5
_ANSWER_S = 30.0


class Output:
    """What is wanted on the terminal `fd`, and the thread that brings it there. Its methods may be called by any thread."""

    def __init__(self, fd: int, size: tuple[int, int], *, can_erase: bool, lost: Callable[[], None], report: Report) -> None:
        self.meter = Meter()
        self.interval = 0.0
        """Least seconds between two frames nobody pressed a key for."""
        self._fd, self._lost, self._report = fd, lost, report
        self._wanted = Picture(*size)
        self._sent: Picture | None = None
        self._reader, self._pen = Reader(), Pen(can_erase)
        self._controls: list[str] = []
        self._modes: dict[str, str] = {}
        self._new_size: tuple[int, int] | None = None
        self._caret: tuple[int, int] | None = None
        self._drawn = self._dirty = self._frozen = self._closing = self._urgent = self._asking = False
        self._asked: tuple[float, int] | None = None
        self._shown = False
        self._last_frame = float("-inf")
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def dropped(self) -> int:
        """Foreign sequences and controls that were kept from the terminal."""
        return self._reader.dropped

    @property
    def modes(self) -> dict[str, str]:
        """Private modes and how they were set last: `h` or `l`."""
        return dict(self._modes)

    # --- life

    def open(self) -> None:
        """Begin on a terminal of which nothing is known."""
        with self._changed:
            self._sent, self._modes = None, {}
            self._pen.x = self._pen.y = self._pen.look = None
            self._frozen = self._closing = self._shown = False
            self._dirty = self._drawn
        self._thread = threading.Thread(target=self._run, name="seat-output", daemon=True)
        self._thread.start()

    def freeze(self) -> None:
        """No more frames: the terminal is about to be given back."""
        with self._changed:
            self._frozen = True
            self._controls.append("\x1b[m")

    def close(self) -> None:
        """Send what is left and end the thread; a terminal that takes nothing is left after a moment."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)
        self._thread = None

    # --- what is wanted

    def draw(self, data: str) -> None:
        """A frame of the stock driver's, whole."""
        with self._changed:
            self._take_size()
            self._reader.read(data, self._wanted)
            self._dirty = self._drawn = True
            self._changed.notify()

    def control(self, *sequences: str) -> None:
        """Send these in order, before the next frame; modes that are set so already are not set again."""
        with self._changed:
            for sequence in sequences:
                self._add(sequence)
            self._changed.notify()

    def _add(self, sequence: str) -> None:
        if sequence == _ASK:
            self._asking = True
        elif sequence.startswith("\x1b[?"):
            mode, way = sequence[3:-1], sequence[-1]
            if self._modes.get(mode) == way:
                return
            self._modes[mode] = way
            self._controls.append(sequence)
        elif len(self._controls) < _MAX_CONTROLS and sequence not in self._controls:
            self._controls.append(sequence)

    def place_caret(self, caret: tuple[int, int] | None) -> None:
        """Show the cursor at (x, y) after every frame, or hide it."""
        with self._changed:
            if caret != self._caret:
                self._caret, self._dirty = caret, self._dirty or self._drawn
                self._changed.notify()

    def hurry(self) -> None:
        """A key was pressed: the next frame is its answer and does not wait."""
        self._urgent = True

    def resized(self, size: tuple[int, int]) -> None:
        """The terminal has this size now, and shows nobody knows what. Called by a signal handler, so it takes no lock."""
        self._new_size = size

    def wake(self) -> None:
        """Send what a changed size left unsent, if no frame came that did."""
        with self._changed:
            self._dirty = self._dirty or (self._new_size is not None and self._drawn)
            self._changed.notify()

    def _take_size(self) -> None:
        if (size := self._new_size) is not None:
            self._new_size, self._sent = None, None
            self._pen.x = self._pen.y = self._pen.look = None
            self._wanted.resize(*size)

    # --- the line's measure

    def ask(self) -> None:
        """Ask the terminal something that it answers at once, behind the next frame."""
        with self._changed:
            self._asking = True
            self._changed.notify()

    def answered(self) -> None:
        """The answer came."""
        asked, self._asked = self._asked, None
        if asked is not None:
            self._report(time.monotonic() - asked[0], asked[1])

    # --- the thread

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._has_work)
                if self._closing and not self._controls:
                    return
                self._pace()
                data = self._next().encode("utf-8", "replace")
            if data and not self._write(data):
                self._lost()
                return

    def _has_work(self) -> bool:
        return bool(self._controls or self._closing or self._asking or (self._dirty and not self._frozen))

    def _pace(self) -> None:
        if self._controls or self._asking or self._closing:
            return
        left = self._last_frame + self.interval - time.monotonic()
        if left > 0 and not self._urgent:
            self._changed.wait_for(lambda: self._urgent or self._closing or bool(self._controls), left)

    def _next(self) -> str:
        """Everything up to now as one piece."""
        controls, self._controls = self._controls, []
        frame = self._frame() if self._dirty and not self._frozen else ""
        piece = "".join(controls) + frame
        if self._asking:
            self._asking = False
            if self._asked is None or time.monotonic() - self._asked[0] > _ANSWER_S:
                self._asked = (time.monotonic(), len(piece.encode("utf-8", "replace")))
                piece += _ASK
        return piece

    def _frame(self) -> str:
        self._dirty = self._urgent = False
        self._take_size()
        self._last_frame = time.monotonic()
        pen = self._pen
        pen.out = []
        paint(pen, self._sent, self._wanted)
        if self._sent is None or pen.out:
            self._sent = self._wanted.copy()
        self._end_at_caret(pen)
        return "".join(pen.out)

    def _end_at_caret(self, pen: Pen) -> None:
        caret, shown = self._caret, self._caret is not None
        if caret is not None:
            pen.move(min(caret[1], self._wanted.height - 1), min(caret[0], self._wanted.width - 1))
        if shown != self._shown:
            self._shown = shown
            pen.out.append("\x1b[?25h" if shown else "\x1b[?25l")
            self._modes["25"] = "h" if shown else "l"

    def _write(self, data: bytes) -> bool:
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._fd, left) :]
        except OSError:
            return False
        self.meter.count(len(data))
        return True

"""A program in a real pseudo-terminal, its whole output kept, its screen followed by pyte."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyte

PLAIN = {
    "TERM": "xterm-256color", "COLORTERM": "", "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", ""), "HOME": "/tmp",
    "PAIDAN_TUTORIAL": "off",
}  # fmt: skip
_DEADLINE_S = 15.0
SIZE_S = 0.05


@dataclass
class Terminal:
    """One program on one pty."""

    pid: int
    fd: int
    screen: pyte.Screen
    stream: pyte.ByteStream
    output: bytearray = field(default_factory=bytearray)
    before: list[object] = field(default_factory=list)
    status: int | None = None

    def read(self, seconds: float = 0.05) -> bool:
        """Take what is there; False when the other end is closed."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.output += data
        # pyte knows no private mode reports; they draw nothing.
        self.stream.feed(re.sub(rb"\x1b\[[<>?][0-9;]*[$a-zA-Z]p?", _kept, data))
        return bool(data)

    def wait(self, condition: Callable[[], bool], seconds: float = _DEADLINE_S) -> None:
        """Read until the condition holds. Raises: `AssertionError` with the screen when it does not in time."""
        end = time.monotonic() + seconds
        while not condition():
            alive = self.read()
            assert time.monotonic() < end, "\n".join(self.lines())
            assert alive or condition(), "\n".join(self.lines())

    def shows(self, text: str) -> bool:
        """Whether the text is on the screen; pyte keeps an empty cell behind each wide sign."""
        return any(text in line for line in self.lines())

    def lines(self) -> list[str]:
        """The screen as text."""
        return ["".join(self.screen.buffer[y][x].data for x in range(self.screen.columns)) for y in range(self.screen.lines)]

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self.fd, keys)

    def resize(self, columns: int, lines: int) -> None:
        """The window gets this size."""
        self.screen.resize(lines, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def ended(self) -> bool:
        """Whether the program has ended; its status is kept."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if pid else None
        return self.status is not None

    def finish(self) -> int:
        """Read to the end and give the exit code."""
        end = time.monotonic() + _DEADLINE_S
        # The line closes a moment before the process is gone, and holds what was written last.
        while self.read() or not self.ended():
            assert time.monotonic() < end, "\n".join(self.screen.display)
        assert self.status is not None
        return self.status

    def close(self) -> None:
        """End it by all means."""
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


def _kept(found: re.Match[bytes]) -> bytes:
    return found[0] if found[0][2:3] == b"?" and found[0][-1:] in b"hl" else b""


def start(command: Sequence[str], *, columns: int, lines: int, env: dict[str, str] | None = None) -> Terminal:
    """Run Python with these arguments in a fresh pty of this size."""
    return start_program([sys.executable, *command], columns=columns, lines=lines, env=env)


def start_program(command: Sequence[str], *, columns: int, lines: int, env: dict[str, str] | None = None, folder: Path | None = None) -> Terminal:
    """Run any program in a fresh pty of this size; it begins after a pause of `SIZE_S`, in which the pty gets its size."""
    pid, fd = pty.fork()
    if pid == 0:
        time.sleep(SIZE_S)
        if folder:
            os.chdir(folder)
        os.execve(command[0], list(command), {**PLAIN, **(env or {})})
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    screen = pyte.Screen(columns, lines)
    return Terminal(pid, fd, screen, pyte.ByteStream(screen), before=list(termios.tcgetattr(fd)))


def stand_in(*, columns: int = 80, lines: int = 24, env: dict[str, str] | None = None, args: Sequence[str] = ()) -> Terminal:
    """A seat over the stand-in Office."""
    return start([str(Path(__file__).with_name("run_stand_in.py")), *args], columns=columns, lines=lines, env=env)


def open_modes(output: bytes) -> set[bytes]:
    """Private modes still switched on, or the cursor still hidden, after all of this output."""
    state = {b"25": b"h", b"7": b"h", **dict(re.findall(rb"\x1b\[\?(\d+)([hl])", output))}
    normal = {b"25": b"h", b"7": b"h"}
    return {number for number, what in state.items() if what != normal.get(number, b"l")}

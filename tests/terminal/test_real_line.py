"""The seat over a real SSH line of 64 kbit/s and 300 ms, through ForceCommand, cut in the grace, and again."""

import contextlib
import fcntl
import os
import pty
import selectors
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyte
import pytest

from data.init import init_home
from tests.helpers import brokers
from tests.helpers.homes import ROOT, CentreProcess, paidan_json
from tests.helpers.mqtt import Client
from tests.helpers.tools import needs
from tests.helpers.waiting import wait_until
from tests.terminal.seat_in_pty import Terminal, open_modes

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
_ONE_WAY_S = 0.15
_NEAR, _FAR = "10.231.17.1", "10.231.17.2"


class Delay(threading.Thread):
    """A TCP proxy that hands everything on later, in both directions: this kernel has no netem."""

    def __init__(self, target: tuple[str, int], at: tuple[str, int]) -> None:
        super().__init__(daemon=True)
        self._target = target
        self._door = socket.create_server(at)
        self.port = self._door.getsockname()[1]
        self._pairs: list[socket.socket] = []

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(self._target)
                self._pairs += [near, far]
                for one, two in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, two), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        waiting: deque[tuple[float, bytes]] = deque()
        selector = selectors.DefaultSelector()
        selector.register(source, selectors.EVENT_READ)
        with contextlib.suppress(OSError, ValueError):
            while True:
                left = max(waiting[0][0] - time.monotonic(), 0) if waiting else 0.5
                if selector.select(left):
                    data = source.recv(4096)
                    if not data:
                        target.close()
                        return
                    waiting.append((time.monotonic() + _ONE_WAY_S, data))
                while waiting and waiting[0][0] <= time.monotonic():
                    target.sendall(waiting.popleft()[1])

    def cut(self) -> None:
        """The line breaks: both ends are dropped."""
        for each in self._pairs:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._pairs.clear()

    def close(self) -> None:
        self.cut()
        self._door.close()


@dataclass
class Line:
    """Namespace, slow link, sshd and delay; `dial` opens a session."""

    folder: Path
    namespace: str
    delay: Delay
    opened: list[Terminal] = field(default_factory=list)

    def dial(self) -> Terminal:
        command = [
            needs("ip"), "netns", "exec", self.namespace, needs("ssh"), "-tt", "-F", "none", "-i", str(self.folder / "key"),
            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
            "-p", str(self.delay.port), f"{os.environ.get('USER', 'root')}@{_NEAR}",
        ]  # fmt: skip
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(command[0], command, {**os.environ, "TERM": "xterm-256color"})
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        screen = pyte.Screen(80, 24)
        # A real terminal answers where its cursor is: that is how the seat measures its line.
        screen.write_process_input = lambda data: os.write(fd, data.encode())
        self.opened.append(Terminal(pid, fd, screen, pyte.ByteStream(screen)))
        return self.opened[-1]


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"needs the right to run `{' '.join(words[:3])}`: {done.stderr.strip()[:100]}")


def _sshd(folder: Path, port: int, command: str) -> subprocess.Popen[bytes]:
    keygen = needs("ssh-keygen")
    for name in ("host", "key"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "authorized").write_text((folder / "key.pub").read_text())
    (folder / "config").write_text(
        f"Port {port}\nListenAddress {_NEAR}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\nUsePAM no\nStrictModes no\n"
        f"PidFile none\nPasswordAuthentication no\nPermitRootLogin yes\nForceCommand {command}\nClientAliveInterval 5\nClientAliveCountMax 1\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    return subprocess.Popen([needs("sshd"), "-D", "-e", "-f", str(folder / "config")], stderr=(folder / "log").open("wb"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_NEAR, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def street(tmp_path: Path) -> Iterator[tuple[Path, Client]]:
    """A street with its centre, one case of a class with the long grace, and somebody who hears its community."""
    broker = brokers.make("nats", tmp_path / "nats")
    broker.start()
    home = tmp_path / "pailou"
    init_home(home, "street", broker=broker.url)
    centre = CentreProcess(home)
    centre.start()
    client = Client(broker.url, "community", topics=("paidan/dahegou/in/order",))
    client.publish("paidan/pailou/in/report", {"id": "rep-1", "text": "星都会6号楼车库垃圾堵门", "grid": "DHG-03"})
    wait_until(lambda: paidan_json("cases", home=home), 10, "the case")
    yield home, client
    client.close()
    centre.stop()
    broker.stop()


@pytest.fixture
def line(tmp_path: Path, street: tuple[Path, Client]) -> Iterator[Line]:
    """64 kbit/s each way between two namespaces, 300 ms round trip, a real sshd with ForceCommand."""
    ip, tc = needs("ip"), needs("tc")
    space, near, far = f"seat{os.getpid()}", f"pd{os.getpid() % 10000}a", f"pd{os.getpid() % 10000}b"
    _run(ip, "netns", "add", space)
    try:
        _run(ip, "link", "add", near, "type", "veth", "peer", "name", far, "netns", space)
        for words in (
            ("addr", "add", f"{_NEAR}/24", "dev", near), ("link", "set", near, "up"),
            ("-n", space, "addr", "add", f"{_FAR}/24", "dev", far), ("-n", space, "link", "set", far, "up"),
        ):  # fmt: skip
            _run(ip, *words)
        slow = ("root", "handle", "1:", "tbf", "rate", "64kbit", "burst", "1600", "latency", "2000ms")
        _run(tc, "qdisc", "add", "dev", near, *slow)
        _run(ip, "netns", "exec", space, tc, "qdisc", "add", "dev", far, *slow)
        command = f"env PYTHONPATH={ROOT} PAIDAN_TUTORIAL=off {sys.executable} -m console --home {street[0]} --as 王梅"
        port = _free_port()
        sshd = _sshd(tmp_path, port, command)
        delay = Delay((_NEAR, port), (_NEAR, 0))
        delay.start()
        line = Line(tmp_path, space, delay)
        try:
            wait_until(lambda: b"listening" in (tmp_path / "log").read_bytes(), 10, "sshd listens")
            yield line
        finally:
            for terminal in line.opened:
                terminal.close()
            delay.close()
            sshd.terminate()
            sshd.wait(10)
    finally:
        subprocess.run([ip, "link", "del", near], capture_output=True, check=False)
        subprocess.run([ip, "netns", "del", space], capture_output=True, check=False)


def _seats(home: Path) -> list[int]:
    """Processes of seats at this home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if str(home).encode() in words and b"--as" in words and b"-c" not in words:
                    found.append(int(entry.name))
    return found


def test_u15_a_line_cut_in_the_grace_dispatches_once_at_its_time(line: Line, street: tuple[Path, Client]) -> None:
    """U15: dispatch, cut the line within the grace, come back: the order left exactly once, no seat is left behind."""
    home, client = street
    began = time.monotonic()
    first = line.dial()
    first.wait(lambda: first.shows("1态势") and first.shows("静音"), 40)
    painted = time.monotonic() - began
    first.press(b"2")
    first.wait(lambda: first.shows("省流") or first.shows("链路慢"), 20)
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        first.read()
    first.press(b"\x1bOQ")
    first.wait(lambda: first.shows("已派 #1"), 20)
    assert [] == client.messages(), "still in grace"
    line.delay.cut()
    wait_until(lambda: not _seats(home), 20, "no seat is left behind")
    wait_until(client.messages, 20, "the order leaves without the seat")
    second = line.dial()
    second.wait(lambda: second.shows("1态势") and second.shows("静音"), 40)
    second.press(b"2")
    second.wait(lambda: second.shows("待收"), 20)
    second.press(b"\x11")
    second.finish()

    assert 1 == len({order["id"] for order in client.messages()})
    assert {"sent"} == {case["state"] for case in paidan_json("cases", home=home)}
    assert set() == open_modes(bytes(second.output))
    assert painted < 15, f"login and first paint took {painted:.1f} s"


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_on_a_real_line_leaves_the_terminal_and_no_process(line: Line, street: tuple[Path, Client], ending: signal.Signals) -> None:
    """SIGHUP and SIGTERM reach the seat behind sshd: the far terminal is as it was, and nothing runs on."""
    terminal = line.dial()
    terminal.wait(lambda: terminal.shows("1态势") and terminal.shows("静音"), 40)
    for pid in _seats(street[0]):
        os.kill(pid, ending)
    terminal.finish()

    assert set() == open_modes(bytes(terminal.output))
    wait_until(lambda: not _seats(street[0]), 10, "no seat is left behind")

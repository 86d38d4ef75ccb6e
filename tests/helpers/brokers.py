"""Real brokers on free ports, each with its state in a folder, so that it can be killed and come back as it was."""

import getpass
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from data.centre import broker as embedded
from tests.helpers.tools import needs
from tests.helpers.waiting import wait_until


class AnyBroker(Protocol):
    """What a test may do to a broker."""

    name: str
    port: int

    @property
    def url(self) -> str: ...

    def start(self) -> None: ...

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""

    def stop(self) -> None: ...


@dataclass(slots=True)
class NatsBroker:
    """The embedded broker, by the very code that the centre uses."""

    home: Path
    port: int = field(default_factory=embedded.free_port)
    name: str = "nats"

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        embedded.ensure(self.home, self.port)

    def kill(self) -> None:
        running = embedded.recorded(self.home)
        assert running is not None
        kill(running.pid)
        wait_until(lambda: not embedded.is_alive(running), what="nats-server killed")

    def stop(self) -> None:
        embedded.stop(self.home)


@dataclass(slots=True)
class MosquittoBroker:
    """Debian's mosquitto, set as the README says: saved at every change, nothing dropped from a queue."""

    home: Path
    port: int = field(default_factory=embedded.free_port)
    name: str = "mosquitto"
    process: subprocess.Popen[bytes] | None = None
    saves: bool = True
    """Whether it keeps what it has through its own death; each change then writes all that waits, which a long queue makes slow."""

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        config = self.home / "mosquitto.conf"
        lines = mosquitto_config(self.home, self.port)
        config.write_text(lines if self.saves else lines.replace("autosave_on_changes true", "autosave_on_changes false"), encoding="utf-8")
        with (self.home / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen([needs("mosquitto"), "-c", config], stdout=log, stderr=log)
        wait_until(lambda: embedded.answers(self.port), what="mosquitto answers")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def mosquitto_config(home: Path, port: int) -> str:
    """The lines that make mosquitto keep what it has acknowledged."""
    # Started by root it would become `mosquitto`, who may not write into a test's folder.
    return f"""user {getpass.getuser()}
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {home}/
autosave_interval 1
autosave_on_changes true
max_queued_messages 0
max_inflight_messages 1000
"""


def kill(pid: int) -> None:
    """SIGKILL one process; the tests' own children are reaped by whoever began them."""
    os.kill(pid, signal.SIGKILL)


def make(name: str, home: Path) -> NatsBroker | MosquittoBroker:
    """A broker by name, not yet started; skips where its program is missing."""
    if name == "mosquitto":
        needs("mosquitto")
        return MosquittoBroker(home=home)
    return NatsBroker(home=home)

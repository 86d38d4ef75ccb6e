"""Two desks on one broker, as processes of the real program."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.centre import status
from data.init import init_home
from data.store.lease import holder
from data.store.schema import is_made
from tests.helpers.brokers import AnyBroker
from tests.helpers.mqtt import Client
from tests.helpers.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
REPORT = {
    "id": "rep-1",
    "text": "星都会小区6号楼车库垃圾堵门，气温升高，异味难闻",
    "time": "2026-11-24T14:00:00+08:00",
    "grid": "DHG-03",
    "reporter": {"kind": "grid_worker", "name": "吴卫东", "phone": "13800000117"},
}


def paidan(*args: object, check: bool = True) -> str:
    """Run the command line as a script would; its stdout. With `check`, a refusal fails the test."""
    done = subprocess.run([sys.executable, "-m", "console", *map(str, args)], cwd=ROOT, capture_output=True, text=True, timeout=60)
    if check:
        assert done.returncode == 0, done.stderr
    return done.stdout if check else done.stdout + done.stderr


@dataclass(slots=True)
class Desk:
    """One centre: its home and the process that serves it."""

    home: Path
    process: subprocess.Popen[bytes] | None = None

    def serve(self) -> None:
        """Start the centre and wait until it is on the broker."""
        with (self.home / "centre.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "console", "serve", "--home", str(self.home)], cwd=ROOT, stdout=log, stderr=log
            )
        wait_until(lambda: is_made(self.home / "desk.db") and self.status()["broker_up"], 30, f"{self.home.name} is up")

    def kill(self) -> None:
        """SIGKILL, as the out-of-memory killer would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        assert holder(self.home) is None

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        status.stop(self.home)

    def status(self) -> dict[str, Any]:
        return status.read(self.home)

    def cases(self) -> list[dict[str, Any]]:
        """All cases, by number."""
        found: list[dict[str, Any]] = json.loads(paidan("cases", "--home", self.home, "--json", "--all"))
        return found

    def case(self, number: int = 1) -> dict[str, Any]:
        return next(row for row in self.cases() if row["number"] == number)

    def act(self, case: object, act: str, *args: object, operator: str = "测试") -> str:
        return paidan("act", case, act, "--home", self.home, "--as", operator, *args)

    def steps(self, number: int = 1) -> list[str]:
        """Acts of one case, in the order of the journal."""
        rows = json.loads(paidan("journal", "--home", self.home, "--json", "--case", number))
        return [row["act"] for row in rows]

    def wait_state(self, state: str, number: int = 1, deadline_s: float = 25) -> dict[str, Any]:
        """The case, once it has come to this state."""
        return wait_until(lambda: next((c for c in self.cases() if c["number"] == number and c["state"] == state), None), deadline_s, state)


@dataclass(slots=True)
class Town:
    """The street 牌楼 and its community 大河沟."""

    broker_url: str
    street: Desk
    community: Desk
    clients: list[Client] = field(default_factory=list)

    def serve(self) -> None:
        self.street.serve()
        self.community.serve()

    def client(self) -> Client:
        """Somebody who publishes."""
        made = Client(self.broker_url, f"tester-{os.getpid()}-{len(self.clients)}")
        self.clients.append(made)
        return made

    def stop(self) -> None:
        for client in self.clients:
            client.close()
        self.community.stop()
        self.street.stop()


def found(folder: Path, broker: AnyBroker, *, resend_s: float = 30.0) -> Town:
    """Make both homes on a running broker; nothing is started yet."""
    desks = []
    for sample, name in (("street", "pailou"), ("community", "dahegou")):
        init_home(folder / name, sample, broker=broker.url)
        settings = folder / name / "paidan.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("resend_s = 30.0", f"resend_s = {resend_s}"), encoding="utf-8")
        desks.append(Desk(folder / name))
    return Town(broker.url, *desks)

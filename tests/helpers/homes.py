"""Homes of the samples on a given broker, and their centres as real processes."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.init import init_home
from tests.helpers.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    """For a child that runs the program from this tree, in Chinese."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PAIDAN_LANG": "zh"}


def paidan(*words: str, home: Path | None = None, deadline_s: float = 30) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    where = ["--home", str(home)] if home else []
    command = [sys.executable, "-m", "console", *words, *where]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=deadline_s, check=False)


def paidan_json(*words: str, home: Path) -> Any:
    """What a command says with `--json`."""
    done = paidan(*words, "--json", home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def pair(folder: Path, broker_url: str) -> tuple[Path, Path]:
    """Homes `pailou` and `dahegou` on one broker that is already there."""
    street, community = folder / "pailou", folder / "dahegou"
    init_home(street, "street", broker=broker_url)
    init_home(community, "community", broker=broker_url)
    return street, community


@dataclass(slots=True)
class CentreProcess:
    """`paidan serve` of one home; may be killed and started again."""

    home: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it and wait until it runs and has its broker."""
        with (self.home / "test-serve.log").open("ab") as log:
            command = [sys.executable, "-m", "console", "serve", "--home", str(self.home)]
            self.process = subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self.is_up, 30, f"centre in {self.home}")

    def is_up(self) -> bool:
        from data.centre import status
        from data.domain.errors import StoreError
        from data.store.sqlite import sqlite3

        assert self.process is not None
        assert self.process.poll() is None, (self.home / "test-serve.log").read_text(encoding="utf-8")
        try:
            found = status.read(self.home)
        except (StoreError, sqlite3.OperationalError):
            return False
        return bool(found["running"] and found["broker_up"])

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL after ten seconds."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

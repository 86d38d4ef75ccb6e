"""Seeing that there is a centre behind a seat, and what the seat is called."""

import os
import subprocess
import sys
import time
from pathlib import Path

from data.clock import real_ms
from data.domain.errors import StoreError
from data.domain.reason import because
from data.settings import load
from data.store.lease import holder
from data.store.schema import is_made

READY_MS = 20_000


def seat_name() -> str:
    """Names this seat in the journal: its terminal, else its process."""
    try:
        return os.ttyname(0).removeprefix("/dev/")
    except OSError:
        return f"pid-{os.getpid()}"


def make_ready(home: Path) -> None:
    """See that there is a desk to sit down at: the first time, start the centre and wait until it has made it.

    Raises `SettingsError` when the folder holds no settings, `StoreError` when the centre does not come up.
    """
    if is_made(home / "desk.db"):
        return
    load(home)
    until = real_ms() + READY_MS
    start_centre(home)
    while not is_made(home / "desk.db"):
        if real_ms() > until:
            raise StoreError(because("centre_late", file=str(home / "centre.log")))
        time.sleep(0.05)


def start_centre(home: Path) -> bool:
    """Start `paidan serve` in a session of its own, its log in HOME/centre.log; False when one runs already."""
    if holder(home) is not None:
        return False
    with (home / "centre.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "console", "serve", "--home", str(home)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, close_fds=True,
        )  # fmt: skip
    return True

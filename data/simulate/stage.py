"""The demo's stage: one process that starts the centres and the simulation and ends all of them when its caller goes.

    python -m data.simulate.stage DIR --rate R [--street-clerk] [--story N] [--remove]

It writes one JSON line (`{}` when all runs, else a reason's code and arguments) and then waits for the end of its standard
input; whatever has to be told meanwhile is one more line, a reason.

The caller holds the other end and cannot die without closing it, so that even a demo killed with -9 leaves nothing.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.centre import broker, status
from data.clock import RealClock
from data.domain.errors import PaidanError, StoreError
from data.domain.reason import because
from data.init import init_home
from data.settings import load
from data.simulate.district import dress
from data.simulate.line import broker_url
from data.store.sqlite import sqlite3

STREET, COMMUNITY = "pailou", "dahegou"
READY_S = 40
STOP_S = 10
CALM_S = 60.0
"""Longest wait before a simulation that keeps ending is started again; the waits double (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """The simulation as it was started. Times are those of the monotonic clock, seconds."""

    words: tuple[str, ...]
    process: "subprocess.Popen[bytes]"
    began: float
    restarts: int = 0
    not_before: float = 0.0
    """One that ends at once is not started again at once."""


class Stage:
    """The processes that the demo started, newest last."""

    def __init__(self, folder: Path) -> None:
        self.street, self.community = folder / STREET, folder / COMMUNITY
        self._running: list[subprocess.Popen[bytes]] = []
        self._broker: broker.Broker | None = None
        self._play: Play | None = None

    def start(self, *, rate: float, street_clerk: bool, story: int, given_up: Callable[[], bool]) -> None:
        """Homes, both centres, people. Raises `PaidanError`; what was started by then is still to be stopped."""
        make_homes(self.street, self.community, rate)
        for home in (self.street, self.community):
            centre = self._spawn(home, "serve", "--home", str(home))
            wait_ready(home, centre, given_up)
        self._broker = broker.recorded(self.street)
        people = ["--home", str(self.street), "--community", str(self.community), "--parent", str(os.getpid())]
        played = ["--story", str(story)] if story else ["--day"]
        words = ("simulate", *people, *played, *(["--street-clerk"] if street_clerk else []))
        self._play = Play(words=words, process=self._spawn(self.street, *words), began=time.monotonic())

    def mind(self) -> None:
        """Have the simulation go on where the day is by now, if it has ended by itself; said in a line to whoever looks on."""
        play = self._play
        if play is None or play.process.poll() is None or time.monotonic() < play.not_before:
            return
        self._running.remove(play.process)
        exit_code, times = play.process.returncode, play.restarts + 1
        process = self._spawn(self.street, *play.words, "--played", f"{time.monotonic() - play.began:.1f}")
        self._play = dataclasses.replace(play, process=process, restarts=times, not_before=time.monotonic() + min(2.0**times, CALM_S))
        _say(code="demo_plays_again", args={"exit": exit_code, "times": times, "log": str(log_path(self.street, "simulate"))})

    def stop(self) -> None:
        """End all of it, people first, the broker last."""
        for child in reversed(self._running):
            end(child)
        broker.stop(self.street)
        if self._broker:  # ended even if somebody has removed the folder that names it
            broker.end(self._broker)

    def _spawn(self, home: Path, *words: str) -> subprocess.Popen[bytes]:
        with log_path(home, words[0]).open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "console", *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, close_fds=True, start_new_session=True,
            )  # fmt: skip
        self._running.append(child)
        return child


def make_homes(street: Path, community: Path, rate: float) -> None:
    """Both homes from the samples, on one broker and one clock; those that exist are kept as they are."""
    anchor = RealClock().now()
    if not (street / "paidan.toml").exists():
        # Not the usual port: two demos that start at once, or one beside a real centre, must not meet there.
        init_home(street, "street", port=broker.free_port(), clock_rate=rate, anchor=anchor)
        dress(street)
    if not (community / "paidan.toml").exists():
        init_home(community, "community", broker=broker_url(load(street)), clock_rate=rate, anchor=anchor)


def wait_ready(home: Path, centre: subprocess.Popen[bytes], given_up: Callable[[], bool]) -> None:
    """Wait until its status says that the centre runs. Raises `PaidanError` when it ended or takes too long."""
    end_at = time.monotonic() + READY_S
    while not is_running(home):
        if centre.poll() is not None:
            said = log_path(home, "serve").read_text(encoding="utf-8", errors="replace").strip()[-400:]
            raise PaidanError(because("demo_centre_failed", home=str(home), exit=centre.returncode, said=said))
        if given_up() or time.monotonic() > end_at:
            raise PaidanError(because("demo_centre_late", home=str(home), seconds=READY_S))
        time.sleep(0.1)


def is_running(home: Path) -> bool:
    """Whether the home's centre runs and has its broker."""
    try:
        found = status.read(home)
    except (StoreError, sqlite3.OperationalError):  # the desk is just being made
        return False
    return bool(found["running"] and found["broker_up"])


def end(child: subprocess.Popen[bytes]) -> None:
    """TERM, then KILL after `STOP_S` seconds."""
    child.terminate()
    try:
        child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def log_path(home: Path, name: str) -> Path:
    """Where a child of the demo says what it says."""
    return home / f"demo-{name}.log"


def _say(**answer: object) -> None:
    with contextlib.suppress(OSError):
        print(json.dumps(answer), flush=True)  # noqa: T201 — the one line that the caller reads


@contextlib.contextmanager
def _undisturbed() -> Iterator[list[int]]:
    """Signals do not end the stage in the middle of things; they are noted."""
    told: list[int] = []
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, lambda number, _frame: told.append(number))
    yield told


def _wait_for_end(told: list[int], mind: Callable[[], None]) -> None:
    import select

    while not told:
        mind()
        readable, _, _ = select.select([sys.stdin], [], [], 0.5)
        if readable and not os.read(sys.stdin.fileno(), 1):
            return


def main() -> None:
    """Run the stage; see the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--street-clerk", action="store_true")
    parser.add_argument("--story", type=int, default=0)
    parser.add_argument("--remove", action="store_true")
    options = parser.parse_args()
    with _undisturbed() as told:
        stage = Stage(options.folder)
        try:
            stage.start(rate=options.rate, street_clerk=options.street_clerk, story=options.story, given_up=lambda: bool(told) or _is_caller_gone())
            _say()
            _wait_for_end(told, stage.mind)
        except PaidanError as error:
            _say(code=error.reason.code, args=dict(error.reason.args))
        finally:
            stage.stop()
            if options.remove:
                shutil.rmtree(options.folder, ignore_errors=True)


def _is_caller_gone() -> bool:
    import select

    readable, _, _ = select.select([sys.stdin], [], [], 0)
    return bool(readable) and not os.read(sys.stdin.fileno(), 1)


if __name__ == "__main__":
    main()

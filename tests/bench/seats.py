"""Fifty seats on one machine: memory and idle processor of each, and a key's answer among them.

    python tests/bench/seats.py [--quick] [--json]

50 seats (`--quick`: 6) in ptys of their own at one desk whose centre runs; baselines are as many bare Textual apps doing nothing, and
for the key the same seat alone. `memory_mb` is what one seat adds (PSS: pages that several share count in parts); the whole of
them is `all_mb`. A key's time is to the last byte of the answering frame.
"""

import argparse
import json
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder, whose queue.py is not the standard one

from data.init import init_home  # noqa: E402
from tests.bench.start import BARE, LAST_WORD, seat_words  # noqa: E402
from tests.helpers import brokers  # noqa: E402
from tests.helpers.homes import CentreProcess  # noqa: E402
from tests.helpers.load import cpu_s, memory  # noqa: E402
from tests.helpers.still_home import file_reports  # noqa: E402
from tests.terminal.seat_in_pty import Terminal, start  # noqa: E402

_STEPS = (b"\x1b[B", b"\x1b[B", b"\x1b[B", b"\x1b[A", b"\x1b[A", b"\x1b[A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Of one seat, the mean over all."""

    rss_mb: float
    pss_mb: float
    cpu_percent: float
    bytes_s: float


def opened(command: list[str], word: str, many: int) -> list[Terminal]:
    """So many of them, painted."""
    terminals: list[Terminal] = []
    for _ in range(many):
        terminals.append(start(command, columns=80, lines=24, env={"PYTHONPATH": str(ROOT)}))
        terminals[-1].wait(lambda: word.encode() in terminals[-1].output, 60)
    drain(terminals, 3.0)
    return terminals


def measure(terminals: Sequence[Terminal], seconds: float) -> Found:
    """Memory now, and processor and bytes over so long with no key."""
    before, sent = [cpu_s(each.pid) for each in terminals], sum(len(each.output) for each in terminals)
    began = time.monotonic()
    drain(terminals, seconds)
    took, many = time.monotonic() - began, len(terminals)
    used = sum(cpu_s(each.pid) for each in terminals) - sum(before)
    held = [memory(each.pid) for each in terminals]
    return Found(
        rss_mb=sum(each.rss for each in held) / many, pss_mb=sum(each.pss for each in held) / many,
        cpu_percent=used / took / many * 100, bytes_s=(sum(len(each.output) for each in terminals) - sent) / took / many,
    )  # fmt: skip


def drain(terminals: Sequence[Terminal], seconds: float) -> None:
    """Read all of them for so long."""
    by_fd = {each.fd: each for each in terminals}
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for fd in select.select(list(by_fd), [], [], left)[0]:
            by_fd[fd].read(0)


def answers(terminals: Sequence[Terminal], many: int) -> list[float]:
    """Milliseconds from a key at the first of them to the last byte of its first frame; the others are read meanwhile."""
    took = []
    for index in range(many):
        drain(terminals, 0.2)
        seat = terminals[0]
        before, began = len(seat.output), time.monotonic()
        seat.press(_STEPS[index % len(_STEPS)])
        while len(seat.output) == before:
            seat.read(0.5)
        took.append((time.monotonic() - began) * 1000)
    return took


def close(terminals: Sequence[Terminal]) -> None:
    """End them all."""
    for each in terminals:
        each.close()


def at_desk(home: Path, many: int, presses: int, seconds: float) -> tuple[Found, list[float], list[float]]:
    """Of seats at a desk at work: what they cost, the answers of one alone, and of one among all."""
    alone = opened(seat_words(home), LAST_WORD, 1)
    alone[0].press(b"2")
    drain(alone, 1.0)
    lonely = answers(alone, presses)
    seats = alone + opened(seat_words(home), LAST_WORD, many - 1)
    try:
        return measure(seats, seconds), lonely, answers(seats, presses)
    finally:
        close(seats)


def run(many: int, presses: int, seconds: float) -> tuple[Found, list[float], list[float], float]:
    """The whole with broker and centre; the last figure is the centre's own processor, in percent of a core, over the seats' life."""
    with tempfile.TemporaryDirectory() as folder:
        broker = brokers.make("nats", Path(folder) / "nats")
        broker.start()
        home = Path(folder) / "pailou"
        init_home(home, "street", broker=broker.url)
        centre = CentreProcess(home)
        try:
            centre.start()
            file_reports(home, 20)
            assert centre.process is not None
            before, began = cpu_s(centre.process.pid), time.monotonic()
            found = at_desk(home, many, presses, seconds)
            return *found, (cpu_s(centre.process.pid) - before) / (time.monotonic() - began) * 100
        finally:
            centre.stop()
            broker.stop()


def main() -> None:
    """Measure both and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--json", action="store_true")
    wishes = arguments.parse_args()
    many, presses, seconds = (6, 12, 5.0) if wishes.quick else (50, 60, 20.0)
    ours, lonely, among, centre = run(many, presses, seconds)
    apps = opened(["-c", BARE], "ready", many)
    try:
        bare = measure(apps, seconds)
    finally:
        close(apps)
    pairs = {
        "rss_mb": (ours.rss_mb, bare.rss_mb),
        "memory_mb": (ours.pss_mb, bare.pss_mb),
        "all_mb": (ours.pss_mb * many, bare.pss_mb * many),
        "idle_cpu_percent": (ours.cpu_percent, bare.cpu_percent),
        "idle_bytes_s": (ours.bytes_s, bare.bytes_s),
        "key_median_ms": (statistics.median(among), statistics.median(lonely)),
        "key_worst_ms": (max(among), max(lonely)),
        "centre_cpu_percent": (centre, 100.0),
        "seats": (float(many), float(many)),
    }
    found = {
        name: {"ours": round(mine, 2), "baseline": round(theirs, 2), "ratio": round(mine / max(theirs, 0.01), 2)}
        for name, (mine, theirs) in pairs.items()
    }
    sys.stdout.write(json.dumps(found, indent=None if wishes.json else 1) + "\n")


if __name__ == "__main__":
    main()

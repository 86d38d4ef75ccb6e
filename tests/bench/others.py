"""A seat beside programs that people keep open in a terminal: htop, tig and posting, in the same run.

    python tests/bench/others.py [--quick] [--json]

Each runs in a pty of 80×24. Start to painted (from exec to its last word on the screen), bytes of the first paint, bytes of a step of
the cursor, then with no key bytes a second and processor, and resident memory. A program is looked for in PATH, or is named by
`PAIDAN_BENCH_<NAME>`; one that is not there is said so on stderr and left out. `ours` is always the seat, `baseline` the other.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder, whose queue.py is not the standard one

from tests.bench.start import LAST_WORD, seat_words  # noqa: E402
from tests.helpers.load import cpu_s, memory  # noqa: E402
from tests.helpers.still_home import still_home  # noqa: E402
from tests.terminal.seat_in_pty import SIZE_S, Terminal, start_program  # noqa: E402

_DOWN, _TAB = b"\x1b[B", b"\t"
_COMMITS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One of them."""

    name: str
    command: Sequence[str]
    word: str
    """On its screen when it has painted."""
    keys: bytes = _DOWN
    """A step of the cursor."""
    first: bytes = b""
    """Pressed before the steps."""
    folder: Path | None = None
    env: dict[str, str]


MEASURES = ("start_ms", "start_cpu_ms", "first_paint_bytes", "step_bytes", "idle_bytes_s", "idle_cpu_percent", "rss_mb")


def measure(program: Program, starts: int, steps: int, seconds: float) -> dict[str, float]:
    """All its measures; those of the start are medians."""
    took = [once(program) for _ in range(starts)]
    terminal = opened(program)
    try:
        take(terminal, 1.5)
        found = {"first_paint_bytes": float(len(terminal.output))}
        if program.first:
            terminal.press(program.first)
            take(terminal, 1.0)
        found["step_bytes"] = statistics.median(step(terminal, program.keys) for _ in range(steps))
        take(terminal, 2.0)
        before, began = cpu_s(terminal.pid), time.monotonic()
        sent = take(terminal, seconds)
        spent = time.monotonic() - began
        found |= {"idle_bytes_s": sent / spent, "idle_cpu_percent": (cpu_s(terminal.pid) - before) / spent * 100, "rss_mb": memory(terminal.pid).rss}
    finally:
        terminal.close()
    return found | {name: statistics.median(each[index] for each in took) for index, name in enumerate(("start_ms", "start_cpu_ms"))}


def once(program: Program) -> tuple[float, float]:
    """Milliseconds from exec to its word, by the clock and of the processor."""
    began = time.monotonic()
    terminal = opened(program)
    try:
        return (time.monotonic() - began - SIZE_S) * 1000, cpu_s(terminal.pid) * 1000
    finally:
        terminal.close()


def opened(program: Program) -> Terminal:
    """It, painted."""
    terminal = start_program(program.command, columns=80, lines=24, env=program.env, folder=program.folder)
    terminal.wait(lambda: terminal.shows(program.word), 60)
    return terminal


def step(terminal: Terminal, keys: bytes) -> float:
    """Bytes that answer one step."""
    terminal.press(keys)
    return float(take(terminal, 0.4))


def take(terminal: Terminal, seconds: float) -> int:
    """Bytes within so long."""
    before, end = len(terminal.output), time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read(0.02)
    return len(terminal.output) - before


def others(folder: Path) -> Iterator[Program]:
    """Those that are installed."""
    env = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "XDG_DATA_HOME": str(folder / "data"), "GIT_PAGER": "cat"}
    if htop := found("htop"):
        yield Program(name="htop", command=[htop], word="F10Quit", env=env)
    if tig := found("tig"):
        yield Program(name="tig", command=[tig], word="change 40", folder=commits(folder / "repository"), env=env)
    if posting := found("posting"):
        yield Program(name="posting", command=[posting], word="Send", keys=_TAB, env=env)


def found(name: str) -> str | None:
    """Its path; None is said."""
    path = os.environ.get(f"PAIDAN_BENCH_{name.upper()}") or shutil.which(name)
    if path is None:
        sys.stderr.write(f"{name}: not installed\n")
    return path


def commits(folder: Path) -> Path:
    """A repository for tig."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    lines = []
    for number in range(_COMMITS):
        text = f"change {number}"
        lines.append(f"commit refs/heads/main\ncommitter A <a@example.org> {1_700_000_000 + number * 3600} +0000\ndata {len(text)}\n{text}\n")
    subprocess.run(["git", "-C", str(folder), "fast-import", "--quiet"], input="".join(lines), text=True, check=True)
    subprocess.run(["git", "-C", str(folder), "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    return folder


def main() -> None:
    """Measure all and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--json", action="store_true")
    wishes = arguments.parse_args()
    starts, steps, seconds = (2, 3, 3.0) if wishes.quick else (9, 12, 20.0)
    pairs = {}
    with tempfile.TemporaryDirectory() as folder, still_home(Path(folder)) as home:
        seat = Program(
            name="seat", command=[sys.executable, *seat_words(home)], word=LAST_WORD, first=b"2", env={"PYTHONPATH": str(ROOT)}
        )  # fmt: skip
        once(seat)  # the first reads the files from disk and is not counted
        ours = measure(seat, starts, steps, seconds)
        for other in others(Path(folder)):
            try:
                theirs = measure(other, starts, steps, seconds)
            except AssertionError:  # it ended, or showed nothing within a minute
                sys.stderr.write(f"{other.name}: does not run here\n")
                continue
            for name in MEASURES:
                mine, baseline = ours[name], theirs[name]
                pairs[f"{name}_{other.name}"] = {
                    "ours": round(mine, 2), "baseline": round(baseline, 2), "ratio": round(mine / max(baseline, 0.01), 2)
                }  # fmt: skip
    sys.stdout.write(json.dumps(pairs, indent=None if wishes.json else 1) + "\n")


if __name__ == "__main__":
    main()

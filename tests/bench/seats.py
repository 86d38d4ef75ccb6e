"""Many seats on one machine: resident memory and idle processor of each, against a bare Textual app doing nothing.

    python tests/bench/seats.py [--quick] [--json]

50 seats (`--quick`: 5) over one real home whose centre does not run; the bare apps are as many.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder, whose queue.py is not the standard one

from data.init import init_home  # noqa: E402
from data.store import lease  # noqa: E402
from data.store.schema import migrate  # noqa: E402
from data.store.sqlite import connect  # noqa: E402
from tests.bench.start import BARE  # noqa: E402
from tests.terminal.seat_in_pty import Terminal, start  # noqa: E402

SEAT = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from console.app import ConsoleApp, sit
from data.office import Office
Office.ensure_centre = lambda self: False
sit(ConsoleApp(Office.open(Path({home!r}), "seat")))
"""
TICK = os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident, and its own share of what processes have in common."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(value) for value in re.findall(r"^Rss:\s+(\d+)", text, re.MULTILINE)) / 1024


def cpu_s(pid: int) -> float:
    """Processor seconds so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def measure(command: list[str], word: str, many: int, seconds: float) -> tuple[float, float]:
    """Mean memory in MB and processor in percent of a core, of one."""
    terminals: list[Terminal] = []
    try:
        for _ in range(many):
            terminals.append(start(command, columns=80, lines=24))
            terminals[-1].wait(lambda: word.encode() in terminals[-1].output, 60)
        drain(terminals, 2.0)
        before = sum(cpu_s(each.pid) for each in terminals)
        drain(terminals, seconds)
        used = sum(cpu_s(each.pid) for each in terminals) - before
        return sum(memory_mb(each.pid) for each in terminals) / many, used / seconds / many * 100
    finally:
        for each in terminals:
            each.close()


def drain(terminals: list[Terminal], seconds: float) -> None:
    """Read all of them for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for each in terminals:
            each.read(0)
        time.sleep(0.1)


def main() -> None:
    """Measure both and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--json", action="store_true")
    wishes = arguments.parse_args()
    many, seconds = (5, 5.0) if wishes.quick else (50, 20.0)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "pailou"
        init_home(home, "street", broker="mqtt://127.0.0.1:1")
        migrate(home / "desk.db")
        with connect(home / "desk.db") as conn:
            lease.take(conn, int(time.monotonic() * 1000))
        ours = measure(["-c", SEAT.format(root=str(ROOT), home=str(home))], "静音", many, seconds)
        bare = measure(["-c", BARE], "ready", many, seconds)
    found = {
        "rss_mb": {"ours": round(ours[0], 1), "baseline": round(bare[0], 1), "ratio": round(ours[0] / bare[0], 2)},
        "idle_cpu_percent": {"ours": round(ours[1], 2), "baseline": round(bare[1], 2), "ratio": round(ours[1] / max(bare[1], 0.01), 2)},
        "seats": {"ours": many, "baseline": many, "ratio": 1.0},
    }
    sys.stdout.write(json.dumps(found, indent=None if wishes.json else 1) + "\n")


if __name__ == "__main__":
    main()

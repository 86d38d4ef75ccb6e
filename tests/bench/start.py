"""Start to usable: from exec to the whole screen of a real seat at a desk with cases, against a bare Textual app with one word.

    python tests/bench/start.py [--quick] [--json]

Both run in a pty of 80×24, in turn; medians. `start_cpu_ms` is user and system together: it says more on a machine that is shared.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder, whose queue.py is not the standard one

from tests.helpers.load import cpu_s  # noqa: E402
from tests.helpers.still_home import CLERK, still_home  # noqa: E402
from tests.terminal.seat_in_pty import SIZE_S, start  # noqa: E402

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("ready")
Bare().run(mouse=False)
"""
LAST_WORD = "静音"
"""Stands at the end of a seat's last line."""


def seat_words(home: Path, operator: str = CLERK) -> list[str]:
    """Arguments of Python for a seat, as the program `paidan` runs."""
    return ["-c", "from console.__main__ import main; main()", "--home", str(home), "--as", operator]


def once(command: list[str], word: str) -> tuple[float, float]:
    """Milliseconds from exec to the word, without the pause in which the pty gets its size: by the clock, and of the processor."""
    began = time.monotonic()
    terminal = start(command, columns=80, lines=24, env={"PYTHONPATH": str(ROOT)})
    try:
        terminal.wait(lambda: word.encode() in terminal.output, 60)
        return (time.monotonic() - began - SIZE_S) * 1000, cpu_s(terminal.pid) * 1000
    finally:
        terminal.close()


def main() -> None:
    """Alternate both and print medians."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--json", action="store_true")
    wishes = arguments.parse_args()
    ours: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder, still_home(Path(folder)) as home:
        once(seat_words(home), LAST_WORD)  # the first reads the files from disk and is not counted
        for _ in range(5 if wishes.quick else 15):
            ours.append(once(seat_words(home), LAST_WORD))
            bare.append(once(["-c", BARE], "ready"))
    found = {}
    for index, name in enumerate(("start_ms", "start_cpu_ms")):
        mine, theirs = (statistics.median(each[index] for each in times) for times in (ours, bare))
        found[name] = {"ours": round(mine), "baseline": round(theirs), "ratio": round(mine / theirs, 2)}
    sys.stdout.write(json.dumps(found, indent=None if wishes.json else 1) + "\n")


if __name__ == "__main__":
    main()

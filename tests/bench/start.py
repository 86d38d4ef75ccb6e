"""Start to usable: from exec to the whole screen, against a bare Textual app that shows one word.

    python tests/bench/start.py [--quick] [--json]

Both run in a pty of 80×24, in turn; medians.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder, whose queue.py is not the standard one

from tests.terminal.seat_in_pty import start  # noqa: E402

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("ready")
Bare().run(mouse=False)
"""


def once(command: list[str], word: str) -> float:
    """Milliseconds from fork to the word, without the pause in which the pty gets its size."""
    began = time.monotonic()
    terminal = start(command, columns=80, lines=24)
    try:
        terminal.wait(lambda: word.encode() in terminal.output)
        return (time.monotonic() - began - 0.05) * 1000
    finally:
        terminal.close()


def main() -> None:
    """Alternate both and print medians."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--json", action="store_true")
    wishes = arguments.parse_args()
    seat_command = [str(ROOT / "tests" / "terminal" / "run_stand_in.py")]
    times: dict[str, list[float]] = {"ours": [], "baseline": []}
    for _ in range(3 if wishes.quick else 15):
        times["ours"].append(once(seat_command, "未静音"))
        times["baseline"].append(once(["-c", BARE], "ready"))
    ours, bare = (statistics.median(times[name]) for name in ("ours", "baseline"))
    found = {"start_ms": {"ours": round(ours), "baseline": round(bare), "ratio": round(ours / bare, 2)}}
    sys.stdout.write(json.dumps(found, indent=None if wishes.json else 1) + "\n")


if __name__ == "__main__":
    main()

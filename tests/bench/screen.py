"""Bytes to the terminal: our driver against the stock one on the same seat, and top and htop where they are installed.

    python tests/bench/screen.py [--quick] [--json]

A board of 40 panels at 120×40 of which 30 % change a second; the first paint, a cursor step, another place, the detail.
"""

import argparse
import json
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder, whose queue.py is not the standard one

from tests.helpers.tools import find  # noqa: E402
from tests.terminal.seat_in_pty import Terminal, stand_in, start  # noqa: E402

STOCK = {"PAIDAN_DRIVER": "stock"}


def take(terminal: Terminal, seconds: float) -> int:
    """Bytes within so long."""
    before, end = len(terminal.output), time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read(0.02)
    return len(terminal.output) - before


def seat(env: dict[str, str]) -> dict[str, float]:
    """One walk through a seat."""
    terminal = stand_in(env=env)
    try:
        terminal.wait(lambda: terminal.shows("未静音") and terminal.shows("1特急"))
        take(terminal, 0.5)
        found = {"first_paint": float(len(terminal.output))}
        for name, keys in (("place", b"2"), ("step", b"\x1b[B"), ("detail", b"\r")):
            terminal.press(keys)
            found[name] = take(terminal, 0.6)
    finally:
        terminal.close()
    return found


def board(driver: str, seconds: float) -> float:
    """Bytes a second of forty panels."""
    terminal = start([__file__, "--board", driver], columns=120, lines=40)
    try:
        terminal.wait(lambda: terminal.shows("panel 39"))
        take(terminal, 1.5)
        return take(terminal, seconds) / seconds
    finally:
        terminal.close()


def other(command: str, arguments: str, seconds: float) -> float:
    """Bytes a second of another program."""
    run = f"import os; os.environ['TERM']='xterm-256color'; os.execvp({command!r}, {[command, *arguments.split()]!r})"
    terminal = start(["-c", run], columns=120, lines=40)
    try:
        take(terminal, 2.0)
        return take(terminal, seconds) / seconds
    finally:
        terminal.close()


def run_board(driver: str) -> None:
    """The app that is measured: lines as the seat draws them."""
    import os

    os.environ["TEXTUAL_ANIMATIONS"], os.environ["TEXTUAL_COLOR_SYSTEM"] = "none", "256"
    from textual.app import App, ComposeResult

    from console.terminal.driver import SeatDriver
    from widgets.lines import Line, cell, gap
    from widgets.pane import Pane
    from widgets.theme import Depth, Theme, Tone

    class Board(App[None]):
        CSS = "Pane { width: 100%; height: 100%; }"

        def compose(self) -> ComposeResult:
            yield Pane(Theme(Depth.EIGHT_BIT))

        def on_mount(self) -> None:
            self.values = [50.0] * 40
            self.draw()
            self.set_interval(1.0, self.draw)

        def draw(self) -> None:
            for index in random.sample(range(40), 12):
                self.values[index] += random.choice((-0.3, 0.1, 0.4))
            self.query_one(Pane).show([self.line(index, value) for index, value in enumerate(self.values)])

        def line(self, index: int, value: float) -> Line:
            late = Tone.LATE if index % 7 == 0 else Tone.TEXT
            name = cell(f"panel {index} 石峡子沟", 24, Tone.TEXT)
            return Line((gap(), name, cell(f"{value:.1f}毫米", 12, late, "right"), gap(2), cell("红线40", 10, Tone.DIM)))

    Board(driver_class=SeatDriver if driver == "ours" else None, ansi_color=True).run(mouse=False)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--board")
    wishes = arguments.parse_args()
    if wishes.board:
        run_board(wishes.board)
        return
    seconds = 5.0 if wishes.quick else 20.0
    ours, stock = seat({}), seat(STOCK)
    found = {name: {"ours": ours[name], "baseline": stock[name], "ratio": round(ours[name] / stock[name], 3)} for name in ours}
    mine, theirs = board("ours", seconds), board("stock", seconds)
    found["board_bytes_s"] = {"ours": round(mine), "baseline": round(theirs), "ratio": round(mine / theirs, 3)}
    for command, words in (("htop", "-d 10"), ("top", "-d 1")):
        if find(command):
            rate = other(command, words, seconds)
            found[f"board_against_{command}"] = {"ours": round(mine), "baseline": round(rate), "ratio": round(mine / max(rate, 1), 3)}
    sys.stdout.write(json.dumps(found, indent=None if wishes.json else 1) + "\n")


if __name__ == "__main__":
    main()

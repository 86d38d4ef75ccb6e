"""What a seat is before its first paint: light, and set for the terminal it will draw on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.seat import choose
from widgets.theme import Depth

_ROOT = Path(__file__).resolve().parents[2]
_PROBE = """
import json, sys
import console.app
from textual import constants
heavy = [name for name in ("httpx", "paho", "plotext", "sqlite_utils", "click") if name in sys.modules]
print(json.dumps([heavy, constants.COLOR_SYSTEM, constants.TEXTUAL_ANIMATIONS, constants.DISABLE_KITTY_KEY]))
"""


def _probe(**env: str) -> list[object]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "COLORTERM", "SSH", "NO_COLOR"))}
    done = subprocess.run([sys.executable, "-c", _PROBE], cwd=_ROOT, env={**clean, **env}, capture_output=True, check=True)
    found: list[object] = json.loads(done.stdout)
    return found


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    """Only textual, SQLite and the data that a screen needs."""
    assert [] == _probe(TERM="xterm-256color")[0]


def test_textual_reads_what_was_chosen_for_this_terminal() -> None:
    """The environment is set before the first Textual import, or it would be ignored without a word."""
    assert ["256", "none", True] == _probe(TERM="xterm-256color", COLORTERM="truecolor", SSH_CONNECTION="a 1 b 2")[1:]


@pytest.mark.parametrize(
    ("env", "depth", "mouse"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, Depth.TRUE, True),
        ({"TERM": "xterm-256color"}, Depth.EIGHT_BIT, True),
        ({"TERM": "xterm"}, Depth.SIXTEEN, True),
        ({"TERM": "vt220"}, Depth.MONO, True),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, Depth.MONO, True),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "SSH_TTY": "/dev/pts/1"}, Depth.EIGHT_BIT, False),
    ],
)
def test_the_profile_follows_the_environment(env: dict[str, str], depth: Depth, mouse: bool) -> None:
    """Colours by NO_COLOR, TERM and COLORTERM; over SSH 256 at most and no mouse."""
    assert (depth, mouse) == (choose(env).depth, choose(env).mouse)

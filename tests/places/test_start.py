"""What a seat is before its first paint: light, and set for the terminal it will draw on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.__main__ import seat_words
from console.seat import choose
from tests.helpers.still_home import still_home
from widgets.theme import Depth

_ROOT = Path(__file__).resolve().parents[2]
_PROBE = """
import json, sys
import console.__main__, console.app
from textual import constants
heavy = [name for name in ("httpx", "paho", "plotext", "sqlite_utils", "click") if name in sys.modules]
print(json.dumps([heavy, constants.COLOR_SYSTEM, constants.TEXTUAL_ANIMATIONS, constants.DISABLE_KITTY_KEY]))
"""

_PAINTED = """
import json, sys
from pathlib import Path
import console.app
from data.office import Office

def first(seat):
    ours = [module for name, module in sys.modules.items() if name.split(".")[0] in ("console", "widgets", "data")]
    made = {each for module in ours for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__}
    seat.seen = [len(ours), sum("__dataclass_fields__" in vars(each) for each in made), sorted(sys.modules)]
    seat.exit(0)

console.app.ConsoleApp._first = first
seat = console.app.ConsoleApp(Office.open(Path(sys.argv[1]), "王梅"))
seat.run(headless=True)
print(json.dumps(seat.seen))
"""


def _probe(**env: str) -> list[object]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "COLORTERM", "SSH", "NO_COLOR"))}
    done = subprocess.run([sys.executable, "-c", _PROBE], cwd=_ROOT, env={**clean, **env}, capture_output=True, check=True)
    found: list[object] = json.loads(done.stdout)
    return found


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    """Only textual, SQLite and the data that a screen needs."""
    assert [] == _probe(TERM="xterm-256color")[0]


def test_a_real_desk_is_painted_with_nothing_heavy(tmp_path: Path) -> None:
    """With cases on it and a proposal on the strip: no package that only the centre, a chart or the command line needs, nor the
    intake. Each dataclass takes a third of a millisecond of processor when it is made, a Struct a fortieth, so that few are left.
    """
    with still_home(tmp_path, reports=3) as home:
        done = subprocess.run([sys.executable, "-c", _PAINTED, str(home)], cwd=_ROOT, capture_output=True, check=True, text=True)
    modules, dataclasses, names = json.loads(done.stdout.splitlines()[-1])
    heavy = {"httpx", "paho", "plotext", "sqlite_utils", "click", "pypinyin", "statistics", "data.centre.intake", "data.views.trends"}

    assert set() == heavy & set(names)
    assert modules < 220
    assert dataclasses < 25


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


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], (None, None)),
        (["--as", "王梅"], (None, "王梅")),
        (["--home=/srv/pailou", "--as", "王梅"], (Path("/srv/pailou"), "王梅")),
        (["--home", "/srv/pailou"], (Path("/srv/pailou"), None)),
    ],
)
def test_words_that_open_a_seat_need_no_click(words: list[str], found: tuple[Path | None, str | None]) -> None:
    """Home and operator, in any order and in both spellings."""
    assert found == seat_words(words)


@pytest.mark.parametrize(
    "words", [["--plain"], ["demo"], ["--home"], ["--home", "--as"], ["--home="], ["--help"], ["--as", "a", "status"], ["--home", __file__]]
)
def test_all_other_words_are_left_to_click(words: list[str]) -> None:
    """Commands, help, and what is to be refused with click's own sentence: an option without a value, a home that is a file."""
    assert seat_words(words) is None


def test_a_shell_that_completes_is_answered_and_no_seat_opened() -> None:
    """Shells ask with no words at all, by a variable alone."""
    asked = {"_PAIDAN_COMPLETE": "bash_complete", "COMP_WORDS": "paidan dem", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-m", "console"], cwd=_ROOT, env={**os.environ, **asked}, capture_output=True, text=True)
    assert "demo" in done.stdout


def test_a_home_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    """The short way to a seat says its errors as the long one does: one sentence and no trace."""
    done = subprocess.run([sys.executable, "-m", "console", "--home", str(tmp_path)], cwd=_ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert str(tmp_path) in done.stderr

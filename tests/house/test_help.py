"""`--help` of every command and option speaks the reader's language; both tongues stand beside the command."""

import json
import subprocess
import sys
import unicodedata
from functools import cache

import pytest
from click.testing import CliRunner

from console.command_line import group
from console.helping import folded
from tests.helpers.homes import environment
from widgets.cells import width

_LISTING = """
import json, click
from console.command_line import group

def texts(path, command, ctx):
    yield path, command.help
    yield from ((f"{path} {max(each.opts, key=len)}", each.help) for each in command.params if isinstance(each, click.Option) and not each.hidden)
    for name in command.list_commands(ctx) if isinstance(command, click.Group) else ():
        yield from texts(f"{path} {name}", command.get_command(ctx, name), ctx)

print(json.dumps(dict(texts("paidan", group, click.Context(group)))))
"""


def run(language: str, *words: str) -> str:
    done = subprocess.run([sys.executable, *words], env=environment() | {"PAIDAN_LANG": language}, capture_output=True, text=True, check=True)
    return done.stdout


@cache
def listing(language: str) -> dict[str, str | None]:
    """Help of every command and of every option that is shown, by how it is typed."""
    found: dict[str, str | None] = json.loads(run(language, "-c", _LISTING))
    return found


def is_han(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def test_every_command_and_option_has_its_help_in_both_tongues() -> None:
    """Also those that somebody adds: a file in console/commands is found by listing it."""
    zh, en = listing("zh"), listing("en")
    wrong = [name for name in zh if not is_han(zh[name] or "") or not en.get(name) or is_han(en[name] or "")]
    assert wrong == [], 'these have no help in one tongue; write help=both("中文", "English") (from console.telling) beside each, in its file'
    assert {"paidan act --confirm", "paidan quarantine replay --id", "paidan export readings"} <= set(zh)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_sign_of_help_is_of_ambiguous_width(language: str) -> None:
    """Such signs are one cell in some terminals and two in others."""
    texts = listing(language).items()
    assert [] == [(name, sign) for name, text in texts for sign in text or "" if unicodedata.east_asian_width(sign) == "A"]


@pytest.mark.parametrize(("language", "said"), [("zh", ["用法：", "选项:", "命令:", "显示这份说明"]), ("en", ["Usage: ", "Options:", "Commands:"])])
def test_all_that_is_drawn_is_in_the_reader_s_language_and_fits(language: str, said: list[str]) -> None:
    """Headings too, and no line is wider than the eighty cells of a terminal."""
    drawn = run(language, "-m", "console", "--help")
    assert [] == [words for words in said if words not in drawn]
    assert [] == [line for line in drawn.splitlines() if width(line) > 80]
    assert "..." not in drawn.partition("\n")[2]
    assert is_han(drawn) == (language == "zh")


def test_what_click_adds_to_an_option_is_in_words() -> None:
    """Its default and that it must be given."""
    drawn = CliRunner().invoke(group, ["cases", "--help"], env={"PAIDAN_LANG": "zh"}).output
    assert ["[默认 1000]" in drawn, "[必填]" in drawn, "[required]" in drawn] == [True, True, False]


def test_lines_break_between_words_and_never_before_a_full_stop() -> None:
    """A word of ASCII stays whole; Han text breaks anywhere but before its marks."""
    assert ["收到 SIGTERM", "才停。"] == folded("收到 SIGTERM 才停。", 12)
    assert ["一二三", "四五。"] == folded("一二三四五。", 7)

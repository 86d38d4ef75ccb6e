"""`paidan --plain` in a pipe: numbered lines, the same keys, no escape codes."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from console.plain import Plain
from data.office import Office
from tests.helpers.office import Centre
from tests.helpers.town import ROOT


@pytest.fixture
def say(office: Office) -> Callable[..., list[str]]:
    """Enter lines at a plain seat; what it says after the first picture."""

    def run(*lines: str) -> list[str]:
        said: list[str] = []
        Plain(office, said.append).run(lines)
        return said

    return run


def test_the_queue_is_numbered_lines(say: Callable[..., list[str]]) -> None:
    """Counts, a line each, where one is, what the key does, the prompt."""
    said = say()

    assert ["1. ", "2. "] == [line[:3] for line in said if line[:1].isdigit()]
    assert said[0].startswith("待派 2")
    assert any(line.startswith("[F2/d] 派单 给 大河沟社区") for line in said)
    assert "按键(? 帮助,q 退出): " == said[-1]


def test_d_dispatches_and_u_takes_back(say: Callable[..., list[str]], street: Centre) -> None:
    """The same keys, the same outbox."""
    assert any("已派 #1" in line for line in say("d", "q"))
    assert [street.clock.now() + 5000] == [row["next_at"] for row in street.all("outbox")]
    say("u")
    assert "open" == street.case(1)["state"]


def test_a_question_is_answered_by_lines(say: Callable[..., list[str]], street: Centre) -> None:
    """Text for a note, a digit for a reason; an empty line keeps nothing."""
    say("b", "钥匙在门卫", "b", "", "2", "c", "1")

    assert ["file", "note"] == [act for act in street.steps(1) if act in {"file", "note"}]
    assert "declined" == street.case(2)["state"]


def test_search_and_unknown_words(say: Callable[..., list[str]]) -> None:
    """`/` narrows the list; what is not understood is said to be."""
    said = say("/dhg", "完全不懂")

    assert any(line.startswith("查「dhg」") for line in said)
    assert any("不懂「完全不懂」" in line for line in said)


def test_in_a_pipe_there_is_nothing_but_text(street: Centre, office: Office) -> None:
    """The program as a script starts it: plain text on stdout, the key's effect in the store (twice: the roster has run out), exit code 0."""
    home = street.settings.home
    code = (
        "import sys; from pathlib import Path; from console.plain import Plain; from data.office import Office; import click;"
        "sys.exit(Plain(Office.open(Path(sys.argv[1]), '王梅'), click.echo).run(sys.stdin))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(home)], cwd=ROOT, input="d\nd\nq\n", capture_output=True, text=True, timeout=60)

    assert (0, "") == (done.returncode, done.stderr)
    assert "\x1b" not in done.stdout
    assert "sending" in {row["state"] for row in street.all("cases")}


def test_a_bare_colon_does_nothing(say: Callable[..., list[str]], street: Centre) -> None:
    """Nobody has heard which command would be the first: it tells the keys and touches no case."""
    before = len(street.all("journal"))

    assert any(line.startswith("一行一个键") for line in say(":", "q"))
    assert before == len(street.all("journal"))


@pytest.mark.parametrize("word", ["?", "help", "HELP", "帮助"])
def test_who_asks_for_help_in_a_word_hears_the_keys(say: Callable[..., list[str]], word: str) -> None:
    """In both tongues, as well as by the key."""
    assert any(line.startswith("一行一个键") for line in say(word))


@pytest.mark.parametrize("word", ["q", "Q", "quit", "exit", "退出"])
def test_who_says_to_leave_leaves(say: Callable[..., list[str]], street: Centre, word: str) -> None:
    """What follows is not read."""
    say(word, "d")
    assert {"open"} == {row["state"] for row in street.all("cases")}


def test_a_note_that_is_one_of_these_words_is_a_note(say: Callable[..., list[str]], street: Centre) -> None:
    """While text is asked for, all of it is text."""
    say("b", "退出", "q")
    assert ["note"] == [act for act in street.steps(1) if act == "note"]


def test_a_report_is_written_field_by_field(say: Callable[..., list[str]], street: Centre) -> None:
    """`i` asks for each field by name; a blank line skips one; after the last it is filed."""
    before = len(street.all("cases"))
    said = say("i", "三栋楼顶有人私搭雨棚", "", "", "DHG-02", "李", "13800000076", "q")

    assert before + 1 == len(street.all("cases"))
    assert any("打一行字" in line for line in said)


def test_what_was_written_can_be_dropped(say: Callable[..., list[str]], street: Centre) -> None:
    """A full stop alone on a line."""
    before = len(street.all("cases"))

    assert "按键(? 帮助,q 退出): " == say("i", "写错了", ".")[-1]
    assert before == len(street.all("cases"))


def test_places_are_read_out_and_groups_are_lists(say: Callable[..., list[str]]) -> None:
    """`:督办` and F1 are read once, the keys are the list's again; `n` reads the list that it made."""
    assert any("应签" in line for line in say(":督办", "q"))
    assert any("按键" in line or "F2" in line for line in say("F1", "d", "q"))
    assert 2 == sum(line.startswith("待派 ") for line in say("n"))

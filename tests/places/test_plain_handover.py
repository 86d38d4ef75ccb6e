"""A shift is handed over line by line in `paidan --plain`."""

from collections.abc import Callable

import pytest

from console.plain import Plain
from data.office import Office
from tests.helpers.office import Centre


@pytest.fixture
def say(office: Office, street: Centre) -> Callable[..., list[str]]:
    """Enter lines at a plain seat with two level-1 cases untaken; what it says from its start on."""
    street.desk.conn.execute("UPDATE cases SET level = 1")

    def run(*lines: str) -> list[str]:
        said: list[str] = []
        Plain(office, said.append).run(lines)
        return said

    return run


def test_the_sheet_is_numbered_and_stays(say: Callable[..., list[str]]) -> None:
    """`:交班` reads it once, with what must be said by number; the lines are for it until esc, which reads the cases again."""
    said = say(":交班")
    assert ["1. [ ] #1", "2. [ ] #2"] == [line[:9] for line in said if "[ ]" in line and line[0].isdigit()]
    assert "交班(? 帮助,esc 回案件): " == said[-1]
    back = say(":交班", "esc")
    assert "按键(? 帮助,q 退出): " == back[-1]
    assert 2 == sum(line.startswith("待派 ") for line in back)


def test_what_is_unsaid_is_refused_in_words(say: Callable[..., list[str]], street: Centre) -> None:
    """The word enter does not sign; both cases are named, and nothing is written."""
    said = say(":交班", "enter")
    [refused] = [line for line in said if "#1" in line and "#2" in line]
    assert "交代" in refused
    assert [] == street.all("handovers")


@pytest.mark.parametrize("sign", ["enter", "回车", "ENTER"])
def test_ticked_it_is_signed(say: Callable[..., list[str]], street: Centre, sign: str) -> None:
    """`y` for each, a line for the next shift, the word; one row, signed by this person."""
    say(":交班", "y", "y", "e", "钥匙在门卫", sign)
    assert ["王梅"] == [row["outgoing"] for row in street.all("handovers")]
    assert ["钥匙在门卫"] == [row["text"] for row in street.all("handover_items") if row["text"]]


def test_a_number_points_and_u_takes_back(say: Callable[..., list[str]], street: Centre) -> None:
    """The second item is ticked by its number, and unticked; an item that there is not is told."""
    said = say(":交班", "2", "y", "2", "u", "9")
    assert [0] == [row["said"] for row in street.all("handover_items")]
    assert any(line.startswith("光标 2. [ ] #2") for line in said)
    assert any(line.startswith("光标 2. [x] #2") for line in said)
    assert any("没有第 9 项" in line for line in said)


@pytest.mark.parametrize("text", ["d", "c", "l", "F2", "", "不懂", "?"])
def test_nothing_else_signs_or_acts_on_a_case(say: Callable[..., list[str]], street: Centre, text: str) -> None:
    """The keys of cases are refused where no case was read; an empty line only reads; the letter of Enter does not sign."""
    say(":交班", "y", "y", text)
    assert ([], []) == (street.all("handovers"), street.all("outbox"))


def test_who_has_signed_waits_in_words(say: Callable[..., list[str]], street: Centre) -> None:
    """A second signature by the same person is refused with the reason; the sheet says for whom it waits."""
    said = say(":交班", "y", "y", "enter", "enter", "")
    assert 1 == len(street.all("handovers"))
    assert any(line.startswith("王梅") and "已签" in line for line in said)


def test_help_and_other_places_do_not_lose_the_sheet(say: Callable[..., list[str]]) -> None:
    """`?` tells the keys of the sheet, F1 reads the help and comes back to it; a search goes to the cases."""
    assert any("交班单: " in line for line in say(":交班", "?"))
    assert "交班(? 帮助,esc 回案件): " == say(":交班", "F1")[-1]
    assert "按键(? 帮助,q 退出): " == say(":交班", "/dhg")[-1]

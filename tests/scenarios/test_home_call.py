"""居家养老呼叫: one press is a case at once; it rings until taken; the family is called after a minute; the visit is on record."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.clock import at
from tests.scenarios.timeline import Story, begin

BUTTON = "dhg-call-1"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """Two in the morning."""
    made = begin(tmp_path, at("2026-07-21 02:00"))
    yield made
    made.close()


def told(story: Story, number: int = 1) -> list[tuple[int, str]]:
    """Whom the case's story has told, with the second."""
    rows = story.street.desk.conn.execute("SELECT at, after FROM journal WHERE subject=? AND act='story_tell' ORDER BY seq", (f"pailou-{number}",))
    return [((row["at"] - story.start) // 1000, "家属" if "家属" in row["after"] else "护理员") for row in rows]


def test_a_press_is_a_critical_case_at_once_and_the_carer_is_told(story: Story) -> None:
    """No delay, level 1, deadlines of one minute and a quarter of an hour."""
    story.reading(BUTTON, 1)
    case = story.cases()[0]
    assert (case["level"], case["class"], case["state"]) == (1, "0701", "open")
    assert (case["accept_by"] - case["opened_at"], case["done_by"] - case["opened_at"]) == (60_000, 900_000)
    assert told(story) == [(0, "护理员")]


def test_nobody_answers_for_a_minute(story: Story) -> None:
    """The family is told, and the desk rings again."""
    story.reading(BUTTON, 1).at(70)
    assert told(story) == [(0, "护理员"), (60, "家属")]
    assert "story_ring" in story.steps()


def test_a_case_that_is_taken_leaves_the_family_in_peace(story: Story) -> None:
    """Dispatch within the minute: no second contact, no second ringing; the visit closes it on both desks."""
    story.reading(BUTTON, 1).at(5)
    story.press("F2")
    story.by(10)
    assert [second for second, _ in story.sent("order", "dahegou")] == [8]
    story.press("F2", at="community")
    story.press("F2", at="community")
    story.by(20)
    order = story.sent("order", "liguoqiang")[0][1]
    for kind, note in (("delivered", ""), ("accepted", ""), ("arrived", ""), ("done", "老人已扶起，无外伤")):
        story.unit_says("liguoqiang", "dahegou", order["id"], kind, note).at(story.second + 30)
    story.press("F2", at="community")
    story.by(story.second + 5)
    story.press("F2")
    assert (story.cases()[0]["state"], story.cases()[0]["result"]) == ("closed", "老人已扶起，无外伤")
    assert told(story) == [(0, "护理员")]
    assert "story_ring" not in story.steps()


def test_the_next_press_is_a_case_of_its_own(story: Story) -> None:
    """A call after a finished one is never swallowed."""
    story.reading(BUTTON, 1).at(5)
    story.press("F2")
    story.at(12)
    story.press("close", result="已回话")
    story.reading(BUTTON, 1)
    assert [case["state"] for case in story.cases()] == ["closed", "open"]
    story.at(30)
    story.press("F2", number=2)
    story.at(40)
    story.press("close", number=2, result="已回话")
    story.at(60).reading(BUTTON, 1)
    assert [case["state"] for case in story.cases()] == ["closed", "closed", "open"]

"""坝坝舞噪声: warn on the site first; a case only if that was not enough; repeats on the same square raise the level."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.clock import at
from tests.scenarios.timeline import Story, begin

METER = "jn-plaza-noise"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """An evening at 20:30."""
    made = begin(tmp_path, at("2026-07-21 20:30"), devices=f"{METER}-speaker,speaker,{METER},")
    yield made
    made.close()


def test_a_square_that_turns_the_music_down_is_only_warned(story: Story) -> None:
    """70 dB for two minutes: the loudspeaker speaks at once, the music goes down, no case."""
    story.readings(METER, 70, until=120)
    warned = story.sent("warn", f"{METER}-speaker")
    assert [(60 <= second <= 75, message["from"]) for second, message in warned] == [(True, "pailou")]
    story.readings(METER, 48, until=600)
    assert story.cases() == []


def test_a_square_that_does_not_is_a_case_with_place_decibels_and_limit(story: Story) -> None:
    """Five minutes after the warning it is still loud: one case, dispatched with one key, worked, and closed by a person."""
    story.readings(METER, 70, until=420)
    assert [(case["class"], case["state"], case["scenario"]) for case in story.cases()] == [("0501", "open", "square_noise")]
    text = story.cases()[0]["text"]
    assert all(part in text for part in ("江南广场", "70", "60", "GB 3096-2008"))
    story.press("F2")
    story.at(430)
    order = story.sent("order", "jiangnan")[0][1]
    story.unit_says("jiangnan", "pailou", order["id"], "accepted").unit_says("jiangnan", "pailou", order["id"], "done", "已劝导降音")
    story.readings(METER, 48, until=700)
    assert story.cases()[0]["state"] == "to_verify"
    story.press("F2")
    assert story.cases()[0]["state"] == "closed"


def test_the_fourth_evening_is_more_urgent(story: Story) -> None:
    """Three stories within a week at the same square: the next case is one level up."""
    levels = []
    for evening in range(4):
        story.clock.time = story.start + evening * 86_400_000
        begin_at = story.second
        story.readings(METER, 66, until=begin_at + 420).readings(METER, 48, until=begin_at + 660)
        number = evening + 1
        levels.append(story.cases()[-1]["level"])
        story.press("F2", number=number)
        story.at(story.second + 10)
        story.press("close", number=number, result="已劝导")
        story.at(story.second + 5)
    assert levels == [3, 3, 3, 2]


def test_where_nothing_can_speak_the_case_opens_at_once(tmp_path: Path) -> None:
    """Waiting is for a warning's effect: without a loudspeaker on the site there is nothing to wait for."""
    story = begin(tmp_path, at("2026-07-21 20:30"))
    story.readings(METER, 70, until=90)
    assert [case["state"] for case in story.cases()] == ["open"]
    story.close()

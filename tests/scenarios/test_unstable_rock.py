"""危岩地灾: the level rises within one case, sensors that agree raise it, and a reading alone never closes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.clock import at
from tests.scenarios.timeline import Story, begin

ONE, TWO = "beipo-crack-1", "beipo-crack-2"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A rainy morning."""
    made = begin(tmp_path, at("2026-07-21 08:00"))
    yield made
    made.close()


def test_a_slope_that_creeps_is_one_case_whose_level_rises(story: Story) -> None:
    """0 to 12 mm in some hours: blue, yellow, orange, in one and the same case; its two duty contacts are told once."""
    levels = []
    for hour, width in enumerate((0.0, 0.5, 2.5, 2.8, 5.5, 6.0, 10.5, 12.0)):
        story.clock.time = story.start + hour * 3_600_000
        story.reading(ONE, width).at(story.second + 60)
        story.reading(ONE, width + 0.1)
        levels += [case["level"] for case in story.cases()[-1:]]
    assert len(story.cases()) == 1
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] == 2
    assert sum(step == "story_tell" for step in story.steps()) == 2  # the slope's own watcher and the officer on duty


def test_it_does_not_close_by_itself(story: Story) -> None:
    """The crack's gauge is set back to zero: the alarm may clear, the case stands until a person closes it."""
    for hour, width in enumerate((0.0, 3.0, 6.0, 6.0, 0.0, 0.0)):
        story.clock.time = story.start + hour * 3_600_000
        story.reading(ONE, width).at(story.second + 60)
        story.reading(ONE, width)
    story.at(story.second + 3600)
    assert [case["state"] for case in story.cases()] == ["open"]


def test_a_second_gauge_on_the_slope_joins_the_same_case(story: Story) -> None:
    """One grid, one case; its history names the other signal."""
    for hour, width in enumerate((0.0, 3.0, 3.0)):
        story.clock.time = story.start + hour * 3_600_000
        story.reading(ONE, width).at(story.second + 60).reading(ONE, width)
    story.reading(TWO, 0.0).at(story.second + 3600).reading(TWO, 4.0).at(story.second + 60).reading(TWO, 4.0)
    assert len(story.cases()) == 1
    assert "story_joins" in story.steps()

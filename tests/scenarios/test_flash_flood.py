"""山洪: one valley, one case; what comes from above warns below; the duty is told; the roll is counted off in receipts."""

from collections.abc import Callable

import pytest

from data.scenarios.roll import Count, read, tally
from data.scenarios.spec import Roll
from data.views.queue import detail, history, proposal
from data.words import Words
from tests.scenarios.timeline import Story
from widgets.strip import StripView, strip_lines
from widgets.theme import Depth, Theme

Play = Callable[..., Story]
ROLL = Roll(words=("已转移", "转移"), source="test")


def raining(play: Play) -> Story:
    """64 mm in the hour on the mountain at 03:00."""
    return play("2026-07-21 03:00").reading("beipo-rain", 64)


def test_rain_above_warns_below_at_once_and_the_duty_is_on_the_call_list(play: Play) -> None:
    """The sirens of the whole valley speak, none of another place; both duty contacts stand on the list with their numbers."""
    story = raining(play).at(3)
    warned = {topic.split("/")[1] for _, topic, _ in story.out if topic.endswith("/in/warn")}
    assert warned == {"bp-siren", "dhg-siren", "wj-siren"}
    lines = [line for line in history(story.street.desk.conn, story.stage.tables, "pailou-1") if line.act == "story_warn"]
    assert len({str(dict(line.what.args)["text"]).split(" 警报器 ")[0] for line in lines}) == 3  # each says where it stands
    assert set(story.calls()) == {("群测群防员 谭大山 样例", "13800000106"), ("值班干部 黄立军 样例", "13800000023")}


def test_a_gauge_below_warns_nobody_above(play: Play) -> None:
    """Rain at the mouth is no danger on the mountain."""
    story = play("2026-07-21 03:00").reading("wj-rain", 64).at(3)
    assert {topic.split("/")[1] for _, topic, _ in story.out if topic.endswith("/in/warn")} == {"wj-siren"}


def test_rain_and_river_of_one_valley_are_one_case(play: Play) -> None:
    """A second gauge joins, and a report of the same valley; another place has a case of its own."""
    story = raining(play).at(60).reading("wj-rain", 70).at(120)
    assert [(case["class"], case["level"]) for case in story.cases()] == [("0602", 2)]
    assert "story_joins" in story.steps()
    story.reading("street-rain", 70).at(130)
    assert len(story.cases()) == 2


def test_the_transfer_roll_is_summed_and_shown(play: Play) -> None:
    """Both desks count off; the newest of each counts; the history has each new sum."""
    story = raining(play).at(5)
    story.press("F2")
    story.at(15)
    story.unit_works("beipo", "delivered", "accepted", note="已转移 5/14")
    story.unit_notes("yingji", "敬老院已转移9/25人").at(40)
    story.unit_notes("beipo", "已转移 14/14，全部撤到学校").at(70)
    lines = [line for line in history(story.street.desk.conn, story.stage.tables, "pailou-1") if line.act == "story_roll"]
    assert [dict(line.what.args)["text"] for line in lines] == ["已转移 14/39", "已转移 23/39"]
    shown = proposal(story.street.desk.conn, story.stage.tables, "pailou-1", "王梅", story.street.clock.now())
    assert shown is not None
    strip = strip_lines(StripView(proposal=shown), now=0, zone="Asia/Shanghai", words=Words("zh"), width=80, theme=Theme(Depth.MONO))
    assert "".join(text for text, _ in strip[1].pieces).endswith(" 已转移 23/39 ")
    whole = detail(story.street.desk.conn, story.stage.tables, "pailou-1", story.street.clock.now())
    assert whole is not None and whole.roll == "已转移 23/39"


@pytest.mark.parametrize(
    ("text", "count"),
    [("已转移 14/39", Count(14, 39)), ("转移14户", Count(14, 0)), ("已转移：3／9，又转移 5／9", Count(5, 9)), ("路上3车14人", None), ("", None)],
)
def test_counts_are_read_from_words(text: str, count: Count | None) -> None:
    """The last count of a text; numbers that do not follow the roll's words are none."""
    assert read(ROLL, text) == count


def test_a_total_that_was_said_once_stays() -> None:
    """「已转移 8」 after 「已转移 5/14」 is 8 of 14."""
    assert tally(ROLL, [("a", "已转移 5/14"), ("b", "已转移 1/2"), ("a", "已转移 8")]) == Count(9, 16)

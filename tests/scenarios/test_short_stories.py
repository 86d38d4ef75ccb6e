"""The shorter recipes: manhole, smoke, gas, lift, water on the road, air, garbage and shore with photo, drought, pest, orchard, bed and silence."""

from collections.abc import Callable

import pytest

from data.acts import Done, Refused
from data.views.queue import detail
from tests.scenarios.timeline import Story

Play = Callable[..., Story]


def shown(story: Story) -> list[tuple[str, int]]:
    """Class and level of the street's cases."""
    return [(case["class"], case["level"]) for case in story.cases()]


def readings(story: Story, sensor: str, value: float, hours: float, every_s: int) -> Story:
    """The same value for hours, without ticking each second."""
    for _ in range(round(hours * 3600 / every_s)):
        story.reading(sensor, value).clock.pass_s(every_s)
    return story.at(story.second + 2)


def test_water_in_the_underpass(play: Play) -> None:
    """The board at the mouth shows it at once; half an hour without anybody makes it critical; the traffic police assist."""
    story = play("2026-07-21 18:00").reading("hx-underpass-water", 20).at(60).reading("hx-underpass-water", 22).at(70)
    assert (shown(story), len(story.sent("warn", "hx-underpass-board"))) == ([("0603", 3)], 1)
    story.at(60 + 1801)
    assert shown(story) == [("0603", 1)]
    story.press("F2")
    story.at(story.second + 5)
    assert {topic.split("/")[1] for _, topic, _ in story.out if topic.endswith("/in/order")} == {"hongxing", "jiaojing"}


def test_a_manhole_cover_that_tilts(play: Play) -> None:
    """Half a minute tilted, though it is sent once, is to be guarded within half an hour; a passing car is nothing."""
    story = play("2026-07-21 22:00").reading("dhg-manhole-1", 35).at(2).reading("dhg-manhole-1", 1).at(40)
    assert shown(story) == []
    story.reading("dhg-manhole-1", 35).at(69)
    assert shown(story) == []
    story.at(72)
    case = story.cases()[0]
    assert (shown(story), case["done_by"] - case["opened_at"]) == ([("0301", 2)], 30 * 60_000)


def test_a_cover_that_lies_again_is_ended_by_a_person(play: Play) -> None:
    """Lying flat again does not clear it; the case that a person closes does."""
    story = play("2026-07-21 22:00").reading("dhg-manhole-1", 35).at(32).reading("dhg-manhole-1", 1).at(200)
    assert [row["cleared_at"] for row in story.street.all("alarms")] == [None]
    story.press("F2")
    story.at(220)
    assert isinstance(story.press("close", result="盖好"), Done)
    story.at(225)
    assert [row["cleared_at"] is None for row in story.street.all("alarms")] == [False]


@pytest.mark.parametrize(("sensor", "value"), [("dhg-smoke-1", 1), ("dhg-co-1", 80)])
def test_smoke_and_carbon_monoxide_ring_until_taken(play: Play, sensor: str, value: float) -> None:
    """No delay, level 1, the officer on duty is to be called by voice; after a minute a rung rings the seats again."""
    story = play("2026-07-21 02:00").reading(sensor, value).at(2)
    assert (shown(story), story.calls()) == ([("0801", 1)], [("值班干部 黄立军 样例", "13800000023")])
    assert [row["kind"] for row in story.at(70).street.all("rungs") if row["kind"] == "story"] == ["story"]


def test_taken_within_the_minute_it_does_not_ring_again(play: Play) -> None:
    """The rung is for a desk that is silent."""
    story = play("2026-07-21 02:00").reading("dhg-smoke-1", 1).at(2)
    story.press("F2")
    assert [row["kind"] for row in story.at(80).street.all("rungs")] == []


def test_gas_is_graded_and_the_way_is_barred(play: Play) -> None:
    """20 % of the lower limit is a case and a board; 50 % makes the same case critical."""
    story = play("2026-07-21 12:00").reading("jn-gas-1", 25).at(2)
    assert (shown(story), len(story.sent("warn", "jn-east-board"))) == ([("0802", 3)], 1)
    assert shown(story.at(60).reading("jn-gas-1", 60).at(62)) == [("0802", 1)]


def test_a_case_says_the_depth_that_is_and_not_the_one_that_was(play: Play) -> None:
    """While nobody has ordered anything the case's text follows the water; afterwards its history does."""
    story = play("2026-07-21 18:00").reading("hx-underpass-water", 18).at(2).reading("hx-underpass-water", 18).at(4)
    assert "18" in story.cases()[0]["text"]
    story.reading("hx-underpass-water", 29).at(6).reading("hx-underpass-water", 29).at(8)
    assert ("29" in story.cases()[0]["text"], shown(story)) == (True, [("0603", 2)])
    story.press("F2")
    story.at(20).reading("hx-underpass-water", 55).at(22).reading("hx-underpass-water", 55).at(24)
    read = detail(story.street.desk.conn, story.stage.tables, "pailou-1", story.clock.now())
    assert read is not None
    worse = [str(dict(line.what.args)["text"]) for line in read.history if line.act == "alarm_worse"]
    assert (len(worse), "29" in worse[0], "55" in worse[1], "29" in story.cases()[0]["text"]) == (2, True, True, True)


def test_a_lift_with_people_inside_wants_the_visit(play: Play) -> None:
    """Closing without an arrival on record is asked about; with it, it closes on both desks."""
    story = play("2026-07-21 12:00").reading("xdh-lift-1", 1).at(2)
    assert shown(story) == [("0303", 1)]
    story.press("F2")
    story.at(10)
    story.press("F2", at="community")
    story.press("F2", at="community")
    story.at(20)
    order = story.sent("order", "yangjianhong")[0][1]
    for kind in ("accepted", "arrived", "done"):
        story.unit_says("yangjianhong", "dahegou", order["id"], kind, "人已救出").at(story.second + 5)
    story.press("F2", at="community")
    story.at(story.second + 5).reading("xdh-lift-1", 0).at(story.second + 10)
    assert isinstance(story.press("F2"), Done)
    assert (story.cases()[0]["state"], story.cases()[0]["result"]) == ("closed", "人已救出")


def test_air_that_stays_bad_is_one_case_a_community(play: Play) -> None:
    """Hours over the limit at the stations of two communities: a case each, however long it lasts."""
    story = play("2026-01-21 08:00")
    for _ in range(3):
        story.reading("street-air", 130).reading("jn-air", 131).clock.pass_s(3600)
    assert shown(story.at(story.second + 2)) == [("0604", 3), ("0604", 3)]


def test_garbage_is_verified_by_the_photo_of_who_cleared_it(play: Play) -> None:
    """The leader's link goes up with the community's done, and stands in the street's history."""
    story = play("2026-07-21 14:05").report(media=["http://photo.example/before.jpg"]).at(2)
    story.press("F2")
    story.at(10)
    story.press("F2", at="community")
    story.press("F2", at="community")
    story.at(20)
    order = story.sent("order", "yangjianhong")[0][1]
    assert order["media"] == ["http://photo.example/before.jpg"]
    story.unit_says("yangjianhong", "dahegou", order["id"], "accepted")
    story.unit_says("yangjianhong", "dahegou", order["id"], "done", "已清运", media=("http://photo.example/after.jpg",)).at(40)
    story.press("F2", at="community")
    story.at(50)
    read = detail(story.street.desk.conn, story.stage.tables, "pailou-1", story.clock.now())
    assert read is not None
    said = [dict(line.what.args)["text"] for line in read.history if line.act == "receipt_done"]
    assert said == ["已清运 http://photo.example/after.jpg"]
    assert read.reports[0].text.endswith("http://photo.example/before.jpg")
    assert isinstance(story.press("F2"), Done)


def test_the_shore_wants_a_photo_before_it_closes(play: Play) -> None:
    """Without a link the key is wanted again, with the reason."""
    story = play("2026-07-21 14:05").report(text="江边消落区有人倾倒垃圾", grid="WJ-02", **{"class": "0108"}).at(2)
    assert shown(story) == [("0108", 3)]
    story.press("F2")
    story.at(10)
    story.unit_works("wangjiang", "delivered", "accepted", "done", note="已清理").at(20)
    asked = story.street.act("close", 1)
    assert isinstance(asked, Refused)
    assert (asked.reason.code, dict(asked.reason.args)) == ("needs_first", {"what": "@need.photo"})
    order = story.sent("order", "wangjiang")[0][1]
    story.unit_says("wangjiang", "pailou", order["id"], "done", "补照片", media=("http://photo.example/shore.jpg",))
    assert isinstance(story.street.act("close", 1), Done)


def test_a_dry_slope_is_told_to_the_farm(play: Play) -> None:
    """A day and more below the limit: a case of the grid, and the adviser on the call list."""
    story = readings(play("2026-08-01 08:00"), "bp-soil-1", 45, hours=27, every_s=3600)
    assert (shown(story), story.calls()) == ([("0605", 3)], [("农技员 向志远 样例", "13800000107")])


def test_the_lamp_counts_more_than_its_own_limit(play: Play) -> None:
    """The district's limit of that lamp: a case, and the adviser to be called."""
    story = play("2026-06-21 06:00").reading("bp-pest-1", 160).at(2)
    assert (shown(story), story.calls()) == ([("0606", 3)], [("农技员 向志远 样例", "13800000107")])


def test_frost_counts_in_the_orchard_and_not_in_the_street(play: Play) -> None:
    """Half an hour below zero: the orchard's sensor opens a case, the street's raises an alarm and no work."""
    story = play("2026-01-21 04:00")
    for _ in range(5):
        story.reading("bp-orchard-air", -1.5).reading("street-temperature", -1.5).clock.pass_s(600)
    story.at(story.second + 2)
    assert (shown(story), len(story.street.all("alarms"))) == ([("0607", 3)], 2)


def test_heat_in_the_orchard(play: Play) -> None:
    """40 degrees for half an hour."""
    assert shown(readings(play("2026-08-01 14:00"), "bp-orchard-air", 40.5, hours=1, every_s=600)) == [("0607", 2)]


def test_a_bed_empty_at_night_and_only_at_night(play: Play) -> None:
    """20 minutes out of bed at two: the carer, and after a minute the family; by day nothing."""
    story = play("2026-07-21 02:00").reading("dhg-bed-1", 1).at(5).reading("dhg-bed-1", 0)
    story.clock.pass_s(1195)
    story.at(story.second + 30)
    assert (shown(story), [name for name, _ in story.calls()]) == ([("0701", 2)], ["护理员 邓秀芳 样例"])
    assert [name for name, _ in story.at(story.second + 60).calls()] == ["护理员 邓秀芳 样例", "家属 陈国梁 样例"]
    day = play("2026-07-21 10:00").reading("dhg-bed-1", 1).at(5).reading("dhg-bed-1", 0)
    day.clock.pass_s(1195)
    assert day.at(day.second + 30).cases() == []


def test_a_silent_button_is_itself_a_case(play: Play) -> None:
    """Two days without a heartbeat: level 2, as domain.md 5g says."""
    story = play("2026-07-21 10:00").reading("dhg-call-1", 0)
    story.clock.pass_s(172_800 + 60)
    story.silent = {"dhg-call-1": story.start}
    assert [(case["class"], case["level"]) for case in story.at(story.second + 3).cases()] == [("0701", 2)]

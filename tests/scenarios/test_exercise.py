"""演练: real desks, marked orders, nothing outside, and a report of times."""

from collections.abc import Callable

from msgspec.structs import replace

from data import exercises
from tests.scenarios.timeline import Story

Play = Callable[..., Story]


def begun(play: Play, name: str, **place: str) -> tuple[Story, str]:
    story = play("2026-07-21 09:00")
    where = {"sensor": "", "grid": "", "address": ""} | place
    id = exercises.ask(story.street.desk, story.stage.scenarios[name], operator="王梅", seat="test", **where)
    return story.at(2), id


def test_every_order_of_it_is_marked_on_both_desks(play: Play) -> None:
    """The message says exercise, its text begins with the mark, and so do the orders that the community makes of it."""
    story, _ = begun(play, "exposed_garbage", grid="DHG-03", address="星都会小区")
    assert [(case["exercise"], case["text"], case["scenario"]) for case in story.cases()] == [(1, "【演练】星都会小区 暴露垃圾", "exposed_garbage")]
    story.press("F2")
    story.at(12)
    story.press("F2", at="community")
    story.press("F2", at="community")
    story.at(25)
    orders = [message for _, topic, message in story.out if topic.endswith("/in/order")]
    assert {(order["exercise"], order["text"][:4]) for order in orders} == {(True, "【演练】")}
    assert len(orders) == 2


def test_nothing_outside_is_touched(play: Play) -> None:
    """No siren, no SMS; the duty's calls stand on the list, marked; whatever channel a unit prefers, the order goes by MQTT."""
    story, _ = begun(play, "flash_flood", sensor="beipo-rain")
    tables = story.street.settings.tables
    preferring = {name: replace(unit, channels=("phone", "mqtt")) for name, unit in tables.units.items()}
    story.street.settings = replace(story.street.settings, tables=replace(tables, units=preferring))
    story.press("F2")
    story.at(20)
    assert story.sent("warn") == []
    assert {row["tells"] for row in story.street.all("callbacks")} == {2}
    assert all(row["text"].startswith("【演练】") for row in story.street.all("callbacks"))
    assert {row["channel"] for row in story.street.all("orders")} == {"mqtt"}
    assert {row["channel"] for row in story.street.all("outbox")} == {"mqtt"}
    assert "story_warn_exercise" in story.steps()


def test_a_real_report_never_joins_an_exercise(play: Play) -> None:
    """The same words at the same place are a case of their own."""
    story, _ = begun(play, "exposed_garbage", grid="DHG-03", address="星都会小区6号楼")
    story.report(address="星都会小区6号楼").at(5)
    assert [case["exercise"] for case in story.cases()] == [1, 0]


def test_it_ends_with_its_times(play: Play) -> None:
    """Seconds since it was asked for: opened, taken, each unit's facts, closed."""
    story, id = begun(play, "bridge_tunnel", sensor="hx-bridge-strike")
    story.press("F2")
    story.at(10)
    for unit in ("shizheng", "jiaojing", "yingji", "zhifa"):
        story.unit_works(unit, "delivered", "accepted", "done", note="演练到位")
    assert not exercises.is_over(story.street.desk.conn, id)
    story.at(20)
    story.press("F2")
    assert exercises.is_over(story.street.desk.conn, id)
    found = exercises.report(story.street.desk.conn, story.stage.tables, id)
    assert found is not None
    times = {(moment.unit, moment.what): moment.after_s for moment in found.moments}
    assert (times["", "opened_at"], times["", "taken_at"], times["", "closed_at"]) == (1, 2, 20)
    assert (times["市政", "done_at"], times["交巡警", "arrived_at"]) == (10, None)


def test_one_that_was_given_up_ends_everywhere(play: Play) -> None:
    """Closed here, void below, nobody is to be called, nothing rings any more; what was reached is in its times."""
    story, id = begun(play, "flash_flood", sensor="beipo-rain")
    tables = story.stage.tables
    story.press("F2")
    story.at(20)
    assert {case["state"] for case in story.cases()} == {"sent"}
    assert exercises.stop(story.street.desk, tables, "", operator="王梅", seat="test") == id
    rung = len(story.street.all("rungs"))
    story.at(1000)
    case = story.cases()[0]
    assert (case["state"], case["result"], case["closed_by"]) == ("closed", "演练中止", "王梅")
    assert {len(story.sent("cancel", row["unit"])) for row in story.street.all("orders")} == {1}
    assert [row for row in story.street.all("callbacks") if row["done_at"] is None] == []
    assert (len(story.street.all("rungs")), "exercise_stop" in story.steps()) == (rung, True)
    found = exercises.report(story.street.desk.conn, tables, id)
    assert found is not None and found.state == "closed"
    assert {moment.what for moment in found.moments if moment.after_s is not None} >= {"opened_at", "taken_at", "issued_at", "sent_at", "closed_at"}
    assert exercises.stop(story.street.desk, tables, id, operator="王梅", seat="test") is None


def test_one_that_has_not_begun_never_begins(play: Play) -> None:
    """Asked for and given up at once: no case."""
    story = play("2026-07-21 09:00")
    scenario = story.stage.scenarios["bridge_tunnel"]
    id = exercises.ask(story.street.desk, scenario, operator="王梅", seat="test", sensor="hx-bridge-strike", grid="", address="")
    assert exercises.stop(story.street.desk, story.stage.tables, id, operator="王梅", seat="test") == id
    assert story.at(5).cases() == []

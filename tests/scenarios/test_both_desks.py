"""Each group of scenarios whole, from the first signal to the closed case, on the street's and on the community's desk, told by the clock."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data.acts import Done, Refused
from data.settings import load
from data.store.orders import progress
from data.views.queue import detail, proposal
from data.views.warnings import banners
from tests.banners.conftest import cap
from tests.helpers.clock import at
from tests.scenarios.timeline import LEADER, Story, begin

Play = Callable[..., Story]


def through_the_community(story: Story, number: int = 1) -> Story:
    """One key at the street; the community takes it and hands it to its leader, a key each."""
    story.press("F2", number=number)
    story.at(story.second + 10)
    story.press("F2", at="community", number=number)
    story.press("F2", at="community", number=number)
    return story.at(story.second + 10)


def worked(story: Story, *kinds: str, note: str) -> Story:
    """The receipts of whom it was handed to, five seconds apart; then the community's key, which tells the street."""
    for kind in kinds:
        story.community_says(kind, note if kind in {"arrived", "done"} else "").at(story.second + 5)
    story.press("F2", at="community")
    return story.at(story.second + 5)


def states(story: Story) -> tuple[str, str]:
    return story.cases()[0]["state"], story.community.all("cases")[0]["state"]


def test_a_loud_square(tmp_path: Path) -> None:
    """坝坝舞: 70 dB at half past eight. Loudspeaker; five minutes later a case; community, leader, feedback; a person closes it."""
    story = begin(tmp_path, at("2026-07-21 20:30"), devices="xdh-speaker,speaker,xdh-noise,")
    story.readings("xdh-noise", 70, until=200)
    assert ([second <= 75 for second, _ in story.sent("warn", "xdh-speaker")], story.cases()) == ([True], [])
    story.readings("xdh-noise", 70, until=420)
    through_the_community(story)
    order = story.sent("order", LEADER)[0][1]
    assert all(part in order["text"] for part in ("星都会", "70", "55"))
    worked(story, "delivered", "accepted", "arrived", "done", note="已劝导，音量降下来了")
    assert states(story) == ("to_verify", "closed")
    asked = story.street.act("close", 1)
    assert isinstance(asked, Refused)  # it is still loud: the key is wanted again, with a reason
    story.readings("xdh-noise", 45, until=story.second + 700)  # the ten minutes' level has to fall too
    assert states(story)[0] == "to_verify"
    assert isinstance(story.street.act("close", 1), Done)
    assert story.cases()[0]["result"] == "已劝导，音量降下来了"
    story.close()


def test_a_rock_that_moves(tmp_path: Path) -> None:
    """危岩: crack, then rain, then tilt: one case that rises; the roll is counted off by the leader; no hold; only a person closes it."""
    kinds = (("crack", "裂缝计"), ("tilt", "倾角计"), ("rain", "雨量计"))
    more = "\n".join(f"dhg-{kind},{kind},{name},大河沟后坡,DHG-04,,,,,dahegou" for kind, name in kinds)
    story = begin(tmp_path, at("2026-07-21 08:00"), dressed=True, sensors=more)

    def measure(sensor: str, *values: float) -> int:
        for value in values:
            story.reading(sensor, value).at(story.second + 60)
            story.clock.time += 1_800_000
            story.reading(sensor, value).at(story.second + 1)
        return int(next(case["level"] for case in story.cases() if case["class"] == "0601"))

    assert measure("dhg-crack", 0.0, 2.6) == 4
    assert measure("dhg-crack", 5.6) == 3
    story.reading("dhg-rain", 50).at(story.second + 2)
    assert [case["level"] for case in story.cases() if case["class"] == "0601"] == [2]
    measure("dhg-tilt", 0.0)
    assert measure("dhg-tilt", 0.2) == 2
    assert sum(case["class"] == "0601" for case in story.cases()) == 1
    held = story.street.act("hold", 1, operator="陈立", until="+2h", reason="等专家", confirm=True)
    assert isinstance(held, Refused)
    assert held.reason.code == "life_safety"
    through_the_community(story)
    story.community_says("accepted").at(story.second + 5).community_says("arrived", "已转移 14/39").at(story.second + 10)
    seen = proposal(story.street.desk.conn, story.stage.tables, "pailou-1", "王梅", story.clock.now())
    assert seen is not None and seen.roll == "已转移 14/39"
    for sensor in ("dhg-crack", "dhg-tilt"):
        measure(sensor, 0.0)
    assert states(story)[0] == "working"
    worked(story, "done", note="已转移 39/39，已设警戒")
    assert isinstance(story.street.act("close", 1), Refused)
    assert isinstance(story.press("F2", result="已疏散并设警戒"), Done)
    assert states(story) == ("closed", "closed")
    story.close()


def test_a_strike_on_the_bridge(tmp_path: Path) -> None:
    """桥隧: one key, a lead and two beside it, one of them the community's desk; 2/3, 3/3; then verified."""
    story = begin(tmp_path, at("2026-07-21 09:00"), dressed=True, scenario=("bridge_tunnel", '"yingji", "zhifa"', '"dahegou"'))
    story.reading("hx-bridge-strike", 1).at(5)
    story.press("F2")
    story.by(12)
    assert {topic.split("/")[1] for _, topic, _ in story.out if topic.endswith("/in/order")} == {"shizheng", "jiaojing", "dahegou"}
    assert isinstance(story.press("accept", at="community"), Done)
    assert isinstance(story.press("classify", at="community", unit=LEADER), Done)
    story.press("F2", at="community")
    story.at(25)
    story.unit_works("shizheng", "delivered", "accepted", "arrived", "done", note="已封道")
    worked(story, "accepted", "done", note="已劝离围观")
    assert progress(story.street.desk.conn, "pailou-1", 1) == (2, 3)
    assert states(story) == ("working", "closed")
    story.unit_works("jiaojing", "accepted", "done", note="已分流")
    assert states(story.at(60)) == ("to_verify", "closed")
    story.close()


def test_a_flood_in_the_valley(play: Play) -> None:
    """山洪: rain above sounds the sirens below; the river joins the same case and makes it critical; the roll comes back from the community."""
    story = play("2026-07-21 03:00").reading("dhg-level", 5.0).at(70).reading("dhg-level", 5.1).at(72)
    assert [(case["class"], case["grid"]) for case in story.cases()] == [("0602", "DHG-01")]
    story.reading("beipo-rain", 64).at(80)
    assert [(case["class"], case["level"]) for case in story.cases()] == [("0602", 1)]
    assert {topic.split("/")[1] for _, topic, _ in story.out if topic.endswith("/in/warn")} >= {"dhg-siren", "wj-siren"}
    assert ("值班干部 黄立军 样例", "13800000023") in story.calls()
    through_the_community(story)
    story.community_says("accepted").at(story.second + 5).community_says("arrived", "已转移 14/39").at(story.second + 10)
    shown = detail(story.street.desk.conn, story.stage.tables, "pailou-1", story.clock.now())
    assert shown is not None and shown.roll == "已转移 14/39"
    worked(story, "done", note="已转移 39/39")
    shown = detail(story.street.desk.conn, story.stage.tables, "pailou-1", story.clock.now())
    assert shown is not None and shown.roll == "已转移 39/39"


def test_a_call_in_the_night(tmp_path: Path) -> None:
    """居家养老: nobody takes it for a minute: family and bell; then both desks; no close without the visit, and with it one key, button and all."""
    story = begin(tmp_path, at("2026-07-21 02:00"), dressed=True).reading("dhg-call-1", 1).at(61)
    assert "story_ring" in story.steps()
    assert sum(step == "story_tell" for step in story.steps()) == 2
    through_the_community(story)
    assert {(message["level"], message["class"]) for _, message in story.sent("order")} == {(1, "0701")}
    worked(story, "accepted", "done", note="电话里说没事").reading("dhg-call-1", 0).at(story.second + 120)
    asked = story.street.act("close", 1)
    assert isinstance(asked, Refused)
    assert (asked.reason.code, dict(asked.reason.args)) == ("needs_first", {"what": "@need.visit"})
    assert isinstance(story.press("rework", reason="没有上门"), Done)
    story.at(story.second + 10)
    assert states(story) == ("working", "open")
    story.press("F2", at="community")
    story.at(story.second + 10)
    worked(story, "arrived", "done", note="到家见到本人，平安")
    assert states(story) == ("to_verify", "closed")
    assert isinstance(story.street.act("close", 1), Done)
    assert (story.cases()[0]["result"], states(story)) == ("到家见到本人，平安", ("closed", "closed"))
    story.at(story.second + 5)
    assert [alarm["sensor"] for alarm in story.street.all("alarms") if alarm["cleared_at"] is None] == []
    assert isinstance(story.reading("dhg-call-1", 1).at(story.second + 2), Story)
    assert [case["state"] for case in story.cases()] == ["closed", "open"]
    story.close()


def test_garbage_from_a_report(play: Play) -> None:
    """暴露垃圾: report with a photo to closed case, the reporter is owed an answer, the photo of the cleared place stands on both desks."""
    story = play("2026-07-21 14:05").report(
        media=["http://photo.example/1.jpg"], reporter={"kind": "resident", "name": "周", "phone": "13800000099"}
    )  # fmt: skip
    story.at(2)
    through_the_community(story)
    story.community_says("done", "已清运", media=("http://photo.example/2.jpg",)).at(story.second + 5)
    story.press("F2", at="community")
    story.at(story.second + 5)
    assert isinstance(story.street.act("close", 1), Done)
    assert states(story) == ("closed", "closed")
    assert [phone for _, phone in story.calls()] == ["13800000099"]


@pytest.mark.parametrize(("sensor", "value", "code"), [("dhg-smoke-1", 1, "0801"), ("xdh-lift-1", 1, "0303")])
def test_the_shorter_recipes(play: Play, sensor: str, value: float, code: str) -> None:
    """烟感, 电梯: from the signal to the visit and the close, with the assisting units' word where there are such."""
    story = play("2026-07-21 12:00").reading(sensor, value).at(2)
    assert [(case["class"], case["level"]) for case in story.cases()] == [(code, 1)]
    through_the_community(story)
    worked(story, "delivered", "accepted", "arrived", "done", note="已到场处理")
    if code == "0801":
        assert states(story) == ("working", "closed")
        story.unit_works("yingji", "accepted", "done", note="无明火").at(story.second + 5)
    story.reading(sensor, 0).at(story.second + 120)
    assert isinstance(story.press("F2"), Done)
    assert states(story) == ("closed", "closed")


def test_a_warning_from_above(play: Play) -> None:
    """上级预警: exercise, alert, update and cancel reach both desks: banner and roster, never a case, an order or a siren."""
    story = play("2026-07-21 14:00")
    start, home = story.start, story.community.settings.home
    (home / "contacts.csv").write_text("kind,name,phone,sensor,grid\nduty,值班 样例,13800000109,,\n", encoding="utf-8")
    story.community.settings = load(home)

    def heard(id: str, **more: object) -> list[tuple[str, str, int, int]]:
        """On each desk: state, status, level, people to be called."""
        said = []
        for centre in (story.street, story.community):
            assert centre.hear(f"paidan/{centre.name}/in/cap", cap(id, story.clock.now(), **more))  # type: ignore[arg-type]  # by name
            [one] = banners(centre.desk.conn, story.clock.now())
            said.append((one.state, one.status, one.level, len(centre.all("callbacks"))))
        return said

    drill = heard("drill", status="Exercise", severity="Extreme")
    assert drill == [("standing", "Exercise", 1, 0)] * 2
    for centre in (story.street, story.community):
        assert centre.hear(f"paidan/{centre.name}/in/cap", cap("end", start, kind="Cancel", status="Exercise", about="drill", old=start))
    story.clock.pass_s(7 * 3600)
    first = heard("a", severity="Severe")
    called = [each[3] for each in first]
    assert [each[:3] for each in first] == [("standing", "Actual", 2)] * 2
    assert min(called) > 0
    again = heard("b", kind="Update", severity="Extreme", about="a", old=story.clock.now())
    assert again == [("standing", "Actual", 1, 2 * n) for n in called]
    assert [each[:3] for each in heard("c", kind="Cancel", about="b", old=story.clock.now())] == [("cancelled", "Actual", 1)] * 2
    story.at(story.second + 120)
    assert (story.cases(), story.community.all("cases"), story.out) == ([], [], [])

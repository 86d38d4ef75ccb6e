"""城市桥隧多跨: one key, several units at once under one lead, all receipts wanted, and the district when nobody takes it."""

from collections.abc import Callable
from pathlib import Path

from data.acts import Done, Refused
from data.clock import iso
from data.store.orders import progress
from tests.helpers.clock import at
from tests.scenarios.timeline import Story, begin

UNITS = ("shizheng", "jiaojing", "yingji", "zhifa")
Play = Callable[..., Story]


def ordered(story: Story) -> Story:
    """A lorry strikes the bar at 09:00:00; one key at 09:00:05."""
    story.reading("hx-bridge-strike", 1).at(5)
    story.press("F2")
    return story.by(12)


def test_one_key_orders_four_units_at_once_with_one_lead(play: Play) -> None:
    """The four orders leave in the same second; the board on the bridge shows the warning."""
    story = ordered(play("2026-07-21 09:00"))
    assert story.cases()[0]["class"] == "0302"
    orders = {unit: story.sent("order", f"paidan/{unit}/") for unit in UNITS}
    assert {unit: (len(found), found[0][0], found[0][1].get("lead", True)) for unit, found in orders.items()} == {
        unit: (1, orders["shizheng"][0][0], unit == "shizheng") for unit in UNITS
    }
    assert len(story.sent("warn", "hx-bridge-board")) == 1


def test_every_receipt_is_wanted_before_it_can_be_verified(play: Play) -> None:
    """2/4 is shown while two are in; a clerk cannot close then; with the fourth the case waits for verification."""
    story = ordered(play("2026-07-21 09:00"))
    for unit in UNITS[:2]:
        story.unit_works(unit, "delivered", "accepted", "arrived", "done", note="已封道")
    story.at(60)
    assert progress(story.street.desk.conn, "pailou-1", 1) == (2, 4)
    refused = story.press("close", result="现场安全，继续监测")
    assert isinstance(refused, Refused)
    assert (refused.reason.code, dict(refused.reason.args)) == ("units_missing", {"done": 2, "wanted": 4})
    for unit in UNITS[2:]:
        story.unit_works(unit, "accepted", "done", note="已到位")
    assert story.at(90).cases()[0]["state"] == "to_verify"


def test_nobody_takes_it_and_the_district_is_told(play: Play) -> None:
    """Ten minutes without anybody at the desk: the case goes up beside, and stays here."""
    story = play("2026-07-21 09:00", above=True)
    story.reading("hx-bridge-strike", 1).at(610)
    assert [600 <= second <= 605 for second, _ in story.sent("order", "wanzhou")] == [True]
    assert story.cases()[0]["state"] == "open"


def test_carbon_monoxide_while_the_fan_has_failed_is_critical(play: Play) -> None:
    """Each alone is less; together within the hour they are one case of level 1."""
    story = play("2026-07-21 09:00")
    for second in (0, 61, 62):
        story.at(second).reading("hx-tunnel-co", 120)
    assert [case["level"] for case in story.cases()] == [2]
    for second in (70, 140, 141):
        story.at(second).reading("hx-tunnel-fan", 1)
    assert [case["level"] for case in story.at(150).cases()] == [1]


def test_water_on_the_carriageway_is_the_same_recipe(play: Play) -> None:
    """Twice over the limit, as everywhere with water."""
    story = play("2026-07-21 09:00")
    story.reading("hx-tunnel-water", 30).at(60).reading("hx-tunnel-water", 31)
    assert [(case["class"], case["level"]) for case in story.cases()] == [("0302", 2)]


def passed(story: Story, sender: str) -> Story:
    """An order about a bridge comes to the street from another centre."""
    now = story.clock.now()
    order = {
        "id": "up-1", "case": f"{sender}-7", "attempt": 1, "level": 2, "class": "0302", "text": "红星桥栏杆断了一截", "number": 7, "lead": True,
        "place": {"grid": "HX-01", "address": "红星桥"}, "from": sender, "reply_to": f"paidan/{sender}/in/receipt", "issued_by": "某人",
        "issued_at": iso(now), "accept_by": iso(now + 300_000), "done_by": iso(now + 7_200_000), "exercise": False,
    }  # fmt: skip
    assert story.street.hear("paidan/pailou/in/order", order)
    return story.at(story.second + 2)


def test_what_a_community_passes_up_gets_the_upper_desks_lead_and_assists(play: Play) -> None:
    """One key sends it to four; the sender's deadline stands, and nothing that was done below is done again."""
    story = passed(play("2026-07-21 09:00"), "hongxing")
    case = story.cases()[0]
    assert (case["scenario"], case["unit"], case["done_by"] - story.start) == ("bridge_tunnel", UNITS[0], 7_200_000)
    assert isinstance(story.press("F2"), Done)
    story.press("F2")
    story.at(15)
    assert [topic.split("/")[1] for _, topic, _ in story.out if topic.endswith("/in/order")] == list(UNITS)
    assert (story.sent("warn"), story.street.all("stories")) == ([], [])


def test_an_order_from_above_gets_none_of_it(play: Play) -> None:
    """Who works on it here is for the tables to say."""
    case = passed(play("2026-07-21 09:00", above=True), "wanzhou").cases()[0]
    assert (case["scenario"], case["assists"]) == (None, None)


def test_a_lead_that_this_centre_does_not_have_leaves_the_unit_to_the_tables(tmp_path: Path) -> None:
    """As `paidan scenario check` says; the desk shows the case and who would get it."""
    story = begin(tmp_path, at("2026-07-21 09:00"), dressed=True, scenario=("bridge_tunnel", 'lead = "shizheng"', 'lead = "nobody"'))
    story.reading("hx-bridge-strike", 1).at(5)
    assert story.cases()[0]["unit"] not in {None, "nobody"}
    assert isinstance(story.press("F2"), Done)

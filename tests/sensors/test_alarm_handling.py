"""Around an alarm: what explains it, what comes and goes, what a person shelves, and why there is none."""

from typing import Any

import pytest
from msgspec.structs import replace

from data.acts import Done, Refused
from data.alarms import LONGEST_MS, perform
from data.domain.sensor import Sensor
from data.domain.tables import Tables
from data.domain.vocabulary import Role
from data.kinds.register import sync_sensors
from data.store.journal import verify
from data.views.explain import explain
from data.words import Words
from tests.helpers.clock import ZONE
from tests.sensors.conftest import Stand

CLERKS = Tables(centre="pailou", centre_name="牌楼", default_role=Role.CLERK)


def hang(stand: Stand, *sensors: Sensor) -> None:
    stand.sensors.update({sensor.id: sensor for sensor in sensors})
    with stand.desk.transaction() as tx:
        sync_sensors(tx, stand.sensors)


def gateway_with_buttons(stand: Stand, n: int = 26) -> list[str]:
    buttons = [f"b{number}" for number in range(n)]
    hang(stand, Sensor(id="gw", kind="gateway", place="北坡机房"), *(Sensor(id=one, kind="call_button", parent="gw") for one in buttons))
    stand.take(stand.reading("gw", 1), *(stand.reading(one, 0) for one in buttons))
    return buttons


def test_a_dead_gateway_is_one_case(stand: Stand) -> None:
    """Twenty-six children fall silent with it: one case, the others are suppressed by it; back again, one that stays silent has its own delay."""
    buttons = gateway_with_buttons(stand)
    heard = stand.clock.now()
    stand.clock.pass_s(3 * 86_400)
    stand.settle(gw=heard, **dict.fromkeys(buttons, heard))
    alarms = stand.rows("alarms")
    assert (27, 26) == (len(alarms), len([alarm for alarm in alarms if alarm["suppressed_by"] == "gw"]))
    assert ["北坡机房 网关失联72小时"] == stand.texts
    stand.take(stand.reading("gw", 1), *(stand.reading(one, 0) for one in buttons[1:]))
    stand.settle()
    assert [] == [alarm for alarm in stand.rows("alarms") if alarm["cleared_at"] is None]
    delay_s = stand.kinds["call_button"].timing.stale_s
    for wait_s in (delay_s - 60, 120):
        stand.clock.pass_s(wait_s)
        stand.take(stand.reading("gw", 1), *(stand.reading(one, 0) for one in buttons[1:]))
        stand.settle()
        assert (wait_s == 120) == bool([alarm for alarm in stand.rows("alarms") if alarm["cleared_at"] is None])
    (left,) = [alarm for alarm in stand.rows("alarms") if alarm["cleared_at"] is None]
    assert ("b0", None, 2) == (left["sensor"], left["suppressed_by"], len(stand.rows("cases")))
    assert verify(stand.desk.conn) is None


def test_a_press_is_never_suppressed(stand: Stand) -> None:
    """A call through a gateway that is thought dead is a call."""
    gateway_with_buttons(stand, 1)
    stand.clock.pass_s(3 * 86_400)
    stand.settle(gw=stand.clock.now() - 3 * 86_400_000)
    stand.send("b0", 1)
    assert [2, 1] == [case["level"] for case in stand.rows("cases")]


def test_what_comes_and_goes_is_one_row_with_a_count(stand: Stand) -> None:
    """A square wave over a limit without delays: three alarms, then the third is counted; half an hour of quiet ends it."""
    hang(stand, Sensor(id="smoke", kind="smoke", place="三楼"))
    stand.kinds["smoke"] = stand.kinds["lift_trapped"]
    stand.play("smoke", 5, *[1, 0] * 40)
    alarms = stand.rows("alarms")
    assert (3, 3, 38) == (len(alarms), len(stand.rows("cases")), alarms[-1]["occurrences"])
    assert alarms[-1]["chattering"] is not None
    stand.clock.pass_s(31 * 60)
    stand.send("smoke", 1)
    assert 4 == len(stand.rows("alarms"))
    assert verify(stand.desk.conn) is None


def shelve(stand: Stand, act: str = "shelve", tables: Tables = CLERKS, **args: Any) -> str:
    done = perform(stand.desk, tables, act, stand.rows("alarms")[-1]["id"], operator="王梅", seat="tty1", **args)
    return done.reason.code if isinstance(done, Refused) else done.said.code


def test_a_shelf_ends_by_itself_and_rings_again(stand: Stand) -> None:
    """With a reason and for at most eight hours; readings do not touch it; when it ends the alarm is unacknowledged again."""
    stand.send("rain", 46)
    assert ["shelve_why", "shelve_long", "shelve_not"] == [
        shelve(stand), shelve(stand, reason="检修", until=stand.clock.now() + LONGEST_MS + 1), shelve(stand, "unshelve"),
    ]  # fmt: skip
    assert "did_shelve" == shelve(stand, reason="检修", until=stand.clock.now() + 600_000)
    stand.play("rain", 60, 50, 61)
    alarm = stand.rows("alarms")[0]
    assert ("王梅", "检修", 2) == (alarm["shelved_by"], alarm["shelved_why"], alarm["level"])
    stand.clock.pass_s(600)
    stand.settle()
    assert (None, None) == ((alarm := stand.rows("alarms")[0])["shelved_until"], alarm["acknowledged_at"])
    assert verify(stand.desk.conn) is None


def test_a_supervisor_may_shelve_for_longer(stand: Stand) -> None:
    """Over a weekend, and no longer; without an end it is eight hours, and over when the alarm is."""
    stand.send("rain", 46)
    boss = Tables(centre="pailou", centre_name="牌楼", default_role=Role.SUPERVISOR)
    now = stand.clock.now()
    assert ["shelve_long", "did_shelve"] == [shelve(stand, tables=boss, reason="待修", until=now + hours * 3_600_000) for hours in (73, 72)]
    shelve(stand, "unshelve")
    shelve(stand, reason="检修")
    assert now + LONGEST_MS == stand.rows("alarms")[0]["shelved_until"]


def test_a_shelf_does_not_hold_what_becomes_level_1(stand: Stand) -> None:
    """It comes off by itself, unacknowledged, and the journal says so."""
    stand.play("rain", 60, 46, 46)
    shelve(stand, reason="检修")
    stand.play("rain", 60, 90, 90, 90)
    assert 1 == stand.rows("alarms")[0]["level"]
    stand.settle()
    alarm = stand.rows("alarms")[0]
    assert (None, None, "unshelve") == (alarm["shelved_until"], alarm["acknowledged_at"], stand.acts()[-1])
    assert verify(stand.desk.conn) is None


def test_what_lives_hang_on_is_never_shelved(stand: Stand) -> None:
    """Nor is level 1, nor by somebody who only looks."""
    stand.send("rain", 46)
    looks = Tables(centre="pailou", centre_name="牌楼", default_role=Role.VIEWER)
    assert ["shelve_never", "not_allowed"] == [shelve(stand, reason="x", saves_lives=True), shelve(stand, tables=looks, reason="x")]
    stand.send("button", 1)
    assert "shelve_never" == shelve(stand, reason="x")


def test_both_acts_can_be_undone(stand: Stand) -> None:
    """Off the shelf by hand; a cleared alarm is not there for it any more."""
    stand.send("rain", 46)
    assert ["did_shelve", "did_unshelve"] == [shelve(stand, reason="检修"), shelve(stand, "unshelve")]
    assert isinstance(perform(stand.desk, CLERKS, "shelve", "nobody", operator="王梅", seat="t", reason="x"), Refused)
    assert Done is not Refused


def why(stand: Stand, sensor: str) -> list[str]:
    lines = explain(stand.desk.conn, stand.history, stand.kinds, sensor, stand.clock.now(), ZONE)
    for line in lines:
        for language in ("zh", "en"):
            said = Words(language).say(line)
            assert not said.startswith(("why_", "reason."))
            assert "{" not in said
    return [line.code for line in lines]


@pytest.mark.parametrize("value", [48, 55, 62, 75])
def test_why_a_noise_did_or_did_not_alarm(stand: Stand, value: int) -> None:
    """Below every limit, below that of the day only, beyond it with the delay running, alarmed."""
    stand.play("plaza", 60, value, *[value] * (value > 70))
    said = why(stand, "plaza")
    assert {48: "why_below", 55: "why_hours", 62: "why_delay", 75: "why_alarm"}[value] == said[0]


def test_rules_and_levels_are_called_as_people_call_them(stand: Stand) -> None:
    """In the reader's language; a rule of a home's own kind file that has no label is called by its name."""
    stand.play("plaza", 60, 75, 75)
    said = {
        language: Words(language).say(explain(stand.desk.conn, stand.history, stand.kinds, "plaza", stand.clock.now(), ZONE, language)[0])
        for language in ("zh", "en")
    }
    assert {"zh": "瞬时超限: 紧急告警，值 75.0，限值 60.0", "en": "over the limit: HIGH, value 75.0, limit 60.0"} == said
    bare = {"noise": replace(stand.kinds["noise"], rules=tuple(replace(rule, label=None) for rule in stand.kinds["noise"].rules))}
    assert Words("zh").say(explain(stand.desk.conn, stand.history, bare, "plaza", stand.clock.now(), ZONE)[0]).startswith("over: 紧急告警")


def test_a_value_stands_as_long_as_its_own_description_says(stand: Stand) -> None:
    """Not its kind's five minutes; and one that is said to be offline counts no more at once."""
    stand.send("plaza", 48)
    with stand.desk.transaction() as tx:
        tx.conn.execute("INSERT INTO feeds (sensor, source, stale_s) VALUES ('plaza', 'ha', 30)")
    stand.clock.pass_s(31)
    assert "why_stale" == why(stand, "plaza")[0]
    with stand.desk.transaction() as tx:
        tx.conn.execute("UPDATE feeds SET stale_s = 4000")
    stand.clock.pass_s(3600)
    assert "why_below" == why(stand, "plaza")[0]
    stand.expiry["plaza"] = 4000
    stand.history.offline("plaza", stand.clock.now())
    stand.sweep()
    assert "why_offline" == why(stand, "plaza")[0]


def test_why_a_newest_value_that_no_rule_looked_at_raises_nothing(stand: Stand) -> None:
    """Of a backlog out of order the rule takes what comes last, the history what is newest: nothing false is said of either."""
    now = stand.clock.now()
    stand.send("plaza", 99.0, observed_at=now - 600_000)
    stand.send("plaza", 50.0, observed_at=now - 1_200_000)
    assert "why_not_taken" == next(code for code in why(stand, "plaza") if code not in {"why_stale", "why_clock"})


@pytest.mark.parametrize(("seen_ago", "code"), [(None, "why_retained"), (60_000, "why_replayed")])
def test_why_a_replay_above_the_limit_raises_nothing(stand: Stand, seen_ago: int | None, code: str) -> None:
    """It is never said that 30 has not reached 10: a replayed value is compared with nothing."""
    stand.send("plaza", 99.0, retained=True, observed_at=None if seen_ago is None else stand.clock.now() - seen_ago)
    assert [code, "why_no_value", "why_no_value"] == why(stand, "plaza")[:3]


def test_why_of_each_other_state(stand: Stand) -> None:
    """Never heard, silent, no limit entered, going back, hysteresis, ended by a person only, suppressed, shelved."""
    hang(stand, Sensor(id="river", kind="water_level"), Sensor(id="hill", kind="crack"))
    assert ["why_never", "why_no_value", "why_no_value"] == why(stand, "plaza")[:3]
    stand.send("river", 3)
    assert ["why_no_limit"] == why(stand, "river")
    stand.play("plaza", 60, 75, 75, 58)
    assert "why_hysteresis" == why(stand, "plaza")[0]
    stand.send("plaza", 50)
    assert "why_clearing" == why(stand, "plaza")[0]
    stand.clock.pass_s(400)
    assert "why_stale" == why(stand, "plaza")[0]
    stand.send("rain", 46)
    shelve(stand, reason="检修")
    assert ["why_shelved"] == why(stand, "rain")
    assert () == explain(stand.desk.conn, stand.history, stand.kinds, "nobody", 0, ZONE)

"""Readings into alarms and cases, over a real desk."""

import unicodedata
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.centre.alarm_text import alarm_text
from data.domain.reading import Quality
from data.domain.sensor import Sensor
from data.kinds import load_kinds
from data.kinds.register import sync_sensors
from data.rules import Force, Rule, Scene, Threshold, in_force
from data.words import Words
from tests.helpers.clock import ZONE, at
from tests.sensors.conftest import SENSORS, Stand, make_stand

OPERATOR_FIELDS = ("acknowledged_at", "acknowledged_by")


def test_a_loud_plaza_opens_one_case_with_its_law(stand: Stand) -> None:
    """Three minutes over the limit are one alarm and one case, whose text names place, value, limit and source."""
    stand.play("plaza", 20, *[66.0] * 10)
    (alarm,), (case,) = stand.rows("alarms"), stand.rows("cases")
    assert "江南广场 噪声66.0分贝，超2类区昼间限值60分贝(GB 3096-2008 表1)" == case["text"]
    assert (3, "0501", alarm["id"]) == (case["level"], case["class"], case["alarm"])
    assert (case["id"], 60, "GB 3096-2008 表1", 1) == (
        alarm["case_id"], alarm["limit_value"], alarm["limit_source"], alarm["occurrences"]
    )  # fmt: skip
    assert ["raise", "open", "link"] == stand.acts()


def test_the_law_names_its_limit_even_when_a_higher_level_is_raised(stand: Stand) -> None:
    """Level 2 begins at limit + 10, but what is exceeded is the limit of the standard."""
    stand.play("plaza", 30, 72.3, 72.3, 72.3)
    assert [2] == [case["level"] for case in stand.rows("cases")]
    assert stand.texts[0].startswith("江南广场 噪声72.3分贝，超2类区昼间限值60分贝(")


def test_getting_worse_raises_the_level_of_the_same_case(stand: Stand) -> None:
    """A crack that opens through three levels is one alarm and one case, whose level follows."""
    stand.play("crack", 3600, *[n * 0.5 for n in range(25)])
    (alarm,), (case,) = stand.rows("alarms"), stand.rows("cases")
    assert (2, 2) == (alarm["level"], case["level"])


def test_clearing_leaves_the_case_open(stand: Stand) -> None:
    """When it is quiet again the alarm ends, in the journal too; the case waits for a person."""
    stand.play("plaza", 60, 66, 66, 50, 50, 50)
    (alarm,), (case,) = stand.rows("alarms"), stand.rows("cases")
    assert alarm["cleared_at"] is not None
    assert "open" == case["state"]
    assert "clear" == stand.acts()[-1]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_new_wave_after_clearing_is_a_new_alarm(stand: Stand, restarts: bool) -> None:
    """Quiet, then loud again: a second alarm and a second case."""
    stand.play("plaza", 60, 66, 66, 50, 50, 50)
    if restarts:
        stand.restart()
    stand.play("plaza", 60, 66, 66)
    assert (2, 2) == (len(stand.rows("alarms")), len(stand.rows("cases")))


@pytest.mark.parametrize("restarts", [False, True])
def test_redelivery_changes_nothing(stand: Stand, restarts: bool) -> None:
    """The whole stream again, as after a crash before the acknowledgement: same alarms, cases, journal and readings."""
    sent = []
    for value in (66, 66, 66, 50, 50, 50, 50):
        sent.append(stand.reading("plaza", value))
        stand.take(sent[-1])
        stand.clock.pass_s(60)
    before = [stand.rows(table) for table in ("alarms", "cases", "journal")]
    if restarts:
        stand.restart()
    stand.take(*[msgspec.structs.replace(one, received_at=stand.clock.now(), duplicate=True) for one in sent])
    assert before == [stand.rows(table) for table in ("alarms", "cases", "journal")]
    (column,) = stand.history.columns("plaza", 0, stand.clock.now(), 1)
    assert column is not None
    assert len(sent) == column.count


def test_a_rolled_back_batch_counts_when_it_comes_again(stand: Stand) -> None:
    """What was not committed was not taken."""
    stand.play("plaza", 60, 66)
    loud = stand.reading("plaza", 66)

    def fail(*_: object) -> str:
        raise ZeroDivisionError

    honest, stand.open_case = stand.open_case, fail  # type: ignore[method-assign,assignment]
    with pytest.raises(ZeroDivisionError):
        stand.take(loud)
    assert [] == stand.rows("alarms")
    stand.open_case = honest  # type: ignore[method-assign]
    stand.take(loud)
    assert 1 == len(stand.rows("alarms"))


def test_state_survives_a_restart(stand: Stand) -> None:
    """A delay that began before a restart goes on after it; an open alarm clears after it."""
    stand.play("plaza", 60, 66)
    stand.restart()
    stand.play("plaza", 60, 66)
    stand.restart()
    stand.play("plaza", 60, 50, 50, 50)
    (alarm,) = stand.rows("alarms")
    assert alarm["cleared_at"] is not None


def test_a_lost_state_does_not_double_an_alarm(stand: Stand) -> None:
    """Even when the rule states are gone, an open alarm stays the one alarm."""
    stand.play("plaza", 60, 66, 66)
    stand.restart()
    stand.desk.conn.execute("UPDATE rule_states SET state='?'")
    stand.play("plaza", 60, 66, 66)
    assert (1, 1) == (len(stand.rows("alarms")), len(stand.rows("cases")))


def test_quiet_sensors_cost_no_row(stand: Stand) -> None:
    """A reading within limits stores no rule state and no journal row."""
    stand.play("plaza", 60, 50, 51, 52)
    assert ([], []) == (stand.rows("rule_states"), stand.acts())


def test_retained_suspect_and_late_readings_open_nothing(stand: Stand) -> None:
    """Replays, impossible values and late ones raise and clear nothing."""
    stand.play("rain", 60, 0)
    stand.send("rain", 90, retained=True)
    stand.send("rain", 90, observed_at=stand.clock.now() - 120_000)
    outcome = stand.send("rain", 900)
    assert [Quality.SUSPECT] == [one.quality for one in outcome.readings]
    assert [] == stand.rows("alarms")


def test_a_press_opens_a_case_at_once_and_counts(stand: Stand) -> None:
    """The first press is level 1 at once; pressing again while it is unanswered is one more occurrence of the same case."""
    stand.send("button", 1)
    stand.clock.pass_s(1)
    stand.send("button", 1)
    (alarm,), (case,) = stand.rows("alarms"), stand.rows("cases")
    assert ("北坡独居户 呼叫按钮按下", 1, 2) == (case["text"], case["level"], alarm["occurrences"])


def test_a_press_after_the_answer_is_a_new_call(stand: Stand) -> None:
    """When a person has closed the case, the next press opens another, whether or not the alarm was settled meanwhile."""
    for settles in (False, True):
        stand.send("button", 1)
        stand.finish(stand.rows("cases")[-1]["id"])
        stand.clock.pass_s(5)
        if settles:
            assert 1 == len(stand.settle().cleared)
    stand.send("button", 1)
    assert 3 == len(stand.rows("cases"))
    assert 1 == len([alarm for alarm in stand.rows("alarms") if alarm["cleared_at"] is None])


def test_an_unanswered_call_is_never_settled(stand: Stand) -> None:
    """Time alone does not end a call."""
    stand.send("button", 1)
    stand.clock.pass_s(10**6)
    assert () == stand.settle().cleared


def test_worse_after_the_close_is_new_work(stand: Stand) -> None:
    """A case closed while the alarm was open: nothing at the same level, another case when it gets worse."""
    stand.play("rain", 60, 40)
    stand.finish("c-1")
    stand.play("rain", 60, 41)
    assert 1 == len(stand.rows("cases"))
    stand.play("rain", 60, 65)
    (alarm,) = stand.rows("alarms")
    assert ("c-2", 2) == (alarm["case_id"], stand.rows("cases")[1]["level"])


def test_unknown_sensors_are_counted_within_a_bound(stand: Stand) -> None:
    """A flood of unknown names costs a thousand counters and no row."""
    outcome = stand.take(*[stand.reading(f"x{n}", 1) for n in range(1500)], stand.reading("x0", 1))
    assert (1501, ()) == (outcome.unknown, outcome.readings)
    assert (1000, 500, 2) == (len(stand.unknown.counts), stand.unknown.others, stand.unknown.counts["x0"])
    assert [] == stand.rows("alarms")


def test_a_retired_sensor_keeps_its_row(stand: Stand) -> None:
    """A sensor that is no longer listed is retired; listed again, it is back."""
    with stand.desk.transaction() as tx:
        sync_sensors(tx, {"plaza": replace(SENSORS["plaza"], place="新址")})
    rows = {row["id"]: row for row in stand.rows("sensors")}
    assert (None, "新址") == (rows["plaza"]["retired_at"], rows["plaza"]["place"])
    assert stand.clock.now() == rows["rain"]["retired_at"]
    with stand.desk.transaction() as tx:
        sync_sensors(tx, SENSORS)
    assert all(row["retired_at"] is None for row in stand.rows("sensors"))


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(["plaza", "rain", "button"]), st.integers(0, 120), st.booleans()), max_size=25))
def test_operator_fields_and_cases_stay(steps: list[tuple[str, int, bool]]) -> None:
    """Whatever readings come, what a person entered stays, each alarm has a case and at most one alarm a sensor is open."""
    stand = make_stand(Path(mkdtemp()))
    stand.send("button", 1)
    with stand.desk.transaction() as tx, tx.entry("ack", subject="alarm", operator="王梅", seat="tty1") as entry:
        entry.update("alarms", stand.rows("alarms")[0]["id"], {"acknowledged_at": tx.now, "acknowledged_by": "王梅"})
        entry.update("cases", "c-1", {"state": "working", "unit": "minzheng", "unit_chosen": 1})
    entered = {key: stand.rows("alarms")[0][key] for key in OPERATOR_FIELDS}
    case = stand.rows("cases")[0]
    for sensor, value, twice in steps:
        one = stand.reading(sensor, value)
        stand.take(one, *[one] * twice)
        stand.clock.pass_s(45)
    alarms = stand.rows("alarms")
    assert entered == {key: alarms[0][key] for key in OPERATOR_FIELDS}
    assert case == stand.rows("cases")[0]
    open_sensors = [alarm["sensor"] for alarm in alarms if alarm["cleared_at"] is None]
    assert len(set(open_sensors)) == len(open_sensors)
    assert sorted(alarm["case_id"] for alarm in alarms) == sorted(row["id"] for row in stand.rows("cases"))
    stand.desk.conn.close()
    stand.history.close()


@settings(deadline=None)
@given(place=st.text(max_size=200), value=st.floats(-1e6, 1e6))
def test_texts_are_short_and_of_certain_width(place: str, value: float) -> None:
    """At most 100 characters, no East-Asian-ambiguous ones, whatever the place is called; the limit is never cut."""
    kinds = load_kinds()
    for name, kind in kinds.items():
        for rule in kind.rules:
            force = force_at_night(rule)
            text = alarm_text(Words("zh"), Sensor(id="s", kind=name, place=place), kind, value, force, rule)
            assert len(text) <= 100
            assert not [sign for sign in text if unicodedata.east_asian_width(sign) == "A"]
            assert force is None or kind.states or text.endswith(")")


def force_at_night(rule: Rule) -> Force | None:
    if not isinstance(rule, Threshold):
        return None
    scene = Scene(sensor="s", area_class="2", zone=ZONE)
    return next(iter(in_force(rule, scene, at("2026-11-24 23:00"))), None)


def test_reference_values_say_so(stand: Stand) -> None:
    """A limit that is neither a standard's text nor confirmed is marked."""
    stand.send("rain", 47)
    assert ["后山 小时雨量47.0毫米，达到限值45毫米(江华县山洪预警1小时黄色，参考值)"] == stand.texts


def test_a_value_never_runs_into_the_name_of_its_kind() -> None:
    """PM2.5 is 128, not 2.5128; and a source that calls itself a reference value is not called so twice."""
    kind = load_kinds()["air"]
    rules = [rule for rule in kind.rules if isinstance(rule, Threshold)]
    for rule in rules:
        force = in_force(rule, Scene(sensor="s", area_class="", zone=ZONE), at("2026-11-24 12:00"))[-1]
        text = alarm_text(Words("zh"), Sensor(id="s", kind="air", place="楼顶"), kind, 128.0, force, rule)
        assert (text.startswith("楼顶 PM2.5 "), text.count("参考值") <= 1) == (True, True)


def test_with_the_real_intake(stand: Stand) -> None:
    """The real intake opens the case of an alarm and raises its level."""
    from data.centre import intake
    from data.domain.tables import Tables
    from data.settings.classes import load_classes

    tables = Tables(centre="pailou", centre_name="牌楼", classes=load_classes(None))
    stand.open_case = partial(intake.open_from_alarm, tables)  # type: ignore[method-assign]
    stand.raise_level = intake.raise_level  # type: ignore[method-assign]
    stand.play("rain", 60, 36, 66)
    (alarm,), (case,) = stand.rows("alarms"), stand.rows("cases")
    assert (case["id"], 2, "0602") == (alarm["case_id"], case["level"], case["class"])
    assert SimpleNamespace(**case).address == "后山"


def test_the_short_way_is_no_other_way(stand: Stand) -> None:
    """A quiet sensor is one tuple in memory; late, doubled, impossible and loud readings after quiet ones count as they always did."""
    stand.play("plaza", 60, 50, 51)
    stand.sensors["tap"] = Sensor(id="tap", kind="road_water", place="桥下")
    stand.play("tap", 60, 0, 1)
    assert ("tap" in stand.memory.heard, [key for key in stand.memory.states if key[0] == "tap"]) == (True, [])
    quiet = stand.memory.heard["tap"]
    late = stand.reading("tap", 40, observed_at=quiet[0] - 1000)
    stand.take(late, late)
    assert [] == stand.rows("rule_states")
    assert [Quality.SUSPECT] == [one.quality for one in stand.send("tap", 900).readings]
    stand.play("tap", 60, 28, 28)
    assert [2] == [alarm["level"] for alarm in stand.rows("alarms")]
    stand.play("tap", 700, 0, 0, 0)
    assert ("tap" in stand.memory.heard, True) == (True, stand.rows("alarms")[0]["cleared_at"] is not None)


def test_a_batch_may_turn_loud_in_its_middle(stand: Stand) -> None:
    """Quiet and loud readings of one sensor in one batch are taken in their order."""
    stand.sensors["tap"] = Sensor(id="tap", kind="road_water", place="桥下")
    stand.send("tap", 0)
    batch = []
    for value in (1, 2, 30, 30, 31):
        stand.clock.pass_s(30)
        batch.append(stand.reading("tap", value))
    stand.take(*batch)
    assert [(2, 30.0)] == [(alarm["level"], alarm["value"]) for alarm in stand.rows("alarms")]

"""Why a sensor alarmed, or did not, at a time that is over."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from console.commands.explain import command
from data.alarms import perform
from data.domain.errors import PaidanError
from data.domain.reason import Reason
from data.domain.sensor import Sensor
from data.domain.tables import Tables
from data.domain.vocabulary import Role
from data.kinds.register import sync_sensors
from data.views.explain_then import explain_then, moment
from data.words import Words
from tests.helpers.clock import ZONE, at
from tests.sensors.conftest import Stand

CLERKS = Tables(centre="pailou", centre_name="牌楼", default_role=Role.CLERK)


def then(stand: Stand, sensor: str, when: str) -> tuple[Reason, ...]:
    """What is said of this local time of the stand's day; each sentence is whole in both languages."""
    lines = explain_then(stand.desk.conn, stand.history, stand.kinds, sensor, at(f"2026-11-24 {when}"), ZONE)
    for line in lines:
        for language in ("zh", "en"):
            said = Words(language).say(line)
            assert not said.startswith(("why_", "reason."))
            assert "{" not in said
    return lines


def code(stand: Stand, sensor: str, when: str) -> str:
    """What is said of the first rule of its kind."""
    first = stand.kinds[stand.sensors[sensor].kind].rules[0].label
    assert first is not None
    return next(line.code for line in then(stand, sensor, when) if dict(line.args).get("rule") == first.zh)


@pytest.fixture
def evening(stand: Stand) -> Stand:
    """A plaza (class 2) from 20:30: quiet, loud for six minutes, a little below, quiet; then the clock goes on."""
    stand.play("plaza", 60, 48, 48, 62, 62, 62, 62, 62, 62, 58, 58, 48, 48, 48, 48)
    stand.clock.pass_s(3 * 3600)
    return stand


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("20:31", "why_below"), ("20:31:59", "why_below"), ("20:32:30", "why_delay"), ("20:34:10", "why_alarm"), ("20:38:30", "why_hysteresis"),
        ("20:40:30", "why_clearing"), ("20:50", "why_then_ended"), ("21:55", "why_below"),
    ],
)  # fmt: skip
def test_an_evening_is_told_as_it_was(evening: Stand, when: str, why: str) -> None:
    """Below, delay running, alarmed, hysteresis, on the way back, over."""
    assert why == code(evening, "plaza", when)


def test_each_moment_is_told_as_it_was_told_then(stand: Stand) -> None:
    """What is said of a time afterwards is what was said at that time, whatever came since; the states of the rules are gone by then."""
    from data.views.explain import explain

    told = {}
    for value in [50, 62, 62, 62, 75, 75, 75, 61, 58, 58, 50, 50, 50, 62, 50, 55]:
        stand.send("plaza", value)
        stand.clock.pass_s(30)
        now = stand.clock.now()
        told[now] = explain(stand.desk.conn, stand.history, stand.kinds, "plaza", now, ZONE)
        stand.clock.pass_s(30)
    stand.clock.pass_s(86_400)
    stand.send("plaza", 50)
    assert len({line.code for lines in told.values() for line in lines}) >= 5
    for when, lines in told.items():
        again = explain_then(stand.desk.conn, stand.history, stand.kinds, "plaza", when, ZONE)[1:]
        assert lines == tuple(old if new.code == "why_then_ended" else new for old, new in zip(lines, again, strict=True))


def test_not_in_its_hours(stand: Stand) -> None:
    """52 dB are beyond the limit of the night and not of the day: said so, with both."""
    stand.play("plaza", 60, 52, 52)
    why = then(stand, "plaza", "20:31")[1]
    assert ("why_hours", 60.0, 50.0) == (why.code, dict(why.args)["limit"], dict(why.args)["other"])
    assert "夜间" in Words("zh").say(why)


def test_stale_out_of_range_and_never(stand: Stand) -> None:
    """How far the value could be trusted then."""
    stand.play("plaza", 60, 50, 900)
    stand.clock.pass_s(3 * 86_400)
    assert "why_suspect" == then(stand, "plaza", "20:31:30")[1].code
    assert "why_stale" == then(stand, "plaza", "23:00")[1].code
    assert "why_then_unheard" == then(stand, "road", "20:31")[0].code


def test_shelved_then_and_not_now(stand: Stand) -> None:
    """On the shelf from 20:32 to 20:42, with name and reason; before and after it is an alarm."""
    stand.send("rain", 46)
    stand.clock.pass_s(120)
    alarm = stand.rows("alarms")[0]["id"]
    perform(stand.desk, CLERKS, "shelve", alarm, operator="王梅", seat="t", reason="检修", until=stand.clock.now() + 600_000)
    stand.clock.pass_s(600)
    stand.settle()
    stand.send("rain", 46)
    stand.clock.pass_s(600)
    assert ["why_alarm", "why_shelved", "why_alarm"] == [code(stand, "rain", when) for when in ("20:31", "20:35", "20:45")]
    assert "王梅" in Words("zh").say(then(stand, "rain", "20:35")[-1])


def test_suppressed_then_and_not_now(stand: Stand) -> None:
    """While its gateway was down a silence was explained by it; afterwards it is its own."""
    stand.sensors |= {"gw": Sensor(id="gw", kind="gateway"), "b": Sensor(id="b", kind="call_button", parent="gw")}
    with stand.desk.transaction() as tx:
        sync_sensors(tx, stand.sensors)
    stand.take(stand.reading("gw", 1), stand.reading("b", 0))
    heard = stand.clock.now()
    stand.clock.pass_s(3 * 86_400)
    down = stand.clock.now()
    stand.settle(gw=heard, b=heard)
    stand.clock.pass_s(3600)
    stand.send("gw", 1)
    stand.settle()
    stand.clock.pass_s(stand.kinds["call_button"].timing.stale_s + 60)
    stand.send("gw", 1)
    stand.settle()
    stand.clock.pass_s(60)
    said = [explain_then(stand.desk.conn, stand.history, stand.kinds, "b", when, ZONE)[-1].code for when in (down + 1000, stand.clock.now())]
    assert ["why_suppressed", "why_silent"] == said


def test_chattering_then(stand: Stand) -> None:
    """An alarm that was closed and opened again by the same row is told as it was in between."""
    stand.sensors["lift"] = Sensor(id="lift", kind="lift_trapped")
    with stand.desk.transaction() as tx:
        sync_sensors(tx, stand.sensors)
    stand.play("lift", 5, *[1, 0] * 8)
    assert "why_chattering" == code(stand, "lift", "20:31:11")
    assert "why_chattering" != code(stand, "lift", "20:30:02")


def test_what_came_late_did_not_alarm_then(stand: Stand) -> None:
    """A loud backlog that came an hour later raised nothing: at its own time the centre knew nothing of it."""
    stand.play("plaza", 60, 48, 48)
    stand.clock.pass_s(3600)
    heard = at("2026-11-24 20:33")
    stand.take(*(stand.reading("plaza", 75, observed_at=heard + minute * 60_000) for minute in range(5)))
    assert "why_below" == code(stand, "plaza", "20:37")


def test_what_today_s_rules_would_have_raised_is_said(evening: Stand) -> None:
    """After the limit was tightened a quiet minute is not explained away."""
    rule = evening.kinds["noise"].rules[0]
    import msgspec

    tight = msgspec.structs.replace(rule, limits=tuple(msgspec.structs.replace(row, day=45.0, night=45.0) for row in rule.limits))  # type: ignore[union-attr]
    evening.kinds["noise"] = msgspec.structs.replace(evening.kinds["noise"], rules=(tight,))
    assert "why_then_differs" == code(evening, "plaza", "20:31:30")


def test_a_press(stand: Stand) -> None:
    """Nobody, then one who pressed twice."""
    stand.send("button", 0)
    stand.clock.pass_s(60)
    stand.play("button", 10, 1, 1)
    stand.clock.pass_s(60)
    assert "why_not_pressed" in {line.code for line in then(stand, "button", "20:30:30")}
    assert "why_pressed" in {line.code for line in then(stand, "button", "20:31:30")}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("14:30", "2026-11-25 14:30"), ("20:31", "2026-11-24 20:31"), ("20:31:05", "2026-11-24 20:31:05"),
        ("2026-11-24T20:31", "2026-11-24 20:31"), ("2026-11-24 20:31", "2026-11-24 20:31"), ("2026-11-24T12:31Z", "2026-11-24 20:31"),
        ("2026-11-24T12:31:00+00:00", "2026-11-24 20:31"),
    ],
)  # fmt: skip
def test_times_as_people_write_them(text: str, meant: str) -> None:
    """A clock time is the last one that there was; a date without a zone is local."""
    assert at(meant) == moment(text, at("2026-11-25 15:00"), ZONE)


@pytest.mark.parametrize(("text", "why"), [("25:00", "why_time"), ("soon", "why_time"), ("", "why_time"), ("2026-11-25T15:01", "why_future")])
def test_no_time(text: str, why: str) -> None:
    """One sentence each."""
    with pytest.raises(PaidanError) as caught:
        moment(text, at("2026-11-25 15:00"), ZONE)
    assert why == caught.value.reason.code


def test_nobody(stand: Stand) -> None:
    """No such sensor, no sentence."""
    assert () == explain_then(stand.desk.conn, stand.history, stand.kinds, "nobody", stand.clock.now(), ZONE)


def test_a_wrong_time_on_the_command_line(tmp_path: Path) -> None:
    """A home that is none is said in a sentence, whatever the time."""
    told = CliRunner().invoke(command, ["plaza", "--home", str(tmp_path), "--at", "25:00"])
    assert (1, True) == (told.exit_code, not isinstance(told.exception, PaidanError))


def test_a_time_to_come_is_a_time_where_it_may_be() -> None:
    """The end of a span may lie ahead; what somebody asks why of may not."""
    now = at("2026-11-25 12:00")
    assert at("2030-01-01 00:00") == moment("2030-01-01T00:00", now, ZONE, may_be_ahead=True)
    with pytest.raises(PaidanError):
        moment("2030-01-01T00:00", now, ZONE)

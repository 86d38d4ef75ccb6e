"""Silence, held values, alarms that a person ends, and several limits of one sensor, over a real desk."""

from data.domain.sensor import Sensor
from tests.helpers.clock import at
from tests.sensors.conftest import Stand


def hang(stand: Stand, id: str, kind: str, place: str = "某处") -> None:
    stand.sensors[id] = Sensor(id=id, kind=kind, place=place)


def test_a_quiet_call_button_is_level_two(stand: Stand) -> None:
    """Silent for longer than its kind allows: one case, level 2, said in words; the next heartbeat clears the alarm."""
    stand.send("button", 0)
    heard = stand.clock.now()
    stand.clock.pass_s(49 * 3600)
    stand.restart()
    for _ in range(3):
        stand.settle(button=heard)
    (alarm,), (case,) = stand.rows("alarms"), stand.rows("cases")
    assert ("silent", 2, "北坡独居户 呼叫按钮失联49小时") == (alarm["rule"], case["level"], case["text"])
    stand.send("button", 0)
    assert stand.rows("alarms")[0]["cleared_at"] is not None


def test_a_press_is_never_hidden_in_the_case_of_a_silence(stand: Stand) -> None:
    """A call from a button that was silent is a case of its own, level 1."""
    stand.send("button", 0)
    stand.clock.pass_s(49 * 3600)
    stand.settle(button=stand.clock.now() - 49 * 3_600_000)
    stand.send("button", 1)
    assert [2, 1] == [case["level"] for case in stand.rows("cases")]


def test_a_silent_noise_meter_is_lost_and_no_alarm(stand: Stand) -> None:
    """Only kinds that ask for it make an alarm of silence."""
    stand.send("plaza", 50)
    stand.settle(plaza=stand.clock.now())
    assert [] == stand.rows("alarms")


def test_an_empty_bed_ripens_by_time_alone(stand: Stand) -> None:
    """Sent once at 21:50; the night's limit begins at 22:00 and the alarm comes 20 minutes later, through a restart; getting back in clears it."""
    hang(stand, "bed", "bed", "大河沟养老点")
    stand.clock.time = at("2026-11-24 21:50")
    stand.send("bed", 1)
    stand.clock.pass_s(1)
    stand.send("bed", 0)
    raised_at = None
    for _ in range(60):
        stand.clock.pass_s(60)
        stand.restart()
        stand.settle()
        raised_at = raised_at or next((row["raised_at"] for row in stand.rows("alarms")), None)
    assert raised_at is not None
    assert 20 == (raised_at - at("2026-11-24 22:00")) // 60_000
    assert ["大河沟养老点 床位离床"] == stand.texts
    stand.send("bed", 1)
    assert stand.rows("alarms")[0]["cleared_at"] is not None


def test_a_crack_is_cleared_by_a_person_only(stand: Stand) -> None:
    """The opening stands still for days and the alarm stays; it ends with its case, once the value is within."""
    stand.play("crack", 3600, 0, 3, 3)
    stand.play("crack", 3600, *[3.0] * 60)
    stand.settle()
    (alarm,) = stand.rows("alarms")
    assert alarm["cleared_at"] is None
    stand.finish("c-1")
    stand.settle()
    assert stand.rows("alarms")[0]["cleared_at"] is not None
    stand.play("crack", 3600, *[3.0] * 5)
    assert 1 == len(stand.rows("alarms"))


def test_a_crack_still_opening_is_not_settled_by_a_close(stand: Stand) -> None:
    """A case closed while the crack still opens leaves the alarm open."""
    stand.play("crack", 3600, 0, 3, 3)
    stand.finish("c-1")
    stand.settle()
    assert stand.rows("alarms")[0]["cleared_at"] is None


def test_several_sums_of_one_gauge_are_one_case(stand: Stand) -> None:
    """A cloudburst passes the limits of several spans: as many alarms, one case, at the most urgent level, which says the span."""
    hang(stand, "gauge", "rain_gauge", "北坡后山")
    stand.play("gauge", 300, 1000, *[1000 + 8 * n for n in range(1, 13)])
    alarms, (case,) = stand.rows("alarms"), stand.rows("cases")
    assert {"sum1", "sum3", "sum6", "signal3", "signal6", "signal12"} <= {alarm["rule"] for alarm in alarms}
    assert {case["id"]} == {alarm["case_id"] for alarm in alarms}
    assert 1 == case["level"]
    assert case["text"].startswith("北坡后山 翻斗雨量1小时累计80.0毫米，达到限值80毫米(")


def test_what_is_only_to_be_known_opens_no_case(stand: Stand) -> None:
    """A battery that runs low is an alarm of level 4 and nobody's work."""
    hang(stand, "cell", "battery")
    stand.play("cell", 43200, 15, 15, 15)
    assert ([4], []) == ([alarm["level"] for alarm in stand.rows("alarms")], stand.rows("cases"))

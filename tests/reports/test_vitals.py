"""城市体征: every indicator from real cases, each number opens to what it counts, and formulas stand in one file."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from console.commands.report import command
from data.domain.reading import Reading
from data.kinds import load_kinds
from data.kinds.register import load_sensors, sync_sensors
from data.office import Office
from data.store.history.writer import open_writer
from data.views.models.vitals import VitalSign
from data.views.vitals import NOWHERE
from data.vital_days import KEEP_DAYS, keep_one
from data.vitals import load_vitals, sample, sample_counts
from tests.helpers.office import Centre
from tests.reports.conftest import order_out, receipt, report

Sit = Callable[[str], Office]


def signs(office: Sit) -> dict[str, VitalSign]:
    return {sign.name: sign for sign in office("王梅").vitals.signs()}


def close_in(street: Centre, n: int, minutes: int) -> None:
    """The nth case is dispatched at once and closed after so many minutes."""
    order = order_out(street, n)
    street.clock.pass_s(minutes * 60)
    for kind in ("delivered", "accepted", "done"):
        receipt(street, order, kind, note="已清运")
    street.act("close", n + 1, result="已清运", confirm=True)


def test_in_time_late_open_and_overdue(street: Centre, office: Sit) -> None:
    """One of two in time; the third is open and past its four hours; each opens to its own."""
    close_in(street, 0, 30)
    close_in(street, 1, 300)
    report(street, 2)
    street.clock.pass_s(5 * 3600)
    found = signs(office)
    assert (found["on_time"].value, found["on_time"].of, found["on_time"].good) == (0.5, 2, False)
    assert (found["open"].value, found["overdue"].value) == (1, 1)
    seat = office("王梅")
    assert seat.vitals.behind("on_time") == ("cases", ("pailou-2",))
    assert (seat.vitals.behind("open"), seat.vitals.behind("overdue")) == (("cases", ("pailou-3",)), ("cases", ("pailou-3",)))


def test_by_community_and_by_day(street: Centre, office: Sit) -> None:
    """Cases of 大河沟 and 江南 stand apart; the trend's last day is today's."""
    close_in(street, 0, 30)
    close_in(street, 1, 300)
    found = signs(office)["on_time"]
    assert [(group.id, group.value) for group in found.by_community] == [("dahegou", 1.0), ("jiangnan", 0.0)]
    assert (len(found.trend), found.trend[-1]) == (7, 0.5)
    assert office("王梅").vitals.behind("on_time", "dahegou") == ("cases", ())


def test_first_response_is_the_median_in_minutes(street: Centre, office: Sit) -> None:
    """Taken after 2, 4 and 9 minutes."""
    for n, minutes in enumerate((2, 4, 9)):
        report(street, n)
        street.clock.pass_s(minutes * 60)
        street.act("dispatch", n + 1, confirm=True)
    assert signs(office)["first_response"].value == 4


def test_the_same_place_again_is_a_repeat(street: Centre, office: Sit) -> None:
    """A second case of the class at the address within thirty days; after that it is new."""
    close_in(street, 0, 30)
    street.clock.pass_s(10 * 86_400)
    street.report(id="again", text="又是垃圾堵门了", grid="DHG-01", address="0号地段")
    street.report(id="other", text="别处垃圾", grid="JN-01", address="另一处")
    found = signs(office)["repeats"]
    assert (found.value, found.of) == (pytest.approx(1 / 3), 3)
    assert office("王梅").vitals.behind("repeats") == ("cases", ("pailou-2",))


def test_an_exercise_counts_nowhere(street: Centre, office: Sit) -> None:
    """However long it lies."""
    report(street, 0)
    with street.desk.transaction() as tx, tx.entry("edit", subject="pailou-1", operator="test", seat="test") as entry:
        entry.update("cases", "pailou-1", {"exercise": 1})
    assert signs(office)["open"].value == 0


def test_sensors_online_by_kind_and_by_community(street: Centre, office: Sit) -> None:
    """One noise meter of three is silent: of all, of its kind, of its community; it opens to that meter; yesterday's sample is the trend."""
    kinds = load_kinds(street.settings.home)
    sensors = load_sensors(street.settings.home / "sensors.csv", kinds)
    with street.desk.transaction() as tx:
        sync_sensors(tx, sensors)
    history, now = open_writer(street.settings.home), street.clock.now()
    history.append([Reading(sensor="xdh-noise", value=50, observed_at=now - 3_600_000, received_at=now - 3_600_000)])
    history.stale_s = lambda sensor: kinds[sensors[sensor].kind].timing.stale_s
    history.sweep(now)
    history.close()
    with street.desk.transaction() as tx:
        sample(tx, "online", 0.9)
        sample(tx, "online", 0.1)  # the first of the hour stands
    street.clock.pass_s(86_400)
    found = signs(office)["online"]
    by_kind = {group.id: (group.value, group.of) for group in found.by_kind}
    assert (found.value, by_kind["noise"]) == (pytest.approx(1 - 1 / len(sensors)), (pytest.approx(2 / 3), 3))
    assert {group.id for group in found.by_community if group.value != 1} == {"dahegou"}
    assert found.trend == (None, None, None, None, None, 0.9, found.value)
    assert office("王梅").vitals.behind("online", "noise") == ("sensors", ("xdh-noise",))


def test_open_and_overdue_have_a_day_by_day_of_hourly_samples(street: Centre, office: Sit) -> None:
    """A day shows its last hour, a day nobody looked at is a gap, today is now."""

    def look() -> None:
        with street.desk.transaction() as tx:
            sample_counts(tx)

    look()
    report(street, 0)
    street.clock.pass_s(3600)
    look()
    street.clock.pass_s(2 * 86_400)
    report(street, 1)
    look()
    close_in(street, 1, 5)
    found = signs(office)
    assert (found["open"].trend, found["overdue"].trend) == ((None, None, None, None, 1, None, 1), (None, None, None, None, 0, None, 1))


def test_sampling_reads_the_cases_once_an_hour(street: Centre) -> None:
    """Every beat asks; only the first of the hour counts."""
    report(street, 0)
    asked: list[str] = []
    street.desk.conn.set_trace_callback(asked.append)
    for _ in range(50):
        with street.desk.transaction() as tx:
            sample_counts(tx)
    street.desk.conn.set_trace_callback(None)
    assert sum("FROM cases" in each for each in asked) == 2


def test_by_class_too(street: Centre, office: Sit) -> None:
    """What a class counts opens to the same cases."""
    report(street, 0)
    street.report(id="noise", text="广场跳舞音响太吵", grid="JN-01")
    found = signs(office)["open"]
    kinds = {group.id: (group.name, group.value) for group in found.by_kind}
    assert kinds["0102"] == ("暴露垃圾", 1)
    seat = office("王梅")
    assert seat.vitals.behind("open", "0102") == ("cases", ("pailou-1",))
    assert sum(len(seat.vitals.behind("open", group.id or NOWHERE)[1]) for group in found.by_kind) == found.value


def test_alarms_an_hour_count_the_hours_of_this_desk(street: Centre, office: Sit) -> None:
    """Twelve alarms in the first two hours of a new desk are six an hour, not twelve in a month."""
    report(street, 0)
    with street.desk.transaction() as tx, tx.entry("edit", subject="pailou-1", operator="test", seat="test") as entry:
        for n in range(12):
            row = {"id": f"a{n}", "rule": "r", "sensor": f"s{n}", "level": 3, "raised_at": tx.now, "last_at": tx.now, "occurrences": 1}
            entry.insert("alarms", row)
    street.clock.pass_s(7200)
    found = signs(office)["alarm_rate"]
    assert (found.value, found.trend[:-1]) == (pytest.approx(6, rel=1e-3), (None,) * 6)


def test_days_that_are_over_are_read_from_copies_and_say_the_same(street: Centre, office: Sit) -> None:
    """With copies of all days the figures are those without; what happens to an old case is seen at once; nothing is copied twice."""
    zone = street.settings.zone

    def copy() -> int:
        made = 0
        while True:
            with street.desk.transaction() as tx:
                if not keep_one(tx, zone):
                    return made
            made += 1

    close_in(street, 0, 30)
    street.report(id="again", text="又是垃圾堵门了", grid="DHG-01", address="0号地段")
    street.report(id="late", text="别处垃圾", grid="JN-01", address="另一处")
    street.clock.pass_s(3 * 86_400)
    street.report(id="now", text="垃圾桶满了", grid="JN-01", address="第三处")
    before = signs(office)
    days = 4 * (KEEP_DAYS - 32)
    assert (copy(), copy()) == (days, 0)
    assert signs(office) == before
    asked: list[str] = []
    seat = office("王梅")
    seat._held.desk.conn.set_trace_callback(asked.append)
    assert seat.vitals.signs()[1] == before["first_response"]
    seat._held.desk.conn.set_trace_callback(None)
    assert sum("AS INTEGER" in each for each in asked) == 1  # today alone
    street.act("dispatch", 3, confirm=True)
    with street.desk.transaction() as tx, tx.entry("edit", subject="pailou-2", operator="test", seat="test") as entry:
        entry.update("cases", "pailou-2", {"address": "搬走了"})
    after = signs(office)
    assert (before["first_response"].of, after["first_response"].of) == (1, 2)
    assert (before["repeats"].value, after["repeats"].value) == (0.25, 0)
    assert copy() == days  # its address may make any later case a repeat
    assert signs(office) == after


def test_every_indicator_says_how_it_is_made() -> None:
    """Formula and source, in both languages, in the one file."""
    for vital in load_vitals():
        assert all((vital.formula.zh, vital.formula.en, vital.source, vital.label.zh, vital.label.en))
    assert {vital.name for vital in load_vitals()} == {"on_time", "first_response", "open", "overdue", "repeats", "alarm_rate", "online"}


def test_the_command(street: Centre, office: Sit) -> None:
    """Text and CSV with the formulas, JSON for a script, --behind lists cases."""
    report(street, 0)
    home = str(street.settings.home)
    office("王梅")
    text = CliRunner().invoke(command, ["vitals", "--home", home])
    assert (text.exit_code, "按时办结率" in text.stdout, "ISA" in text.stdout) == (0, True, False)
    found = json.loads(CliRunner().invoke(command, ["vitals", "--home", home, "--json"]).stdout)
    assert next(one["source"] for one in found if one["name"] == "alarm_rate").startswith("ISA-18.2")
    opened = CliRunner().invoke(command, ["vitals", "--home", home, "--behind", "open", "--json"])
    assert [row["id"] for row in json.loads(opened.stdout)] == ["pailou-1"]
    wrong = CliRunner().invoke(command, ["vitals", "--home", home, "--behind", "nothing"])
    assert (wrong.exit_code, "on_time" in wrong.stderr) == (1, True)

"""A shift's work and the load of alarms, counted from rows that are known."""

from data.views.figures import MOST, alarm_load, shift
from tests.helpers.office import Centre
from tests.reports.conftest import order_out, receipt, report

MINUTE = 60_000
HOUR = 60 * MINUTE


def raise_alarms(street: Centre, times: list[tuple[str, int, int]]) -> None:
    """Alarms of (sensor, level, raised_at), each cleared at once."""
    with street.desk.transaction() as tx, tx.entry("raise", subject="alarm:test", operator="system", seat="centre") as entry:
        for n, (sensor, level, at) in enumerate(times):
            entry.insert("alarms", {"id": f"a{n}", "rule": f"r{n}", "sensor": sensor, "level": level, "raised_at": at, "cleared_at": at + 1})


def measured(street: Centre, hours: int) -> dict[str, tuple[float, bool]]:
    now = street.clock.now()
    found = alarm_load(street.desk.conn, street.settings.tables, now - hours * HOUR, now)
    return {one.name: (one.value, one.good) for one in found.measures}


def test_a_quiet_hour_is_good_by_every_measure(street: Centre) -> None:
    """Six alarms of six sensors in one hour, one in ten minutes: the very rate that is acceptable."""
    now = street.clock.now()
    raise_alarms(street, [(f"s{n}", 3, now - HOUR + n * 10 * MINUTE) for n in range(6)])
    found = measured(street, 1)
    assert (1.0, True) == found["per_10min"]
    assert (1.0, True) == found["peak_10min"]
    assert ((0.0, True), (0.0, True)) == (found["flood_share"], found["chattering"])


def test_a_burst_is_a_flood_and_its_sensor_chatters(street: Centre) -> None:
    """Twelve alarms of one sensor within ten minutes: one period of six in flood, one chattering sensor, all from the top ten."""
    now = street.clock.now()
    raise_alarms(street, [("loud", 1, now - HOUR + n * 20_000) for n in range(12)])
    found = measured(street, 1)
    assert (12.0, False) == found["peak_10min"]
    assert (0.1667, False) == found["flood_share"]
    assert (1, False) == found["chattering"]
    assert (1.0, False) == found["top10_share"]
    assert (1.0, False) == found["critical_share"]


def test_a_tenth_alarm_is_no_flood_and_slow_repeats_no_chatter(street: Centre) -> None:
    """The limits are passed, not met: ten in ten minutes, and three in a little more than a minute."""
    now = street.clock.now()
    raise_alarms(street, [("slow", 3, now - HOUR + n * 31_000) for n in range(10)])
    found = measured(street, 1)
    assert ((10.0, True), (0.0, True), (0, True)) == (found["peak_10min"], found["flood_share"], found["chattering"])


def test_alarms_that_stand_for_a_day_are_counted(street: Centre) -> None:
    """Only those not cleared; every measure has its limit."""
    now = street.clock.now()
    raise_alarms(street, [(f"s{n}", 3, now - 30 * HOUR) for n in range(7)])
    street.desk.conn.execute("UPDATE alarms SET cleared_at=NULL WHERE id IN ('a0', 'a1', 'a2', 'a3', 'a4')")
    found = measured(street, 24)
    assert (5, False) == found["standing"]
    assert set(MOST) == set(found)


def test_a_shift_counts_what_came_and_went_within_it(street: Centre) -> None:
    """Received, dispatched, closed and first response; what came before is only open."""
    report(street, 0)
    street.clock.pass_s(3600)
    start = street.clock.now()
    order = order_out(street, 2)
    report(street, 1, level=1)
    street.clock.pass_s(120)
    street.act("accept", 3)
    receipt(street, order, "done", note="好了")
    street.act("close", 2, result="好了")
    found = shift(street.desk.conn, street.settings.tables, start, street.clock.now() + 1)
    assert (2, 1, 1) == (found.received, found.dispatched, found.closed)
    assert (2, 1) == (found.open, found.open_critical)
    assert (60.0, 120.0) == (found.mean_accept_s, found.longest_accept_s)
    assert (("大河沟", 1),) == found.by_unit
    assert 2 == sum(count for _, count in found.by_class)

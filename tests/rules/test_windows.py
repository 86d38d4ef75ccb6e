"""Rules over a stretch of time: sums, means, rates, n of m, and silence."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.clock import parse_time
from data.domain.reading import Reading
from data.domain.vocabulary import Level
from data.kinds import load_kinds
from data.rules import (
    QUIET,
    Absence,
    Event,
    Limit,
    Raised,
    RuleState,
    Scene,
    Threshold,
    Window,
    dump_state,
    load_state,
    must_keep,
    take,
    tick,
)
from data.rules.windows import grown, look

ZONE = ZoneInfo("Asia/Shanghai")
SCENE = Scene(sensor="s", area_class="2", zone=ZONE)
START = parse_time("2026-11-24T08:00:00", ZONE)
HOUR = 3600.0


def rule(limit: float, **window: Any) -> Threshold:
    return Threshold(name="x", limits=(Limit(value=limit, source="t"),), window=Window(**window), source="t")


def play(one: Threshold | Absence, step_s: float, *values: float, state: RuleState = QUIET, start: int = START) -> tuple[RuleState, list[Event]]:
    events: list[Event] = []
    for n, value in enumerate(values):
        at = start + round(n * step_s * 1000)
        state, more = take(one, state, Reading(sensor="s", value=value, observed_at=at, received_at=at), SCENE)
        events += more
    return state, events


def raised(events: list[Event]) -> list[float]:
    return [event.value for event in events if isinstance(event, Raised)]


@pytest.mark.parametrize(("hours", "limit"), [(1, 50), (3, 50), (6, 50), (12, 50), (24, 50)])
def test_rain_sums(hours: int, limit: float) -> None:
    """A sum over 1 to 24 hours is reached by steady rain inside the window, and not by the same rain in twice the time."""
    steady = rule(limit, how="sum", over_s=hours * HOUR)
    step = hours * HOUR / 20
    assert [50.0] == raised(play(steady, step, *[2.5] * 20)[1])
    assert [] == raised(play(steady, step, *[1.2] * 60)[1])


def test_a_counter_grows_resets_and_rolls_over() -> None:
    """A running total of tips counts growth only: 4 + 3 before the roll-over at 100, 5 across it, 2 after a reset to 0."""
    counter = rule(14, how="counter", over_s=HOUR, rolls_at=100, most_per_h=60)
    state, events = play(counter, 60, 90, 94, 97, 2, 2)
    assert (2, []) == (state.total, events)
    assert 12 == pytest.approx(sum(part[1] for part in state.parts))
    _, events = play(rule(14, how="counter", over_s=HOUR, most_per_h=60), 60, 90, 94, 102, 2)
    assert [14.0] == raised(events)


def test_another_counter_in_its_place_is_no_cloudburst() -> None:
    """A total that jumps by more than can fall begins anew, and so does a first one, however great."""
    assert [] == play(rule(14, how="counter", over_s=HOUR, most_per_h=60), 60, 5000, 5001, 9000, 9000)[1]


def test_growth_after_a_silence_is_spread_over_it() -> None:
    """Forty millimetres in four silent hours are ten in the last one."""
    hour = rule(20, how="counter", over_s=HOUR, most_per_h=60)
    state, events = play(hour, 4 * HOUR, 100, 140)
    assert [] == events
    assert 10 == pytest.approx(sum(part[1] for part in state.parts), abs=1)
    assert [40.0] == raised(play(rule(40, how="counter", over_s=6 * HOUR, most_per_h=60), 4 * HOUR, 100, 140)[1])


def test_mean_waits_until_the_window_is_filled() -> None:
    """One bad hour of PM2.5 is no bad day; a day of which half is known is."""
    day = rule(75, how="mean", over_s=24 * HOUR, parts=24)
    assert [] == play(day, HOUR, *[300.0] * 2)[1]
    assert [100.0] == raised(play(day, HOUR, *[100.0] * 12)[1])


def test_leq_weighs_energy() -> None:
    """One second of 90 dB in ten is 80 dB, not the mean of the decibels."""
    ten = rule(79.9, how="leq", over_s=10, parts=10)
    (value,) = raised(play(ten, 1, *[40.0] * 9, 90.0)[1])
    assert 80 == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize(
    ("begin", "values", "first"),
    [
        ("21:40", [58.0] * 60, "22:08"),  # fine by day, too loud by night: judged once nine minutes of night are known
        ("21:40", [58.0] * 21 + [45.0] * 30, None),  # the last minutes of the day are not held against the night
        ("05:40", [58.0] * 21, "05:48"),
        ("05:55", [58.0] * 60, None),  # five minutes of night are no ten; the day allows it
        ("05:55", [62.0] * 60, "06:08"),
    ],
)
def test_a_level_of_ten_minutes_belongs_to_day_or_to_night(begin: str, values: list[float], first: str | None) -> None:
    """GB 22337: each is measured for itself. A window never reaches across 06:00 or 22:00."""
    (leq,) = (one for one in load_kinds()["noise"].rules if one.name == "leq10")
    assert isinstance(leq, Threshold)
    _, events = play(leq, 60, *values, start=parse_time(f"2026-11-24T{begin}:00", ZONE))
    at = [parse_time(f"2026-11-24T{first}:00", ZONE)] if first else []
    assert at == [event.at for event in events if isinstance(event, Raised)]


@settings(deadline=None)
@given(st.lists(st.floats(30, 90), min_size=30, max_size=60), st.lists(st.floats(30, 90), min_size=30, max_size=60))
def test_no_day_changes_a_night(day: list[float], night: list[float]) -> None:
    """Whatever the day was like: what the window makes of the night is what it makes of the night alone."""
    leq = next(one for one in load_kinds()["noise"].rules if one.name == "leq10")
    assert isinstance(leq, Threshold)
    dusk = parse_time("2026-11-24T22:00:00", ZONE)
    before, _ = play(leq, 60, *day, start=dusk - len(day) * 60_000)
    after, _ = play(leq, 60, *night, state=before, start=dusk)
    alone, _ = play(leq, 60, *night, start=dusk)
    assert alone.parts == after.parts


def test_a_sum_goes_on_through_the_night() -> None:
    """Rain has no hours; nor has a window whose limits are the same by day and night."""
    steady = rule(50, how="sum", over_s=HOUR)
    assert [50.0] == raised(play(steady, 180, *[2.5] * 20, start=parse_time("2026-11-24T21:30:00", ZONE))[1])


def test_the_worst_of_a_window_holds() -> None:
    """A peak counts as long as the window holds it."""
    worst = Threshold(name="x", limits=(Limit(value=5, source="t"),), window=Window(how="max", over_s=60, parts=6), clear_by=1, source="t")
    assert ["Raised", "Cleared"] == [type(event).__name__ for event in play(worst, 10, 9, *[0.0] * 9)[1]]


def test_change_within_a_day_is_no_change_within_a_month() -> None:
    """Two millimetres in a day raise; two in ten days do not; falling is a change only where the rule says so."""
    day = rule(2, how="change", over_s=24 * HOUR, parts=24)
    assert [2.0] == raised(play(day, HOUR, *[n * 0.1 for n in range(24)])[1])
    assert [] == play(day, HOUR, *[n * 0.0083 for n in range(240)])[1]
    tilt = rule(2, how="change", over_s=24 * HOUR, parts=24, either=True)
    assert ([], [2.0]) == (play(day, HOUR, 1, -1)[1], raised(play(tilt, HOUR, 1, -1)[1]))


def test_a_rate_needs_time() -> None:
    """A jump between two readings a minute apart is no rate per day; the same jump held for half the window is."""
    rate = rule(5, how="change", over_s=12 * HOUR, per_s=24 * HOUR)
    assert [] == play(rate, 60, 0, 3)[1]
    assert [12.0] == raised(play(rate, HOUR, 0, *[3.0] * 7)[1])


def test_speeding_up() -> None:
    """A crack that opens faster and faster raises; one that opens evenly, as fast as that or not, does not."""
    faster = rule(4, how="speedup", over_s=24 * HOUR, parts=24, per_s=24 * HOUR, ratio=2)
    assert raised(play(faster, HOUR, *[(n / 8) ** 2 for n in range(30)])[1])
    assert [] == play(faster, HOUR, *[n * 0.5 for n in range(30)])[1]


def test_n_of_m() -> None:
    """Three of four raise, wherever the fourth stands; two of four do not."""
    three = Threshold(name="x", limits=(Limit(value=10, source="t"),), n=3, m=4, source="t")
    assert [11.0] == raised(play(three, 60, 11, 11, 1, 11)[1])
    assert [] == play(three, 60, 11, 1, 11, 1, 1, 11, 1, 11)[1]


def test_silence_is_an_alarm_of_its_own() -> None:
    """Raised once when nothing was heard for long enough, cleared by whatever is heard next; never before the first reading."""
    silent = Absence(name="silent", level=2, after_s=60, source="t")
    assert (QUIET, ()) == tick(silent, QUIET, START + 10**9)
    heard, _ = play(silent, 1, 0)
    assert ((heard, ()), 0) == (tick(silent, heard, START + 60_000), heard.level)
    lost, (event,) = tick(silent, heard, START + 61_000)
    assert isinstance(event, Raised)
    assert (Level.HIGH, 61.0) == (event.level, event.value)
    assert (lost, ()) == tick(silent, lost, START + 99_000)
    assert ["Cleared"] == [type(event).__name__ for event in play(silent, 1, 0, state=lost, start=START + 99_000)[1]]


ALL = [
    rule(20, how="sum", over_s=600),
    rule(20, how="counter", over_s=600, rolls_at=50),
    rule(20, how="mean", over_s=600, fill=0),
    rule(20, how="leq", over_s=600, fill=0),
    rule(20, how="max", over_s=600),
    rule(10, how="change", over_s=600),
    rule(10, how="speedup", over_s=600, fill=0),
    Threshold(name="x", limits=(Limit(value=20, source="t"),), n=2, m=3, source="t"),
]


@given(st.sampled_from(ALL), st.lists(st.floats(0, 49), min_size=1, max_size=200), st.integers(1, 900))
def test_windows_are_bounded_and_survive_as_json(one: Threshold, values: list[float], step_s: int) -> None:
    """However long it runs: no more parts than the rule says, and what is stored is what was remembered."""
    state, _ = play(one, step_s, *values)
    assert len(state.parts) <= (one.window.parts + 1 if one.window else 0)
    assert state == load_state(dump_state(state))


@given(st.sampled_from(ALL), st.lists(st.floats(0, 49), min_size=2, max_size=40), st.integers(1, 90), st.data())
def test_late_data_in_any_order_changes_nothing(one: Threshold, values: list[float], step_s: int, data: st.DataObject) -> None:
    """Late and redelivered readings, permuted as you like, end in the same state without an event."""
    state, _ = play(one, step_s, *values)
    late = [
        Reading(sensor="s", value=value, observed_at=at, received_at=START + 10**7)
        for n, value in enumerate(values)
        if (at := START + n * step_s * 1000)
    ]
    for reading in data.draw(st.permutations(late)):
        assert (state, ()) == take(one, state, reading, SCENE)


@given(st.sampled_from(ALL), st.lists(st.floats(0, 49), min_size=1, max_size=60), st.integers(1, 120), st.integers(0, 59))
def test_a_restart_between_any_two_readings_changes_no_sum(one: Threshold, values: list[float], step_s: int, cut: int) -> None:
    """Where states that must be kept are all that survives, sums, totals and alarms go on as if nothing had been."""
    if one.window and one.window.how not in ("sum", "counter"):
        return
    memory = stored = QUIET
    for n, value in enumerate(values):
        at = START + n * step_s * 1000
        if n == cut:
            memory = load_state(dump_state(stored))
        after, _ = take(one, memory, Reading(sensor="s", value=value, observed_at=at, received_at=at), SCENE)
        stored = after if must_keep(memory, after, one) else stored
        memory = after
    whole, _ = play(one, step_s, *values)
    assert (whole.level, whole.parts, whole.bits) == (memory.level, memory.parts, memory.bits)


def test_quiet_windows_cost_few_writes() -> None:
    """A dry gauge stores its first total only; a day's mean stores once an hour; a ten-minute level nothing while it is quiet."""

    def writes(one: Threshold, step_s: float, *values: float) -> int:
        count, state = 0, QUIET
        for n, value in enumerate(values):
            before = state
            state, _ = play(one, 1, value, state=before, start=START + round(n * step_s * 1000))
            count += must_keep(before, state, one)
        return count

    assert 1 == writes(rule(50, how="counter", over_s=HOUR), 300, *[100.0] * 50)
    assert 4 == writes(rule(75, how="mean", over_s=24 * HOUR, parts=24), 600, *[10.0] * 24)
    assert 0 == writes(rule(70, how="leq", over_s=600, parts=10), 10, *[50.0] * 200)


@given(
    how=st.sampled_from(["mean", "leq", "max"]),
    steps=st.lists(st.tuples(st.integers(0, 400), st.floats(20, 140)), min_size=1, max_size=70),
    held=st.integers(0, 40),
)
def test_many_at_once_leave_what_one_by_one_leaves(how: Any, steps: list[tuple[int, float]], held: int) -> None:
    """A window that is filled in one go is the same to the last digit."""
    window, at, readings = Window(how=how, over_s=600, parts=10), 1_000_000, []
    for step, value in steps:
        at += step * 1000
        readings.append((at, value))
    state = RuleState()
    parts: list[Any] = [()]
    for at, value in readings:
        state = msgspec.structs.replace(state, parts=look(window, state, value, at)[0])
        parts.append(state.parts)
    start = min(held, len(readings) - 1)
    assert grown(window, parts[start], readings[start:]) == state.parts

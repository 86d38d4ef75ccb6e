"""Threshold rules: when an alarm begins, grows, shrinks and ends."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.clock import parse_time
from data.domain.reading import MINUTE_MS, Quality, Reading
from data.domain.vocabulary import Level
from data.kinds import load_kinds
from data.rules import (
    QUIET,
    Cleared,
    Event,
    LevelChanged,
    Limit,
    Raised,
    Repeated,
    RuleState,
    Scene,
    Threshold,
    dump_state,
    in_force,
    load_state,
    must_keep,
    take,
    tick,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOISE = load_kinds()["noise"].rules[0]
PLAZA = Scene(sensor="plaza", area_class="2", zone=SHANGHAI)
EVENING = parse_time("2026-11-24T20:30:00", SHANGHAI)
INSTANT = Threshold(name="x", limits=(Limit(value=10, source="test"),), clear_by=2, source="test")
SLOW_OFF = Threshold(name="x", limits=(Limit(value=10, source="test"),), clear_by=2, off_delay_s=30, source="test")


def reading(value: float, at: int, *, came: int | None = None, **more: Any) -> Reading:
    return Reading(sensor="plaza", value=value, observed_at=at, received_at=at if came is None else came, **more)


def play(rule: Threshold, readings: list[Reading], scene: Scene = PLAZA, state: RuleState = QUIET) -> tuple[RuleState, list[Event]]:
    events: list[Event] = []
    for one in readings:
        state, more = take(rule, state, one, scene)
        events += more
    return state, events


def every(seconds: float, values: list[float], start: int = EVENING) -> list[Reading]:
    return [reading(value, start + round(n * seconds * 1000)) for n, value in enumerate(values)]


def names(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_noise_raises_once_after_a_minute() -> None:
    """Seventy decibels for three minutes on a plaza at 20:30 raise one alarm, at the first reading a minute on."""
    _, events = play(NOISE, every(10, [70.0] * 19))
    assert [(EVENING + MINUTE_MS, Level.HIGH, 60.0)] == [(e.at, e.level, e.force.limit) for e in events]


@pytest.mark.parametrize(
    ("when", "value", "raised"),
    [
        ("2026-11-24T21:57:00", 58.0, False),
        ("2026-11-24T22:05:00", 58.0, True),
        ("2026-11-24T05:57:00", 50.1, True),
        ("2026-11-24T06:00:00", 50.1, False),
        ("2026-11-24T12:00:00", 60.0, False),
        ("2026-11-24T12:00:00", 60.1, True),
    ],
)
def test_night_has_its_own_limit(when: str, value: float, raised: bool) -> None:
    """Class 2 allows 60 by day and 50 from 22:00 to 06:00; the limit itself is allowed."""
    _, events = play(NOISE, every(30, [value] * 4, parse_time(when, SHANGHAI)))
    assert raised == bool(events)


@pytest.mark.parametrize(("area", "limit"), [("0", 50), ("1", 55), ("2", 60), ("3", 65), ("4a", 70), ("", 60), ("none", 60)])
def test_area_class_chooses_the_limit(area: str, limit: int) -> None:
    """The area class of GB 3096-2008 chooses; a blank or unknown one goes by class 2 and says that this is no law."""
    _, events = play(NOISE, every(60, [limit + 0.5] * 2), Scene(sensor="s", area_class=area, zone=SHANGHAI))
    assert [(limit, area not in ("", "none"))] == [(e.force.limit, e.force.confirmed) for e in events]


def test_a_limit_for_one_sensor_wins() -> None:
    """A limit entered for a sensor is stronger than one for everybody."""
    rule = Threshold(name="x", limits=(Limit(value=1, sensor="plaza", source="site"), Limit(value=10, source="all")), source="t")
    assert ["Raised"] == names(play(rule, every(1, [2.0]))[1])
    assert [] == play(rule, every(1, [2.0]), Scene(sensor="other", area_class="", zone=SHANGHAI))[1]


def test_a_limit_of_the_night_is_none_by_day() -> None:
    """`day = "none"`: by day there is no limit at all, neither to be passed nor to be shown."""
    rule = Threshold(name="x", direction="low", limits=(Limit(day="none", night=0, source="t"),), source="t")
    scene = Scene(sensor="s", area_class="", zone=SHANGHAI)
    noon, night = (parse_time(f"2026-11-24T{hour}:00:00", SHANGHAI) for hour in (12, 23))
    assert ([], [0]) == ([force.limit for force in in_force(rule, scene, noon)], [force.limit for force in in_force(rule, scene, night)])
    assert ([], ["Raised"]) == (play(rule, every(60, [0.0] * 3, noon))[1], names(play(rule, every(60, [0.0] * 3, night))[1]))


def test_without_limits_nothing_is_raised() -> None:
    """A kind whose limits belong to the site raises nothing until they are entered."""
    assert [] == play(Threshold(name="x", source="t"), every(60, [1e9] * 5))[1]


def test_clears_after_two_minutes_well_below() -> None:
    """Clearing takes limit − 3 dB for 120 s; 58 dB in between starts it anew."""
    loud = every(60, [65.0] * 2)
    quiet = every(60, [57.0, 58.0, 57.0, 57.0, 57.0], EVENING + 2 * MINUTE_MS)
    state, events = play(NOISE, loud + quiet)
    assert ["Raised", "Cleared"] == names(events)
    assert EVENING + 6 * MINUTE_MS == events[-1].at
    assert state.is_quiet


def test_level_goes_up_and_down_within_one_alarm() -> None:
    """An alarm gets level 2 at limit + 10 and goes back to 3, without a second alarm."""
    values = [65.0, 65.0, 72.0, 72.0, 65.0, 65.0, 65.0, 65.0]
    _, events = play(NOISE, every(60, values))
    assert ["Raised", "LevelChanged", "LevelChanged"] == names(events)
    assert [(3, 2), (2, 3)] == [(e.before, e.level) for e in events if isinstance(e, LevelChanged)]


def test_crack_grows_through_the_levels() -> None:
    """A crack that opens from 0 to 12 mm in a day is one alarm: 4, 3, 2."""
    rule = load_kinds()["crack"].rules[0]
    _, events = play(rule, every(3600, [n * 0.5 for n in range(25)]))
    assert ["Raised", "LevelChanged", "LevelChanged"] == names(events)
    assert [4, 3, 2] == [event.level for event in events]


def test_low_direction_is_mirrored() -> None:
    """Where low is bad, falling below raises and rising clears."""
    rule = Threshold(name="x", direction="low", limits=(Limit(value=5, source="t"),), clear_by=1, source="t")
    assert ["Raised", "Cleared"] == names(play(rule, every(1, [6.0, 5.0, 5.5, 6.0]))[1])


def test_a_gap_starts_the_delay_anew() -> None:
    """Two loud readings with a silence of an hour between say nothing about the hour."""
    assert [] == play(NOISE, every(3600, [70.0, 70.0]))[1]


def test_a_second_wave_in_one_alarm_is_an_occurrence() -> None:
    """Going well below and beyond again before the alarm has cleared counts as a repetition, not as an alarm."""
    _, events = play(SLOW_OFF, every(1, [11.0, 7.0, 9.0, 11.0, 11.0]))
    assert ["Raised", "Repeated"] == names(events)


def test_retained_and_suspect_readings_do_nothing() -> None:
    """What the broker replays, or what a sensor cannot have measured, raises nothing and clears nothing."""
    raised, _ = play(SLOW_OFF, every(1, [11.0]))
    later = EVENING + 1_000_000
    for odd in (reading(0.0, later, retained=True), reading(0.0, later, quality=Quality.SUSPECT)):
        assert (raised, []) == play(SLOW_OFF, [odd], state=raised)
        assert (QUIET, []) == play(INSTANT, [odd])


def test_a_wrong_clock_counts_from_the_arrival() -> None:
    """A device time more than five minutes off is not believed: day and delay go by the arrival."""
    wrong = [reading(65.0, 0, came=EVENING + n * MINUTE_MS, message_id=str(n)) for n in range(2)]
    _, events = play(NOISE, wrong)
    assert [EVENING + MINUTE_MS] == [event.at for event in events]


def test_a_backlog_raises_nothing_late() -> None:
    """Readings that a gateway kept back come after newer ones and change nothing."""
    state, _ = play(INSTANT, every(1, [1.0]))
    old = [reading(50.0, EVENING - 30 * MINUTE_MS + n, came=EVENING + 2000 + n) for n in range(5)]
    assert (state, []) == play(INSTANT, old, state=state)


def test_time_alone_changes_no_threshold() -> None:
    """A silent sensor neither raises nor clears."""
    pending, _ = play(NOISE, every(10, [70.0]))
    raised, _ = play(SLOW_OFF, every(1, [11.0, 7.0]))
    assert (pending, ()) == tick(NOISE, pending, EVENING + 10**9)
    assert (raised, ()) == tick(SLOW_OFF, raised, EVENING + 10**9)


@given(period_s=st.integers(1, 20), waves=st.integers(1, 40), high=st.floats(10, 50), low=st.floats(-50, 8), duty=st.integers(1, 10))
def test_square_wave_raises_once_per_window(period_s: int, waves: int, high: float, low: float, duty: int) -> None:
    """A chattering sensor whose quiet half is shorter than the off-delay raises one alarm however often it swings."""
    values = ([high] * duty + [low]) * waves
    _, events = play(SLOW_OFF, every(period_s, values))
    assert 1 == names(events).count("Raised")
    assert waves - 1 == names(events).count("Repeated")


@given(st.lists(st.floats(-20, 40), max_size=60), st.sampled_from([INSTANT, SLOW_OFF, NOISE]), st.integers(1, 90))
def test_alarms_alternate(values: list[float], rule: Threshold, step_s: int) -> None:
    """Between two raises stands a clear; levels change only in between; the state says whether one is open."""
    state, events = play(rule, every(step_s, [value + 50 if rule is NOISE else value for value in values]))
    open_now = False
    for event in events:
        match event:
            case Raised():
                assert not open_now
                open_now = True
            case Cleared():
                assert open_now
                open_now = False
            case LevelChanged() | Repeated():
                assert open_now
    assert open_now == bool(state.level)


@given(st.lists(st.floats(0, 30), min_size=1, max_size=40), st.data())
def test_redelivery_changes_nothing(values: list[float], data: st.DataObject) -> None:
    """Each reading taken again, at once or later with all that followed it, leaves state and events as they were."""
    readings = every(7, values)
    once = play(SLOW_OFF, readings)
    doubled = [copy for one in readings for copy in (one, one)]
    assert once == play(SLOW_OFF, doubled)
    start = data.draw(st.integers(0, len(readings) - 1))
    again, events = play(SLOW_OFF, readings[start:], state=once[0])
    assert (once[0], []) == (again, events)


@given(st.lists(st.floats(0, 30), min_size=2, max_size=30), st.data())
def test_late_data_never_raises_a_second_alarm(values: list[float], data: st.DataObject) -> None:
    """However older readings are shuffled in afterwards, alarm and state stay."""
    readings = every(7, values)
    state, _ = play(SLOW_OFF, readings)
    late = data.draw(st.permutations(readings[:-1]))
    came = EVENING + 10 * MINUTE_MS
    shifted = [reading(one.value, one.observed_at or 0, came=came) for one in late]
    assert (state, []) == play(SLOW_OFF, shifted, state=state)


@given(st.lists(st.floats(0, 30), min_size=1, max_size=30, unique=True), st.data())
def test_any_order_keeps_alarms_apart(values: list[float], data: st.DataObject) -> None:
    """In any order of arrival there is never a raise within an open alarm."""
    readings = data.draw(st.permutations(every(7, values)))
    _, events = play(SLOW_OFF, readings)
    marks = [name for name in names(events) if name in ("Raised", "Cleared")]
    assert ["Raised", "Cleared"] * (len(marks) // 2) + ["Raised"] * (len(marks) % 2) == marks


@given(st.lists(st.floats(0, 30), max_size=20))
def test_state_survives_as_json(values: list[float]) -> None:
    """What is stored is what was remembered."""
    state, _ = play(SLOW_OFF, every(7, values))
    assert state == load_state(dump_state(state))


def test_only_what_is_not_quiet_is_kept() -> None:
    """A sensor that stays quiet costs no write; the end of an alarm is kept, so that its redelivery cannot raise it again."""
    quiet, _ = play(INSTANT, every(1, [1.0, 2.0]))
    raised, _ = play(INSTANT, every(1, [11.0]))
    cleared, _ = play(INSTANT, every(1, [11.0, 1.0]))
    assert [False, True, True, False] == [
        must_keep(QUIET, quiet),
        must_keep(QUIET, raised),
        must_keep(raised, cleared),
        must_keep(quiet, quiet),
    ]

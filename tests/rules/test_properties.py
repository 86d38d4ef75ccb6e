"""What holds for every rule and every stream: once per hysteresis window, once per reading, in any order, across a restart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.reading import Reading
from data.rules import QUIET, Limit, Press, Raised, RuleState, Threshold, dump_state, load_state, must_keep, take
from tests.rules.test_threshold import EVENING, INSTANT, NOISE, PLAZA, SLOW_OFF, every, names, play
from tests.rules.test_windows import ALL

LONG = Threshold(name="x", limits=(Limit(value=10, source="t"),), clear_by=2, on_delay_s=600, off_delay_s=30, source="t")
STEP_S = 5


@given(st.lists(st.tuples(st.integers(1, 12), st.sampled_from(["well within", "in the band"]), st.integers(1, 14)), min_size=1, max_size=25))
def test_a_square_wave_raises_once_per_hysteresis_window(waves: list[tuple[int, str, int]]) -> None:
    """A new alarm for each time that it had stayed well within the limit for the whole off-delay (30 s), and for nothing less."""
    values: list[float] = []
    windows, held = 1, 0
    for loud, how, calm in waves:
        # From the first reading that is well within to the last before the next wave; a reading in the band begins it anew.
        windows += int((held - 1) * STEP_S >= SLOW_OFF.off_delay_s) if held else 0
        values += [12.0] * loud + [1.0 if how == "well within" else 9.0] * calm
        held = calm if how == "well within" else 0
    _, events = play(SLOW_OFF, every(STEP_S, values))
    assert windows == names(events).count("Raised")


@given(st.sampled_from([*ALL, INSTANT, SLOW_OFF, NOISE, LONG]), st.lists(st.floats(0, 49), min_size=1, max_size=60), st.integers(1, 120))
def test_a_reading_delivered_twice_counts_once(one: Threshold, values: list[float], step_s: int) -> None:
    """Sums, N of M, delays and alarms are those of the readings, however often each comes."""
    readings = every(step_s, values)
    assert play(one, readings) == play(one, [copy for each in readings for copy in (each, each)])


@given(st.integers(1, 5), st.integers(1, 9))
def test_a_press_delivered_twice_is_one_press(presses: int, copies: int) -> None:
    """And each press of its own is one more."""
    rule = Press(name="p", level=1, source="t")
    state, events = QUIET, []
    for each in every(7, [1.0] * presses):
        for _ in range(copies):
            state, more = take(rule, state, each, PLAZA)
            events += more
    assert (1, presses - 1) == (names(events).count("Raised"), names(events).count("Repeated"))


def stored(before: RuleState, after: RuleState, kept: RuleState, rule: Threshold) -> RuleState:
    """What a desk would have."""
    return after if must_keep(before, after, rule) else kept


SWINGS = st.lists(st.sampled_from([3.0, 9.0, 12.0, 30.0]), min_size=1, max_size=60)


@given(SWINGS, st.sets(st.integers(0, 59)), st.sampled_from([INSTANT, SLOW_OFF, LONG]))
def test_restarts_anywhere_change_no_event(values: list[float], cuts: set[int], rule: Threshold) -> None:
    """A process that remembers only what the desk kept says the same at the same times: no delay starts again, nothing is raised twice."""
    _, whole = play(rule, every(30, values))
    memory = kept = QUIET
    events = []
    for number, one in enumerate(every(30, values)):
        if number in cuts:
            memory = load_state(dump_state(kept))
        after, more = take(rule, memory, one, PLAZA)
        kept, memory, events = stored(memory, after, kept, rule), after, [*events, *more]
    assert whole == events


@pytest.mark.parametrize("cut", range(0, 600, 60))
def test_ten_minutes_are_ten_minutes_whatever_restarts(cut: int) -> None:
    """A delay of ten minutes ends ten minutes after it began, with a restart at any minute of it."""
    memory = kept = QUIET
    raised = []
    for second in range(0, 700, 20):
        if second == cut:
            memory = load_state(dump_state(kept))
        at = EVENING + second * 1000
        after, events = take(LONG, memory, Reading(sensor="plaza", value=30.0, observed_at=at, received_at=at), PLAZA)
        kept, memory = stored(memory, after, kept, LONG), after
        raised += [event.at for event in events if isinstance(event, Raised)]
    assert [EVENING + 600_000] == raised

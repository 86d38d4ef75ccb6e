"""Press rules: a button has no state, each message counts."""

from typing import Any
from zoneinfo import ZoneInfo

from data.domain.reading import Reading
from data.kinds import load_kinds
from data.rules import QUIET, Press, Raised, Scene, take, tick

BUTTON = load_kinds()["call_button"].rules[0]
SCENE = Scene(sensor="b", area_class="", zone=ZoneInfo("UTC"))
NOW = 1_764_000_000_000


def press(at: int, value: float = 1.0, **more: Any) -> Reading:
    return Reading(sensor="b", value=value, received_at=at, **more)


def test_any_press_raises_at_once() -> None:
    """The first press raises the most urgent level without delay."""
    state, events = take(BUTTON, QUIET, press(NOW), SCENE)
    assert [("Raised", 1, NOW)] == [(type(e).__name__, e.level, e.at) for e in events if isinstance(e, Raised)]
    assert 1 == state.level


def test_each_further_press_is_an_occurrence() -> None:
    """Pressing again while the call is open repeats it."""
    state, _ = take(BUTTON, QUIET, press(NOW), SCENE)
    _, events = take(BUTTON, state, press(NOW + 1), SCENE)
    assert ["Repeated"] == [type(event).__name__ for event in events]


def test_a_heartbeat_is_no_press() -> None:
    """A zero neither raises nor clears."""
    state, _ = take(BUTTON, QUIET, press(NOW), SCENE)
    assert (QUIET, ()) == take(BUTTON, QUIET, press(NOW, 0.0), SCENE)
    assert (state, ()) == take(BUTTON, state, press(NOW + 1, 0.0), SCENE)


def test_a_redelivered_press_counts_once() -> None:
    """The same message again, by its id, its time or the broker's DUP flag, is the same press."""
    for same in ({"message_id": "m"}, {"observed_at": NOW - 5}, {"duplicate": True}):
        state, _ = take(BUTTON, QUIET, press(NOW, **same), SCENE)
        assert (state, ()) == take(BUTTON, state, press(NOW + 900, **same), SCENE)


def test_a_late_press_still_calls() -> None:
    """A press that a gateway kept back for an hour raises: nobody has answered it."""
    state, _ = take(BUTTON, QUIET, press(NOW, 0.0), SCENE)
    _, events = take(BUTTON, state, press(NOW + 1, observed_at=NOW - 3_600_000), SCENE)
    assert ["Raised"] == [type(event).__name__ for event in events]


def test_a_replayed_press_does_not_call() -> None:
    """A retained press is no press."""
    assert (QUIET, ()) == take(BUTTON, QUIET, press(NOW, retained=True), SCENE)


def test_hold_ends_by_time() -> None:
    """With a hold the alarm ends that long after the last press; without one only a person ends it."""
    shock = Press(name="shock", level=3, hold_s=60, source="test")
    state, _ = take(shock, QUIET, press(NOW), SCENE)
    assert (state, ()) == tick(shock, state, NOW + 59_999)
    quiet, events = tick(shock, state, NOW + 60_000)
    assert (0, ["Cleared"]) == (quiet.level, [type(event).__name__ for event in events])
    called, _ = take(BUTTON, QUIET, press(NOW), SCENE)
    assert (called, ()) == tick(BUTTON, called, NOW + 10**10)

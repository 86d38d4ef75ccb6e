"""A copy of a call stands in for the message that is late, and each press counts once, in whatever order the two come."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from data.centre import calls
from data.centre.calls import EXPECTED_MS, WAIT_MS, Copies, call_topics, is_call
from data.centre.frame import Frame
from data.domain.sensor import Sensor
from data.kinds import load_kinds
from tests.helpers.clock import FakeClock

BUTTON, SMOKE = "paidan/pailou/sensor/button", "paidan/pailou/sensor/smoke"


class Lane:
    """Copies with a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.copies, self.clock = Copies(), FakeClock()
        self.copies.topics = {BUTTON: True, SMOKE: False}
        self.left_out: list[Frame] = []

    def take(self, *frames: Frame, after_s: float = 0.0, committed: bool = True) -> list[Frame]:
        """What is read of these, in a turn after so many seconds."""
        self.clock.pass_s(after_s)
        found = self.copies.sort(frames, self.clock.now())
        self.left_out += self.copies.settle(committed=committed)
        return found

    def message(self, body: bytes = b"1", topic: str = BUTTON, mid: int = 1, qos: int = 1) -> Frame:
        return Frame(topic=topic, body=body, received_at=self.clock.now(), mid=mid, qos=qos)

    def copy(self, body: bytes = b"1", topic: str = BUTTON) -> Frame:
        return Frame(topic=topic, body=body, received_at=self.clock.now(), qos=0, is_copy=True)


def test_a_message_in_time_is_read_as_if_there_were_no_copy() -> None:
    """Whichever of the two comes first by half a second; nothing is remembered, nothing left out."""
    lane = Lane()
    copy, message = lane.copy(), lane.message()
    assert (lane.take(copy), lane.take(message, after_s=0.5), lane.take(after_s=5), len(lane.copies)) == ([], [message], [], 0)
    both = lane.message(mid=2)
    assert (lane.take(both, lane.copy()), len(lane.copies)) == ([both], 1)
    assert lane.left_out == []


def test_a_copy_stands_in_after_a_second_and_its_message_is_left_out() -> None:
    """It is read once, at the moment at which it is; the message is acknowledged a minute later, and counted."""
    lane = Lane()
    assert (lane.take(lane.copy()), lane.take(after_s=0.9)) == ([], [])
    (read,) = lane.take(after_s=0.1)
    assert (read.body, read.received_at) == (b"1", lane.clock.now())
    message = lane.message(mid=7)
    assert (lane.take(message, after_s=60), lane.left_out, lane.copies.left_out, len(lane.copies)) == ([], [message], 1, 0)


def test_two_presses_with_equal_payloads_are_two() -> None:
    """Two copies stand in, two messages are left out, the third is read."""
    lane = Lane()
    lane.take(lane.copy(), lane.copy())
    assert len(lane.take(after_s=1)) == 2
    third = lane.message(mid=3)
    assert lane.take(lane.message(mid=1), lane.message(mid=2), third, after_s=20) == [third]


def test_what_could_not_be_committed_is_read_again() -> None:
    """The copy in the next turn; a message that was left out in a turn that failed is left out when it comes again."""
    lane = Lane()
    lane.take(lane.copy())
    assert len(lane.take(after_s=1, committed=False)) == 1
    assert len(lane.take()) == 1
    assert (lane.take(lane.message(), committed=False), lane.left_out) == ([], [])
    again = lane.message(mid=2)
    assert (lane.take(again), lane.left_out, len(lane.copies)) == ([], [again], 0)


def test_a_copy_that_the_broker_kept_or_that_is_too_long_is_none() -> None:
    """A message that was retained is read and takes no copy's place."""
    lane = Lane()
    lane.take(lane.copy(b"1"), lane.copy(b"1" * 5000))
    kept = Frame(topic=BUTTON, body=b"1", received_at=lane.clock.now(), retained=True)
    assert (lane.take(kept), len(lane.copies)) == ([kept], 1)


def test_a_state_that_comes_after_a_newer_one_is_older() -> None:
    """Smoke by the copy, then what the sensor had said before it, out of the queue: that is put before it. A press is one, whenever it comes."""
    lane = Lane()
    lane.take(lane.copy(b"1", SMOKE), lane.copy(b"1", BUTTON))
    smoke, _ = lane.take(after_s=1)
    old, older = lane.take(lane.message(b"0", SMOKE), lane.message(b"0", SMOKE, mid=2), after_s=30)
    assert old.received_at < older.received_at < smoke.received_at
    assert lane.take(press := lane.message(b"2", BUTTON)) == [press]
    lane.take(lane.message(b"1", SMOKE, mid=3))
    assert lane.take(newer := lane.message(b"0", SMOKE, mid=4)) == [newer]


def test_messages_in_time_again_end_what_was_expected() -> None:
    """A message that never came (published with QoS 0 while the session was down) does not cost a later press with its payload."""
    lane = Lane()
    lane.take(lane.copy(b"1"))
    assert len(lane.take(after_s=1)) == 1
    lane.take(after_s=10)
    lane.take(lane.copy(b"0", SMOKE))
    lane.take(lane.message(b"0", SMOKE), after_s=0.1)
    assert lane.take(press := lane.message(b"1")) == [press]


def test_what_passed_the_queue_by_says_nothing_of_it() -> None:
    """A message of QoS 0 comes past those that wait: they are expected still."""
    lane = Lane()
    lane.take(lane.copy(b"1"))
    lane.take(after_s=1)
    lane.take(after_s=10)
    lane.take(lane.copy(b"0", SMOKE))
    lane.take(lane.message(b"0", SMOKE, qos=0), after_s=0.1)
    assert lane.take(lane.message(b"1")) == []


def test_without_its_connection_nothing_is_left_out() -> None:
    """Better a call twice than one left out."""
    lane = Lane()
    lane.take(lane.copy())
    lane.take(after_s=1)
    lane.copies.forget()
    assert lane.take(message := lane.message()) == [message]


def test_what_is_remembered_is_bounded(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """By number, past which calls come by their messages; and by time."""
    monkeypatch.setattr(calls, "MOST", 10)
    lane = Lane()
    lane.take(*(lane.copy(b"%d" % number) for number in range(30)))
    assert len(lane.copies) == 10
    assert len(lane.take(after_s=1)) == 10
    lane.take(lane.copy(b"one more"))
    assert (lane.take(after_s=1), len(lane.copies)) == ([], 10)
    assert (lane.take(after_s=EXPECTED_MS / 1000 + 1), len(lane.copies)) == ([], 0)


def test_who_calls() -> None:
    """Presses, and the most urgent level at once of those that say little else; not those that would send a flood twice."""
    kinds = load_kinds()
    found = {name for name, kind in kinds.items() if is_call(kind)}
    assert found >= {"call_button", "smoke", "co", "manhole_gas", "lift_trapped"}
    assert found & {"noise", "rain", "water_level", "temperature", "crack", "gateway"} == set()
    sensors = {one.id: one for one in (Sensor(id="b", kind="call_button"), Sensor(id="s", kind="smoke"), Sensor(id="n", kind="noise"))}
    assert call_topics("pailou", sensors, kinds) == {"paidan/pailou/sensor/b": True, "paidan/pailou/sensor/s": False}


Step = tuple[str, object, bool]


def steps_with(copies: st.SearchStrategy[bool]) -> st.SearchStrategy[list[Step]]:
    """Presses, with or without a copy; messages delivered, and time passed, in turns that may fail."""
    press = st.tuples(st.just("press"), st.sampled_from([b"1", b"2"]), copies)
    deliver = st.tuples(st.just("deliver"), st.integers(1, 5), st.booleans())
    passed = st.tuples(st.just("pass"), st.sampled_from([0.1, 0.4, 1.0, 30.0]), st.booleans())
    return st.lists(st.one_of(press, deliver, passed), max_size=60)


def counted(steps: list[Step]) -> tuple[Counter[bytes], Counter[bytes], Lane]:
    """Presses by payload, and how often each was read. Messages keep their order and come as late as they like; what failed comes again."""
    lane, queue, read, pressed = Lane(), list[Frame](), Counter[bytes](), Counter[bytes]()

    def turn(frames: list[Frame], after_s: float = 0.0, *, fails: bool = False) -> None:
        found = lane.take(*frames, after_s=after_s, committed=not fails)
        if fails:
            queue[:0] = [frame for frame in frames if not frame.is_copy]
        else:
            read.update(frame.body for frame in found)

    for what, value, flag in steps:
        match what, value:
            case "press", bytes(body):
                pressed[body] += 1
                queue.append(lane.message(body, mid=pressed.total()))
                if flag:
                    turn([lane.copy(body)])
            case "deliver", int(count):
                frames, queue[:count] = queue[:count], []
                turn(frames, fails=flag)
            case "pass", float(seconds):
                turn([], seconds, fails=flag)
    turn([], WAIT_MS / 1000)
    frames, queue[:] = queue[:], []
    turn(frames)
    return pressed, read, lane


@given(steps=steps_with(st.just(True)))
@settings(max_examples=1500, deadline=None)
def test_each_press_counts_once_in_any_order(steps: list[Step]) -> None:
    """Equal payloads among them; in the end nothing is expected any more, and as many were left out as copies were read."""
    pressed, read, lane = counted(steps)
    assert (read, len(lane.copies), lane.copies.left_out) == (pressed, 0, len(lane.left_out))


@given(steps=steps_with(st.booleans()))
@settings(max_examples=1500, deadline=None)
def test_no_press_is_lost_with_its_copy(steps: list[Step]) -> None:
    """Where copies are lost, a press may count once more, never less; and never more often than it came, copies counted."""
    pressed, read, _ = counted(steps)
    copies = Counter(body for what, body, flag in steps if what == "press" and flag)
    assert all(count <= read[body] <= count + copies[body] for body, count in pressed.items())

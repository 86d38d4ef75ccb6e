"""The line between the network and the writer: how batches come together."""

import threading
import time

from data.centre.handover import STEP_S, Handover, Pace
from data.centre.run import GATHER_FROM


def fed(line: Handover[int], every_s: float, count: int) -> threading.Thread:
    """Put so many, one at a time."""

    def put() -> None:
        for number in range(count):
            line.put(number)
            time.sleep(every_s)

    thread = threading.Thread(target=put)
    thread.start()
    return thread


def test_a_stream_is_gathered_until_its_time_is_up() -> None:
    """What comes in a fifth of a second is one batch, not one each."""
    line: Handover[int] = Handover(1000)
    feeding = fed(line, 0.002, 300)
    until = time.monotonic() + 0.2
    assert (line.gather(until, 1000), time.monotonic() >= until) == (True, True)
    assert len(line.take(0, 1000)) > 20
    feeding.join()


def test_nobody_waits_for_more_than_a_batch_may_hold() -> None:
    """Enough are there: the batch begins at once, and in mid-gathering as soon as they are."""
    line: Handover[int] = Handover(1000)
    feeding = fed(line, 0.001, 100)
    begun = time.monotonic()
    assert (line.gather(begun + 20, 50), time.monotonic() - begun < 10) == (True, True)
    assert len(line.take(0, 50)) == 50
    feeding.join()


def test_nothing_more_ends_the_wait() -> None:
    """A broker that hands out few before the first is acknowledged is not held up by waiting for more."""
    line: Handover[int] = Handover(1000)
    line.put(1)
    begun = time.monotonic()
    assert line.gather(begun + 60, 1000) is False
    assert time.monotonic() - begun < 30
    assert line.take(STEP_S, 1000) == [1]


def test_after_gathering_one_message_wakes_the_taker_again() -> None:
    """The bound of a gathering is its own."""
    line: Handover[int] = Handover(1000)
    line.put(0)
    line.gather(time.monotonic() + 0.05, 1000)
    line.take(0, 1000)
    threading.Timer(0.05, line.put, [7]).start()
    begun = time.monotonic()
    assert (line.take(60, 1000), time.monotonic() - begun < 30) == ([7], True)


def test_the_pace_follows_what_comes() -> None:
    """A handful at once is no stream; hundreds are."""
    pace = Pace()
    pace.count(20)
    assert pace.per_s < GATHER_FROM
    pace.count(2 * GATHER_FROM)
    assert pace.per_s >= GATHER_FROM

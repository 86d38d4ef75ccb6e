"""Simulated units, devices and residents, without a broker: what they would say, by a clock that the test moves."""

import random
from typing import Any

from data.domain.sensor import Sensor
from data.domain.tables import Unit
from data.scenarios.roll import read
from data.scenarios.spec import Roll
from data.settings.classes import load_classes
from data.simulate.agenda import Agenda
from data.simulate.devices import LOUD, device
from data.simulate.residents import FIRST, Residents
from data.simulate.responder import Responder
from tests.helpers.clock import FakeClock

ORDER = {"id": "o1", "from": "dahegou", "class": "0102", "reply_to": "paidan/dahegou/in/receipt"}
INBOX = "paidan/yangjianhong/in"


class _Play:
    """A responder on a fake clock, with everything it sends."""

    def __init__(self) -> None:
        self.clock, self.sent = FakeClock(), []
        self.agenda = Agenda(self.clock)
        unit = Unit(id="yangjianhong", name="片区长 杨建红", kind="leader", person="杨建红")
        classes = load_classes(None)
        self.unit = Responder(unit, self.agenda, random.Random(1), lambda topic, body: self.sent.append((topic, dict(body))), classes)

    def pass_s(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.pass_s(1)
            self.agenda.run(iter((False, True)).__next__)

    def said(self) -> list[Any]:
        return [body["kind"] for _, body in self.sent]


def test_order_is_answered_in_steps() -> None:
    """Delivered at once, then accepted, arrived, done; to the sender's box, with the result the class proposes."""
    play = _Play()
    play.unit.hear(f"{INBOX}/order", ORDER)
    play.pass_s(2)
    assert ["delivered"] == play.said()
    play.pass_s(90)
    assert ["delivered", "accepted", "arrived", "done"] == play.said()
    assert {"paidan/dahegou/in/receipt"} == {topic for topic, _ in play.sent}
    assert "已清理" == play.sent[-1][1]["note"]


def test_repeated_order_gets_the_very_same_receipts() -> None:
    """The order again, in the middle and after the end: the receipts so far again, equal in every field, and no new ones."""
    play = _Play()
    play.unit.hear(f"{INBOX}/order", ORDER)
    play.pass_s(20)
    first = [body for _, body in play.sent]
    play.unit.hear(f"{INBOX}/order", {**ORDER, "attempt": 1})
    assert first == [body for _, body in play.sent][len(first) :]
    play.pass_s(90)
    assert 4 == len({body["id"] for _, body in play.sent})


def test_cancelled_order_is_dropped() -> None:
    """After a cancel nothing more is said about the order."""
    play = _Play()
    play.unit.hear(f"{INBOX}/order", ORDER)
    play.pass_s(2)
    play.unit.hear(f"{INBOX}/cancel", {"id": "c", "order": "o1", "from": "dahegou"})
    play.pass_s(90)
    assert ["delivered"] == play.said()


def test_rework_is_done_again_under_a_new_id() -> None:
    """Sent back, it is done once more; the second `done` is another message than the first."""
    play = _Play()
    play.unit.hear(f"{INBOX}/order", ORDER)
    play.pass_s(95)
    play.unit.hear(f"{INBOX}/note", {"id": "n", "order": "o1", "kind": "rework", "from": "dahegou"})
    play.pass_s(40)
    assert ["o1-done", "o1-done-2"] == [body["id"] for _, body in play.sent if body["kind"] == "done"]


def test_order_that_wants_its_answer_elsewhere_is_not_answered() -> None:
    """A `reply_to` that is not the sender's own box is ignored."""
    play = _Play()
    play.unit.hear(f"{INBOX}/order", {**ORDER, "reply_to": "paidan/somebody/in/receipt"})
    play.pass_s(90)
    assert [] == play.sent


def test_square_is_too_loud_for_longer_than_the_delay() -> None:
    """On 江南广场 the level stays above 60 by day for over a minute, and then below 57 for over two."""
    square = device(Sensor(id=LOUD, kind="noise", area_class="2"), random.Random(5))
    assert square is not None
    levels = [square.walk(second, 20) for second in range(0, 720, 5)]
    loud = levels[20 // 5 : 170 // 5]
    assert min(loud) > 60
    assert len(loud) * 5 > 60
    assert max(levels[170 // 5 :]) < 60
    later = [square.walk(second, hour) for hour in (3, 9, 14, 22) for second in range(7200, 7920, 5)]
    assert (max(later) < 60, square.walk(7300, 20) > 60) == (True, True)  # after the first half hour they dance of an evening


def test_same_seed_tells_the_same_story() -> None:
    """Reports follow from the seed; the first is the newspaper's; ids of two runs differ."""
    one, two, other = (Residents(random.Random(3), run) for run in ("a", "a", "b"))
    story = [one.next_report("t") for _ in range(20)]
    assert story == [two.next_report("t") for _ in range(20)]
    assert FIRST.text == story[0]["text"]
    assert "吴卫东" == story[0]["reporter"]["name"]
    assert not {report["id"] for report in story} & {other.next_report("t")["id"] for _ in range(20)}
    assert any("grid" not in report for report in story)


def test_a_flood_is_answered_with_the_roll() -> None:
    """Half of them on arrival, all at the end, of one and the same total: as the desk's roll reads it."""
    play, roll = _Play(), Roll(words=("已转移",), source="test")
    play.unit.hear(f"{INBOX}/order", {**ORDER, "class": "0602"})
    play.pass_s(120)
    counts = [read(roll, body["note"]) for _, body in play.sent if body["kind"] in {"arrived", "done"}]
    assert [count is not None and count.of > 0 for count in counts] == [True, True]
    assert counts[1] is not None and counts[0] is not None
    assert (counts[0].of, counts[1].moved) == (counts[1].of, counts[1].of)

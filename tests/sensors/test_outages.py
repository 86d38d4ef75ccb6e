"""What else is down explains a silence: gateways, chains of them, sources; counted apart, and each its own matter again afterwards."""

from typing import Any

import pytest

from data.centre.feeds import Feeds
from data.domain.sensor import Sensor
from data.kinds.register import sync_sensors
from data.store.history.writer import open_writer
from data.store.journal import verify
from tests.sensors.conftest import Stand

MINUTE = 60


def hang(stand: Stand, *sensors: Sensor) -> None:
    stand.sensors.update({sensor.id: sensor for sensor in sensors})
    with stand.desk.transaction() as tx:
        sync_sensors(tx, stand.sensors)


def children(stand: Stand, kind: str, n: int = 26, parent: str = "gw") -> list[str]:
    ids = [f"{kind}-{number}" for number in range(n)]
    hang(stand, Sensor(id="gw", kind="gateway", place="北坡机房"), *(Sensor(id=one, kind=kind, parent=parent) for one in ids))
    return ids


def hear(stand: Stand, *sensors: str, gateway: float = 1) -> None:
    """A quiet value of each."""
    values = {"gateway": gateway, "noise": 45.0, "temperature": 20.0}
    stand.take(*(stand.reading(one, values.get(stand.sensors[one].kind, 0.0)) for one in sensors))


def counts(stand: Stand) -> tuple[int, int]:
    """失联, 压住."""
    stand.settle()
    return stand.history.lost_count(), stand.history.covered_count()


def open_alarms(stand: Stand) -> list[tuple[str, str | None]]:
    return sorted((row["sensor"], row["suppressed_by"]) for row in stand.rows("alarms") if row["cleared_at"] is None)


@pytest.mark.parametrize("kind", ["temperature", "noise", "call_button", "smoke"])
def test_a_dead_gateway_is_one_row_whatever_its_children_are(stand: Stand, kind: str) -> None:
    """With a rule of silence or without, lost sooner than the gateway or later: never more than one row, and one case."""
    ids = children(stand, kind)
    hear(stand, "gw", *ids)
    seen = set()
    for _ in range(120):
        stand.clock.pass_s(2 * MINUTE)
        seen.add(counts(stand)[0])
    stand.clock.pass_s(stand.kinds[kind].timing.stale_s)
    assert ({0, 1}, (1, 26), 1) == (seen, counts(stand), len(stand.rows("cases")))
    assert {"gw": 26} == stand.history.covered_by(["gw", "none"])
    assert [("gw", None)] == [alarm for alarm in open_alarms(stand) if alarm[1] is None]
    hear(stand, "gw")
    assert (0, 0) == counts(stand)
    assert [] == open_alarms(stand)
    assert verify(stand.desk.conn) is None


def test_one_silent_child_of_a_living_gateway_is_its_own_matter(stand: Stand) -> None:
    """And stays it when the gateway dies later."""
    ids = children(stand, "noise", 3)
    hear(stand, "gw", *ids)
    for _ in range(3):
        stand.clock.pass_s(4 * MINUTE)
        hear(stand, "gw", *ids[1:])
    assert (1, 0) == counts(stand)
    stand.clock.pass_s(16 * MINUTE)
    assert (2, 2) == counts(stand)
    assert ["gw", "noise-0"] == sorted(stand.history.lost())


def test_back_again_each_has_its_own_delay_also_over_a_restart(stand: Stand, tmp_path: Any) -> None:
    """Nothing is lost at the moment of the return; who stays silent is lost one delay later, not sooner and not never."""
    ids = children(stand, "temperature", 2)
    hear(stand, "gw", *ids)
    stand.clock.pass_s(2 * 3600)
    assert (1, 2) == counts(stand)
    hear(stand, "gw")
    assert (0, 0) == counts(stand)
    stand.history.close()
    stand.history = open_writer(tmp_path)
    for _ in range(3):
        stand.clock.pass_s(10 * MINUTE)
        hear(stand, "gw", ids[0])
        assert (0, 0) == counts(stand)
    stand.clock.pass_s(16 * MINUTE)
    hear(stand, "gw", ids[0])
    assert ((1, 0), [ids[1]]) == (counts(stand), list(stand.history.lost()))


def test_covered_over_a_restart(stand: Stand, tmp_path: Any) -> None:
    """What explained a silence is not forgotten."""
    ids = children(stand, "call_button", 2)
    hear(stand, "gw")
    hear(stand, *ids)
    stand.clock.pass_s(3 * 86_400)
    assert (1, 2) == counts(stand)
    before = open_alarms(stand)
    stand.history.close()
    stand.history = open_writer(tmp_path)
    stand.restart()
    assert (1, 2) == counts(stand)
    assert before == open_alarms(stand)


def test_a_gateway_that_says_it_is_down(stand: Stand) -> None:
    """A plain 0 explains its children as well as silence does."""
    ids = children(stand, "noise", 3)
    hear(stand, "gw", *ids)
    for _ in range(4):
        stand.clock.pass_s(3 * MINUTE)
        hear(stand, "gw", gateway=0)
    assert (0, 3) == counts(stand)
    assert [("gw", None)] == open_alarms(stand)
    hear(stand, "gw")
    assert (0, 0) == counts(stand)


def test_a_gateway_behind_a_gateway(stand: Stand) -> None:
    """The upper one dies: it is the one row."""
    hang(
        stand, Sensor(id="top", kind="gateway"), Sensor(id="mid", kind="gateway", parent="top"),
        *(Sensor(id=f"n{number}", kind="noise", parent="mid") for number in range(3)),
    )  # fmt: skip
    hear(stand, "top", "mid", "n0", "n1", "n2")
    for _ in range(30):
        stand.clock.pass_s(MINUTE)
        assert counts(stand)[0] <= 1
    assert ((1, 4), ["top"]) == (counts(stand), list(stand.history.lost()))


def test_sources_down_are_one_alarm_each_and_others_go_on(stand: Stand) -> None:
    """Two of three platforms die: what they bring is explained by them, with a silence rule or without; the third's sensor is its own matter."""
    hang(stand, *(Sensor(id=f"{one}{number}", kind="call_button" if number else "noise") for one in "abc" for number in range(3)))
    stand.feeds = {f"{one}{number}": one for one in "abc" for number in range(3)}
    hear(stand, *stand.feeds)
    stand.clock.pass_s(MINUTE)
    stand.down = {"a": stand.clock.now(), "b": stand.clock.now()}
    stand.clock.pass_s(10 * MINUTE)
    assert ((1, 2), ["c0"]) == (counts(stand), list(stand.history.lost()))
    assert {"source-a": 1, "source-b": 1} == stand.history.covered_by(["source-a", "source-b", "source-c"])
    stand.clock.pass_s(3 * 86_400)
    assert (3, 6) == counts(stand)
    assert {None, "source-a", "source-b"} == {by for _, by in open_alarms(stand)}
    assert 2 == len(stand.rows("cases"))
    stand.down = {"b": stand.down["b"]}
    assert (3, 3) == counts(stand)


@pytest.mark.parametrize("breaks", [1, 3])
def test_time_in_which_its_source_was_down_is_no_silence(stand: Stand, breaks: int) -> None:
    """Too short to explain anything, yet nothing could come: the sensor has its whole time once more, however often that happens only once."""
    hang(stand, Sensor(id="a0", kind="noise"), Sensor(id="c0", kind="noise"))
    stand.feeds = {"a0": "a", "c0": "c"}
    hear(stand, "a0", "c0")
    stale = round(stand.kinds["noise"].timing.stale_s)
    for _ in range(breaks):
        stand.down = {"a": stand.clock.now()}
        stand.clock.pass_s(stale / breaks - 10)
        assert (0, 0) == counts(stand)
        stand.down = {}
        assert (0, 0) == counts(stand)
    stand.clock.pass_s(stale - 20)
    counts(stand)
    assert ["c0"] == list(stand.history.lost())
    stand.clock.pass_s(40)
    counts(stand)
    assert ["a0", "c0"] == sorted(stand.history.lost())


def test_a_moment_without_a_connection_puts_no_silence_off(stand: Stand) -> None:
    """Every connection begins so."""
    hang(stand, Sensor(id="a0", kind="noise"))
    stand.feeds = {"a0": "a"}
    hear(stand, "a0")
    stand.clock.pass_s(stand.kinds["noise"].timing.stale_s - 4)
    stand.down = {"a": stand.clock.now()}
    counts(stand)
    stand.clock.pass_s(3)
    stand.down = {}
    counts(stand)
    stand.clock.pass_s(10)
    assert ((1, 0), ["a0"]) == (counts(stand), list(stand.history.lost()))


def test_what_a_source_told_of_itself_is_remembered() -> None:
    """Down, said again and again, then up: one gap; down and no word since: the centre's own pause counts from there."""
    feeds = Feeds(lambda _source: None)
    feeds.remember("a", [(0, True), (100, False), (400, False), (500, True), (800, True), (900, False)])
    assert {"a": [(100, 500)]} == feeds.gaps


def test_a_described_time_of_silence_counts_instead_of_the_kinds(stand: Stand) -> None:
    """Shorter: lost sooner, with the alarm of silence; gone again: the kind's own counts."""
    stand.expiry = {"button": 120.0, "plaza": 3_600.0}
    hear(stand, "button", "plaza")
    stand.clock.pass_s(119)
    assert (0, 0) == counts(stand)
    stand.clock.pass_s(10)
    assert ((1, 0), [("button", None)]) == (counts(stand), open_alarms(stand))
    stand.clock.pass_s(1_800)
    assert ["button"] == list(stand.history.lost())
    stand.expiry.clear()
    stand.history.look_again("button")
    stand.history.look_again("plaza")
    counts(stand)
    assert ["plaza"] == list(stand.history.lost())


def test_said_to_be_offline_is_lost_at_once_and_alarms_by_its_own_delay(stand: Stand) -> None:
    """Not heard since: lost. Its rule of silence waits all the same. Heard or online again: not lost."""
    hear(stand, "button", "plaza")
    stand.clock.pass_s(MINUTE)
    stand.history.offline("button", stand.clock.now())
    stand.history.offline("nobody", stand.clock.now())
    assert ((1, 0), []) == (counts(stand), open_alarms(stand))
    hear(stand, "button")
    stand.history.offline("button", stand.clock.now() - 1_000)
    assert (0, 0) == counts(stand)
    stand.history.offline("button", stand.clock.now())
    assert (1, 0) == counts(stand)
    stand.clock.pass_s(3 * 86_400)
    hear(stand, "plaza")
    assert ((1, 0), [("button", None)]) == (counts(stand), open_alarms(stand))
    stand.history.online("button", stand.clock.now())
    assert (0, 0) == counts(stand)

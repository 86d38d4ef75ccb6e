"""More readings than can be kept in time: quiet ones that say nothing new are left out and counted, nothing else is."""

import threading
import time
from pathlib import Path

import pytest

from data.centre.ingest import ingest
from data.centre.thinning import LONG_S, Thinning
from data.clock import real_ms
from data.domain.reading import Reading
from data.init import init_home
from data.kinds import load_kinds
from data.store.history import open_reader
from data.store.schema import open_desk
from data.words import Words
from tests.helpers.bare_mqtt import Publisher
from tests.helpers.brokers import AnyBroker
from tests.helpers.clock import ZONE
from tests.helpers.homes import CentreProcess, paidan_json
from tests.helpers.waiting import wait_until
from tests.sensors.conftest import Stand, make_stand

NOW = 1_764_000_000_000


def old(count: int, ms: int, **more: object) -> list[Reading]:
    return [Reading(sensor=f"s{n}", value=1.0, observed_at=NOW - ms, received_at=NOW, **more) for n in range(count)]  # type: ignore[arg-type]


def test_in_time_nothing_is_thinned() -> None:
    """A full batch of fresh readings, and a small one of old readings, which is somebody's backlog."""
    thinning = Thinning(load_kinds())
    for readings in (old(5000, 100), old(10, 60_000), []):
        thinning.look(readings, 0)
        assert thinning.shares == {}


def test_a_broker_that_is_behind_shows_in_the_freshest_reading() -> None:
    """All are seconds old: thinned is by half of a kind's interval, kinds of events never. One fresh reading: the others are late themselves."""
    thinning = Thinning(load_kinds())
    thinning.look(old(500, 5_000), 0)
    assert (thinning.shares["noise"], "call_button" in thinning.shares) == (30_000, False)
    thinning.look([*old(199, 5_000), *old(1, 0)], 0)
    assert thinning.shares == {}


def test_replays_say_nothing_about_the_broker() -> None:
    """Retained messages are old by nature."""
    thinning = Thinning(load_kinds())
    thinning.look(old(500, 5_000, retained=True), 0)
    assert thinning.shares == {}


def test_a_writer_that_is_behind_shows_in_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line was never empty for some seconds; as soon as it is, all is kept again."""
    thinning, now = Thinning(load_kinds()), time.monotonic()
    for passed, waiting, thins in ((0.0, 0, False), (1.0, 900, False), (LONG_S + 1.5, 900, True), (LONG_S + 2, 0, False), (LONG_S + 3, 5, False)):
        monkeypatch.setattr(time, "monotonic", lambda passed=passed: now + passed)
        thinning.look(old(100, 10), waiting)
        assert bool(thinning.shares) is thins


def taken(stand: Stand, *readings: Reading) -> tuple[int, int]:
    """Kept and thinned of a batch."""
    with stand.desk.transaction() as tx:
        outcome = ingest(
            tx, readings, stand.sensors, stand.kinds, tx.now, ZONE, words=Words("zh"), open_case=stand.open_case,
            raise_level=stand.raise_level, memory=stand.memory, shares={"noise": 30_000, "rain": 30_000},
        )  # fmt: skip
    stand.memory.absorb(outcome, stand.sensors)
    return len(outcome.readings), outcome.thinned


def test_quiet_readings_are_thinned_to_their_share(tmp_path: Path) -> None:
    """Of a minute's readings, one a second, those half a minute apart are kept; who keeps to the interval loses none."""
    stand = make_stand(tmp_path)
    kept = thinned = 0
    for _ in range(60):
        one, other = taken(stand, stand.reading("plaza", 50.0))
        kept, thinned = kept + one, thinned + other
        stand.clock.pass_s(1)
    assert (kept, thinned) == (2, 58)
    stand.clock.pass_s(60)
    assert taken(stand, stand.reading("plaza", 50.5), stand.reading("road", 50.0)) == (2, 0)
    stand.history.close()
    stand.desk.conn.close()


def test_nothing_that_matters_is_thinned(tmp_path: Path) -> None:
    """What is over a limit, what is open, and every press, however close they come; the alarms are those of any other day."""
    stand = make_stand(tmp_path)
    taken(stand, stand.reading("plaza", 50.0))
    for _ in range(130):
        stand.clock.pass_s(1)
        assert taken(stand, stand.reading("plaza", 66.0), stand.reading("button", 1)) == (2, 0)
    rows = {row["sensor"]: row for row in stand.rows("alarms") if row["rule"] in ("over", "press")}
    assert (sorted(rows), rows["button"]["occurrences"]) == (["button", "plaza"], 130)
    stand.history.close()
    stand.desk.conn.close()


@pytest.mark.timeout(120)
def test_a_broker_far_behind_at_the_real_program(tmp_path: Path, nats_broker: AnyBroker) -> None:
    """Twenty sensors at a hundred times their rate, twenty seconds late by the broker: kept and thinned are what was sent, every call is one alarm at
    once, and status and health tell of it.
    """
    home = tmp_path / "pailou"
    init_home(home, "street", broker=nats_broker.url)
    (home / "sensors.csv").write_text(
        "id,kind\n" + "".join(f"s{n},noise\n" for n in range(20)) + "".join(f"b{n},call_button\n" for n in range(20)), encoding="utf-8"
    )
    centre = CentreProcess(home)
    centre.start()
    count, now = 12_000, real_ms()
    messages = [(f"paidan/pailou/sensor/s{n % 20}", b'{"value":%d,"time":%d}' % (30 + n % 10, now - 20_000 + n)) for n in range(count)]
    for call in range(20):
        messages.insert((call + 1) * count // 21, (f"paidan/pailou/sensor/b{call}", b'{"value":1,"time":%d}' % (now - 20_000)))
    sender = threading.Thread(target=Publisher(nats_broker.port, "flood").send, args=(messages,), daemon=True)
    sender.start()
    wait_until(lambda: _came(home, count), 60, "all is kept or thinned")
    sender.join()
    desk, history = open_desk(home / "desk.db"), open_reader(home)
    calls = desk.execute("SELECT sensor, occurrences, level FROM alarms WHERE rule='press'").fetchall()
    thinned, at = desk.execute("SELECT thinned, thinned_at FROM lease").fetchone()
    kept = sum(len(list(history.points(f"s{n}", now - 60_000, now))) for n in range(20))
    desk.close()
    history.close()
    state = paidan_json("status", home=home)
    centre.stop()
    assert sorted((row[0], row[1], row[2]) for row in calls) == sorted((f"b{n}", 1, 1) for n in range(20))
    assert (kept + thinned, thinned > count // 2, at >= now, state["thinned"]) == (count, True, True, thinned)


def _came(home: Path, count: int) -> bool:
    desk, history = open_desk(home / "desk.db"), open_reader(home)
    try:
        return int(desk.execute("SELECT thinned FROM lease").fetchone()[0]) + history.total() >= count + 20
    finally:
        desk.close()
        history.close()

"""A silence counts only while somebody listened."""

from pathlib import Path
from typing import Any

import pytest

from data.centre import listening
from data.centre.listening import MOST_GAPS, Listening
from data.store.history.writer import open_writer
from tests.sensors.conftest import Stand

MINUTE = 60
STALE_S = 15 * MINUTE
"""Of a gateway, the kind of the sensors here: lost after that, with a rule of silence."""


class Centres:
    """Centres one after the other over one stand; their monotonic time is the stand's."""

    def __init__(self, stand: Stand, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stand, self.home = stand, home
        monkeypatch.setattr("time.monotonic", lambda: stand.clock.now() / 1000)
        self.now = Listening()

    def start(self) -> None:
        """A new process over the same store, which begins with a heartbeat before any line is up."""
        self.stand.history.close()
        self.stand.history = open_writer(self.home)
        self.stand.restart()
        self.now = Listening()
        self.now.learn(self.stand.desk.conn, self.stand.clock.now())
        self.stand.history.counts_from = self.now.counts_from
        self.beat(is_up=False)

    def beat(self, *, is_up: bool = True, is_behind: bool = False) -> None:
        self.now.beat(self.stand.clock.now(), is_up=is_up, is_behind=is_behind)
        self.stand.settle()
        with self.stand.desk.transaction() as tx:
            self.now.write(tx)

    def run(self, seconds: float, **more: bool) -> None:
        """Heartbeats for so long."""
        for _ in range(round(seconds / 2)):
            self.stand.clock.pass_s(2)
            self.beat(**more)

    @property
    def lost(self) -> list[str]:
        return sorted(self.stand.history.lost())


@pytest.fixture
def centres(stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centres:
    from data.domain.sensor import Sensor
    from tests.sensors.test_outages import hang

    hang(stand, Sensor(id="gw", kind="gateway", place="北坡机房"), Sensor(id="dead", kind="gateway", place="南坡机房"))
    made = Centres(stand, tmp_path, monkeypatch)
    made.start()
    stand.take(stand.reading("gw", 1), stand.reading("dead", 1))
    return made


def test_after_hours_off_nobody_is_lost_before_what_queued_is_in(centres: Centres) -> None:
    """Each has its whole interval from then; who stays silent is lost one interval later, once."""
    stand = centres.stand
    centres.run(STALE_S - 20)
    stand.clock.pass_s(5 * 3600)
    centres.start()
    centres.run(60, is_up=False)
    centres.run(40, is_behind=True)
    assert ([], []) == (centres.lost, stand.rows("alarms"))
    queued = stand.clock.now() - 3600_000
    stand.take(stand.reading("gw", 1, observed_at=queued))
    centres.run(14)
    assert not centres.now.is_settling
    for _ in range(14):
        centres.run(MINUTE)
        stand.send("gw", 1)
    assert ([], []) == (centres.lost, stand.rows("alarms"))
    centres.run(2 * MINUTE)
    assert (["dead"], ["dead"]) == (centres.lost, [row["sensor"] for row in stand.rows("alarms")])


def test_who_was_lost_stays_lost(centres: Centres) -> None:
    """And its alarm is the one it was."""
    centres.run(STALE_S + 10)
    before = centres.stand.rows("alarms")
    centres.stand.clock.pass_s(3600)
    centres.start()
    centres.run(60)
    assert (["dead", "gw"], before) == (centres.lost, centres.stand.rows("alarms"))


@pytest.mark.parametrize(("lives", "off"), [(20, 3), (60, 1), (60, 600), (4, 1)])
def test_restarts_in_a_row_do_not_put_a_silence_off_for_ever(centres: Centres, lives: int, off: int) -> None:
    """Twice the interval of listening is the bound, whatever it is cut into; and the store of it is bounded."""
    listened = 0
    while not centres.lost:
        centres.run(lives)
        listened += lives
        centres.stand.clock.pass_s(off)
        centres.start()
        assert listened < 5 * STALE_S
    settling = 2 if off < 10 else 12
    assert listened * (1 - settling / lives) <= 2 * STALE_S + 2 * lives
    assert MOST_GAPS >= centres.stand.desk.conn.execute("SELECT count(*) FROM deaf").fetchone()[0]


def test_a_frozen_centre_did_not_listen(centres: Centres) -> None:
    """A machine that slept for an hour calls nobody lost when it wakes."""
    centres.run(60)
    centres.stand.clock.pass_s(3600)
    centres.beat()
    assert centres.now.is_settling
    centres.run(STALE_S - 20)
    assert [] == centres.lost
    centres.run(60)
    assert ["dead", "gw"] == centres.lost


def test_what_is_called_a_backlog_for_ever_is_none(centres: Centres, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a broker that stays away put a silence off."""
    monkeypatch.setattr(listening, "MOST_S", 100.0)
    for more in ({"is_behind": True}, {"is_up": False}):
        centres.stand.clock.pass_s(3600)
        centres.start()
        centres.run(90, **more)
        assert centres.now.is_settling
        centres.run(12, **more)
        assert not centres.now.is_settling


def test_a_first_start_knows_of_no_gap(stand: Stand, tmp_path: Any) -> None:
    """Nothing is taken off."""
    first = Listening()
    first.learn(stand.desk.conn, stand.clock.now())
    assert ([], 5) == (first.gaps, first.counts_from(5, 1000))

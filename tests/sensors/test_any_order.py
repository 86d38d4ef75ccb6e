"""Late data in any order, in any batches, across restarts: the desk ends the same."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from data.domain.reading import Reading
from data.store.journal import verify
from tests.sensors.conftest import Stand, make_stand

TABLES = ("alarms", "cases", "journal", "rule_states")


def state_of(stand: Stand) -> list[list[dict[str, Any]]]:
    return [stand.rows(table) for table in TABLES]


@pytest.mark.parametrize("seed", range(12))
def test_late_data_in_any_order_leaves_the_desk_as_it_is(tmp_path: Path, seed: int) -> None:
    """An evening of three kinds is played; all of it again and another loud evening before it come late, shuffled, cut and restarted at random."""
    chance = Random(seed)
    stand = make_stand(tmp_path / "home")
    late: list[Reading] = []
    for _ in range(60):
        for sensor, values in (("plaza", (48, 58, 62, 75)), ("rain", (5, 30, 46, 61)), ("crack", (0.0, 1.0, 3.0))):
            one = stand.reading(sensor, chance.choice(values))
            before = stand.reading(sensor, max(values), observed_at=stand.clock.now() - 7_200_000)
            stand.take(one)
            late += [one, before]
        stand.clock.pass_s(60)
    alarms = len(stand.rows("alarms"))
    assert alarms > 1
    stand.clock.pass_s(1200)
    done = state_of(stand)
    chance.shuffle(late)
    while late:
        size = chance.randint(1, 90)
        batch, late = late[:size], late[size:]
        if chance.random() < 0.3:
            stand.restart()
        stand.take(*(Reading(sensor=one.sensor, value=one.value, observed_at=one.observed_at, received_at=stand.clock.now()) for one in batch))
        stand.clock.pass_s(1)
    assert done[:3] == state_of(stand)[:3]
    assert verify(stand.desk.conn) is None
    stand.desk.conn.close()
    stand.history.close()

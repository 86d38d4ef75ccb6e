"""What a board costs: counted in statements, and never by how many sensors the centre has."""

import random
from collections.abc import Callable
from itertools import pairwise

from data.domain.reading import Reading
from data.domain.sensor import Sensor
from data.domain.tables import Tables
from data.kinds.register import sync_sensors
from data.store.history.columns import Column
from data.store.history.tail import _PARTS
from data.store.sqlite import sqlite3
from data.views import areas
from data.views.board import board
from data.words import Words
from tests.helpers.clock import ZONE
from tests.sensors.conftest import Stand

HOUR_MS = 3_600_000
KINDS = ("noise", "rain", "temperature", "call_button")


def many_sensors(stand: Stand, count: int = 60) -> None:
    """So many sensors, with hours of readings in the day files, segments and batches."""
    stand.sensors.update({f"m{n}": Sensor(id=f"m{n}", kind=KINDS[n % 4], place=f"点位{n}") for n in range(count)})
    with stand.desk.transaction() as tx:
        sync_sensors(tx, stand.sensors)
    now = stand.clock.now()
    for minutes in (200, 100, 50, 20, 2, 0):
        at = now - minutes * 60_000
        stand.history.append([Reading(sensor=f"m{n}", value=float(n), observed_at=at - n, received_at=at) for n in range(count)])
        if minutes > 20:
            pack(stand)
        elif minutes > 2:
            stand.history.upkeep._merge(hurry=True)


def pack(stand: Stand) -> None:
    while stand.history.tidy(stand.clock.now(), hurry=True):
        pass


def statements(stand: Stand, run: Callable[[], object]) -> int:
    """How many statements a call gives to all files."""
    said: list[str] = []
    run()
    conns = [stand.desk.conn, stand.history._conn, *(conn for _, conn in stand.history._days._open.values())]
    for conn in conns:
        conn.set_trace_callback(said.append)
    run()
    for conn in conns:
        conn.set_trace_callback(None)
    return len(said)


def test_a_board_of_forty_panels_asks_no_more_than_one_of_eight(stand: Stand) -> None:
    """Statements are a board's, not a panel's: one for all its sensors wherever one has to be asked."""
    many_sensors(stand)

    def look(limit: int) -> int:
        seen = board(stand.desk.conn, stand.history, stand.kinds, stand.clock.now(), limit, 12, ZONE, Words("zh")).panels
        assert (limit, 6) == (len(seen), sum(panel.value is not None for panel in seen[-6:]))
        return len(seen)

    few, many = statements(stand, lambda: look(8)), statements(stand, lambda: look(40))
    assert few == many
    assert many <= 40 + len(stand.kinds)


def test_areas_ask_three_times_whatever_there_is(stand: Stand) -> None:
    """The sensors of the exceptions are looked up once: alarms, silent ones, the last hour; and one of them only for itself."""
    many_sensors(stand)
    tables, words, now = Tables(centre="jiangnan", centre_name="江南"), Words("zh"), stand.clock.now()
    asked = []
    for count in (2, 30):
        ids = [f"m{n}" for n in range(count)]
        seen = areas.areas(stand.desk.conn, stand.kinds, tables, ids, now, None, words)
        assert (count, count) == (sum(row.lost for row in seen.rows), sum(kind.lost for kind in seen.kinds))
        asked.append(statements(stand, lambda ids=ids: areas.areas(stand.desk.conn, stand.kinds, tables, ids, now, None, words)))
        found = [areas.one(stand.desk.conn, stand.history, stand.kinds, ids, now, sensor, words) for sensor in ("m1", "m40")]
        assert ["m1", None] == [one and one.sensor for one in found]
    assert [3, 3] == asked


def test_many_sensors_at_once_fold_as_one_by_one(stand: Stand) -> None:
    """Whatever is packed meanwhile, comes late, comes twice or is of a wrong clock, and though what was read is kept."""
    rng, now = random.Random(7), stand.clock.now()
    names = [f"s{n}" for n in range(9)]
    seen = []
    for turn in range(40):
        ats = [now + turn * 600_000 - rng.choice((0, 0, 90_000, 3 * HOUR_MS, 30 * HOUR_MS)) for _ in range(12)]
        batch = [Reading(sensor=rng.choice(names), value=float(rng.randrange(99)), observed_at=at, received_at=now + turn * 600_000) for at in ats]
        stand.history.append(batch + rng.sample(batch, 2))
        rng.choice((lambda: None, lambda: stand.history.tidy(now, hurry=True), lambda: pack(stand)))()
        end = now + turn * 600_000 + 1
        spans = {name: (end - rng.choice((2, 5, 40)) * HOUR_MS, end) for name in [*names, "never"]}
        n = rng.choice((1, 2, 7, 24))
        found = stand.history.columns_of(spans, n)
        assert [_exact(stand.history.columns(name, *span, n)) for name, span in spans.items()] == [_exact(found[name]) for name in spans]
        seen += [column for columns in found.values() for column in columns if column]
    assert 500 < len(seen)


def _exact(columns: tuple[Column | None, ...]) -> list[object]:
    # A mean is a sum of the same values in another order.
    return [column and (column.min, column.max, round(column.mean, 9), column.last, column.count) for column in columns]


def test_a_question_of_the_tail_walks_through_no_other_sensors(stand: Stand) -> None:
    """Each segment is entered at the sensor's own block."""
    plan = stand.history._conn.execute(f"EXPLAIN QUERY PLAN {_PARTS}", (0, 9, "[1]")).fetchall()
    assert "SEARCH segments USING PRIMARY KEY (id=? AND block=?)" in [row["detail"] for row in plan]
    steps = []
    for count in (300, 6_000):
        many_sensors(stand, count)
        steps.append(_steps(stand.history._conn, lambda: stand.history.latest(["m1"])))
    assert all(more < 2 * less + 100 for less, more in pairwise(steps)), steps


def _steps(conn: sqlite3.Connection, run: Callable[[], object]) -> int:
    counted = [0]

    def step() -> int:
        counted[0] += 1
        return 0

    conn.set_progress_handler(step, 1)
    run()
    conn.set_progress_handler(None, 0)
    return counted[0]

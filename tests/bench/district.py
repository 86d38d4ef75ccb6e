"""A district's home: 337,000 sensors in the register, and thirty closed days of 130 million readings in its history.

    python tests/bench/district.py HOME [--port PORT] [--days 30] [--sensors 337000]

One sensor in ten sends every quarter of an hour, the others three or four times a day, which comes to 130 million in thirty days. The rows of the
day files are those of the store's own packer: it packs each hour of a bank of different sensors, and sensors take their turns in that bank, because
packing each reading anew would take an hour. Two processes write; some ten minutes, some 3 GB.
"""

# ruff: noqa: E402, T201
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import click

from data.domain.reading import Reading
from data.store.history.days import _NAMES, _PACKED, DAY_MS, HOUR_MS, _row, packed_path
from data.store.history.history import days_path
from data.store.history.points import Point
from data.store.history.writer import open_writer
from data.store.sqlite import sqlite3

REGISTER = 337_000
"""Sensors of a district (`domain.md` §1)."""
KINDS = ("noise", "temperature", "humidity", "soil_moisture")
BUTTONS = 400
"""Call buttons `b0` and so on, beside the sensors: for life-safety events in the midst of readings."""
BANK = 500
"""Different sensors whose hours are packed."""
QUARTER_MS = HOUR_MS // 4
Row = tuple[object, ...]


def is_quick(number: int) -> bool:
    """Whether it sends every quarter of an hour."""
    return number % 10 == 0


def make_register(home: Path, sensors: int) -> None:
    """Put the sensors as an import does."""
    from data.clock import real_ms
    from data.domain.sensor import Sensor
    from data.kinds.register import next_version, put_sensors
    from data.settings import load
    from data.store import lease
    from data.store.desk import Desk
    from data.store.schema import migrate
    from data.store.sqlite import connect

    (home / "sensors.csv").write_text("id,kind\n", encoding="utf-8")
    settings = load(home)
    migrate(home / "desk.db")
    conn = connect(home / "desk.db", checkpoints=True)
    rows = (
        Sensor(id=f"s{n}", kind=KINDS[n % len(KINDS)], name=f"点位{n}", place=f"江南街{n % 900}号", grid=f"JN-{n % 97:02}", area_class="2")
        for n in range(sensors)
    )
    with Desk(conn, settings.clock, epoch=lease.take(conn, real_ms())).transaction() as tx:
        put_sensors(tx, rows, next_version(tx.conn))
        put_sensors(tx, (Sensor(id=f"b{n}", kind="call_button", name=f"按钮{n}", place=f"独居户{n}") for n in range(BUTTONS)), next_version(tx.conn))
    conn.close()


def bank(day: int) -> tuple[list[list[Row]], list[list[Row]]]:
    """Rows of a day, without a sensor's number, of so many quick and so many other sensors."""
    rng = random.Random(day)
    quick = [[_packed(rng, day * 24 + hour, [quarter * QUARTER_MS for quarter in range(4)]) for hour in range(24)] for _ in range(BANK)]
    slow = []
    for place in range(BANK):
        hours = sorted(rng.sample(range(24), 4 if place % 3 else 3))
        slow.append([_packed(rng, day * 24 + hour, [rng.randrange(3600) * 1000]) for hour in hours])
    return quick, slow


def _packed(rng: random.Random, hour: int, offsets: list[int]) -> Row:
    ats = [hour * HOUR_MS + offset for offset in offsets]
    points = [Point(at, round(31 + rng.random() * 9, 1), 64, at, at) for at in ats]
    return _row(0, hour, points)


def _rows(day: int, sensors: int, counted: list[int]) -> Iterator[Row]:
    quick, slow = bank(day)
    for number in range(sensors):
        for hour, _, *rest in (quick if is_quick(number) else slow)[number * 7 % BANK]:
            counted[0] += rest[0]  # type: ignore[operator]
            yield (hour, number, *rest)


def write_day(folder: Path, sensors: int, day: int) -> int:
    """One closed day; readings in it."""
    path = packed_path(folder, day)
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode=OFF")
    conn.execute(_PACKED)
    conn.execute("BEGIN")
    counted = [0]
    conn.executemany(f"INSERT INTO hours ({_NAMES}) VALUES (?,?,?,?,?,?,?,?,?,?)", _rows(day, sensors, counted))
    conn.execute("COMMIT")
    conn.close()
    return counted[0]


def make_history(home: Path, sensors: int, days: int, now: int) -> int:
    """Thirty days that ended at the last midnight (UTC); readings in them."""
    writer = open_writer(home)
    at = now // DAY_MS * DAY_MS - 1000
    for start in range(0, sensors, 50_000):
        names = range(start, min(start + 50_000, sensors))
        writer.append([Reading(sensor=f"s{n}", value=33.0, observed_at=at, received_at=at + 80) for n in names])
    while writer.tidy(at, hurry=True):
        pass
    writer.close()
    folder = days_path(home)
    packed_path(folder, now // DAY_MS - 1).unlink(missing_ok=True)
    for path in folder.iterdir():
        path.unlink()
    last = now // DAY_MS
    with ProcessPoolExecutor(2) as pool:
        return sum(pool.map(partial(write_day, folder, sensors), range(last - days, last)))


@click.command()
@click.argument("home", type=click.Path(path_type=Path))
@click.option("--port", default=1883)
@click.option("--days", default=30)
@click.option("--sensors", default=REGISTER)
def main(home: Path, port: int, days: int, sensors: int) -> None:
    """Build it."""
    from data.init import init_home

    begun = time.monotonic()
    init_home(home, "street", broker=f"mqtt://127.0.0.1:{port}")
    make_register(home, sensors)
    print(f"register {time.monotonic() - begun:.0f} s", flush=True)
    count = make_history(home, sensors, days, time.time_ns() // 1_000_000)
    stored = sum(path.stat().st_size for path in days_path(home).iterdir())
    print(f"{count} readings of {sensors} sensors in {days} days, {stored / count:.1f} bytes each, {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()

"""What a reading costs on disk, and what a trend costs, in one run against the layout of a row with an index.

    python tests/bench/history.py [--quick] [--json]

Ours is the centre's own writer: batches, segments, day files, the closed day turned. The baseline is one table with an index on
(sensor, time) and one commit a batch. Bytes written are what the kernel counted for the process (`/proc/self/io`).
"""

# ruff: noqa: E402, T201
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Not this folder: a measuring script beside this one is called `queue`.
sys.path[0] = str(ROOT)

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory

import click

from data.domain.reading import Reading
from data.store.history import open_reader
from data.store.history.writer import open_writer
from data.store.sqlite import connect

START = 1_764_028_800_000 // 86_400_000 * 86_400_000
DAY_MS = 86_400_000
BATCH = 1_404
"""Readings of a quarter of a second at district rate."""


def written() -> int:
    """Bytes that this process had written to the disk so far."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("write_bytes")).split()[1])


def batches(sensors: int, minutes: int) -> Iterator[list[Reading]]:
    """Every sensor once a minute, in an order of its own, values that wander in tenths."""
    rng, values = random.Random(1), [50.0] * sensors
    order = list(range(sensors))
    rng.shuffle(order)
    for minute in range(minutes):
        batch = []
        for place, number in enumerate(order):
            values[number] = round(values[number] + rng.choice((-0.2, -0.1, 0, 0.1, 0.2)), 1)
            at = START + minute * 60_000 + place * 60_000 // sensors // 1000 * 1000
            batch.append(Reading(sensor=f"s{number:06d}", value=values[number], observed_at=at, received_at=at + 80))
            if len(batch) == BATCH:
                yield batch
                batch = []
        yield batch


def ours(home: Path, sensors: int, minutes: int) -> dict[str, float]:
    before, spent, count = written(), 0.0, 0
    writer = open_writer(home)
    longest = 0.0
    for batch in batches(sensors, minutes):
        begun = time.process_time()
        writer.append(batch)
        step = time.perf_counter()
        writer.tidy(batch[-1].received_at if batch else START)
        longest = max(longest, time.perf_counter() - step)
        spent += time.process_time() - begun
        count += len(batch)
    while writer.tidy(START + 3 * DAY_MS, hurry=True):
        pass
    writer.close()
    stored = sum(path.stat().st_size for path in (home / "history" / "days").iterdir())
    return {
        "written": (written() - before) / count, "stored": stored / count, "us": spent / count * 1e6, "longest_ms": longest * 1e3, "count": count,
    }  # fmt: skip


def baseline(path: Path, sensors: int, minutes: int) -> dict[str, float]:
    before, spent, count = written(), 0.0, 0
    conn = connect(path, checkpoints=True)
    conn.execute("CREATE TABLE readings (seq INTEGER PRIMARY KEY, sensor TEXT, at INTEGER, received_at INTEGER, value REAL, quality TEXT)")
    conn.execute("CREATE INDEX readings_at ON readings (sensor, at)")
    for batch in batches(sensors, minutes):
        begun = time.process_time()
        conn.execute("BEGIN")
        rows = ((one.sensor, one.observed_at, one.received_at, one.value, "ok") for one in batch)
        conn.executemany("INSERT INTO readings (sensor, at, received_at, value, quality) VALUES (?,?,?,?,?)", rows)
        conn.execute("COMMIT")
        spent += time.process_time() - begun
        count += len(batch)
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    return {"written": (written() - before) / count, "stored": path.stat().st_size / count, "us": spent / count * 1e6}


def median_ms(run: Callable[[int], object], times: int = 41) -> float:
    took = []
    for n in range(times):
        begun = time.perf_counter()
        run(n)
        took.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(took)


_TREND = """
SELECT (at - ?) * 120 / ? AS place, min(value), max(value), avg(value), count(*) FROM readings
WHERE sensor = ? AND at >= ? AND at < ? GROUP BY 1
"""


def trends(home: Path, path: Path, sensors: int, days: int) -> dict[str, tuple[float, float]]:
    reader, conn = open_reader(home), connect(path, read_only=True)
    pick = random.Random(2)
    found = {}
    for name, span in (("trend_24h_ms", DAY_MS), ("trend_30d_ms", days * DAY_MS)):
        names = [f"s{pick.randrange(sensors):06d}" for _ in range(41)]
        own = median_ms(lambda n, span=span, names=names: reader.columns(names[n], START, START + span, 120))
        theirs = median_ms(lambda n, span=span, names=names: conn.execute(_TREND, (START, span, names[n], START, START + span)).fetchall())
        found[name] = (own, theirs)
    reader.close()
    conn.close()
    return found


def fill(home: Path, path: Path, sensors: int, days: int) -> None:
    """A store of whole days, a reading every ten minutes."""
    writer, conn = open_writer(home), connect(path, checkpoints=True)
    conn.execute("CREATE TABLE readings (seq INTEGER PRIMARY KEY, sensor TEXT, at INTEGER, received_at INTEGER, value REAL, quality TEXT)")
    conn.execute("CREATE INDEX readings_at ON readings (sensor, at)")
    for day in range(days):
        for hour in range(24):
            at = START + day * DAY_MS + hour * 3_600_000
            batch = [
                Reading(sensor=f"s{n:06d}", value=round(50 + (n * 7 + step * 13 + hour) % 90 / 10, 1), observed_at=at + step, received_at=at + step)
                for n in range(sensors) for step in range(0, 3_600_000, 600_000)
            ]  # fmt: skip
            writer.append(batch)
            conn.execute("BEGIN")
            rows = ((one.sensor, one.observed_at, one.received_at, one.value, "ok") for one in batch)
            conn.executemany("INSERT INTO readings (sensor, at, received_at, value, quality) VALUES (?,?,?,?,?)", rows)
            conn.execute("COMMIT")
        while writer.tidy(START + (day + 2) * DAY_MS, hurry=True):
            pass
    writer.close()
    conn.close()


def drop_day(home: Path, path: Path) -> tuple[float, float]:
    writer, conn = open_writer(home), connect(path)
    begun = time.perf_counter()
    writer.upkeep.drop(START + DAY_MS)
    own = (time.perf_counter() - begun) * 1e3
    begun = time.perf_counter()
    conn.execute("DELETE FROM readings WHERE at < ?", (START + DAY_MS,))
    theirs = (time.perf_counter() - begun) * 1e3
    writer.close()
    conn.close()
    return own, theirs


@click.command()
@click.option("--quick", is_flag=True, help="a smaller store; within 50 s")
@click.option("--json", "as_json", is_flag=True)
def main(quick: bool, as_json: bool) -> None:
    """Measure."""
    sensors, minutes = (5_000, 60) if quick else (50_000, 120)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        mine, theirs = ours(root / "mine", sensors, minutes), baseline(root / "plain.db", sensors, minutes)
        few, days = (60, 30) if quick else (500, 30)
        fill(root / "days", root / "days.db", few, days)
        measures = {
            "written_bytes_per_reading": (mine["written"], theirs["written"]),
            "stored_bytes_per_reading": (mine["stored"], theirs["stored"]),
            "processor_us_per_reading": (mine["us"], theirs["us"]),
            **trends(root / "days", root / "days.db", few, days),
            "drop_day_ms": drop_day(root / "days", root / "days.db"),
        }
    table = {name: {"ours": round(own, 2), "baseline": round(other, 2), "ratio": round(own / other, 3)} for name, (own, other) in measures.items()}
    table["longest_step_ms"] = {"ours": round(mine["longest_ms"], 2), "baseline": 50.0, "ratio": round(mine["longest_ms"] / 50, 3)}
    if as_json:
        print(json.dumps(table))
        return
    print(f"{sensors} sensors, {mine['count']} readings; trends over {days} days of {few} sensors")
    for name, row in table.items():
        print(f"{name:28}{row['ours']:>12}{row['baseline']:>12}{row['ratio']:>10}")


if __name__ == "__main__":
    main()

"""What a seat asks of a district's home: trends, the board's queries, a search, and a day that goes.

    python tests/bench/reads.py HOME [--json] [--drop]

HOME is one of `tests/bench/district.py`. Medians and the worst of 41 sensors, in milliseconds; `cpu` is the process's own time, which no neighbour
changes. Warm is with the pages in the kernel's memory, cold is a seat that has just begun, and the kernel told to forget the files. The oldest day is
unlinked with `--drop`, while readings come in at another thread whose longest wait is told.
"""

# ruff: noqa: E402, T201
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

import json
import os
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import click

from data.catalogue.index import catch_up, is_behind
from data.office import Office
from data.store.history import open_reader
from data.store.history.days import DAY_MS
from data.store.history.history import days_path
from data.store.history.writer import open_writer
from tests.bench.district import REGISTER, is_quick

TIMES = 41
SEARCHES = ("江南", "jnj", "点位33", "s1234", "jiangnanjie 77")


def measured(run: Callable[[int], object], times: int = TIMES, before: Callable[[], object] = lambda: None) -> dict[str, float]:
    """Median, worst and median processor milliseconds of so many calls."""
    took, spent = [], []
    for n in range(times):
        before()
        begun, cpu = time.perf_counter(), time.process_time()
        run(n)
        took.append((time.perf_counter() - begun) * 1e3)
        spent.append((time.process_time() - cpu) * 1e3)
    return {"median": round(statistics.median(took), 2), "worst": round(max(took), 2), "cpu": round(statistics.median(spent), 2)}


def forget(home: Path) -> None:
    """Have the kernel drop what it holds of the history's files."""
    for path in [*days_path(home).iterdir(), home / "history" / "tail.db"]:
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def trends(home: Path, sensors: int) -> dict[str, dict[str, float]]:
    """Both spans to 120 columns, of sensors that send every quarter of an hour and of those that send a few times a day, in turns."""
    rng = random.Random(3)
    quick = [n for n in rng.sample(range(sensors), 2000) if is_quick(n)]
    names = [f"s{quick[n] if n % 2 else rng.randrange(sensors)}" for n in range(TIMES)]
    end = (time.time_ns() // 1_000_000) // DAY_MS * DAY_MS
    reader, found = open_reader(home), {}

    def look(n: int, days: int) -> None:
        assert any(reader.columns(names[n], end - days * DAY_MS, end, 120))

    def cold(n: int, days: int) -> None:
        fresh = open_reader(home)
        assert any(fresh.columns(names[n], end - days * DAY_MS, end, 120))
        fresh.close()

    for label, days in (("trend_24h", 1), ("trend_30d", 30)):
        measured(lambda n, days=days: look(n, days))
        found[f"{label}_warm"] = measured(lambda n, days=days: look(n, days))
        found[f"{label}_cold"] = measured(lambda n, days=days: cold(n, days), 11, lambda: forget(home))
    reader.close()
    return found


def seat(home: Path) -> dict[str, dict[str, float]]:
    """What the board and a search ask, over the real service."""
    if is_behind(home):
        print("the index of the catalogue is brought up to date first", file=sys.stderr)
        catch_up(home)
    office = Office.open(home, "王梅")
    found = {
        "board": measured(lambda _n: office.sensors.board(12, 20), 21), "board of 40": measured(lambda _n: office.sensors.board(40, 20), 21),
        "counts": measured(lambda _n: office.status.counts(), 21),
        "health": measured(lambda _n: office.status.health(), 21), "areas": measured(lambda _n: office.alarms.areas(), 21),
        "supervision": measured(lambda _n: office.supervision.units(), 21), "queue_page": measured(lambda _n: office.cases.queue(40), 21),
    }  # fmt: skip
    for text in SEARCHES:
        assert office.sensors.find(text, 20), text
        found[f"search {text}"] = measured(lambda _n, text=text: office.sensors.find(text, 20), 21)
    office.close()
    return found


def drop(home: Path) -> dict[str, dict[str, float]]:
    """The oldest day is unlinked; the size of its file."""
    writer = open_writer(home)
    oldest = min(writer._days.days())
    size = sum(path.stat().st_size for path in days_path(home).glob("*")) // len(writer._days.days())
    begun, cpu = time.perf_counter(), time.process_time()
    writer.upkeep.drop((oldest + 1) * DAY_MS)
    took = {"median": round((time.perf_counter() - begun) * 1e3, 2), "worst": size, "cpu": round((time.process_time() - cpu) * 1e3, 2)}
    writer.close()
    return {"drop_day (bytes beside)": took}


def all_reads(home: Path, *, sensors: int = REGISTER, drops: bool = False) -> dict[str, Any]:
    """Everything above."""
    return {**trends(home, sensors), **seat(home), **(drop(home) if drops else {})}


@click.command()
@click.argument("home", type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True)
@click.option("--sensors", default=REGISTER)
@click.option("--drop", "drops", is_flag=True)
def main(home: Path, as_json: bool, sensors: int, drops: bool) -> None:
    """Measure."""
    found = all_reads(home, sensors=sensors, drops=drops)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    print(f"{'ms':28}{'median':>10}{'worst':>10}{'cpu':>10}")
    for name, row in found.items():
        print(f"{name:28}{row['median']:>10}{row['worst']:>10}{row['cpu']:>10}")


if __name__ == "__main__":
    main()

"""A storm: thousands of alarms raised in one batch, with their journal, cases and scenarios in the same transaction.

    python tests/bench/alarms.py [--quick] [--json]

Milliseconds of processor time an alarm: raised only; joining the one case of their place; each with a case of its own. The baseline
is the obvious script, which writes a bare row and commits it, alarm by alarm. `--quick`: 1,000 alarms instead of 5,000.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

import click  # noqa: E402
import msgspec  # noqa: E402

from data.centre.ingest import ingest  # noqa: E402
from data.centre.intake import raise_level  # noqa: E402
from data.centre.memory import Memory  # noqa: E402
from data.centre.scenes import on_alarm  # noqa: E402
from data.centre.stories import Stage  # noqa: E402
from data.domain.reading import Reading  # noqa: E402
from data.domain.sensor import Sensor  # noqa: E402
from data.domain.tables import Tables  # noqa: E402
from data.init import init_home  # noqa: E402
from data.kinds import load_kinds  # noqa: E402
from data.scenarios import load_scenarios  # noqa: E402
from data.settings import load  # noqa: E402
from data.store.desk import Desk  # noqa: E402
from data.store.journal import verify  # noqa: E402
from data.store.schema import migrate, open_desk  # noqa: E402
from data.store.sqlite import connect  # noqa: E402
from data.words import Words  # noqa: E402

NOW = 1_795_500_000_000
KIND, LOUD = "manhole_gas", 30.0
"""A kind without a delay, and a value beyond its limit."""


class Still:
    """A clock that stands."""

    def now(self) -> int:
        return NOW

    def wait_s(self, until: int) -> float:
        return 0.0


def cpu_ms(work: Callable[[], object]) -> float:
    """Processor time of this process, user and system."""
    before = os.times()
    work()
    after = os.times()
    return (after.user - before.user + after.system - before.system) * 1000


def storm(tables: Tables, n: int, *, places: int, cases: bool) -> float:
    """Milliseconds an alarm; checks that none is missing and that the journal gives the tables."""
    kinds, zone = load_kinds(), ZoneInfo("Asia/Shanghai")
    grids = list(tables.grids)
    sensors = {
        f"s{number}": Sensor(id=f"s{number}", kind=KIND, place=f"{number % places}号路口", grid=grids[number % places % len(grids)])
        for number in range(n)
    }
    scenarios = {name: place_wise(each) for name, each in load_scenarios(None, kinds, tables).items()}
    stage = Stage(scenarios=scenarios, tables=tables, sensors=sensors, kinds=kinds)
    readings = [Reading(sensor=id, value=LOUD, observed_at=NOW, received_at=NOW) for id in sensors]
    with tempfile.TemporaryDirectory() as folder:
        migrate(Path(folder) / "desk.db")
        desk = Desk(open_desk(Path(folder) / "desk.db"), Still())
        open_case: Any = partial(on_alarm, stage) if cases else lambda *_: None

        def take() -> None:
            with desk.transaction() as tx:
                ingest(
                    tx, readings, sensors, kinds, NOW, zone, words=Words("zh"), open_case=open_case, raise_level=raise_level,
                    memory=Memory(kinds, zone),
                )  # fmt: skip

        spent = cpu_ms(take)
        assert n == desk.conn.execute("SELECT count(*) FROM alarms").fetchone()[0]
        assert (places if cases else 0) == desk.conn.execute("SELECT count(*) FROM cases").fetchone()[0]
        assert verify(desk.conn) is None
        desk.conn.close()
    return spent / n


def place_wise(scenario: Any) -> Any:
    """A scenario keyed by place, so that alarms of one place are one case."""
    return msgspec.structs.replace(scenario, key="place") if any(each.kind == KIND for each in scenario.trigger) else scenario


def obvious(n: int) -> float:
    """Milliseconds an alarm of a script that inserts and commits one row each, without journal, case or rule."""
    with tempfile.TemporaryDirectory() as folder:
        conn = connect(Path(folder) / "plain.db")
        conn.execute("CREATE TABLE alarms (id TEXT PRIMARY KEY, sensor TEXT, level INTEGER, at INTEGER)")

        def write() -> None:
            for number in range(n):
                conn.execute("INSERT INTO alarms VALUES (?,?,?,?)", (str(number), f"s{number}", 2, NOW))

        spent = cpu_ms(write)
        conn.close()
    return spent / n


def measure(n: int) -> dict[str, dict[str, float]]:
    """Each measure with its baseline."""
    with tempfile.TemporaryDirectory() as folder:
        init_home(Path(folder) / "home", "street")
        tables = load(Path(folder) / "home").tables
    base = obvious(n)
    found = {
        "alarm_raised_ms": storm(tables, n, places=1, cases=False),
        "alarm_into_a_case_ms": storm(tables, n, places=1, cases=True),
        "alarm_with_its_case_ms": storm(tables, n, places=n, cases=True),
    }
    return {name: {"ours": round(ours, 3), "baseline": round(base, 3), "ratio": round(ours / base, 2)} for name, ours in found.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(1_000 if asked.quick else 5_000)
    if asked.json:
        click.echo(json.dumps(found))
        return
    for name, row in found.items():
        click.echo(f"{name:26} {row['ours']:8.3f}  baseline {row['baseline']:8.3f}  ratio {row['ratio']:6.2f}")


if __name__ == "__main__":
    main()

"""The figures of a desk of 1,000,000 cases, 5,000 of them open: supervision, shift, news, list behind a number, 城市体征.

    python tests/bench/supervision.py [--quick] [--json]

Median milliseconds of each against the same queries when the tables are read whole (no index); 城市体征 of thirty days against the
same without the copies of days that are over. `--quick` uses 50,000 cases.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

import click  # noqa: E402

from data.init import init_home  # noqa: E402
from data.settings import load  # noqa: E402
from data.store.desk import Desk  # noqa: E402
from data.store.schema import migrate, open_desk  # noqa: E402
from data.views import figures, since, supervision, vitals  # noqa: E402
from data.vital_days import keep_one  # noqa: E402

OPEN = 5_000
NOW = 1_795_500_000_000
HOUR = 3_600_000


class Whole:
    """A connection on which no index of the two large tables may be used."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn

    def execute(self, sql: str, args: Any = ()) -> Any:
        # The look-up of one case's orders keeps its index: without, the measure would be of the square of the table.
        for table in ("cases c", "cases", "orders o JOIN cases c ON c.id = o.case_id", "orders"):
            name, _, rest = table.partition(" JOIN")
            sql = sql.replace(f"FROM {table} WHERE", f"FROM {name} NOT INDEXED{' JOIN' + rest if rest else ''} WHERE")
        return self._conn.execute(sql, args)


def fill(conn: Any, total: int) -> None:
    """A year of cases, one order each; the newest few thousand open."""
    chance = random.Random(7)
    units = ("dahegou", "hongxing", "jiangnan", "wangjiang", "beipo")
    step = 365 * 24 * HOUR // total
    conn.execute("BEGIN")
    for n in range(1, total + 1):
        opened = NOW - (total - n) * step
        is_open, unit, id = n > total - OPEN, chance.choice(units), f"pailou-{n}"
        state = chance.choice(("open", "sent", "working", "to_verify", "returned")) if is_open else "closed"
        done = None if is_open else opened + chance.randrange(3 * HOUR)
        conn.execute(
            "INSERT INTO cases (id, number, state, level, text, unit, source, opened_at, accept_by, done_by, taken_at, taken_by, closed_at,"
            " closed_by, class)"
            " VALUES (?,?,?,?,?,?,'report',?,?,?,?,?,?,?,'0102')",
            (id, n, state, chance.choice((1, 2, 3, 3, 3, 4)), f"垃圾 {n}", unit, opened, opened + 900_000, opened + 4 * HOUR, opened + 60_000,
             "周敏", done, "陈立" if done else None),
        )  # fmt: skip
        if state not in {"open", "triage"}:
            conn.execute(
                "INSERT INTO orders (id, case_id, attempt, unit, channel, text, accept_by, done_by, issued_at, issued_by, not_before, sent_at,"
                " accepted_at, done_at) VALUES (?,?,1,?,'mqtt','x',?,?,?,'周敏',?,?,?,?)",
                (f"o{n}", id, unit, opened + 960_000, opened + 4 * HOUR, opened + 60_000, opened + 65_000, opened + 66_000,
                 None if state == "sent" else opened + chance.randrange(1_200_000), done),
            )  # fmt: skip
    conn.execute("INSERT INTO looked VALUES ('周敏', ?, 0, ?)", (NOW - 2 * HOUR, total - 2 * HOUR // step))
    conn.execute("COMMIT")
    conn.execute("ANALYZE")


class Still:
    """A clock that stands, and a history of no sensors."""

    def now(self) -> int:
        return NOW

    def wait_s(self, until: int) -> float:
        return 0.0

    def lost(self, limit: int = -1) -> dict[str, int]:
        return {}


def of_a_month(conn: Any, settings: Any) -> dict[str, float]:
    """The place 体征, before and after its days are copied, as the centre does one at a time."""
    place = vitals.Place(conn=conn, history=Still(), kinds={}, tables=settings.tables, zone=settings.zone, now=NOW)  # type: ignore[arg-type]
    conn.execute("INSERT INTO journal VALUES (1, ?, '', '', '', '', '{}', '{}', '', '')", (NOW - 365 * 24 * HOUR,))

    def paint() -> None:
        vitals.vitals(place, vitals.month(NOW, settings.zone), NOW + 1, "zh")

    whole, more, desk = middle(paint, 3), True, Desk(conn, Still())
    while more:
        with desk.transaction() as tx:
            more = keep_one(tx, settings.zone)
    ours = middle(paint, 9)
    return {"ours": ours, "baseline": whole, "ratio": round(whole / ours, 1)}


def middle(work: Callable[[], object], times: int) -> float:
    """Median milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(taken), 2)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "pailou"
        init_home(home, "street", broker="mqtt://127.0.0.1:1")
        tables = load(home).tables
        migrate(home / "desk.db")
        conn = open_desk(home / "desk.db")
        conn.execute("PRAGMA synchronous=OFF")
        fill(conn, 50_000 if wanted.quick else 1_000_000)
        day = NOW - 24 * HOUR
        measures: dict[str, Callable[[Any], object]] = {
            "supervision_ms": lambda on: supervision.supervision(on, tables, NOW, day),
            "behind_ms": lambda on: supervision.cases_behind(on, tables, "done_late", "dahegou", NOW, day),
            "shift_12h_ms": lambda on: figures.shift(on, tables, NOW - 12 * HOUR, NOW),
            "since_2h_ms": lambda on: since.since(on, tables, "周敏", NOW),
        }
        found = {}
        for name, work in measures.items():
            ours, whole = middle(lambda work=work: work(conn), 9), middle(lambda work=work: work(Whole(conn)), 3)  # type: ignore[misc]
            found[name] = {"ours": ours, "baseline": whole, "ratio": round(whole / ours, 1)}
        found["vitals_ms"] = of_a_month(conn, load(home))
        conn.close()
    if wanted.json:
        click.echo(json.dumps(found, indent=1))
    else:
        for name, row in found.items():
            click.echo(f"{name:16} ours {row['ours']:>8}  whole table {row['baseline']:>9}  ratio {row['ratio']}")


if __name__ == "__main__":
    main()

"""A desk of 1,000,000 cases, 5,000 of them open: page, move, counts, filter, search, duplicates and one dispatch.

    python tests/bench/cases.py [--quick] [--json] [--keep FOLDER]

Median milliseconds of each against the same question without what makes it fast (no index; LIKE), or, for writing, against a
desk of 1,000 cases. `--quick` uses 50,000 cases.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from data.acts import perform  # noqa: E402
from data.duplicates import places  # noqa: E402
from data.init import init_home  # noqa: E402
from data.settings import Settings, load  # noqa: E402
from data.store import search as full_text  # noqa: E402
from data.store.candidates import candidates, trouble_of  # noqa: E402
from data.store.desk import Desk  # noqa: E402
from data.store.schema import LIVE, migrate  # noqa: E402
from data.store.sqlite import connect, sqlite3  # noqa: E402
from data.views import queue  # noqa: E402
from tests.helpers.clock import FakeClock, at  # noqa: E402

WHAT = (
    "垃圾堵门", "井盖破损", "路面积水", "广场舞太吵", "楼道堆物", "违建搭棚", "路灯不亮", "渣土撒漏", "树枝倒伏", "油烟扰民", "车辆乱停", "墙皮脱落",
)  # fmt: skip
WHERE = ("星都会", "滨江花园", "望江家园", "老码头", "红星新村", "北坡小区", "江南公寓", "大河沟", "朝阳苑", "学府路")
RARE = "驸马巷污水横流"
NOW = at("2026-11-24 14:00")
DAY = 86_400_000


def cases(count: int, live: int, settings: Settings) -> Iterator[tuple[Any, ...]]:
    """Rows as a street would have them; the newest are open, a few old ones too."""
    dice = random.Random(11)
    grids, classes = list(settings.tables.grids.values()), sorted(settings.tables.classes)
    for number in range(1, count + 1):
        is_live = number > count - live * 9 // 10 or dice.random() < live / 10 / count
        grid, opened = dice.choice(grids), NOW - (count - number) * 3 * 365 * DAY // count
        text = f"{dice.choice(WHERE)}{dice.randint(1, 30)}号楼{dice.choice(WHAT)}，往{dice.choice(WHERE)}方向{dice.randint(1, 99)}米"
        state = dice.choice(("triage", "open", "sent", "working", "to_verify")) if is_live else "closed"
        yield (
            f"pailou-{number}", number, state, dice.choice(classes), dice.choice((2, 3, 3, 3, 4, 4)), RARE if number % 9973 == 0 else text, grid.id,
            grid.centre, "report", opened, opened + 900_000, opened + dice.randint(1, 96) * 3_600_000, None if is_live else opened + DAY,
        )  # fmt: skip


def fill(conn: sqlite3.Connection, count: int, live: int, settings: Settings) -> None:
    """Rows straight into the tables, index rows as `data.store.derived` would write them."""
    conn.execute("BEGIN")
    columns = "id, number, state, class, level, text, grid, unit, source, opened_at, accept_by, done_by, closed_at"
    for row in cases(count, live, settings):
        conn.execute(f"INSERT INTO cases ({columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", row)
        id, number, state, class_code, _, text, grid, unit = row[:8]
        phone = f"138{number:08d}"
        conn.execute(
            "INSERT INTO reports (id, case_id, message, kind, phone, text, at, received_at) VALUES (?,?,?,'resident',?,?,?,?)",
            (id, id, id, phone, text, row[9], row[9]),
        )
        words = [*full_text.tokens(text), "-", *full_text.tokens(id), "-", str(number), "-", phone, phone[-4:]]
        scope = "done" if state == "closed" else "open"
        codes = " ".join(full_text.codes({"c": class_code, "u": unit, "g": grid}, is_open=scope == "open"))
        conn.execute("INSERT INTO cases_fts (rowid, words, codes, scope) VALUES (?,?,?,?)", (number, " ".join(words), codes, scope))
        conn.executemany(
            "INSERT OR IGNORE INTO case_places VALUES (?,?,?,?)", [(key, class_code, row[9], id) for key in places(grid, text, None, None)]
        )
    conn.execute("COMMIT")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.execute("ANALYZE")


def open_desk(folder: Path, count: int, live: int) -> tuple[Desk, Settings]:
    home = folder / f"home-{count}"
    made = not (home / "desk.db").exists()
    if made:
        init_home(home, "street", broker="mqtt://127.0.0.1:1")
        migrate(home / "desk.db")
    settings = load(home)
    conn = connect(home / "desk.db", checkpoints=True)
    if made:
        fill(conn, count, live, settings)
    return Desk(conn, FakeClock(NOW)), settings


def median_ms(work: Callable[[], Any], times: int) -> float:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


def reads(desk: Desk, settings: Settings) -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """Name, ours, baseline."""
    conn, tables = desk.conn, settings.tables
    first, deep = queue.page(conn, tables, 40, 0), queue.page(conn, tables, 40, 2000)
    slow = LIVE.replace("state", "+state")

    def like(word: str) -> list[Any]:
        return conn.execute("SELECT * FROM cases WHERE text LIKE ? ORDER BY number DESC LIMIT 50", (f"%{word}%",)).fetchall()

    def ours(word: str, everything: bool = True) -> Callable[[], Any]:
        return lambda: full_text.search(conn, tables, word, everything=everything, limit=50, offset=0)

    unindexed = f"SELECT * FROM cases NOT INDEXED WHERE {slow} ORDER BY {queue.ORDER} LIMIT 40"
    row = conn.execute("SELECT * FROM cases WHERE id=?", (first.rows[0].id,)).fetchone()
    yield "page", lambda: queue.page(conn, tables, 40, 0), lambda: conn.execute(unindexed).fetchall()
    yield "page 50", lambda: queue.page(conn, tables, 40, 2000), lambda: conn.execute(unindexed + " OFFSET 2000").fetchall()
    all_live = f"SELECT count(*) FROM cases NOT INDEXED WHERE {slow}"
    yield "move", lambda: queue.position(conn, deep.rows[0].id), lambda: conn.execute(all_live).fetchall()
    by_state = f"SELECT state, count(*) FROM cases NOT INDEXED WHERE {slow} GROUP BY state"
    yield "counts", lambda: queue.state_counts(conn, NOW), lambda: conn.execute(by_state).fetchall()
    yield "filter open by unit initials", ours("dhg", False), lambda: like("大河沟")
    yield "search open, two signs", ours("垃圾", False), lambda: like("垃圾")
    yield "search all, two signs, common", ours("垃圾"), lambda: like("垃圾")
    yield "search all, two signs, rare", ours("污水"), lambda: like("污水")
    yield "search all, one sign", ours("驸"), lambda: like("驸")
    yield "search all, none", ours("飞碟"), lambda: like("飞碟")
    by_phone = "SELECT c.* FROM reports r JOIN cases c ON c.id=r.case_id WHERE r.phone=?"
    yield "search all, phone", ours("13800000777"), lambda: conn.execute(by_phone, ("13800000777",)).fetchall()
    trouble = trouble_of(row, tables)
    near = "SELECT * FROM cases NOT INDEXED WHERE grid=? AND class=? AND opened_at > ?"
    key = (row["grid"], row["class"], NOW - 3 * DAY)
    yield "duplicates", lambda: candidates(conn, trouble, tables, NOW), lambda: conn.execute(near, key).fetchall()


def dispatches(desk: Desk, settings: Settings) -> Callable[[], Any]:
    some = f"SELECT id FROM cases WHERE state='open' AND unit IS NOT NULL AND {LIVE} ORDER BY number DESC LIMIT 200"
    rows = iter(desk.conn.execute(some).fetchall())

    def one() -> None:
        outcome = perform(desk, settings.tables, "dispatch", next(rows)["id"], operator="王梅", seat="bench", confirm=True)
        assert type(outcome).__name__ == "Done", outcome

    return one


def measure(count: int, folder: Path) -> dict[str, dict[str, float]]:
    desk, settings = open_desk(folder, count, 5000)
    small, _ = open_desk(folder, 1000, 200)
    found: dict[str, dict[str, float]] = {}
    for name, ours, baseline in reads(desk, settings):
        ours()
        found[name] = _row(median_ms(ours, 30), median_ms(baseline, 3))
    found["dispatch"] = _row(median_ms(dispatches(desk, settings), 50), median_ms(dispatches(small, settings), 20))
    return found


def _row(ours: float, baseline: float) -> dict[str, float]:
    return {"ours": round(ours, 3), "baseline": round(baseline, 3), "ratio": round(baseline / ours, 1)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--json", action="store_true")
    options.add_argument("--keep", type=Path, help="make the desk here and use it again")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = measure(50_000 if given.quick else 1_000_000, given.keep or Path(scratch))
    if given.json:
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201
        return
    for name, row in found.items():
        print(f"{name:32} {row['ours']:9.3f} ms   baseline {row['baseline']:10.3f} ms   x{row['ratio']}")  # noqa: T201


if __name__ == "__main__":
    main()

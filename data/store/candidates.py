"""Cases that a trouble may be a duplicate of: looked up under its place keys, so that the cost is what happened there lately."""

from collections.abc import Iterable

from data.domain.tables import Tables
from data.domain.vocabulary import FINISHED
from data.duplicates import ATTACH, CLOSED_MS, OF_ALARMS, SUGGEST, WINDOW_MS, Likeness, Trouble, likeness, places, score
from data.store.sqlite import sqlite3

MOST = 200
"""Newest neighbours that are scored, of those that people reported and of those that alarms opened."""
TOLD = 5
"""Likest that are given back, beside all that are so like that a report may join them."""
_COLUMNS = "id, number, state, class, level, text, grid, address, lat, lon, opened_at, closed_at, supports, alarm, exercise"
UNKNOWN_CLASS = 0.79
"""Highest score while a class is missing: a person decides."""


def group_of(tables: Tables, class_code: str | None) -> str:
    """The class group (大类); a class without one is its own."""
    row = tables.classes.get(class_code or "")
    return (row.group or row.code) if row else ""


def trouble_of(row: sqlite3.Row, tables: Tables) -> Trouble:
    """What a case says of its trouble."""
    return Trouble(
        class_code=row["class"], group=group_of(tables, row["class"]), text=row["text"], grid=row["grid"], address=row["address"],
        lat=row["lat"], lon=row["lon"], at=row["opened_at"], is_alarm=row["alarm"] is not None,
    )  # fmt: skip


def candidates(
    conn: sqlite3.Connection, trouble: Trouble, tables: Tables, now: int, *, but: str = "", alarms: int = MOST
) -> list[tuple[sqlite3.Row, Likeness]]:
    """Open cases, and those closed in the last 24 h, that are like `trouble`, likest first: the five likest, and all from `ATTACH` on.

    `but` is left out; `alarms`: how many neighbours that alarms opened are looked at. Of a case only `_COLUMNS` are read.
    """
    keys = places(trouble.grid, trouble.said, trouble.lat, trouble.lon, around=True)
    if not keys:
        return []
    codes = _classes(tables, trouble)
    near = _near(conn, keys, codes, trouble, now, MOST) + _near(conn, [f"{OF_ALARMS}{key}" for key in keys], codes, trouble, now, alarms)
    scored = [(_most(trouble, row, score(trouble, trouble_of(row, tables))), row["number"], row) for row in near if row["id"] != but]
    likest = sorted((each for each in scored if each[0] >= SUGGEST), key=lambda each: each[:2], reverse=True)
    told = [row for count, (points, _, row) in enumerate(likest) if count < TOLD or points >= ATTACH]
    return [(row, _why(trouble, row, tables)) for row in told]


def _most(trouble: Trouble, row: sqlite3.Row, points: float) -> float:
    return points if trouble.class_code and row["class"] else min(UNKNOWN_CLASS, points)


def _why(trouble: Trouble, row: sqlite3.Row, tables: Tables) -> Likeness:
    like = likeness(trouble, trouble_of(row, tables))
    return Likeness(score=_most(trouble, row, like.score), reasons=like.reasons)


def _classes(tables: Tables, trouble: Trouble) -> list[str]:
    """Codes of the trouble's class group; of all where its class is not known."""
    if not trouble.class_code:
        return ["", *tables.classes]
    return ["", trouble.class_code, *(row.code for row in tables.classes.values() if group_of(tables, row.code) == trouble.group)]


def _near(conn: sqlite3.Connection, keys: list[str], classes: Iterable[str], trouble: Trouble, now: int, most: int) -> list[sqlite3.Row]:
    codes = sorted(set(classes))
    finished = ",".join(f"'{state}'" for state in sorted(FINISHED))
    return conn.execute(
        f"SELECT {_COLUMNS} FROM cases WHERE id IN (SELECT case_id FROM case_places WHERE place IN ({_marks(keys)}) AND class IN ({_marks(codes)})"
        " AND opened_at BETWEEN ? AND ? ORDER BY opened_at DESC LIMIT ?)"
        f" AND exercise=0 AND (state NOT IN ({finished}) OR (state='closed' AND closed_at > ?))",
        (*keys, *codes, trouble.at - WINDOW_MS, trouble.at + WINDOW_MS, most, now - CLOSED_MS),
    ).fetchall()


def _marks(values: list[str]) -> str:
    return ",".join("?" * len(values))

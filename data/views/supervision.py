"""Supervision: who has what in hand, who is late, who answers fast. Every number opens to the cases that it counts.

Two sets of figures. Those of LIVE are conditions on the cases that are not finished; those of ORDERS are conditions on the
orders issued in a stretch of time (`since` to `now`, UTC ms). A number and its list come from the same condition, so that
they cannot disagree. Cost: the open cases once, and the orders of the stretch once.
"""

from collections.abc import Iterator
from datetime import datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from data.domain.tables import Tables
from data.store.schema import LIVE
from data.store.sqlite import sqlite3
from data.views.models.supervision import Supervision, UnitFigures, Worst

NEAR = 0.8
"""Part of a limit from which it is nearly due; `domain.md` §6d."""
RED = 1.5
"""Part of a limit from which a miss is a red mark; `domain.md` §6d."""
LATE_RATE = 0.05
"""Part of acceptances that may be late before the line is marked. Judgement."""
SPARK_HOURS = 12
MAX_BEHIND = 1_000
"""Longest list that a number opens to."""

_HOLDER = "CASE WHEN c.state IN ('sending', 'sent', 'working', 'held') AND c.unit IS NOT NULL THEN c.unit ELSE :me END"
"""Who has the next move: the unit, else this desk."""
_LIVE = f"c.{LIVE}"
_UNIT = "coalesce(c.unit, :me)"
_START = """CASE WHEN c.state IN ('sending', 'sent') THEN
    (SELECT max(o.issued_at) FROM orders o WHERE o.case_id = c.id AND o.cancelled_at IS NULL) ELSE c.opened_at END"""
_WAITS_FOR_ACCEPT = "(c.state IN ('sending', 'sent') OR (c.state IN ('triage', 'open', 'returned') AND c.taken_at IS NULL))"

LIVE_FIGURES: dict[str, tuple[str, str]] = {
    "in_hand": (_HOLDER, "1"),
    "accept_late": (_HOLDER, f"{_WAITS_FOR_ACCEPT} AND c.accept_by < :now"),
    "done_late": (_HOLDER, "c.state != 'held' AND c.done_by < :now"),
    "near": (_HOLDER, f"c.state != 'held' AND c.due >= :now AND :now >= ({_START}) + {NEAR} * (c.due - ({_START}))"),
    "returned": (_UNIT, "(SELECT count(*) FROM orders o WHERE o.case_id = c.id AND o.refused_at IS NOT NULL) >= 2"),
    "reopened": (_UNIT, "c.round > 1"),
}
"""Figure → whose it is, and the condition on a case `c` that is not finished."""

_ANSWERED = "coalesce(o.accepted_at, o.refused_at, o.arrived_at, o.done_at)"
_ENDED = "coalesce(o.done_at, o.refused_at, o.closed_at, c.closed_at)"
_LATE_ACCEPT = f"coalesce({_ANSWERED}, o.closed_at, c.closed_at, :now) > o.accept_by"
_LATE_DONE = f"coalesce({_ENDED}, :now) > o.done_by"
_RED = (
    f"(coalesce({_ANSWERED}, o.closed_at, c.closed_at, :now) > o.issued_at + {RED} * (o.accept_by - o.issued_at)"
    f" OR coalesce({_ENDED}, :now) > o.issued_at + {RED} * (o.done_by - o.issued_at) OR ({_LATE_ACCEPT} AND {_LATE_DONE}))"
)

ORDER_FIGURES: dict[str, str] = {
    "to_accept": f"({_ANSWERED} IS NOT NULL OR o.accept_by < :now)",
    "accepted_in_time": f"{_ANSWERED} <= o.accept_by",
    "accepted_late": _LATE_ACCEPT,
    "to_finish": f"(o.refused_at IS NULL AND ({_ENDED} IS NOT NULL OR o.done_by < :now))",
    "finished_in_time": f"(o.refused_at IS NULL AND {_ENDED} <= o.done_by)",
    "yellow": f"(({_LATE_ACCEPT} OR {_LATE_DONE}) AND NOT {_RED})",
    "red": _RED,
    "escalated": "o.unit = :parent",
}
"""Figure → the condition on an order `o` (not cancelled) of the case `c`. A mark is one order's: yellow past a limit, red past
150 % of one or past both."""


def midnight(now: int, zone: ZoneInfo) -> int:
    """The beginning of the day of `now` in a zone, UTC ms."""
    day = datetime.fromtimestamp(now / 1000, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return round(day.timestamp() * 1000)


def supervision(conn: sqlite3.Connection, tables: Tables, now: int, since: int) -> Supervision:
    """All figures by unit, the late first. `since`: from when orders count; live cases count whatever their age."""
    at = _values(tables, now, since)
    live, ordered = _live(conn, at), _ordered(conn, at)
    medians, worst, sparks = _medians(conn, at), _worst(conn, at), _sparks(conn, now)
    rows = [
        UnitFigures(
            unit=unit, name=_name(tables, unit), median_s=medians.get(unit), worst=worst.get(unit), spark=sparks.get(unit, (0,) * SPARK_HOURS),
            **(dict.fromkeys(LIVE_FIGURES, 0) | live.get(unit, {})), **_of_orders(ordered.get(unit, {})),
        )
        for unit in {*live, *ordered}
    ]  # fmt: skip
    rows.sort(key=lambda row: (-(row.accept_late + row.done_late), -row.in_hand, row.unit))
    total = {name: sum(figures[name] for figures in ordered.values()) for name in ORDER_FIGURES}
    return Supervision(
        since=since, at=now, rows=tuple(rows), to_accept=total["to_accept"], accepted_in_time=total["accepted_in_time"],
        accepted_late=total["accepted_late"], escalated=total["escalated"], late_rate=_part(total["accepted_late"], total["to_accept"]),
        late_rate_limit=LATE_RATE,
    )  # fmt: skip


def cases_behind(conn: sqlite3.Connection, tables: Tables, figure: str, unit: str, now: int, since: int) -> tuple[str, ...]:
    """Ids of the cases that a figure counts, of one unit or (`unit` empty) of all; the most urgent first.

    Raises `KeyError` for a figure that there is none of.
    """
    at = _values(tables, now, since) | {"unit": unit, "most": MAX_BEHIND}
    if figure in LIVE_FIGURES:
        owner, condition = LIVE_FIGURES[figure]
        found = conn.execute(
            f"SELECT c.id FROM cases c WHERE {_LIVE} AND {condition} AND (:unit = '' OR {owner} = :unit)"
            " ORDER BY c.level, c.due IS NULL, c.due, c.number LIMIT :most", at,
        )  # fmt: skip
    else:
        found = conn.execute(
            f"SELECT DISTINCT c.id FROM {_ORDERS} AND {ORDER_FIGURES[figure]} AND (:unit = '' OR o.unit = :unit)"
            " ORDER BY c.level, c.number LIMIT :most", at,
        )  # fmt: skip
    return tuple(row[0] for row in found)


_ORDERS = "orders o JOIN cases c ON c.id = o.case_id WHERE o.issued_at >= :since AND o.issued_at <= :now AND o.cancelled_at IS NULL"


def _values(tables: Tables, now: int, since: int) -> dict[str, Any]:
    return {"me": tables.centre, "parent": tables.parent, "now": now, "since": since}


def _live(conn: sqlite3.Connection, at: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Unit → figure → count. Figures of one owner share a pass over the open cases."""
    counts: dict[str, dict[str, int]] = {}
    for owner in (_HOLDER, _UNIT):
        mine = {name: condition for name, (whose, condition) in LIVE_FIGURES.items() if whose == owner}
        sums = ", ".join(f"total({condition}) AS {name}" for name, condition in mine.items())
        for row in conn.execute(f"SELECT {owner} AS who, {sums} FROM cases c WHERE {_LIVE} GROUP BY who", at):
            found = {name: int(row[name]) for name in mine}
            if any(found.values()):
                counts.setdefault(row["who"], {}).update(found)
    return counts


def _ordered(conn: sqlite3.Connection, at: dict[str, Any]) -> dict[str, dict[str, int]]:
    sums = ", ".join(f"total({condition}) AS {name}" for name, condition in ORDER_FIGURES.items())
    rows = conn.execute(f"SELECT o.unit, {sums} FROM {_ORDERS} GROUP BY o.unit", at)
    return {row["unit"]: {name: int(row[name]) for name in ORDER_FIGURES} for row in rows}


def _of_orders(found: dict[str, int]) -> dict[str, Any]:
    return {
        "on_time": _part(found.get("finished_in_time", 0), found.get("to_finish", 0)),
        "yellow": found.get("yellow", 0), "red": found.get("red", 0),
    }  # fmt: skip


def _part(some: int, of: int) -> float | None:
    return some / of if of else None


def _medians(conn: sqlite3.Connection, at: dict[str, Any]) -> dict[str, float]:
    """Median seconds from the issue of an order to the unit's first answer."""
    taken: dict[str, list[int]] = {}
    for row in conn.execute(f"SELECT o.unit, {_ANSWERED} - o.issued_at AS ms FROM {_ORDERS} AND {_ANSWERED} IS NOT NULL", at):
        taken.setdefault(row["unit"], []).append(row["ms"])
    return {unit: median(times) / 1000 for unit, times in taken.items()}


def _worst(conn: sqlite3.Connection, at: dict[str, Any]) -> dict[str, Worst]:
    """The case that each has let lie longest past its limit; SQLite gives the row that has the minimum."""
    rows = conn.execute(
        f"SELECT {_HOLDER} AS who, c.id, c.number, min(c.due) AS due FROM cases c"
        f" WHERE {_LIVE} AND c.state != 'held' AND c.due < :now GROUP BY who", at,
    )  # fmt: skip
    return {row["who"]: Worst(case_id=row["id"], number=row["number"], late_s=(at["now"] - row["due"]) / 1000) for row in rows}


def _sparks(conn: sqlite3.Connection, now: int) -> dict[str, tuple[int, ...]]:
    """Orders in hand at the end of each of the last twelve hours, oldest first."""
    hours = [now - (SPARK_HOURS - 1 - n) * 3_600_000 for n in range(SPARK_HOURS)]
    counts: dict[str, list[int]] = {}
    for unit, start, end in _spans(conn, hours[0]):
        line = counts.setdefault(unit, [0] * SPARK_HOURS)
        for n, hour in enumerate(hours):
            line[n] += start <= hour and (end is None or end > hour)
    return {unit: tuple(line) for unit, line in counts.items()}


def _spans(conn: sqlite3.Connection, since: int) -> Iterator[tuple[str, int, int | None]]:
    end = "coalesce(o.done_at, o.refused_at, o.cancelled_at, o.closed_at, c.closed_at)"
    span = f"SELECT o.unit, o.issued_at, {end} FROM cases c JOIN orders o ON o.case_id = c.id"
    for where, args in ((_LIVE, ()), ("c.closed_at >= ?", (since,))):
        yield from map(tuple, conn.execute(f"{span} WHERE {where}", args))


def _name(tables: Tables, unit: str) -> str:
    known = tables.units.get(unit)
    return tables.centre_name if unit == tables.centre else known.name if known else unit

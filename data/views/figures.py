"""Figures of a stretch of time: a shift's work, and the load of alarms against the published guides. Indexed by time."""

from data.domain.tables import Tables
from data.domain.vocabulary import Level
from data.store.schema import LIVE
from data.store.sqlite import sqlite3
from data.views.models.handover import ShiftFigures
from data.views.models.supervision import AlarmLoad, AlarmMeasure

TEN_MIN = 600_000
DAY = 86_400_000
FLOOD = 10
"""More new alarms than this in ten minutes are a flood; ISA-18.2."""
CHATTER_MS = 60_000
"""A sensor that raises three times within this chatters; ISA-18.2."""


def shift(conn: sqlite3.Connection, tables: Tables, since: int, until: int) -> ShiftFigures:
    """What came in and went out from `since` to `until` (UTC ms); what stands open is as of now."""
    span = {"since": since, "until": until}
    came = conn.execute(
        "SELECT count(*) AS n, avg(taken_at - opened_at) AS mean, max(taken_at - opened_at) AS longest FROM cases"
        " WHERE opened_at >= :since AND opened_at < :until", span,
    ).fetchone()  # fmt: skip
    ended = dict(conn.execute("SELECT state, count(*) FROM cases WHERE closed_at >= :since AND closed_at < :until GROUP BY state", span).fetchall())
    ordered = "orders WHERE issued_at >= :since AND issued_at < :until AND cancelled_at IS NULL"
    by_level = dict(conn.execute(f"SELECT level, count(*) FROM cases WHERE {LIVE} GROUP BY level").fetchall())
    return ShiftFigures(
        since=since,
        until=until,
        received=came["n"],
        dispatched=conn.execute(f"SELECT count(*) FROM {ordered}", span).fetchone()[0],
        closed=ended.get("closed", 0),
        declined=ended.get("declined", 0) + ended.get("void", 0),
        open=sum(by_level.values()),
        open_critical=by_level.get(int(Level.CRITICAL), 0),
        mean_accept_s=None if came["mean"] is None else came["mean"] / 1000,
        longest_accept_s=None if came["longest"] is None else came["longest"] / 1000,
        by_class=_by_class(conn, tables, span),
        by_unit=_by_unit(conn, tables, ordered, span),
    )


def _by_class(conn: sqlite3.Connection, tables: Tables, span: dict[str, int]) -> tuple[tuple[str, int], ...]:
    rows = conn.execute(
        "SELECT class, count(*) AS n FROM cases WHERE opened_at >= :since AND opened_at < :until GROUP BY class ORDER BY n DESC, class", span
    )
    known = tables.classes
    return tuple((known[row["class"]].label if row["class"] in known else row["class"] or "", row["n"]) for row in rows)


def _by_unit(conn: sqlite3.Connection, tables: Tables, ordered: str, span: dict[str, int]) -> tuple[tuple[str, int], ...]:
    rows = conn.execute(f"SELECT unit, count(*) AS n FROM {ordered} GROUP BY unit ORDER BY n DESC, unit", span)
    return tuple((tables.units[row["unit"]].label if row["unit"] in tables.units else row["unit"], row["n"]) for row in rows)


def alarm_load(conn: sqlite3.Connection, tables: Tables, since: int, until: int) -> AlarmLoad:
    """Alarms raised from `since` to `until` (UTC ms), measured by what the guides hold a person can deal with."""
    span = {"since": since, "until": until}
    bins = [row[0] for row in conn.execute(f"SELECT count(*) FROM {_RAISED} GROUP BY (raised_at - :since) / {TEN_MIN}", span)]
    by_level = dict(conn.execute(f"SELECT level, count(*) FROM {_RAISED} GROUP BY level", span).fetchall())
    top = tuple((row[0], row[1]) for row in conn.execute(f"SELECT sensor, count(*) FROM {_RAISED} GROUP BY sensor ORDER BY 2 DESC, 1 LIMIT 10", span))
    raised, operators = sum(bins), _operators(tables, until)
    periods = max((until - since) / TEN_MIN, 1)
    values = {
        "per_10min": raised / periods / operators,
        "per_day": raised / ((until - since) / DAY) / operators if until > since else 0.0,
        "peak_10min": max(bins, default=0) / operators,
        "flood_share": sum(n > FLOOD * operators for n in bins) / periods,
        "top10_share": _share(sum(n for _, n in top), raised),
        "chattering": conn.execute(_CHATTERING, span).fetchone()[0],
        "standing": conn.execute("SELECT count(*) FROM alarms WHERE cleared_at IS NULL AND raised_at < ?", (until - DAY,)).fetchone()[0],
        "critical_share": _share(by_level.get(1, 0), raised),
        "high_share": _share(by_level.get(2, 0), raised),
    }
    measures = tuple(AlarmMeasure(name=name, value=round(value, 4), most=MOST[name], good=value <= MOST[name]) for name, value in values.items())
    return AlarmLoad(
        since=since, until=until, raised=raised, operators=operators, measures=measures, top=top,
        by_level=tuple((level, by_level.get(level, 0)) for level in (1, 2, 3, 4)),
    )  # fmt: skip


MOST: dict[str, float] = {
    "per_10min": 1.0,
    "per_day": 150.0,
    "peak_10min": float(FLOOD),
    "flood_share": 0.01,
    "top10_share": 0.05,
    "chattering": 0.0,
    "standing": 4.0,
    "critical_share": 0.05,
    "high_share": 0.15,
}
"""Most of each that is acceptable, per operator where it is a rate: EEMUA 191 and ISA-18.2 as in `faults.md` §1 (1 in ten minutes,
150 a day, 10 in ten minutes, 1 % of the time in flood, 5 % from the ten worst, no chatter, below 5 standing a day, 5/15/80 by level)."""

_RAISED = "alarms WHERE raised_at >= :since AND raised_at < :until"
_CHATTERING = f"""
SELECT count(DISTINCT sensor) FROM (
  SELECT sensor, raised_at - lag(raised_at, 2) OVER (PARTITION BY sensor ORDER BY raised_at) AS gap FROM {_RAISED}
) WHERE gap <= {CHATTER_MS}
"""


def _operators(tables: Tables, at: int) -> int:
    """People on duty at this desk by the roster; one where it says nothing."""
    return max(sum(shift.unit == tables.centre and shift.start <= at < shift.end for shift in tables.roster), 1)


def _share(some: int, of: int) -> float:
    return some / of if of else 0.0

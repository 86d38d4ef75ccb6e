"""How many sensors there are, are abnormal, are silent."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.kinds import Kind
from data.store.history import History
from data.store.sqlite import sqlite3
from data.views.board import _lost


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorCounts:
    """Of sensors in use."""

    total: int
    abnormal: int
    lost: int


def sensor_counts(conn: sqlite3.Connection, history: History, kinds: Mapping[str, Kind], now: int) -> SensorCounts:
    """Count them; `abnormal` are those with an open alarm."""
    total = conn.execute("SELECT count(*) FROM sensors WHERE retired_at IS NULL").fetchone()[0]
    abnormal = conn.execute("SELECT count(DISTINCT sensor) FROM alarms WHERE cleared_at IS NULL").fetchone()[0]
    return SensorCounts(total=total, abnormal=abnormal, lost=len(_lost(conn, history, kinds, now)))

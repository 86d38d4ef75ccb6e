"""城市体征: the shape of one indicator of `vitals.toml`, and the hourly sample of what has no history."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from data.store.desk import Transaction
from data.store.schema import LIVE

_FILE = Path(__file__).with_suffix(".toml")
HOUR = 3_600_000
KEEP_HOURS = 400 * 24
"""Samples are kept for a year and a bit; judgement."""


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Said(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words in both languages."""

    zh: str
    en: str

    def __call__(self, language: str) -> str:
        """The words in one language."""
        return self.en if language == "en" else self.zh


class Vital(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One indicator; the file says what its parts mean."""

    name: str
    what: Literal["part", "count", "median_min", "per_hour", "online"]
    label: Said
    formula: Said
    at: str
    of: str
    counts: str
    opens: Literal["counts", "misses"]
    better: Literal["high", "low"]
    budget: float | None = None
    source: str
    confirmed: bool = False

    @property
    def is_alarm(self) -> bool:
        """Whether it looks at alarms (`a`) and not at cases (`c`)."""
        return self.at.startswith("a.")

    @property
    def is_now(self) -> bool:
        """Whether it is about this moment, so that its past is known by samples only."""
        return self.at == "now"

    def sql(self, columns: str, *, more: str = "1") -> str:
        """`columns` of what it looks at, between `:since` and `:until`, at `:now` (UTC ms). Exercises are none of it."""
        table = "alarms a" if self.is_alarm else "cases c"
        of = f"c.{LIVE}" if self.of == "live" else self.of
        span = "1" if self.is_now else f"{self.at} >= :since AND {self.at} < :until"
        real = "1" if self.is_alarm else "NOT c.exercise AND c.state NOT IN ('void', 'merged')"
        return f"SELECT {columns} FROM {table} WHERE {of} AND {span} AND {real} AND {more}"

    def is_good(self, value: float | None) -> bool | None:
        """Whether a value keeps its budget; None where there is no budget or no value."""
        if value is None or self.budget is None:
            return None
        return value >= self.budget if self.better == "high" else value <= self.budget


class _File(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    vital: tuple[Vital, ...]


@cache
def load_vitals() -> tuple[Vital, ...]:
    """All indicators in the order of the file."""
    return msgspec.convert(tomllib.loads(_FILE.read_text(encoding="utf-8")), _File).vital


def sample_counts(tx: Transaction) -> None:
    """Keep what is open and overdue now, once an hour: cost is the open cases, and nothing in between."""
    kept = {row[0] for row in tx.conn.execute("SELECT name FROM vital_samples WHERE hour=?", (tx.now // HOUR,))}
    for vital in load_vitals():
        if vital.what == "count" and vital.is_now and vital.name not in kept:
            row = tx.conn.execute(vital.sql(f"total({vital.counts})"), {"now": tx.now, "since": 0, "until": tx.now}).fetchone()
            sample(tx, vital.name, row[0])


def sample(tx: Transaction, name: str, value: float) -> None:
    """Keep a value once an hour, for its trend; the first of the hour stands."""
    hour = tx.now // HOUR
    tx.conn.execute("INSERT OR IGNORE INTO vital_samples (name, hour, value) VALUES (?,?,?)", (name, hour, value))
    tx.conn.execute("DELETE FROM vital_samples WHERE name=? AND hour < ?", (name, hour - KEEP_HOURS))

"""城市体征: the shape of one indicator of `vitals.toml`, and the hourly sample of what has no history."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from data.store.desk import Transaction

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


def sample(tx: Transaction, name: str, value: float) -> None:
    """Keep a value once an hour, for its trend; the first of the hour stands."""
    hour = tx.now // HOUR
    tx.conn.execute("INSERT OR IGNORE INTO vital_samples (name, hour, value) VALUES (?,?,?)", (name, hour, value))
    tx.conn.execute("DELETE FROM vital_samples WHERE name=? AND hour < ?", (name, hour - KEEP_HOURS))

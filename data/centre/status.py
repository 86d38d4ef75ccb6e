"""How a centre is doing, read from its lock, its lease row and its desk; works whether it runs or not."""

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data.centre import broker as embedded
from data.clock import iso, real_ms
from data.domain.errors import SettingsError, StoreError
from data.domain.reason import Reason
from data.settings import load
from data.settings.paidan import Paidan, load_paidan
from data.store.lease import HEARTBEAT_LATE_MS, holder
from data.store.schema import LIVE, open_desk
from data.store.sqlite import sqlite3

STOP_S = 15.0
"""How long a centre may take to finish its turn and its broker, before it is killed."""

_NOTHING: dict[str, Any] = {
    "answers": False, "silent_since": None, "broker_up": False,
    "readings_per_s": 0.0, "backlog": 0, "thinned": 0, "calls_first": 0, "waiting": 0, "cases": {}, "quarantined": 0,
}  # fmt: skip
"""Of a home whose desk no centre has made yet."""


def read(home: Path) -> dict[str, Any]:
    """Keys: running, pid, centre, broker (url of a client), answers (its heart beats: a frozen one runs and does not answer),
    silent_since (its last heartbeat, ISO in the centre's zone, where it does not answer), broker_up, readings_per_s, backlog,
    free_mb (of the disk; a centre that cannot write does not answer), thinned (readings left out), calls_first (calls read before their messages),
    waiting (orders not out), cases (live ones by state), quarantined, heartbeat_s, settings_fault (what a start would refuse; a centre
    that runs goes on with what it read before; None when all is well).

    Raises `SettingsError` where there are no settings at all or paidan.toml itself is wrong, and `StoreError`.
    """
    file, fault = _settings(home)
    pid = holder(home)
    known = embedded.recorded(home)
    url = file.broker if file.broker != "embedded" else known.url if known else ""
    state: dict[str, Any] = {"running": pid is not None, "pid": pid, "settings_fault": fault, "centre": file.centre.id, "broker": url}
    state["free_mb"] = shutil.disk_usage(home).free // 1_000_000
    try:
        conn = open_desk(home / "desk.db")
    except StoreError as error:
        if error.reason.code != "store_none":
            raise
        return state | _NOTHING
    try:
        return state | _of_desk(conn, ZoneInfo(file.centre.zone), running=pid is not None)
    finally:
        conn.close()


def _settings(home: Path) -> tuple[Paidan, Reason | None]:
    """What paidan.toml says, and what is wrong with the other files."""
    try:
        return load(home).file, None
    except SettingsError as error:
        return load_paidan(home), error.reason


def _of_desk(conn: sqlite3.Connection, zone: ZoneInfo, *, running: bool) -> dict[str, Any]:
    row = conn.execute("SELECT * FROM lease").fetchone()
    beat, silent_ms = row["renewed_at"], real_ms() - row["renewed_at"]
    answers = running and silent_ms < HEARTBEAT_LATE_MS
    return {
        "answers": answers,
        "silent_since": None if answers or not beat else iso(beat, zone),
        "broker_up": answers and bool(row["broker"]) and row["broker_down_since"] is None,
        "readings_per_s": row["readings_per_s"] if answers else 0.0,
        "backlog": row["backlog"] if running else 0,
        "thinned": row["thinned"] if running else 0,
        "calls_first": row["calls_first"] if running else 0,
        "waiting": _count(conn, "outbox WHERE kind='order' AND state IN ('ready', 'sending')"),
        "cases": dict(conn.execute(f"SELECT state, count(*) FROM cases WHERE {LIVE} GROUP BY state").fetchall()),
        "quarantined": _count(conn, "quarantine"),
        "heartbeat_s": round(silent_ms / 1000, 1) if beat else None,
    }


def _count(conn: sqlite3.Connection, what: str) -> int:
    return int(conn.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def stop(home: Path) -> bool:
    """End the home's centre and its embedded broker, whoever started them; True when either ran."""
    pid = holder(home)
    if pid is not None:
        _end(home, pid)
    return embedded.stop(home) or pid is not None


def _end(home: Path, pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_S
    while holder(home) == pid and time.monotonic() < until:
        time.sleep(0.05)
    if holder(home) == pid:
        os.kill(pid, signal.SIGKILL)

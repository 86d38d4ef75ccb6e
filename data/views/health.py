"""How the desk is doing: a row for each thing that can break, its state, its figures, and what breaking it means.

Reads the lease's row (what the centre says of itself), the desk and the disk; writes nothing. Limits without a source
are judgement.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.clock import real_ms
from data.domain.case import read_reason
from data.domain.reason import Reason, because
from data.domain.tables import Tables
from data.kinds import Kind
from data.store import channels
from data.store.history import History
from data.store.lease import HEARTBEAT_LATE_MS
from data.store.sqlite import sqlite3
from data.views.handover import silences
from data.views.models.handover import Silences
from data.views.models.health import Health, HealthRow, SelfTest

SLOW_WRITE_MS = 100.0
LATE_MS = 60_000
"""A message that should have left this long ago is late; `faults.md` §5 Dispatch."""
STEP_MS = 1_000
LEAST_FREE = 1 << 30
SLOW_LINK_MS = 400.0
DAY = 86_400_000
MOST_SILENT = 20
"""Silent sensors told one by one; of the rest the number. Judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look."""

    home: Path
    conn: sqlite3.Connection
    history: History
    kinds: Mapping[str, Kind]
    tables: Tables
    now: int
    fault: Reason | None
    """Mistake in the settings that this process has found."""
    rtt_ms: float | None = None
    """Round trip of the seat's own line, if it has measured it."""
    bytes_s: float | None = None
    dropped: int = 0
    """What the seat sends a second, and how many foreign control sequences it kept from the terminal."""


def health(place: Place) -> Health:
    """All rows, with the line that says whether orders can be sent."""
    lease = place.conn.execute("SELECT * FROM lease").fetchone()
    silent = silences(place.conn, place.history, place.kinds, place.tables, MOST_SILENT, place.now)
    rows = (
        _centre(lease),
        _bus(lease, place),
        _store(lease, place),
        *_channels(place),
        _outbox(place),
        _clock(lease),
        _sensors(silent, place),
        _quarantine(place),
        *_inlets(place),
        _settings(lease, place),
        _backup(place),
        *_link(place),
    )
    return Health(at=place.now, rows=rows, conclusion=_conclusion(rows), log=tuple(_log(place.conn)), silences=silent)


def _log(conn: sqlite3.Connection) -> Iterator[SelfTest]:
    for row in conn.execute("SELECT * FROM self_tests ORDER BY seq DESC"):
        if conclusion := read_reason(row["conclusion"]):
            yield SelfTest(at=row["at"], conclusion=conclusion, wrong=tuple((name, which, state) for name, which, state in json.loads(row["wrong"])))


def _conclusion(rows: Sequence[HealthRow]) -> Reason:
    broken = [row for row in rows if row.state in ("down", "slow") and row.name in _WANTED]
    down = [row for row in broken if row.state == "down"]
    if any(row.name in ("centre", "store") for row in down) or _no_way_out(rows):
        return because("health_cannot", what=_names(down))
    return because("health_can_but", what=_names(broken)) if broken else because("health_can")


THINNED_MS = 3_600_000
"""How long it is shown that readings were thinned; judgement."""
BRIEF_MS = 5_000
"""The calls' own connection comes up beside the ordinary one; down for less is not said. Judgement."""
_WANTED = frozenset({"centre", "store", "bus", "channel", "outbox"})
"""What an order needs on its way."""


def _no_way_out(rows: Sequence[HealthRow]) -> bool:
    ways = [row for row in rows if row.name in ("bus", "channel")]
    return all(row.state == "down" for row in ways)


def _names(rows: Sequence[HealthRow]) -> str:
    return f"@channel.{rows[0].which}" if len(rows) == 1 and rows[0].which else f"@health.{rows[0].name}" if rows else ""


def _row(name: str, state: str, figures: Reason, which: str = "") -> HealthRow:
    return HealthRow(name=name, which=which, state=state, figures=figures, breaks=f"health.breaks_{name}")


def _centre(lease: sqlite3.Row) -> HealthRow:
    age_ms = real_ms() - lease["renewed_at"]
    if not lease["renewed_at"]:
        return _row("centre", "down", because("health_never"))
    return _row("centre", "ok" if age_ms < HEARTBEAT_LATE_MS else "down", because("health_beat", seconds=round(age_ms / 1000, 1)))


def _bus(lease: sqlite3.Row, place: Place) -> HealthRow:
    down = lease["broker_down_since"]
    if down is not None:
        return _row("bus", "down", because("health_bus_down", seconds=max(0, (place.now - down) // 1000)))
    if not lease["broker"]:
        return _row("bus", "down", because("health_never"))
    rate, at = lease["readings_per_s"], lease["reading_at"]
    if lease["thinned_at"] is not None and place.now - lease["thinned_at"] < THINNED_MS:
        return _row("bus", "slow", because("health_bus_thinned", rate=rate, thinned=lease["thinned"]))
    if (missed := lease["calls_down_since"]) is not None and place.now - missed > BRIEF_MS:
        return _row("bus", "slow", because("health_bus_calls", seconds=(place.now - missed) // 1000))
    if at is None:
        return _row("bus", "ok", because("health_bus_quiet", rate=rate))
    return _row("bus", "ok", because("health_bus", seconds=round(max(0, place.now - at) / 1000, 1), rate=rate))


def _store(lease: sqlite3.Row, place: Place) -> HealthRow:
    files = [*place.home.glob("desk.db*"), *(place.home / "history").glob("*")]
    free = shutil.disk_usage(place.home).free
    state = "attention" if free < LEAST_FREE else "slow" if (lease["write_ms"] or 0) > SLOW_WRITE_MS else "ok"
    figures = because("health_store", mb=round(sum(map(_size, files)) / 1e6, 1), ms=lease["write_ms"] or 0, free_gb=round(free / 1e9, 1))
    return _row("store", state, figures)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


_CHANNEL = {"ok": "ok", "slow": "slow", "failing": "attention", "open": "down", "fault": "down"}


def _channels(place: Place) -> Iterator[HealthRow]:
    """Each way an order can go: how long to its yes, how many wait, of how many nobody knows."""
    for one in channels.states(place.conn, place.now):
        seconds = round(one.took_ms / 1000, 1)
        figures = because("health_channel", seconds=seconds, waiting=one.waiting, unknown=one.unknown)
        broken = one.state in ("failing", "open", "fault") and one.error is not None
        yield _row("channel", _CHANNEL[one.state], one.error if broken and one.error else figures, one.name)


def _outbox(place: Place) -> HealthRow:
    rows = place.conn.execute("SELECT state, count(*) FROM outbox WHERE state IN ('ready', 'sending', 'unknown', 'waiting', 'failed') GROUP BY state")
    by_state = dict(rows.fetchall())
    oldest = place.conn.execute("SELECT min(next_at) FROM outbox WHERE next_at IS NOT NULL AND state = 'ready'").fetchone()[0]
    unknown, parked = by_state.get("unknown", 0), by_state.get("failed", 0)
    waiting = by_state.get("ready", 0) + by_state.get("sending", 0)
    late = oldest is not None and oldest < place.now - LATE_MS
    state = "attention" if parked or unknown else "slow" if late else "ok"
    figures = because("health_outbox", waiting=waiting, unknown=unknown, parked=parked, call=by_state.get("waiting", 0))
    return _row("outbox", state, figures)


def _clock(lease: sqlite3.Row) -> HealthRow:
    step = lease["clock_step_ms"] or 0
    return _row("clock", "attention" if abs(step) >= STEP_MS else "ok", because("health_clock", seconds=round(step / 1000, 2)))


def _sensors(silent: Silences, place: Place) -> HealthRow:
    kept = place.conn.execute("SELECT value FROM tallies WHERE name='sensors'").fetchone()
    total = kept[0] if kept else 0
    return _row("sensors", "attention" if silent.total else "ok", because("health_sensors", total=total, lost=silent.total, lives=silent.lives))


def _quarantine(place: Place) -> HealthRow:
    total, today = place.conn.execute("SELECT count(*), coalesce(sum(at > ?), 0) FROM quarantine", (place.now - DAY,)).fetchone()
    return _row("quarantine", "attention" if today else "ok", because("health_quarantine", total=total, today=today))


def _inlets(place: Place) -> Iterator[HealthRow]:
    """Each way in beside the bus that has been heard of: since when it cannot be reached and why, or what it brought."""
    for row in place.conn.execute("SELECT * FROM inlets ORDER BY name"):
        if row["down_since"] is None:
            figures = because("health_inlet", taken=row["taken"], bad=row["bad"])
        else:
            figures = because("health_inlet_down", minutes=max(0, (place.now - row["down_since"]) // 60_000), error=row["error"] or "")
        yield _row("inlet", "ok" if row["down_since"] is None else "down", figures, row["name"])


def _settings(lease: sqlite3.Row, place: Place) -> HealthRow:
    fault = place.fault or read_reason(lease["settings_fault"])
    return _row("settings", "attention" if fault else "ok", fault or because("health_settings"))


def _backup(place: Place) -> HealthRow:
    times = [path.stat().st_mtime_ns // 1_000_000 for path in (place.home / "backups").glob("*")]
    if not times:
        return _row("backup", "attention", because("health_no_backup"))
    age_ms = real_ms() - max(times)
    return _row("backup", "attention" if age_ms > DAY else "ok", because("health_backup", hours=round(age_ms / 3_600_000, 1)))


def _link(place: Place) -> Iterator[HealthRow]:
    if place.rtt_ms is not None:
        yield _row("link", "slow" if place.rtt_ms > SLOW_LINK_MS else "ok", _line_figures(place))


def _line_figures(place: Place) -> Reason:
    kbs = round((place.bytes_s or 0) / 1000, 1)
    return because("health_link", ms=round(place.rtt_ms or 0), kbs=kbs, dropped=place.dropped)

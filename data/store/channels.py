"""What the centre knows of its channels: rate budget, breaker, last yes and last fault. In the desk, so that a restart forgets nothing.

The centre's writer writes; every seat reads.
"""

from collections.abc import Mapping

from msgspec import Struct

from data.domain.case import keep_reason, read_reason
from data.domain.reason import Reason, because
from data.store.desk import Transaction
from data.store.sqlite import sqlite3

FAILURES = 5
"""Failures in a row that open the breaker; `faults.md` §5."""
OPEN_MS = 30_000
"""How long it stays open; then one real order is the probe."""
ALIVE_MS = 5_000
"""A channel that said yes within this time is not dead, however many attempts failed since; judgement."""
BLINK_MS = 10_000
"""A broker that went away less than this ago is most likely coming back, and an order waits for it without anybody's second
press; judgement."""
SLOW_MS = 3_000.0
"""Typical time to a yes from which a channel is called slow; judgement."""


class ChannelState(Struct, frozen=True, kw_only=True):
    """One channel as the health place shows it; times are UTC ms of the desk's clock."""

    name: str
    kind: str
    state: str
    """ok, slow, failing (the newest attempt failed), open (no attempts until `open_until`) or fault (settings must be mended)."""
    open_until: int | None
    ok_at: int | None
    error_at: int | None
    error: Reason | None
    took_ms: float
    waiting: int
    """Messages that have not had its yes."""
    unknown: int
    """Messages of which nobody knows whether they arrived (待核实)."""


def sync(tx: Transaction, kinds: Mapping[str, str], faults: Mapping[str, Reason]) -> None:
    """Write the channels of the settings; what is known of those that stay is kept."""
    for name, kind in kinds.items():
        tx.conn.execute(
            "INSERT INTO channels (name, kind, fault) VALUES (?,?,?) ON CONFLICT (name) DO UPDATE SET kind=excluded.kind, fault=excluded.fault",
            (name, kind, keep_reason(faults.get(name))),
        )
    marks = ",".join("?" * len(kinds))
    tx.conn.execute(f"DELETE FROM channels WHERE name NOT IN ({marks})", tuple(kinds))


def channels_down(conn: sqlite3.Connection, now: int) -> frozenset[str]:
    """Names of channels that a plan should pass over: breaker open, settings at fault, or no broker."""
    names = {row["name"] for row in conn.execute("SELECT name FROM channels WHERE fault IS NOT NULL OR open_until > ?", (now,))}
    broker = conn.execute("SELECT 1 FROM lease WHERE broker_down_since < ?", (now - BLINK_MS,)).fetchone()
    return frozenset(names | ({"mqtt"} if broker else set()))


def states(conn: sqlite3.Connection, now: int) -> tuple[ChannelState, ...]:
    """All channels, by name."""
    counts: dict[str, dict[str, int]] = {}
    for row in conn.execute(
        "SELECT channel, state, count(*) AS n FROM outbox WHERE state IN ('ready', 'sending', 'unknown', 'waiting') GROUP BY channel, state"
    ):
        counts.setdefault(row["channel"], {})[row["state"]] = row["n"]
    down = channels_down(conn, now)
    rows = conn.execute("SELECT * FROM channels ORDER BY name")
    return tuple(_state(row, counts.get(row["name"], {}), is_down=row["name"] in down) for row in rows)


def _state(row: sqlite3.Row, counts: Mapping[str, int], *, is_down: bool) -> ChannelState:
    is_failing = row["error_at"] is not None and (row["ok_at"] is None or row["error_at"] > row["ok_at"])
    state = "fault" if row["fault"] else "open" if is_down else "failing" if is_failing else "slow" if row["took_ms"] > SLOW_MS else "ok"
    return ChannelState(
        name=row["name"], kind=row["kind"], state=state, open_until=row["open_until"], ok_at=row["ok_at"], error_at=row["error_at"],
        error=read_reason(row["fault"] or row["error"]), took_ms=row["took_ms"],
        waiting=sum(counts.values()), unknown=counts.get("unknown", 0),
    )  # fmt: skip


def note_yes(tx: Transaction, name: str, took_ms: float) -> None:
    """The channel has said yes: the breaker closes."""
    tx.conn.execute(
        "UPDATE channels SET failures=0, open_until=NULL, ok_at=?, took_ms=CASE WHEN ok_at IS NULL THEN ? ELSE took_ms*0.8+?*0.2 END WHERE name=?",
        (tx.now, took_ms, took_ms, name),
    )


def note_failure(tx: Transaction, name: str, reason: Reason | None, *, counts: bool) -> None:
    """An attempt failed. With `counts` it says something about the channel and not only about this one message."""
    tx.conn.execute(
        "UPDATE channels SET failures=failures+?, error_at=?, error=? WHERE name=?", (int(counts), tx.now, keep_reason(reason), name)
    )
    if counts:
        tx.conn.execute(
            "UPDATE channels SET open_until=? WHERE name=? AND failures >= ? AND (ok_at IS NULL OR ok_at <= ?)",
            (tx.now + OPEN_MS, name, FAILURES, tx.now - ALIVE_MS),
        )


def pause(tx: Transaction, name: str, until: int) -> None:
    """The far side limits the rate: no attempts before `until`."""
    tx.conn.execute("UPDATE channels SET open_until=max(coalesce(open_until, 0), ?) WHERE name=?", (until, name))


def room(row: sqlite3.Row, now: int, per_minute: float, in_flight: int, workers: int) -> int:
    """How many messages may be handed to the channel of this row of `channels` now."""
    if row["fault"] is not None or (row["open_until"] or 0) > now:
        return 0
    free = workers - in_flight
    if row["failures"] >= FAILURES and row["open_until"] is not None:
        free = min(free, 1 - in_flight)  # half open: one real order is the probe
    return max(0, min(free, int(tokens(row, now, per_minute))) if per_minute else free)


def tokens(row: sqlite3.Row, now: int, per_minute: float) -> float:
    """What is left of the rate budget. A quarter may go in one burst and the rest flows in, so that no 60 s hold more than `per_minute`."""
    burst = max(1.0, per_minute // 4)
    flow = max(per_minute - burst, per_minute / 2) / 60_000
    return min(burst, row["tokens"] + (now - row["tokens_at"]) * flow) if row["tokens_at"] is not None else burst


def spend(tx: Transaction, row: sqlite3.Row, per_minute: float, count: int) -> None:
    """Take `count` messages off the budget."""
    if per_minute:
        left = tokens(row, tx.now, per_minute) - count
        tx.conn.execute("UPDATE channels SET tokens=?, tokens_at=? WHERE name=?", (left, tx.now, row["name"]))


NO_CHANNEL = because("channel_gone")
"""A message waits on a channel that the settings no longer have."""

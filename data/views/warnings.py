"""Warnings from above, as a banner shows them: what stands first, then what has just ended. `now` is given (UTC ms)."""

from typing import Any

from data.store.sqlite import sqlite3
from data.views.models.seat import Banner

DAY = 86_400_000
GREY_MS = 6 * 3_600_000
"""How long an ended warning is still shown, grey; judgement."""
UNENDING_MS = DAY
"""After this long a warning that names no end counts as expired; judgement."""
_ROWS = f"""
SELECT w.*, min(coalesce(w.cancelled_at, 9e15), coalesce(w.expires, w.sent + :unending)) AS ended FROM warnings w
WHERE w.updated_at > :now - 30 * {DAY} AND w.joined IS NULL AND w.event != ''"""


def banners(conn: sqlite3.Connection, now: int, *, ended_ms: int = GREY_MS, limit: int = 20) -> tuple[Banner, ...]:
    """Standing ones first, those in earnest before exercises, the most urgent first; then those that ended within `ended_ms`."""
    rows = conn.execute(
        f"SELECT * FROM ({_ROWS}) WHERE ended > :now - :ended ORDER BY ended <= :now, status != 'Actual', level, sent DESC LIMIT :limit",
        {"now": now, "unending": UNENDING_MS, "ended": ended_ms, "limit": limit},
    ).fetchall()
    return tuple(_banner(row, now) for row in rows)


def _banner(row: sqlite3.Row, now: int) -> Banner:
    state = "cancelled" if row["cancelled_at"] is not None else "expired" if row["ended"] <= now else "standing"
    names = ("id", "status", "severity", "level", "event", "headline", "sent", "onset", "expires")
    texts = ("text", "instruction", "sender_name", "area")
    values: dict[str, Any] = {name: row[name] for name in names} | {name: row[name] or "" for name in texts}
    return Banner(state=state, ends=int(row["ended"]), **values)

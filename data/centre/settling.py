"""What follows from one attempt of a channel: sent, again, another channel, or parked with a reason. Runs in the writer's transaction."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from data.centre.intake import SEAT, SYSTEM
from data.centre.outbox import mark_sent, release
from data.channels import Outcome, Result, Way
from data.channels.shared.settings import Channel
from data.domain.reason import Reason, because
from data.domain.tables import Tables
from data.store import channels as health
from data.store import outbox
from data.store.desk import Transaction
from data.store.sqlite import sqlite3

BACK_OFF_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Waits after the first, second, … failure, the last one for all that follow; `faults.md` row 39."""
BUSY_S = 60.0
"""Wait where the far side limits the rate and does not say for how long; a robot's budget is counted by the minute [M]."""
DOUBT_S = 30.0
"""Wait before what may have arrived is sent again to somebody who cannot tell; `faults.md` §5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One attempt that a worker finished. `took_ms` is real."""

    id: str
    channel: str
    result: Result
    took_ms: float


def settle(tx: Transaction, ended: Ended, channels: Mapping[str, Channel], tables: Tables) -> None:
    """Write what is known after an attempt."""
    channel, result = channels[ended.channel], ended.result
    _note(tx, channel, ended)
    row = tx.one("SELECT * FROM outbox WHERE id=?", ended.id)
    if row is None:
        return
    if result.outcome is Outcome.SENT:
        _sent(tx, row)
    elif row["state"] != "sending" or row["channel"] != ended.channel:
        return  # withdrawn, told or rerouted while it was on its way
    elif result.outcome is Outcome.REFUSED or _is_over(tx, row, channel, tables, result.outcome):
        move_on(tx, row, channels, tables, result.reason, doubt=result.outcome is Outcome.UNKNOWN)
    else:
        _again(tx, row, channel, result, leave_by(row, channel, tables))


def _note(tx: Transaction, channel: Channel, ended: Ended) -> None:
    """The channel's own record: the breaker counts what says something about it, not about one message."""
    result = ended.result
    if result.outcome is Outcome.SENT:
        health.note_yes(tx, channel.name, ended.took_ms)
        return
    health.note_failure(tx, channel.name, result.reason, counts=result.outcome in {Outcome.RETRY, Outcome.UNKNOWN})
    if result.outcome is Outcome.BUSY:
        health.pause(tx, channel.name, tx.now + round((result.retry_after_s or BUSY_S) * 1000))


def _sent(tx: Transaction, row: sqlite3.Row) -> None:
    tx.conn.execute(
        "UPDATE outbox SET sent_at=coalesce(sent_at, ?), state=CASE WHEN state='sending' THEN 'sent' ELSE state END,"
        " next_at=CASE WHEN state='sending' THEN NULL ELSE next_at END, reason=NULL WHERE id=?",
        (tx.now, row["id"]),
    )
    if row["kind"] == "order":
        mark_sent(tx, row)


def _is_over(tx: Transaction, row: sqlite3.Row, channel: Channel, tables: Tables, outcome: Outcome) -> bool:
    """Whether this channel has had its tries and its time. Who cannot tell a repeat gets one repeat, not more."""
    if outcome is Outcome.UNKNOWN and not channel.deduplicates and row["doubts"] >= 1:
        return True
    if outcome is not Outcome.BUSY and row["tries"] >= channel.config.max_tries:
        return True
    return tx.now >= leave_by(row, channel, tables)


def leave_by(row: sqlite3.Row, channel: Channel, tables: Tables) -> int:
    """Until when a message may wait for this channel's yes (UTC ms): shorter where the unit has a further channel."""
    config = channel.config
    return int(row["since"] + round((config.patience_s if _further(row, tables) else config.give_up_s) * 1000))


def _further(row: sqlite3.Row, tables: Tables) -> tuple[str, ...]:
    """The unit's channels after the one that the message takes; none for an answer to a reporter."""
    unit = tables.units.get(row["unit"])
    if unit is None or row["channel"] not in unit.channels:
        return ()
    return unit.channels[unit.channels.index(row["channel"]) + 1 :]


def _again(tx: Transaction, row: sqlite3.Row, channel: Channel, result: Result, last: int) -> None:
    """Wait and try again, at the latest when this channel's time is over."""
    is_doubt = result.outcome is Outcome.UNKNOWN
    wait = _wait_s(row["tries"], result)
    at = min(tx.now + round(wait * 1000), last)
    if is_doubt and not channel.deduplicates:
        at = tx.now + round(max(wait, DOUBT_S) * 1000)
    is_unknown = is_doubt or (row["doubts"] > 0 and row["sent_at"] is None)
    outbox.settle(tx, row["id"], "unknown" if is_unknown else "ready", next_at=at, reason=result.reason, doubt=is_doubt)


def _wait_s(tries: int, result: Result) -> float:
    """Back-off with a jitter of a quarter, so that what failed together does not come again together."""
    base = BACK_OFF_S[min(max(tries, 1), len(BACK_OFF_S)) - 1]
    if result.outcome is Outcome.BUSY:
        base = result.retry_after_s or BUSY_S
    return max(base, result.retry_after_s) * random.uniform(1.0, 1.25)  # noqa: S311 — no secret


def move_on(
    tx: Transaction, row: sqlite3.Row, channels: Mapping[str, Channel], tables: Tables, reason: Reason | None, *, doubt: bool = False
) -> None:
    """The unit's next channel that gets through, else its next; with none left the message is parked."""
    further = [name for name in _further(row, tables) if name in channels]
    down = health.channels_down(tx.conn, tx.now)
    chosen = next((name for name in further if name not in down), further[0] if further else None)
    if chosen is None:
        park(tx, row, reason, doubt=doubt)
        return
    outbox.move(tx, row, chosen, reason, doubt=doubt)
    if row["kind"] == "order":
        with tx.entry("reroute", subject=row["case_id"], operator=SYSTEM, seat=SEAT) as entry:
            entry.update("orders", row["order_id"], {"channel": chosen})
            entry.remark(text=f"{row['channel']} -> {chosen}")


def park(tx: Transaction, row: sqlite3.Row, reason: Reason | None, *, doubt: bool = False) -> None:
    """Nothing more is tried: the message keeps its reason, and the case of an order comes back to the top of the queue.

    One that had its yes before, and was only to be said once more, has not failed.
    """
    if row["sent_at"] is not None:
        outbox.settle(tx, row["id"], "sent", next_at=None, reason=reason)
        return
    outbox.settle(tx, row["id"], "failed", next_at=None, reason=reason or because("channel_gave_up"), doubt=doubt)
    if row["kind"] == "order":
        show_on_top(tx, row, "unsent", reason)


def show_on_top(tx: Transaction, row: sqlite3.Row, act: str, reason: Reason | None) -> None:
    """Mark the case of an order that a person must see to, unless it has gone on meanwhile."""
    case = tx.one("SELECT state FROM cases WHERE id=?", row["case_id"])
    with tx.entry(act, subject=row["case_id"], operator=SYSTEM, seat=SEAT) as entry:
        entry.remark(text=row["channel"], reason=reason.code if reason else "")
        if case is not None and case["state"] in {"sending", "sent"}:
            entry.update("cases", row["case_id"], {"failed": 1})


def give_to_person(tx: Transaction, row: sqlite3.Row) -> None:
    """A message that a clerk must tell by telephone; one that came here because other ways failed shows on top."""
    outbox.settle(tx, row["id"], "waiting", next_at=None)
    if row["kind"] == "order":
        release(tx, row)
        if row["reason"]:
            show_on_top(tx, row, "to_phone", None)


def is_answered(tx: Transaction, row: sqlite3.Row) -> bool:
    """Whether the unit's own words or a withdrawal make a further sending of this order senseless."""
    if row["kind"] != "order":
        return False
    order = tx.one("SELECT coalesce(accepted_at, refused_at, arrived_at, done_at, cancelled_at) AS at FROM orders WHERE id=?", row["order_id"])
    return order is not None and order["at"] is not None


def on_workers(channels: Mapping[str, Channel]) -> list[Channel]:
    """The channels whose messages worker threads carry."""
    return [channel for channel in channels.values() if channel.way is Way.WORKER]

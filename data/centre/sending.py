"""Everything that does not go by MQTT. Workers do nothing but I/O; each row is claimed and settled in the writer's transaction.

A channel has its own threads and at most as many messages in flight as threads, so a slow one holds up neither another nor the
writer; what waits, waits in the desk. A row is claimed before its bytes leave, so a centre that dies leaves it in `sending`,
and its successor knows that it may have arrived.
"""

import logging
import queue
import threading
import time
from collections.abc import Mapping

from data.centre.outbox import release
from data.centre.parcels import parcel
from data.centre.settling import DOUBT_S, Ended, give_to_person, is_answered, leave_by, move_on, on_workers, settle
from data.channels import Outcome, Parcel, Result, Way
from data.channels.shared.settings import Channel
from data.domain.reason import because
from data.domain.tables import Tables
from data.store import channels as health
from data.store import outbox
from data.store.desk import Desk, Transaction
from data.store.sqlite import sqlite3
from data.words import Words

_LOG = logging.getLogger(__name__)
BATCH = 200
"""Most rows of one channel looked at in one turn."""
SWEEP_MS = 1_000
"""How often messages are looked through for those whose channel has had its time."""


class Couriers:
    """The workers of all channels and the writer's side of them. Every method but the workers' own runs on the writer's thread."""

    def __init__(self, channels: Mapping[str, Channel], tables: Tables, *, rate: float = 1.0) -> None:
        """`channels` are opened. `rate` is how fast the desk's clock runs: the far sides' limits count real minutes."""
        self.channels = dict(channels)
        self.tables = tables
        self._rate = rate
        self._words = Words(tables.language)
        self._to_do: dict[str, queue.Queue[Parcel | None]] = {}
        # Never full: as many messages are in flight as there are workers, and each brings back one.
        self._ended: queue.Queue[Ended] = queue.Queue(sum(channel.config.workers for channel in on_workers(channels)) + 1)
        self._unsettled: list[Ended] = []
        self._flying: dict[str, int] = dict.fromkeys(self.channels, 0)
        self._threads: list[threading.Thread] = []
        self._swept_at = 0

    def prepare(self, tx: Transaction) -> None:
        """At the start: what an earlier centre was sending may have arrived. Call once before the first `turn`."""
        health.sync(
            tx, {name: channel.config.kind for name, channel in self.channels.items()},
            {name: channel.fault for name, channel in self.channels.items() if channel.fault},
        )  # fmt: skip
        for row in tx.conn.execute("SELECT * FROM outbox WHERE state='sending' AND channel!='mqtt'").fetchall():
            channel = self.channels.get(row["channel"])
            wait = 0 if channel is None or channel.deduplicates else round(DOUBT_S * 1000)
            outbox.settle(tx, row["id"], "unknown", next_at=tx.now + wait, reason=because("channel_interrupted"), doubt=True)
        # The time in which no centre ran is no fault of a channel.
        tx.conn.execute("UPDATE outbox SET since=? WHERE channel!='mqtt' AND next_at <= ?", (tx.now, tx.now))
        marks = ",".join("?" * len(self.channels))
        gone = tx.conn.execute(f"SELECT * FROM outbox WHERE next_at IS NOT NULL AND channel NOT IN ({marks})", tuple(self.channels))
        for row in gone.fetchall():
            move_on(tx, row, self.channels, self.tables, health.NO_CHANNEL)

    def close(self) -> None:
        """Let the workers end. One that hangs is a daemon; its row is found in `sending` at the next start."""
        for name, to_do in self._to_do.items():
            for _ in range(self.channels[name].config.workers):
                to_do.put(None)
        for thread in self._threads:
            thread.join(timeout=0.2)

    @property
    def is_busy(self) -> bool:
        """Whether anything is in flight."""
        return any(self._flying.values()) or bool(self._unsettled)

    def turn(self, desk: Desk, tables: Tables) -> int:
        """Settle what came back, claim what is due, commit, and only then hand over; how many were handed over."""
        self.tables = tables
        self._take_ended()
        now = desk.clock.now()
        is_sweep = not 0 <= now - self._swept_at < SWEEP_MS
        if is_sweep:
            self._swept_at = now
        if not self._unsettled and not self._is_due(desk.conn, now, is_sweep=is_sweep):
            return 0
        leaving = self._transact(desk, is_sweep=is_sweep)
        for name, each in leaving:
            self._hand_over(name, each)
        return len(leaving)

    def _take_ended(self) -> None:
        while True:
            try:
                ended = self._ended.get_nowait()
            except queue.Empty:
                return
            self._flying[ended.channel] -= 1
            self._unsettled.append(ended)  # until it is committed: a full disk must not lose it

    def _is_due(self, conn: sqlite3.Connection, now: int, *, is_sweep: bool) -> bool:
        """Whether a message could leave now, or one whose time has come is to be looked at."""
        return any(
            (at := outbox.next_at(conn, name)) is not None and at <= now
            for name, channel in self.channels.items()
            if is_sweep or (channel.way is not Way.LINE and self._flying[name] < channel.config.workers and not self._is_shut(conn, name, now))
        )

    def _is_shut(self, conn: sqlite3.Connection, name: str, now: int) -> bool:
        row = conn.execute("SELECT * FROM channels WHERE name=?", (name,)).fetchone()
        config = self.channels[name].config
        return row is not None and not health.room(row, now, config.per_minute / self._rate, self._flying[name], config.workers)

    def _transact(self, desk: Desk, *, is_sweep: bool) -> list[tuple[str, Parcel]]:
        leaving: list[tuple[str, Parcel]] = []
        with desk.transaction() as tx:
            for ended in self._unsettled:
                settle(tx, ended, self.channels, self.tables)
            down = health.channels_down(tx.conn, tx.now)
            for channel in self.channels.values():
                leaving += [(channel.name, each) for each in self._claim(tx, channel, desk.epoch)]
                if is_sweep and channel.way is not Way.PERSON:
                    self._sweep(tx, channel, is_down=channel.name in down)
        self._unsettled.clear()
        return leaving

    def _sweep(self, tx: Transaction, channel: Channel, *, is_down: bool) -> None:
        """Messages that wait for a channel longer than they may go by the unit's next one, or are parked."""
        if channel.way is Way.LINE and not is_down:
            return
        shortest = round(min(channel.config.patience_s, channel.config.give_up_s) * 1000)
        rows = tx.conn.execute(
            "SELECT * FROM outbox WHERE channel=? AND next_at IS NOT NULL AND lane IN (0, 1, 2) AND next_at <= ? AND since <= ? LIMIT ?",
            (channel.name, tx.now, tx.now - shortest, BATCH),
        ).fetchall()
        for row in rows:
            if tx.now >= leave_by(row, channel, self.tables) and (channel.way is Way.WORKER or self._may_leave_line(row)):
                move_on(tx, row, self.channels, self.tables, because("channel_no_yes"))

    def _may_leave_line(self, row: sqlite3.Row) -> bool:
        """Only an order that the broker has never had, and whose unit has another way: with the line back all else goes by itself."""
        unit = self.tables.units.get(row["unit"])
        return row["kind"] == "order" and row["epoch"] is None and unit is not None and unit.channels[-1:] != ("mqtt",)

    def _claim(self, tx: Transaction, channel: Channel, epoch: int | None) -> list[Parcel]:
        if channel.way is Way.PERSON:
            for row in outbox.due(tx.conn, channel.name, tx.now, BATCH):
                give_to_person(tx, row)
        if channel.way is not Way.WORKER:
            return []
        state = tx.one("SELECT * FROM channels WHERE name=?", channel.name)
        assert state is not None  # `prepare` wrote it
        budget = channel.config.per_minute / self._rate
        count = health.room(state, tx.now, budget, self._flying[channel.name], channel.config.workers)
        rows = outbox.due(tx.conn, channel.name, tx.now, count) if count else []
        leaving = [self._leave(tx, row, channel, epoch) for row in rows if not self._is_stopped(tx, row)]
        if leaving:
            health.spend(tx, state, budget, len(leaving))
        return leaving

    def _is_stopped(self, tx: Transaction, row: sqlite3.Row) -> bool:
        if is_answered(tx, row):
            outbox.settle(tx, row["id"], "received", next_at=None)
            return True
        return False

    def _leave(self, tx: Transaction, row: sqlite3.Row, channel: Channel, epoch: int | None) -> Parcel:
        outbox.claim(tx, row["id"], epoch)
        if row["kind"] == "order":
            release(tx, row)
        return parcel(
            tx, row, self.tables, self._words, deduplicates=channel.deduplicates, is_sms=channel.config.kind == "sms"
        )

    def _hand_over(self, name: str, each: Parcel) -> None:
        if name not in self._to_do:
            self._start(self.channels[name])
        self._flying[name] += 1
        self._to_do[name].put_nowait(each)

    def _start(self, channel: Channel) -> None:
        to_do: queue.Queue[Parcel | None] = queue.Queue(channel.config.workers * 2)
        self._to_do[channel.name] = to_do
        for number in range(channel.config.workers):
            thread = threading.Thread(target=_work, args=(channel, to_do, self._ended), name=f"channel {channel.name} {number}", daemon=True)
            thread.start()
            self._threads.append(thread)


def _work(channel: Channel, to_do: "queue.Queue[Parcel | None]", ended: "queue.Queue[Ended]") -> None:
    """One worker: attempts, one after the other, until told to end."""
    while (each := to_do.get()) is not None:
        started = time.monotonic()
        result = _attempt(channel, each)
        ended.put(Ended(id=each.id, channel=channel.name, result=result, took_ms=(time.monotonic() - started) * 1000))


def _attempt(channel: Channel, each: Parcel) -> Result:
    try:
        return channel.send(each)
    except Exception as error:  # noqa: BLE001 — a fault of a channel module must not end its worker; what was sent is then unknown
        # Only the kind of the error: its words, and a traceback's values, may hold a URL or a key.
        _LOG.error("channel %s: %s", channel.name, type(error).__name__)
        return Result(Outcome.UNKNOWN, because("channel_fault", problem=type(error).__name__))


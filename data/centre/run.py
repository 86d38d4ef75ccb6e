"""Wiring of the centre, and its one loop.
One thread writes: it takes what the network handed over, commits to the desk, then the readings, and only then acknowledges.
It also sends the outbox and keeps the lease. `data.centre.serve` puts it together and looks after the broker.
"""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Mapping

from data import self_tests
from data.centre import quarantine
from data.centre.auto import dispatch_clear
from data.centre.calls import Copies, call_topics
from data.centre.clock_steps import ClockSteps
from data.centre.feeds import source_sensors
from data.centre.first_line import FirstLine
from data.centre.frame import Frame
from data.centre.handover import Pace
from data.centre.inbox import handle
from data.centre.ingest import Outcome, Unknown, ingest, settle
from data.centre.inlets import Inlets
from data.centre.intake import raise_level
from data.centre.ladder import climb
from data.centre.listening import Listening
from data.centre.memory import Memory
from data.centre.mqtt import Mqtt, PubAck
from data.centre.outages import Outages
from data.centre.outbox import Sender, wake_unfinished
from data.centre.register import Register
from data.centre.reload import Watcher
from data.centre.retention import keep_only_what_is_wanted
from data.centre.scenes import advance, on_alarm
from data.centre.sending import Couriers
from data.centre.sources import Sources
from data.centre.stories import Stage
from data.centre.thinning import Thinning
from data.clock import real_ms
from data.domain.case import keep_reason
from data.domain.reading import Reading
from data.domain.sensor import Sensor
from data.handover import warn_unsigned
from data.kinds import Kind, load_kinds
from data.scenarios import load_scenarios
from data.settings import Settings
from data.store.desk import Desk, Transaction
from data.store.history.writer import Writer
from data.store.sqlite import sqlite3
from data.vital_days import keep_one
from data.vitals import sample, sample_counts
from data.words import Words

_LOG = logging.getLogger(__name__)
BATCH = 5_000
"""Most messages in one transaction; `speed.md` §2 Ingest."""
BATCH_READINGS, BATCH_LEAST = 40_000, 100
"""Packs bring many readings each: so many readings are wanted in one transaction, and no fewer messages than the second; judgement, 0.2 s of work."""
GATHER_S, GATHER_FROM = 0.1, 500
"""While so many messages a second come in, a batch begins this long after the one before it: a commit costs the same for ten readings and for a
thousand. Below that each is taken at once. Judgement; `speed.md` §2 allows 250 ms."""
ENOUGH = 1_000
"""Messages that are worth a commit at once: a broker hands out some thousands before the first is acknowledged, and must not stand still."""
NO_GATHER_S = 5.0
"""After more was waited for in vain, because the broker hands out few at a time, all is taken at once for this long; judgement."""
POLL_S = 0.1
"""How often the loop looks for what seats committed, when nothing comes in."""
BUSY_POLL_S = 0.02
"""The same while a channel's worker is on its way: its answer is committed soon."""
INBOX_S = 0.05
"""Longest that one transaction handles inbox messages: a key pressed meanwhile waits for no more than one of these."""
BREATH_S = 0.01
"""Rest between two of them, in which a seat gets its turn to write."""
HEARTBEAT_S = 2.0
HEARD_BEATS = 5
"""Heartbeats with the line up after which every receipt that was on its way is in; judgement."""
PAUSE_S = 1.0
"""Rest after a fault of the store, before everything unacknowledged is asked for again."""


class Centre:
    """The centre's state between two turns of its loop; everything durable is in the store."""

    def __init__(self, settings: Settings, desk: Desk, history: Writer, line: Mqtt, first: FirstLine | None = None) -> None:
        self.settings = settings
        self.desk = desk
        self.history = history
        self.line = line
        self.first = first
        self.copies = Copies(settings.file.clock.rate)
        self.kinds: Mapping[str, Kind] = load_kinds(settings.home)
        words = Words(settings.centre.language)
        self.register = Register(
            settings.home, self.kinds, source_sensors({row.name: words("source.place", name=row.name) for row in settings.file.source})
        )
        self.scenarios = load_scenarios(settings.home, self.kinds, settings.tables)
        self.sensors: Mapping[str, Sensor] = self.register.sensors
        history.stale_s = self.register.stale_s
        keep_only_what_is_wanted(history, settings, self.register)
        self.sender = Sender(resend_ms=round(settings.file.dispatch.resend_s * 1000))
        channels = {name: channel.opened(settings.home) for name, channel in settings.channels.items()}
        self.couriers = Couriers(channels, settings.tables, rate=settings.file.clock.rate)
        self.inlets = Inlets(settings)
        self.unknown = Unknown()
        self.sources = Sources(settings, self.sensors, self.kinds, line.handed, settings.clock)
        self.sources.own = line
        self.register.expiry = self.sources.feeds.expiry
        history.outages = Outages(self.register, self.kinds, history, self.sources.feeds)
        self.listening = Listening(settings.file.clock.rate)
        history.counts_from = self.listening.counts_from
        self.stopping = threading.Event()
        self._memory = Memory(self.kinds, settings.zone)
        self._watcher = Watcher(settings)
        self._started = (time.monotonic(), real_ms())
        self.steps = ClockSteps()
        history.upkeep.may_forget = self.steps.may_forget
        self._write_ms: float | None = None
        self._words = Words(settings.centre.language)
        self._beat_at = 0.0
        self._up_beats = 0
        self._reading_at: int | None = None
        self._rate: deque[tuple[float, int]] = deque(maxlen=10)
        self._count = 0
        self._each = BATCH_READINGS / BATCH_LEAST
        """Readings a message, in the newest batch; as many as can be until the first has shown."""
        self._rest: list[Frame | PubAck] = []
        self._pace = Pace()
        self.thinning = Thinning(self.kinds)
        self._begun_at = self._gather_from = 0.0

    def prepare(self) -> None:
        """What a start brings up to date."""
        self.listening.learn(self.desk.conn, self.desk.clock.now())
        with self.desk.transaction() as tx:
            self.register.seed(tx)
            wake_unfinished(tx)
            self.couriers.prepare(tx)
            self.sources.prepare(tx.conn)
            self.sources.remember(self.history, tx.now)
            self._memory.learn(tx.conn)
        self._follow_calls()

    def _follow_calls(self) -> None:
        """What calls goes first, and is heard by a connection of its own."""
        self.copies.topics = call_topics(self.settings.centre.id, self.sensors, self.kinds)
        self.line.calls = frozenset(topic.encode() for topic in self.copies.topics)
        if self.first is not None:
            self.first.follow(self.copies.topics)

    def run(self) -> None:
        """Turn until asked to stop. Raises `LeaseLost` when another centre has taken over."""
        self.register.start_index()
        self.inlets.start(self.desk)
        self.line.start()
        self.sources.start()
        while not self.stopping.is_set():
            try:
                self.turn(self._wait_s())
            except (sqlite3.OperationalError, OSError) as error:
                # Disk full, locked or read-only, no descriptor left: nothing was acknowledged, so all of it will come again.
                _LOG.error("store: %s", error)
                self.line.renew()
                self.sources.renew()
                self.stopping.wait(PAUSE_S)

    def turn(self, wait_s: float) -> None:
        """Take what is there, commit, acknowledge, send."""
        rest, self._rest = self._rest, []  # should this fail, it comes again like all that is not acknowledged
        if rest:
            self.stopping.wait(BREATH_S)
        most = min(BATCH, max(BATCH_LEAST, round(BATCH_READINGS / self._each)))
        handed = [*rest, *(self._taken(0 if rest else wait_s, most) if len(rest) < most else ())]
        handed = [*self._calls(), *handed]
        pulses = self.sources.pulses(self.desk.clock.now())
        try:
            if handed or pulses or quarantine.is_asked(self.desk.conn):
                self._rest = self._commit(handed, pulses)
        except BaseException:
            self.sources.settle(committed=False)
            self.copies.settle(committed=False)
            raise
        self.line.ack(self.copies.settle(committed=True))
        self.sender.send_due(self.desk, self.line)
        self.couriers.turn(self.desk, self.settings.tables)
        self.inlets.turn(self.desk, self.settings)
        self.steps.look()
        self.history.tidy(self.desk.clock.now())
        if time.monotonic() - self._beat_at >= HEARTBEAT_S:
            self._beat()

    def _taken(self, wait_s: float, most: int) -> list[Frame | PubAck]:
        line = self.line.handed
        gathers = wait_s and self._pace.per_s >= GATHER_FROM and time.monotonic() >= self._gather_from
        if gathers and not line.gather(self._begun_at + GATHER_S, min(most, ENOUGH)):
            self._gather_from = time.monotonic() + NO_GATHER_S
        handed = line.take(wait_s, most)
        self._begun_at = time.monotonic()
        self._pace.count(len(handed))
        return handed

    def _calls(self) -> list[Frame]:
        """What is to be read before all else."""
        if self.first is not None and not self.first.is_up:
            self.copies.forget()
        return self.copies.sort((item for item in self.line.handed.take_first(BATCH) if isinstance(item, Frame)), self.desk.clock.now())

    def _wait_s(self) -> float:
        due = self.sender.next_at(self.desk.conn) if self.line.is_up else None
        poll = BUSY_POLL_S if self.couriers.is_busy else POLL_S
        return poll if due is None else min(poll, self.desk.clock.wait_s(due))

    def _commit(self, handed: list[Frame | PubAck], pulses: list[Reading]) -> list[Frame | PubAck]:
        """Commit and acknowledge as much as one transaction should hold; the rest is handed back, in its order.

        `pulses` are readings that came by no message.
        """
        frames = [item for item in handed if isinstance(item, Frame)]
        with self.desk.transaction() as tx:
            for item in handed:
                if isinstance(item, PubAck):
                    self.sender.confirm(tx, item.mid)
            readings, _ = self._read(tx, quarantine.take_asked(tx), until=math.inf)  # these are out of the quarantine: all or none
            found, count = self._read(tx, frames, until=time.monotonic() + INBOX_S)
            readings, frames, rest = [*pulses, *readings, *found], frames[:count], frames[count:]
            outcome = self._ingest(tx, readings) if readings else Outcome()
        self.sources.settle(committed=True)
        self._memory.absorb(outcome, self.sensors)
        self.thinning.add(outcome.thinned, self.desk.clock.now())
        if outcome.readings:
            self.history.append(outcome.readings)
            self._reading_at = self.desk.clock.now()
            self._count += len(outcome.readings)
            self._each = self.line.handed.each = max(1.0, (len(outcome.readings) + outcome.thinned) / max(1, len(frames)))
        self._hear_of_links()
        self.line.ack(frames)
        self.sources.ack(frames)
        return list(rest)

    def _read(self, tx: Transaction, frames: list[Frame], *, until: float) -> tuple[list[Reading], int]:
        """Handle inbox messages, the last one begun before `until`; decode the readings among the frames, and say how many frames that were."""
        readings: list[Reading] = []
        inbox = f"paidan/{self.settings.centre.id}/in/"
        for count, frame in enumerate(frames, 1):
            if frame.source or not frame.topic.startswith(inbox):
                readings += self.sources.read(tx, frame)
                continue
            handle(tx, frame, self.settings.tables, self.settings.zone)
            if time.monotonic() > until:
                return readings, count
        return readings, len(frames)

    def _hear_of_links(self) -> None:
        """Devices that cannot be heard are lost at once; those that are back have their time to be heard."""
        said = self.sources.feeds.said
        for one in said:
            if one.is_online:
                self.history.online(one.sensor, self.desk.clock.now())
            else:
                self.history.offline(one.sensor, one.at)
        said.clear()

    def _ingest(self, tx: Transaction, readings: list[Reading]) -> Outcome:
        self.thinning.look(readings, len(self.line.handed))
        return ingest(
            tx, readings, self.sensors, self.kinds, tx.now, self.settings.zone,
            words=self._words, open_case=self._open_case, raise_level=raise_level, memory=self._memory, unknown=self.unknown,
            shares=self.thinning.shares,
        )  # fmt: skip

    def _beat(self) -> None:
        """Renew the lease's row, settle alarms that time alone settles, and see to the broker."""
        self._beat_at = time.monotonic()
        if self.register.poll(self.desk.conn):
            self.history.forget(self.register.retired)
            self.register.retired.clear()
            self._memory.forget(self.register.sensors.moved)
            self.register.sensors.moved.clear()
            self._follow_calls()
        for sensor in self.sources.expire():
            self.history.look_again(sensor)
        self.listening.beat(
            now := self.desk.clock.now(), is_up=self.line.is_up and self.sources.are_tried(now), is_behind=bool(self.thinning.shares)
        )
        self.history.sweep(now)
        self._rate.append((self._beat_at, self._count))
        self._up_beats = self._up_beats + 1 if self.line.is_up else 0
        if self._watcher.poll():
            self.settings = self._watcher.settings
        with self.desk.transaction() as tx:
            self._watcher.record(tx)
            self.steps.write(tx)
            self.sources.write(tx, self.line)
            self.listening.write(tx)
            dispatch_clear(tx, self.settings.tables)
            advance(self._stage, tx)
            if not self.steps.is_fresh:
                climb(tx, self.settings.tables, heard=self._up_beats >= HEARD_BEATS)
            warn_unsigned(tx, self.settings.tables)
            if sensors := len(self.sensors):
                sample(tx, "online", 1 - min(self.history.lost_count() / sensors, 1.0))
            sample_counts(tx)
            keep_one(tx, self.settings.zone)
            outcome = settle(
                tx, self.sensors, self.kinds, tx.now, self.settings.zone,
                words=self._words, open_case=self._open_case, raise_level=raise_level,
                silent=self.history.missing, explained=self.history.explained_by, stale_s=self.sources.feeds.expiry.get, memory=self._memory,
            )  # fmt: skip
            tx.conn.execute(
                "UPDATE lease SET renewed_at=?, broker=?, broker_down_since=?, readings_per_s=?, backlog=?, reading_at=coalesce(?, reading_at),"
                " write_ms=?, clock_step_ms=?, settings_fault=?, thinned=?, thinned_at=?, calls_down_since=?, calls_first=?",
                (
                    real_ms(), self.line.url, self.line.down_since, self.readings_per_s, len(self.line.handed), self._reading_at,
                    self._write_ms, self._clock_step_ms, keep_reason(self._watcher.fault),
                    self.thinning.count, self.thinning.last_at, self.first.missed_since if self.first is not None else None, self.copies.left_out,
                ),
            )  # fmt: skip
            self_tests.keep_one(tx, self.settings.home, self.history, self.kinds, self.settings.tables, self._watcher.fault)
        self._write_ms = round((time.monotonic() - self._beat_at) * 1000, 1)
        self.sources.written()
        self.history.missing.clear()
        self._memory.absorb(outcome, self.sensors)

    def _open_case(self, tx: Transaction, alarm: Mapping[str, object], sensor: Sensor, kind: Kind, text: str, now: int) -> str | None:
        """Looks the tables up at the moment of the alarm: they change while the centre runs."""
        return on_alarm(self._stage, tx, alarm, sensor, kind, text, now)

    @property
    def _stage(self) -> Stage:
        return Stage(scenarios=self.scenarios, tables=self.settings.tables, sensors=self.sensors, kinds=self.kinds)

    @property
    def _clock_step_ms(self) -> int:
        """How far the wall clock has been set, or has run away from the steady one, since the start."""
        steady, wall = self._started
        return real_ms() - wall - round((time.monotonic() - steady) * 1000)

    @property
    def readings_per_s(self) -> float:
        """Over the last 20 s."""
        (start, before), (end, after) = self._rate[0], self._rate[-1]
        return round((after - before) / (end - start), 1) if end > start else 0.0

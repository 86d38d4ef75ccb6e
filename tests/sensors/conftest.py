"""A real desk and history in a folder of their own, and a stand that feeds readings through both."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from data.centre.feeds import Feeds
from data.centre.ingest import Outcome, Unknown, ingest, settle
from data.centre.listening import counts_from
from data.centre.memory import Memory
from data.centre.outages import Outages
from data.domain.reading import Reading
from data.domain.sensor import Sensor
from data.kinds import Kind, load_kinds
from data.kinds.register import sync_sensors
from data.store.desk import Desk, Transaction
from data.store.history.writer import Writer, open_writer
from data.store.schema import migrate, open_desk
from data.words import Words
from tests.helpers.clock import ZONE, FakeClock, at

SENSORS = {
    sensor.id: sensor
    for sensor in (
        Sensor(id="plaza", kind="noise", place="江南广场", grid="JN-01", area_class="2"),
        Sensor(id="road", kind="noise", place="滨江路", area_class="4a"),
        Sensor(id="rain", kind="rain", place="后山"),
        Sensor(id="crack", kind="crack", place="后山危岩"),
        Sensor(id="button", kind="call_button", place="北坡独居户"),
    )
}


@dataclass
class Stand:
    """A centre's sensor half. `memory` is what a running process remembers; `restart` forgets it."""

    desk: Desk
    history: Writer
    clock: FakeClock
    kinds: dict[str, Kind]
    sensors: dict[str, Sensor] = field(default_factory=lambda: dict(SENSORS))
    memory: Memory = field(default_factory=lambda: Memory(load_kinds(), ZONE))
    unknown: Unknown = field(default_factory=Unknown)
    texts: list[str] = field(default_factory=list)
    feeds: dict[str, str] = field(default_factory=dict)
    down: dict[str, int] = field(default_factory=dict)
    expiry: dict[str, float] = field(default_factory=dict)

    def open_case(self, tx: Transaction, alarm: Any, sensor: Sensor, kind: Kind, text: str, now: int) -> str | None:
        """A case with no more than the table asks for, if the kind opens any; the real one is `data.centre.intake`."""
        if not kind.opens:
            return None
        number = tx.conn.execute("SELECT count(*) FROM cases").fetchone()[0] + 1
        row = {"id": f"c-{number}", "number": number, "state": "open", "class": kind.opens, "level": alarm["level"], "text": text}
        with tx.entry("open", subject=row["id"], operator="system", seat="centre") as entry:
            entry.insert("cases", row | {"source": "alarm", "opened_at": now, "alarm": alarm["id"]})
        self.texts.append(text)
        return str(row["id"])

    def raise_level(self, tx: Transaction, case: str, level: int, now: int) -> None:
        """As the real one: never less urgent."""
        if self.desk.conn.execute("SELECT level FROM cases WHERE id=?", (case,)).fetchone()[0] <= level:
            return
        with tx.entry("level", subject=case, operator="system", seat="centre") as entry:
            entry.update("cases", case, {"level": int(level)})

    def take(self, *readings: Reading) -> Outcome:
        """One batch, committed, remembered, kept."""
        with self.desk.transaction() as tx:
            outcome = ingest(
                tx, readings, self.sensors, self.kinds, tx.now, ZONE, words=Words("zh"), open_case=self.open_case,
                raise_level=self.raise_level, memory=self.memory, unknown=self.unknown,
            )  # fmt: skip
        self.memory.absorb(outcome, self.sensors)
        self.history.append(outcome.readings)
        return outcome

    def send(self, sensor: str, value: float, **more: Any) -> Outcome:
        """One reading observed now."""
        return self.take(self.reading(sensor, value, **more))

    def reading(self, sensor: str, value: float, **more: Any) -> Reading:
        """A reading observed now, and not yet sent."""
        now = self.clock.now()
        fields: dict[str, Any] = {"sensor": sensor, "value": value, "observed_at": now, "received_at": now}
        return Reading(**fields | more)

    def play(self, sensor: str, step_s: float, *values: float) -> None:
        """Readings `step_s` apart, each in a batch of its own."""
        for value in values:
            self.send(sensor, value)
            self.clock.pass_s(step_s)

    def settle(self, **silent: int) -> Outcome:
        """What the centre does every few seconds; `silent` are lost sensors with the time of their last reading, beside those that are found."""
        self.sweep()
        silent |= self.history.missing
        self.history.missing.clear()
        with self.desk.transaction() as tx:
            outcome = settle(
                tx, self.sensors, self.kinds, tx.now, ZONE, words=Words("zh"), open_case=self.open_case, raise_level=self.raise_level,
                silent=silent, explained=self.history.explained_by, stale_s=self.expiry.get, memory=self.memory,
            )  # fmt: skip
        self.memory.absorb(outcome, self.sensors)
        return outcome

    def finish(self, case: str) -> None:
        """A person closes a case."""
        with self.desk.transaction() as tx, tx.entry("close", subject=case, operator="王梅", seat="tty1") as entry:
            entry.update("cases", case, {"state": "closed", "closed_at": tx.now})

    def sweep(self) -> None:
        """The centre notes who is silent."""
        self.noted.note(set(self.feeds.values()), self.clock.now())
        self.history.stale_s = self.stale_s
        self.history.outages = Outages(_Places(self), self.kinds, self.history, self)  # type: ignore[arg-type]
        self.history.sweep(self.clock.now())

    def stale_s(self, sensor: str) -> float | None:
        """As the register says it."""
        return self.expiry.get(sensor, self.kinds[self.sensors[sensor].kind].timing.stale_s) if sensor in self.sensors else None

    def of(self, sensor: str) -> str:
        """By which source a sensor is heard."""
        return self.feeds.get(sensor, "")

    @cached_property
    def noted(self) -> Feeds:
        """When which source was down."""
        return Feeds(self.down_since)

    def counts_from(self, sensor: str, at: int, stale_ms: int) -> int:
        """As the sources say it."""
        return counts_from(self.noted.gaps.get(self.of(sensor), ()), at, stale_ms)

    def down_since(self, source: str) -> int | None:
        """Since when a source is down."""
        return self.down.get(source)

    def restart(self) -> None:
        """The process ends and another begins."""
        self.memory = Memory(self.kinds, ZONE)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table, oldest first."""
        order = {"cases": "number", "journal": "seq", "alarms": "raised_at, rowid"}.get(table, "1")
        return [dict(row) for row in self.desk.conn.execute(f"SELECT * FROM {table} ORDER BY {order}")]

    def acts(self) -> list[str]:
        """The journal's acts."""
        return [row["act"] for row in self.rows("journal")]


class _Places:
    """A register of a stand's sensors."""

    def __init__(self, stand: Stand) -> None:
        self.sensors = self
        self.places = stand.sensors
        self.stale_s = stand.stale_s


def make_stand(home: Path) -> Stand:
    home.mkdir(exist_ok=True)
    migrate(home / "desk.db")
    clock = FakeClock(at("2026-11-24 20:30"))
    desk = Desk(open_desk(home / "desk.db"), clock)
    with desk.transaction() as tx:
        sync_sensors(tx, SENSORS)
    return Stand(desk=desk, history=open_writer(home), clock=clock, kinds=dict(load_kinds()))


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = make_stand(tmp_path)
    yield made
    made.desk.conn.close()
    made.history.close()

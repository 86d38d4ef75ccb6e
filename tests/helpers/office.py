"""Two desks without processes: real files, real handlers, and the test carries the messages between them by hand."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from data.acts import Done, Refused, perform
from data.centre.frame import Frame
from data.centre.inbox import handle
from data.centre.outbox import Sender
from data.init import init_home
from data.settings import Settings, load
from data.store import lease
from data.store.desk import Desk
from data.store.schema import migrate
from data.store.sqlite import connect
from tests.helpers.clock import FakeClock


class Line:
    """The broker's far side: takes what is published, and can be down."""

    def __init__(self) -> None:
        self.is_up = True
        self.out: list[tuple[str, dict[str, Any]]] = []
        self._mid = 0

    def publish(self, topic: str, body: bytes) -> int | None:
        self._mid += 1
        self.out.append((topic, json.loads(body)))
        return self._mid


@dataclass(slots=True)
class Centre:
    """One desk, its settings, its sender and its line."""

    settings: Settings
    desk: Desk
    sender: Sender
    line: Line
    clock: FakeClock

    @property
    def name(self) -> str:
        return self.settings.centre.id

    def act(self, act: str, case: object = 1, *, operator: str = "王梅", **args: Any) -> Done | Refused:
        """Do an act; `version`, `shown` and `confirm` are passed on, the rest are its fields."""
        case_id = f"{self.name}-{case}" if isinstance(case, int) else str(case)
        known = {name: args.pop(name) for name in ("version", "shown", "confirm") if name in args}
        return perform(self.desk, self.settings.tables, act, case_id, operator=operator, seat="test", args=args, **known)

    def hear(self, topic: str, message: object) -> bool:
        """A message arrives."""
        body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        with self.desk.transaction() as tx:
            return handle(tx, Frame(topic=topic, body=body, received_at=tx.now), self.settings.tables, self.settings.zone)

    def report(self, **fields: Any) -> None:
        """A report arrives; by default the newspaper's."""
        message = {"id": "rep-1", "text": "星都会小区6号楼车库垃圾堵门", "grid": "DHG-03"} | fields
        self.hear(f"paidan/{self.name}/in/report", {name: value for name, value in message.items() if value is not None})

    def send(self, *, puback: bool = True) -> list[tuple[str, dict[str, Any]]]:
        """Send what is due; the broker's PUBACK comes back unless withheld. What left."""
        before = len(self.line.out)
        self.sender.send_due(self.desk, self.line)
        if puback:
            with self.desk.transaction() as tx:
                for mid in list(self.sender.pending):
                    self.sender.confirm(tx, mid)
        return self.line.out[before:]

    def row(self, table: str, key: str) -> dict[str, Any]:
        return dict(self.desk.conn.execute(f"SELECT * FROM {table} WHERE id=?", (key,)).fetchone())

    def case(self, number: int = 1) -> dict[str, Any]:
        return self.row("cases", f"{self.name}-{number}")

    def all(self, table: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self.desk.conn.execute(f"SELECT * FROM {table}")]

    def steps(self, number: int = 1) -> list[str]:
        rows = self.desk.conn.execute("SELECT act FROM journal WHERE subject=? ORDER BY seq", (f"{self.name}-{number}",))
        return [row["act"] for row in rows]


def open_centre(home: Path, sample: str, clock: FakeClock) -> Centre:
    """A fresh home of a sample, its desk open as its centre would have it."""
    init_home(home, sample, broker="mqtt://127.0.0.1:1")
    migrate(home / "desk.db")
    conn = connect(home / "desk.db", checkpoints=True)
    desk = Desk(conn, clock, epoch=lease.take(conn, clock.now()))
    return Centre(load(home), desk, Sender(resend_ms=30_000), Line(), clock)


def carry(sender: Centre, receiver: Centre, *, only: Callable[[str], bool] = lambda topic: True) -> list[str]:
    """Take what is due at one desk to the other; the topics that arrived."""
    arrived = [(topic, body) for topic, body in sender.send() if topic.startswith(f"paidan/{receiver.name}/") and only(topic)]
    for topic, body in arrived:
        receiver.hear(topic, body)
    return [topic.rsplit("/", 1)[-1] for topic, _ in arrived]


def code(outcome: Done | Refused) -> str:
    """The code of what was said, done or refused."""
    return (outcome.said if isinstance(outcome, Done) else outcome.reason).code


def with_tables(centre: Centre, **changed: Any) -> None:
    """Change what the settings say, as a reload would."""
    centre.settings = replace(centre.settings, tables=replace(centre.settings.tables, **changed))

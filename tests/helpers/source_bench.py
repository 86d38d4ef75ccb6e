"""A centre's sources over a real desk, for tests of what they make of messages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data.centre.frame import Frame
from data.centre.handover import Handover
from data.centre.sources import Sources
from data.domain.reading import Reading
from data.domain.sensor import Sensor
from data.init import init_home
from data.kinds import load_kinds
from data.settings import load
from data.store.desk import Desk
from data.store.schema import migrate, open_desk
from tests.helpers.clock import FakeClock

SENSORS = {
    id: Sensor(id=id, kind=kind)
    for id, kind in {
        "yard-temperature": "air",
        "hall-noise": "noise",
        "bell-action": "call_button", "rain-07-mm": "rain", "plaza": "noise", "w7-tilt": "crack", "w7-noise": "noise",
    }.items()
}  # fmt: skip


class Bench:
    """A centre's sources over a desk, without connections."""

    def __init__(self, home: Path, text: str, sensors: Mapping[str, Sensor] = SENSORS) -> None:
        init_home(home, "street")
        with (home / "paidan.toml").open("a", encoding="utf-8") as file:
            file.write(text)
        migrate(home / "desk.db")
        self.home, self.clock = home, FakeClock()
        self.desk = Desk(open_desk(home / "desk.db"), self.clock)
        self.sources = Sources(load(home), sensors, load_kinds(), Handover(10), self.clock)

    def take(self, source: str, topic: str, body: Any, *, commit: bool = True, **more: Any) -> list[Reading]:
        body = body if isinstance(body, bytes) else str(body).encode()
        frame = Frame(topic=topic, body=body, received_at=self.clock.now(), source=source, **more)
        with self.desk.transaction() as tx:
            found = self.sources.read(tx, frame)
        self.sources.settle(committed=commit)
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self.desk.conn.execute(f"SELECT * FROM {table}")]

    def strangers(self) -> dict[tuple[str, str], int]:
        return {(what, name): found.count for (_, what, name), found in self.sources.strangers.known.items()}

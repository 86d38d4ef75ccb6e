"""A desk whose area leader is reached by channels of a real far side."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.acts import Done
from data.centre.intake import new_case
from data.centre.sending import Couriers
from data.domain.vocabulary import Level
from data.settings import load
from tests.helpers.clock import FakeClock
from tests.helpers.http_far_side import FarSide
from tests.helpers.office import Centre, open_centre
from tests.helpers.waiting import wait_until

UNIT = "yangjianhong"
"""Who has grid DHG-03 in the community's sample; telephone 13800000041."""

HOOK = """
[[channel]]
name = "{name}"
kind = "{kind}"
url_file = "{name}.url"
allow_http = true
allow_private = true
deadline_s = 1.0
{more}
"""
JSON = 'json = { id = "$id", text = "$text" }'


def channel(home: Path, name: str, kind: str, url: str, more: str = "") -> str:
    """One table of paidan.toml, with its URL in a file."""
    secret = home / f"{name}.url"
    secret.write_text(url, encoding="utf-8")
    secret.chmod(0o600)
    body = JSON if kind == "webhook" and "json" not in more else ""
    return HOOK.format(name=name, kind=kind, more=f"{more}\n{body}")


@dataclass(slots=True)
class Reached:
    """A desk, its couriers and its clock."""

    centre: Centre
    couriers: Couriers

    @property
    def clock(self) -> FakeClock:
        return self.centre.clock

    def order(self, number: int = 1, *, grace: bool = True, level: int = 3) -> str:
        """Case `number` is opened and dispatched; with `grace` its time is over. The order's id.

        Not by a report: thousands of those about one grid would be compared with each other.
        """
        tables = self.centre.settings.tables
        with self.centre.desk.transaction() as tx:
            text = f"星都会小区{number}号楼车库垃圾堵门"
            row = new_case(tx, tables, class_code="0102", grid="DHG-03", level=Level(level), text=text, source="report")
            with tx.entry("file", subject=row["id"], operator="system", seat="centre") as entry:
                entry.insert("cases", row)
        done = self.centre.act("dispatch", row["id"], confirm=True)
        assert isinstance(done, Done), done
        if grace:
            self.clock.pass_s(5)
        found = self.centre.desk.conn.execute("SELECT id FROM orders WHERE case_id=?", (row["id"],)).fetchone()
        return str(found["id"])

    def turn(self) -> int:
        return self.couriers.turn(self.centre.desk, self.centre.settings.tables)

    def quiet(self, deadline_s: float = 20) -> None:
        """Turn until nothing is in flight and nothing more can leave at this moment."""

        def is_quiet() -> bool:
            left = self.turn()
            return not left and not self.couriers.is_busy

        wait_until(is_quiet, deadline_s, "the couriers are quiet")

    def pass_s(self, seconds: float) -> None:
        """Time goes by, and what is due then is done."""
        self.clock.pass_s(seconds)
        self.quiet()

    def until(self, state: Callable[[], bool], step_s: float = 5.0, steps: int = 200) -> None:
        """Let time go by in steps until something is so."""
        for _ in range(steps):
            self.quiet()
            if state():
                return
            self.clock.pass_s(step_s)
        raise AssertionError("not within the time")

    def out(self, order: str) -> dict[str, Any]:
        """The order's row of the outbox."""
        return self.centre.row("outbox", order)

    def again(self) -> "Reached":
        """The centre dies and another one starts on the same desk."""
        from data.store import lease

        self.couriers.close()
        self.centre.desk.epoch = lease.take(self.centre.desk.conn, self.clock.now())
        return start(self.centre)

    def close(self) -> None:
        self.couriers.close()


def start(centre: Centre) -> Reached:
    """A new centre's couriers on this desk."""
    channels = {name: each.opened(centre.settings.home) for name, each in centre.settings.channels.items()}
    couriers = Couriers(channels, centre.settings.tables)
    with centre.desk.transaction() as tx:
        couriers.prepare(tx)
    return Reached(centre, couriers)


def reached(home: Path, clock: FakeClock, channels: str, names: list[str]) -> Reached:
    """The community's desk with these `[[channel]]` tables; its area leader is reached by `names`, in this order."""
    centre = open_centre(home, "community", clock)
    settings = home / "paidan.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + channels, encoding="utf-8")
    units = home / "units.toml"
    text = units.read_text(encoding="utf-8")
    listed = json.dumps(names)
    units.write_text(re.sub(rf'(id = "{UNIT}".*?channels = )\[[^\]]*\]', rf"\g<1>{listed}", text, count=1, flags=re.DOTALL), "utf-8")
    centre.settings = load(home)
    return start(centre)


def by_hook(home: Path, clock: FakeClock, far: FarSide, more: str = "", kind: str = "webhook", names: list[str] | None = None) -> Reached:
    """The same with one channel `hook` at a far side, and whatever else is in `names`."""
    home.mkdir(parents=True, exist_ok=True)
    table = channel(home, "hook", kind, far.url(), more)
    return reached(home, clock, table, names or ["hook"])

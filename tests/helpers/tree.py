"""A district, two streets and four communities: homes of the samples with their ids, units and grids edited, as a person would."""

import re
from pathlib import Path

from data.centre.outbox import Sender
from data.init import init_home
from data.settings import load
from data.store import lease
from data.store.desk import Desk
from data.store.schema import migrate
from data.store.sqlite import connect
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, Line

TREE: dict[str, tuple[str, str]] = {
    "quxian": ("district", ""),
    "pailou": ("street", "quxian"),
    "wuqiao": ("street", "quxian"),
    "dahegou": ("community", "pailou"),
    "hongxing": ("community", "pailou"),
    "wuyi": ("community", "wuqiao"),
    "binhe": ("community", "wuqiao"),
}
"""Centre → kind and the centre above."""
GRIDS = {"DHG-03": "dahegou", "HX-01": "hongxing", "WY-01": "wuyi", "BH-01": "binhe"}


def make_home(folder: Path, name: str, broker: str = "mqtt://127.0.0.1:1") -> Path:
    """One centre's home. Its units are its neighbours up and down, and in a community one area leader `<name>-leader`."""
    kind, parent = TREE[name]
    home = folder / name
    init_home(home, "community" if kind == "community" else "street", broker=broker)
    settings = (home / "paidan.toml").read_text(encoding="utf-8")
    for key, value in (("id", name), ("name", f"{name}治理中心"), ("kind", kind), ("parent", parent), ("short", name)):
        settings = re.sub(rf'(?m)^{key} = ".*"$', f'{key} = "{value}"', settings, count=1)
    (home / "paidan.toml").write_text(settings, encoding="utf-8")
    (home / "units.toml").write_text("\n".join(_unit(*each) for each in _units(name)), encoding="utf-8")
    (home / "grids.csv").write_text("grid,name,centre,unit,leader\n" + "".join(_grid(name, grid) for grid in GRIDS), encoding="utf-8")
    for table in (found.name for found in home.glob("*.csv") if found.name not in {"grids.csv", "operators.csv"}):
        header = (home / table).read_text(encoding="utf-8").partition("\n")[0]
        (home / table).write_text(header + "\n", encoding="utf-8")
    return home


def _units(name: str) -> list[tuple[str, str]]:
    kind, parent = TREE[name]
    below = [(child, TREE[child][0]) for child, (_, above) in TREE.items() if above == name]
    own = [(f"{name}-leader", "leader")] if kind == "community" else []
    return [*([(parent, "centre")] if parent else []), *[(child, "community" if kind == "street" else "centre") for child, kind in below], *own]


def _unit(id: str, kind: str) -> str:
    return f'[[unit]]\nid = "{id}"\nname = "{id}"\nkind = "{kind}"\nparent = ""\nperson = "{id}的人"\nphone = "13800000000"\nchannels = ["mqtt"]\n'


def _grid(name: str, grid: str) -> str:
    """Who looks after a grid, seen from one centre: itself, or the neighbour below in whose branch it lies; "" for none."""
    branch = [GRIDS[grid]]
    while branch[-1] and TREE[branch[-1]][1]:
        branch.append(TREE[branch[-1]][1])
    if name not in branch:
        return ""
    if branch[0] == name:
        return f"{grid},{grid},{name},,{name}-leader\n"
    return f"{grid},{grid},{branch[branch.index(name) - 1]},,\n"


def open_tree(folder: Path, clock: FakeClock, *names: str) -> dict[str, Centre]:
    """Their desks, without processes."""
    return {name: _open(make_home(folder, name), clock) for name in names or TREE}


def _open(home: Path, clock: FakeClock) -> Centre:
    migrate(home / "desk.db")
    conn = connect(home / "desk.db", checkpoints=True)
    return Centre(load(home), Desk(conn, clock, epoch=lease.take(conn, clock.now())), Sender(resend_ms=30_000), Line(), clock)


class Wires:
    """Carries what leaves to where it belongs; a link that is cut keeps it, as a broker does."""

    def __init__(self, centres: dict[str, Centre]) -> None:
        self.centres = centres
        self.cut: set[str] = set()
        self.kept: list[tuple[str, dict[str, object]]] = []
        self.to_units: dict[str, list[tuple[str, dict[str, object]]]] = {}

    def carry(self) -> int:
        """Until nothing moves any more; how many messages arrived at centres."""
        moved = 0
        while True:
            waiting, self.kept = self.kept, []
            waiting += [each for centre in self.centres.values() for each in centre.send()]
            arrived = [self._deliver(topic, body) for topic, body in waiting]
            if not any(arrived):
                return moved
            moved += sum(arrived)

    def _deliver(self, topic: str, body: dict[str, object]) -> bool:
        receiver = topic.split("/")[1]
        if receiver not in self.centres:
            self.to_units.setdefault(receiver, []).append((topic.rsplit("/", 1)[-1], body))
            return False
        if self.cut & {receiver, str(body.get("from"))}:
            self.kept.append((topic, body))
            return False
        self.centres[receiver].hear(topic, body)
        return True

"""What the sample street gets for demo and trial: sensors of all kinds, devices that speak or show, contacts, and platforms that publish.

CSV rows of the home's own tables, added to them; a sensor that is there already gets its row from here. `sources.toml` becomes the end of the
home's paidan.toml, each source followed by the map that `wires.csv` says. People and numbers are invented.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from data.settings import load
from data.simulate.line import broker_url
from data.simulate.wires import TABLE, rows

_FOLDER = Path(__file__).parent
_KINDS = Path(__file__).parents[2] / "kinds"
LIMITS = {
    "pest": 'limits = [{ sensor = "bp-pest-1", level = 3, value = 100, source = "示例, 须按点核定" }]',
    "water_level": (
        'limits = [{ sensor = "dhg-level", level = 3, value = 4.5, source = "示例, 警戒水位" }, '
        '{ sensor = "dhg-level", level = 1, value = 6, source = "示例, 保证水位" }]'
    ),
}
"""Limits that belong to the sample's own points, by kind."""
_BLOCK = "[[source]]\n"
_NAME_SENSORS = frozenset({"senml", "homeassistant", "plain"})
"""Codecs whose devices are named as their sensors are: they need no map."""


def dress(home: Path) -> None:
    """Add the rows to a home's tables, and its sources; done twice it changes nothing more."""
    for source in sorted(_FOLDER.glob("*.csv")):
        if source != TABLE:
            _add(source.read_text(encoding="utf-8").splitlines(), home / source.name, replace=source.name == "sensors.csv")
    for kind, limits in LIMITS.items():
        target = home / "kinds" / f"{kind}.toml"
        if not target.exists():
            target.write_text((_KINDS / f"{kind}.toml").read_text(encoding="utf-8").replace("limits = []", limits, 1), encoding="utf-8")
    settings = load(home)
    if not settings.file.source:
        with (home / "paidan.toml").open("a", encoding="utf-8") as file:
            file.write("\n" + sources(broker_url(settings)))


def _add(lines: list[str], target: Path, *, replace: bool) -> None:
    head, *new = lines
    known = target.read_text(encoding="utf-8").splitlines() if target.exists() else [head]
    changed = {_id(row): row for row in new} if replace else {}
    rows_then = [changed.get(_id(row), row) for row in known]
    target.write_text("\n".join([*rows_then, *(row for row in new if row not in rows_then)]) + "\n", encoding="utf-8")


def _id(row: str) -> str:
    return row.partition(",")[0]


def sources(url: str) -> str:
    """The end of a paidan.toml: every platform of the demo, all on the broker at `url`."""
    head, *blocks = (_FOLDER / "sources.toml").read_text(encoding="utf-8").replace("{broker}", url).split(_BLOCK)
    return head + "".join(_BLOCK + block.rstrip() + "\n" + "".join(_map(block)) + "\n" for block in blocks)


def _map(block: str) -> Iterable[str]:
    said = {key: value.strip('"') for key, _, value in (line.partition(" = ") for line in block.splitlines())}
    if said["codec"] in _NAME_SENSORS:
        return
    for row in rows():
        if row["source"] == said["name"]:
            yield "[[source.map]]\n" + "".join(f"{key} = {json.dumps(row[key], ensure_ascii=False)}\n" for key in ("device", "field", "sensor"))

"""The README's pictures, drawn from the running program: a street's centre with a morning behind it, and its seat.

Run `pytest -m long tests/pictures` to draw them anew; the ordinary run only sees that the README's pictures are there.
"""

import asyncio
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from console.app import ConsoleApp
from data.clock import iso, real_ms
from data.office import Office
from tests import picture
from tests.helpers.brokers import AnyBroker
from tests.helpers.town import ROOT, Town, found
from tests.helpers.waiting import wait_until
from widgets.theme import Depth

HERE = Path(__file__).parent
REPORTS = (
    ("星都会小区6号楼车库垃圾堵门，气温升高，异味难闻", "DHG-03"),
    ("老码头绿化带里好多枯枝没人收", "WJ-01"),
    ("滨江路货车撒漏，路面全是泥浆", "JN-01"),
    ("三栋楼顶有人私搭雨棚", "DHG-02"),
    ("菜市口井盖破了一角，车一过就响", "HX-01"),
    ("楼下烧烤摊油烟往家里灌", "BP-01"),
    ("江南广场旁边有人堆渣土，一下雨全是泥", "JN-02"),
    ("后山步道有落石，石头比拳头大", "BP-02"),
    ("不知道归谁管，反正路灯那边有怪味", None),
)
WANTED = {"board_zh_80x24", "cases_zh_120x40", "board_en_80x24"}
LAST = {"noise": 82.0, "rain": 46.0, "crack": 6.2, "manhole": 31.0, "air": 96.0, "water_level": 168.4}


@pytest.fixture
def town(tmp_path: Path, nats_broker: AnyBroker) -> Iterator[Town]:
    """The street's centre alone."""
    made = found(tmp_path, nats_broker)
    try:
        made.street.serve()
        yield made
    finally:
        made.stop()


def morning(town: Town) -> None:
    """Two hours of readings that end above their limits at one sensor of each kind, and a few reports."""
    office, client, now = Office.open(town.street.home, "王梅"), town.client(), real_ms()
    seen = set()
    for panel in office.sensors.board(100, 10).panels:
        first = panel.kind not in seen and panel.kind in LAST
        seen.add(panel.kind)
        end = LAST[panel.kind] if first else 0.0 if panel.kind in {"call_button", "manhole"} else panel.low + (panel.high - panel.low) / 8
        for seconds in (*range(7200, 180, -180), *range(180, -1, -20)):
            part = 1 - seconds / 7200
            value = end * (0.6 + 0.4 * part**4) + end * 0.04 * math.sin(seconds)
            client.publish(f"paidan/pailou/sensor/{panel.sensor}", {"value": round(value, 2), "time": iso(now - seconds * 1000)})
    for number, (text, grid) in enumerate(REPORTS):
        client.publish("paidan/pailou/in/report", {"id": f"r{number}", "text": text, "time": iso(now)} | ({"grid": grid} if grid else {}))
    wait_until(lambda: office.cases.queue(50).total >= len(REPORTS) + 2, 30, "the reports and alarms are cases")
    office.close()


def _take(app: ConsoleApp, name: str) -> None:
    """Draw the screen; few colours make a small file."""
    if name not in WANTED:
        return
    path = HERE / f"{name}.png"
    picture.take(app, path)
    Image.open(path).convert("RGB").quantize(128).save(path, optimize=True)


@pytest.mark.long
@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((120, 40), "zh"), ((80, 24), "en")])
def test_draw_the_pictures(town: Town, size: tuple[int, int], language: str) -> None:
    """Board and queue, drawn cell by cell, for an operator of each language."""
    with (town.street.home / "operators.csv").open("a", encoding="utf-8") as operators:
        operators.write("Mei,clerk,en,sample\n")
    morning(town)
    office = Office.open(town.street.home, "王梅" if language == "zh" else "Mei")

    async def draw() -> None:
        app = ConsoleApp(office, depth=Depth.TRUE)
        async with app.run_test(size=size) as pilot:
            await pilot.pause(0.5)
            _take(app, f"board_{language}_{size[0]}x{size[1]}")
            await pilot.press("2")
            await pilot.pause(0.5)
            _take(app, f"cases_{language}_{size[0]}x{size[1]}")

    asyncio.run(draw())
    office.close()


def test_the_readme_shows_pictures_that_are_there() -> None:
    """Each picture of the README is a file of ours."""
    shown = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert shown
    assert [path for path in shown if not (ROOT / path).exists()] == []

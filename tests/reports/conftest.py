"""A street's desk whose past is made by real acts and receipts, and an Office over it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.kinds import load_kinds
from data.office import Office
from data.store.desk import Desk
from data.store.history import open_reader
from data.store.history.writer import open_writer
from data.store.schema import open_desk
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    """牌楼's desk, with no broker behind it."""
    centre = open_centre(tmp_path / "pailou", "street", clock)
    yield centre
    centre.desk.conn.close()


@pytest.fixture
def office(street: Centre) -> Iterator[Callable[[str], Office]]:
    """Sit down at the desk under a name; the clock is the test's."""
    home, opened = street.settings.home, []
    open_writer(home).close()

    def sit(name: str) -> Office:
        desk = Desk(open_desk(home / "desk.db"), street.clock)
        opened.append(Office(street.settings, desk, open_reader(home), load_kinds(home), name))
        return opened[-1]

    yield sit
    for one in opened:
        one.close()


GRIDS = ("DHG-01", "JN-01", "DHG-02", "JN-02", "DHG-03", "JN-03", "DHG-04")
"""In turn 大河沟 and 江南; no two reports of a test come from one grid, so that none is taken for another's repetition."""
TEXTS = ("垃圾堵门", "垃圾堆在路口发臭", "装修垃圾倒在绿地", "垃圾桶满了", "楼下垃圾没人收", "河边有一堆垃圾", "厨余垃圾洒了一地")


def report(street: Centre, n: int, *, level: int = 3) -> int:
    """The nth report, like no other; the number of its case."""
    street.report(id=f"rep-{n}", level=level, grid=GRIDS[n], text=f"{n}号地段{TEXTS[n]}", address=f"{n}号地段")
    return len(street.all("cases"))


def order_out(street: Centre, n: int = 0, *, level: int = 3) -> str:
    """The nth report comes and is dispatched; the order leaves. Its id."""
    number = report(street, n, level=level)
    street.act("dispatch", number, confirm=True)
    street.clock.pass_s(6)
    street.send()
    return str(street.all("orders")[-1]["id"])


def receipt(street: Centre, order: str, kind: str, *, note: str = "") -> None:
    """The unit answers now."""
    row = street.row("orders", order)
    street.hear(
        f"paidan/{street.name}/in/receipt",
        {"id": f"{order}-{kind}-{street.clock.now()}", "order": order, "kind": kind, "time": street.clock.now(), "by": "林晓燕",
         "from": row["unit"], "note": note},
    )  # fmt: skip

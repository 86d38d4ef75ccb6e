"""A desk to practise at: a real desk in a folder of its own that ends with it, nine invented cases, and nobody at the other end.

Nothing of a centre's own is opened: what is done here is in no journal, and no order can leave, since no centre serves this folder.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from data.init import init_home
from data.kinds import Kind, load_kinds
from data.office import Office
from data.office.status import Status
from data.settings import Settings, load
from data.store.desk import Desk
from data.store.history import History, open_reader
from data.store.schema import migrate, open_desk
from data.views.models.seat import Link

_CASES = (
    ("星都会小区6号楼车库垃圾堵门，异味难闻", "DHG-03"),
    ("大河沟路口井盖破了，晚上看不见很危险", "DHG-01"),
    ("江南广场旁边有人堆渣土，一下雨全是泥", "JN-01"),
    ("菜市场后门垃圾两天没清", "HX-01"),
    ("楼下烧烤摊油烟往家里灌", "BP-01"),
    ("三栋楼顶有人私搭雨棚", "DHG-02"),
    ("老码头绿化带里好多枯枝没人收", "WJ-01"),
    ("红星桥下穿道积水，小车过不去", "HX-01"),
    ("楼上装音响到半夜，太吵睡不着", "WJ-01"),
)
"""Reports of invented people, by grids of the sample street."""


class _Status(Status):
    """All well, so that no banner disturbs the lesson."""

    def link(self) -> Link:
        """As if a centre and a broker were there."""
        return replace(super().link(), running=True, broker_up=True, broker_down_since=None)


class PracticeOffice(Office):
    """An Office whose centre is only pretended: none is ever started for it."""

    def __init__(self, settings: Settings, desk: Desk, history: History, kinds: Mapping[str, Kind], operator: str) -> None:
        super().__init__(settings, desk, history, kinds, operator)
        self.status = _Status(self._held)

    def ensure_centre(self) -> bool:
        """Nothing to start."""
        return False


@contextmanager
def practice_desk(operator: str, language: str, folder: Path | None = None) -> Iterator[PracticeOffice]:
    """Open the desk; with the block's end it is gone. `folder` must not be a home yet; else a temporary one."""
    with tempfile.TemporaryDirectory(prefix="paidan-practice-") as made:
        home = (folder or Path(made)) / "desk"
        init_home(home, "street", broker="mqtt://127.0.0.1:1")
        (home / "operators.csv").write_text(f"name,roles,lang\n{operator},clerk supervisor,{language}\n", encoding="utf-8")
        migrate(home / "desk.db")
        settings = load(home)
        desk = Desk(open_desk(home / "desk.db"), settings.clock)
        office = PracticeOffice(settings, desk, open_reader(home), load_kinds(home), operator)
        try:
            for text, grid in _CASES:
                office.phone.file(text=text, grid=grid, kind="resident", name="样例")
            yield office
        finally:
            office.close()

"""A real desk and a seat at it."""

from collections.abc import Iterator
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


class _Seated(Office):
    """An Office that starts no centre of its own: the test carries the messages."""

    def ensure_centre(self) -> bool:
        """No process."""
        return False


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    """牌楼's desk with two reports and no broker behind it."""
    centre = open_centre(tmp_path / "pailou", "street", clock)
    open_writer(tmp_path / "pailou").close()
    centre.report()
    centre.report(id="rep-2", text="广场边有人倒了一车垃圾[/b]…", grid="JN-01")
    yield centre
    centre.desk.conn.close()


@pytest.fixture
def office(street: Centre, tmp_path: Path) -> Iterator[Office]:
    """王梅's seat at it."""
    home = tmp_path / "pailou"
    desk = Desk(open_desk(home / "desk.db"), street.clock)
    seated = _Seated(street.settings, desk, open_reader(home), load_kinds(home), "王梅")
    yield seated
    seated.close()

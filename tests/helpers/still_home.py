"""A home with cases whose centre is only pretended: its lock is held here, so that no seat starts one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.clock import real_ms
from data.init import init_home
from data.office import Office
from data.store import lease
from data.store.schema import migrate
from data.store.sqlite import connect

CLERK = "王梅"


@contextmanager
def still_home(folder: Path, reports: int = 20) -> Iterator[Path]:
    """The street of the sample with so many reports; its heart has just beaten and never will again."""
    home = folder / "pailou"
    init_home(home, "street", broker="mqtt://127.0.0.1:1")
    with lease.Lock(home):
        migrate(home / "desk.db")
        conn = connect(home / "desk.db")
        lease.take(conn, real_ms())
        conn.close()
        file_reports(home, reports)
        yield home


def file_reports(home: Path, many: int) -> None:
    """So many cases by telephone."""
    office = Office.open(home, CLERK)
    for index in range(many):
        office.phone.file(text=f"{index}号楼垃圾堵门", grid="DHG-03")
    office.close()

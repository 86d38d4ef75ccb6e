"""A centre's couriers in a process of their own, to be killed: HOME, then where to die (before_send, after_answer, never)."""

import os
import signal
import sys
import time
from pathlib import Path

from data.centre.sending import Couriers
from data.settings import load
from data.store import lease
from data.store.desk import Desk
from data.store.sqlite import connect
from tests.helpers.clock import FakeClock


def die(*_: object) -> None:
    """SIGKILL, as the out-of-memory killer would."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(home: Path, at: int, where: str) -> None:
    settings = load(home)
    conn = connect(home / "desk.db")
    desk = Desk(conn, FakeClock(at), epoch=lease.take(conn, at))
    couriers = Couriers({name: each.opened(home) for name, each in settings.channels.items()}, settings.tables)
    with desk.transaction() as tx:
        couriers.prepare(tx)
    if where == "before_send":
        couriers._hand_over = die  # type: ignore[method-assign]
    while True:
        if where == "after_answer" and not couriers._ended.empty():
            die()
        couriers.turn(desk, settings.tables)
        time.sleep(0.005)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])

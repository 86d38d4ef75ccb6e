"""The process of a centre: what it holds, from its lock to its broker. The only place where adapters are named."""

import logging
import os
import signal
import threading
from functools import partial
from pathlib import Path
from types import FrameType

from data.centre import broker as embedded
from data.centre.first_line import FirstLine
from data.centre.mqtt import Mqtt
from data.centre.run import HEARTBEAT_S, Centre
from data.clock import real_ms
from data.domain.errors import PaidanError
from data.files import broker_password
from data.settings import Settings, load
from data.store import lease
from data.store.desk import Desk
from data.store.history.writer import open_writer
from data.store.schema import migrate
from data.store.sqlite import connect, warn_if_unsafe

_LOG = logging.getLogger(__name__)


def serve(home: Path) -> None:
    """Run the centre of `home` until SIGTERM or SIGINT. Raises `CentreRunning`, `SettingsError`, `StoreError`, `LeaseLost`."""
    settings = load(home)
    with lease.Lock(home):
        warn_if_unsafe()
        url = _broker_url(settings)
        migrate(home / "desk.db")
        conn = connect(home / "desk.db", checkpoints=True)
        desk = Desk(conn, settings.clock, epoch=lease.take(conn, real_ms()))
        history = open_writer(home)
        line = _line(settings, url)
        first = FirstLine(url, client_id=f"first-paidan-{settings.centre.id}", clock=settings.clock, password=_password(settings), handed=line.handed)
        centre = Centre(settings, desk, history, line, first)
        watch = threading.Thread(target=_keep_broker, args=(centre,), name="broker watch", daemon=True)
        try:
            _run(centre, settings, watch)
        finally:
            first.close()
            line.close()
            centre.sources.close()
            centre.couriers.close()
            centre.inlets.close()
            history.close()
            conn.close()
            if settings.file.broker == "embedded" and centre.stopping.is_set():
                if watch.is_alive():
                    watch.join()  # else it might start what is being stopped
                embedded.stop(home)


def _run(centre: Centre, settings: Settings, watch: threading.Thread) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, partial(_stop, centre))
    centre.prepare()
    if settings.file.broker == "embedded":
        watch.start()
    _LOG.info("centre %s, pid %d, broker %s", settings.centre.id, os.getpid(), centre.line.url)
    centre.run()


def _stop(centre: Centre, _number: int, _frame: FrameType | None) -> None:
    centre.stopping.set()


def _broker_url(settings: Settings) -> str:
    if settings.file.broker != "embedded":
        return settings.file.broker
    return embedded.ensure(settings.home, settings.file.broker_port).url


def _keep_broker(centre: Centre) -> None:
    """Start the embedded broker again if it dies. Runs on its own thread: a start may take seconds."""
    while not centre.stopping.wait(HEARTBEAT_S):
        if centre.line.is_up:
            continue
        try:
            embedded.ensure(centre.settings.home, centre.settings.file.broker_port)
        except (PaidanError, OSError) as error:  # a full disk heals; this thread must be there then
            centre.line.fault = str(error)
            _LOG.warning("embedded broker: %s", error)


def _line(settings: Settings, url: str) -> Mqtt:
    me = settings.centre.id
    return Mqtt(
        url,
        client_id=f"paidan-{me}",
        topics=(f"paidan/{me}/in/+", f"paidan/{me}/sensor/+"),
        clock=settings.clock,
        password=_password(settings),
    )


def _password(settings: Settings) -> str:
    return broker_password(settings.home, settings.file.broker_password_file)



"""Two mosquittos joined by a bridge through a proxy that can be cut: what is cut neither refuses nor closes, it is silent."""

import select
import socket
import subprocess
import threading
from dataclasses import dataclass

from data.centre import broker as embedded
from tests.helpers.brokers import MosquittoBroker, mosquitto_config
from tests.helpers.tools import needs
from tests.helpers.waiting import wait_until


class Cable:
    """A TCP proxy to one port. `cut` ends what flows and lets nobody through until `mend`."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._whole = threading.Event()
        self._whole.set()
        self._closed = False
        threading.Thread(target=self._accept, daemon=True, name="cable").start()

    def cut(self) -> None:
        """Nothing goes through any more, in either direction."""
        self._whole.clear()
        for pair in self._pairs:
            for end in pair:
                end.close()
        self._pairs.clear()

    def mend(self) -> None:
        """Who connects now gets through."""
        self._whole.set()

    def close(self) -> None:
        """For good."""
        self._closed = True
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self._whole.is_set():
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._to), timeout=5)
            except OSError:
                near.close()
                continue
            self._pairs.append((near, far))
            threading.Thread(target=_pump, args=(near, far), daemon=True, name="cable pair").start()


def _pump(near: socket.socket, far: socket.socket) -> None:
    ways = {near: far, far: near}
    try:
        while True:
            for end in select.select(list(ways), [], [], 1.0)[0]:
                data = end.recv(65536)
                if not data:
                    return
                ways[end].sendall(data)
    except (OSError, ValueError):
        return
    finally:
        for end in ways:
            end.close()


@dataclass(slots=True)
class BridgedBroker(MosquittoBroker):
    """A mosquitto that holds a durable connection to another: it sends there what its own clients publish for `out`, and takes what is for `in`."""

    peer: int = 0
    """Port of the other, or of the cable to it."""
    out: tuple[str, ...] = ()
    """Names of inboxes that live at the other side."""
    into: tuple[str, ...] = ()
    """Names of inboxes that live here."""

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        config = self.home / "mosquitto.conf"
        config.write_text(mosquitto_config(self.home, self.port) + bridge_config(self.name, self.peer, self.out, self.into), encoding="utf-8")
        with (self.home / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen([needs("mosquitto"), "-c", config], stdout=log, stderr=log)
        wait_until(lambda: embedded.answers(self.port), what="mosquitto answers")


def bridge_config(name: str, peer: int, out: tuple[str, ...], into: tuple[str, ...]) -> str:
    """One connection, made on one side only. Each inbox crosses in one direction alone, so that nothing can come back."""
    topics = [f"topic paidan/{inbox}/in/# out 1" for inbox in out] + [f"topic paidan/{inbox}/in/# in 1" for inbox in into]
    return "\n".join(
        (
            f"connection {name}", f"address 127.0.0.1:{peer}", f"remote_clientid {name}-remote", f"local_clientid {name}-local",
            "cleansession false", "try_private true", "notifications false", "bridge_attempt_unsubscribe false",
            "keepalive_interval 10", "restart_timeout 1 2", *topics, "",
        )
    )  # fmt: skip

"""The embedded broker: `nats-server`, started by the centre and left alive by it.

A centre killed with -9 leaves its broker running with every session and undelivered message; the next centre adopts it
by `HOME/broker.json` (pid, moment of start, port) instead of fighting it for the port. The broker lives in a session of its
own and inherits no descriptor, so that it can hold neither the centre's lock nor its terminal.

One caller at a time: whoever holds the centre's lock, or `paidan stop`.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from data.domain.errors import PaidanError
from data.domain.reason import because

LOCAL = "127.0.0.1"
ACK_WAIT = "5s"
"""How long an unacknowledged message waits to be delivered again; also what a restarted centre waits for the messages that
its killed forerunner had in hand. Twenty times the longest batch, so a busy centre is not sent everything twice."""
MAX_ACK_PENDING = 8000
"""Messages in flight per subscription (the server's own 100 means 400 messages/s at a batch of 250 ms). Over one session's
subscriptions the sum must stay at or below 65,535, and one that ends in `#` counts twice; else SUBACK says failure."""
START_S = 15.0
STOP_S = 5.0
PORT_S = 2.0
_LOG_LIMIT = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A running broker as `HOME/broker.json` records it."""

    pid: int
    started: str
    """Names the process beyond its pid: boot and start tick on Linux, start time by `ps` elsewhere, "" where neither is known."""
    port: int

    @property
    def url(self) -> str:
        """What a client connects to."""
        return f"mqtt://{LOCAL}:{self.port}"


def ensure(home: Path, port: int) -> Broker:
    """Adopt the home's broker where it lives and answers on `port`, else start it.

    Raises `PaidanError`: no nats-server is installed, the port belongs to someone else, or it does not come up.
    """
    known = recorded(home)
    if known and is_alive(known):
        if known.port == port and _until(lambda: answers(port), STOP_S):
            return known
        end(known)
    return _start(home, port)


def stop(home: Path) -> bool:
    """End the home's broker: TERM, and KILL after `STOP_S` seconds. True if one was running. Its sessions stay on disk."""
    known = recorded(home)
    running = known is not None and is_alive(known)
    if known and running:
        end(known)
    _record_path(home).unlink(missing_ok=True)
    return running


def recorded(home: Path) -> Broker | None:
    """What `HOME/broker.json` says, whether it still runs or not; None if there is none or it cannot be read."""
    try:
        row = json.loads(_record_path(home).read_text(encoding="utf-8"))
        return Broker(pid=int(row["pid"]), started=str(row["started"]), port=int(row["port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_alive(broker: Broker) -> bool:
    """Whether that very process runs: a pid that was given to another process since then is not it."""
    started = start_of(broker.pid)
    return started is not None and started == broker.started


def answers(port: int, timeout_s: float = 1.0) -> bool:
    """Whether an MQTT server on this machine accepts a CONNECT (3.1.1, clean session) on `port`."""
    client = f"paidan-probe-{os.getpid()}".encode()
    body = b"\x00\x04MQTT\x04\x02\x00\x05" + len(client).to_bytes(2, "big") + client
    try:
        with socket.create_connection((LOCAL, port), timeout=timeout_s) as line:
            line.sendall(b"\x10" + bytes([len(body)]) + body)
            answer = line.recv(4)
            line.sendall(b"\xe0\x00")
    except OSError:
        return False
    return answer == b"\x20\x02\x00\x00"


def is_free(port: int) -> bool:
    """Whether nobody listens on 127.0.0.1:`port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCAL, port))
        except OSError:
            return False
    return True


def free_port(wanted: int = 0) -> int:
    """`wanted` if nobody has it, else a free one below 30,000.

    Not one that the system offers: those it lends to any outgoing connection too, also while a broker is being restarted.
    """
    if wanted and is_free(wanted):
        return wanted
    return next(port for port in (20_000 + secrets.randbelow(10_000) for _ in range(1000)) if is_free(port))


def find_binary() -> Path:
    """The server's program: beside this Python (pip puts it there), else in PATH. Raises `PaidanError`."""
    name = "nats-server.exe" if os.name == "nt" else "nats-server"
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise PaidanError(because("broker_missing", program=name))
    return Path(found)


def start_of(pid: int) -> str | None:
    """When a process began, in words that no other process of this machine shares; None if it is gone or a zombie."""
    proc = Path("/proc")
    if (proc / "self/stat").exists():
        return _start_by_proc(proc, pid)
    try:
        listing = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    except OSError:
        return "" if _exists(pid) else None
    return listing.stdout.strip() or None


def _start_by_proc(proc: Path, pid: int) -> str | None:
    try:
        # The name in brackets may hold blanks and brackets itself; fields are counted from its end.
        fields = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return None if fields[0] in "ZX" else f"{boot}:{fields[19]}"


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _start(home: Path, port: int) -> Broker:
    # A process that was killed counts as gone a moment before its sockets are.
    if not _until(lambda: is_free(port), PORT_S):
        raise PaidanError(because("broker_port_taken", port=port, file=str(home / "paidan.toml")))
    child = _spawn(home, port)
    broker = Broker(pid=child.pid, started=start_of(child.pid) or "", port=port)
    # Recorded before it answers: a centre killed in between must find what it began.
    try:
        _write(_record_path(home), json.dumps(asdict(broker)))
    except OSError:  # a full disk: what nobody knows of would keep the port from the next one
        end(broker)
        raise
    if not _until(lambda: child.poll() is not None or answers(port), START_S) or child.poll() is not None:
        stop(home)
        raise PaidanError(because("broker_failed", port=port, file=str(_log_path(home))))
    return broker


def _spawn(home: Path, port: int) -> subprocess.Popen[bytes]:
    folder = home / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nats.conf"
    _write(config, _config(folder / "store", port))
    log = _log_path(home)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".old"))
    with log.open("ab") as out:
        return subprocess.Popen(
            [find_binary(), "-c", config], stdin=subprocess.DEVNULL, stdout=out, stderr=out, close_fds=True, start_new_session=True
        )


def _config(store: Path, port: int) -> str:
    """The server's settings: MQTT on this machine only, everything on disk and flushed every second."""
    return f"""# Written by paidan at each start; edits are lost.
server_name: paidan
listen: "{LOCAL}:-1"
jetstream {{
  store_dir: {json.dumps(str(store), ensure_ascii=False)}
  sync_interval: "1s"
}}
mqtt {{
  listen: "{LOCAL}:{port}"
  ack_wait: "{ACK_WAIT}"
  max_ack_pending: {MAX_ACK_PENDING}
}}
"""


def end(broker: Broker) -> None:
    """End that very process, whatever its home says by now: TERM, and KILL after `STOP_S` seconds."""
    if not is_alive(broker):
        return
    for sign in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        try:
            os.kill(broker.pid, sign)
        except OSError:
            return
        if _until(lambda: not is_alive(broker), STOP_S):
            return


def _until(condition: Callable[[], bool], deadline_s: float) -> bool:
    """Poll every 50 ms; real time, as it is about processes and not about the desk."""
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(0.05)
    return True


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole: a reader sees the old or the new one."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _record_path(home: Path) -> Path:
    return home / "broker.json"


def _log_path(home: Path) -> Path:
    return home / "broker" / "broker.log"

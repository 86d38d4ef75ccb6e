"""The real program under a district's readings, one message each, into a store that is already large.

    python tests/bench/live.py run HOME [--seconds 600] [--rate 5617] [--packs] [--nats] [--json]

HOME is one of `tests/bench/district.py`; it is changed. `paidan serve` runs as a process of its own and is watched from outside: what it wrote and
spent is the kernel's count (`/proc/PID`), what is kept is read as a seat reads it. The lag of a moment is how long ago that message was sent up to
which all was kept. A call button is pressed once a second beside the stream; its delay is until the alarm's row is there.
"""

# ruff: noqa: E402, T201
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

import bisect
import json
import os
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import click

from data.centre.feeds import source_sensor
from data.store.history import open_reader
from data.store.history.days import HOUR_MS
from data.store.history.history import days_path
from data.store.history.writer import open_writer
from data.store.schema import open_desk
from data.store.sqlite import connect
from tests.bench.district import BUTTONS, REGISTER
from tests.bench.ingest import PACK, Mosquitto
from tests.helpers.bare_mqtt import Publisher, packet
from tests.helpers.brokers import NatsBroker
from tests.helpers.homes import CentreProcess
from tests.helpers.waiting import wait_until

TICK = os.sysconf("SC_CLK_TCK")
STEP_S = 0.01
PRESS_EVERY_S = 1.0


def feed(port: int, sensors: int, rate: float, seconds: float, *, packs: bool) -> None:
    """Every sensor in turn at a rate; says every tenth of a second how many readings were sent and acknowledged by the broker."""
    line = Publisher(port, f"feed-{os.getpid()}")
    begun, sent, told, packets = time.monotonic(), 0, 0.0, 0
    each = PACK if packs else 1
    while (passed := time.monotonic() - begun) < seconds:
        wanted, out = min(int(passed * rate), int(rate * seconds)), bytearray()
        # What the broker has not acknowledged yet is bounded, as with any honest device: a flood then waits at its source.
        wanted = min(wanted, int(line.acked) * each + 20_000)
        now = time.time_ns() // 1_000_000
        while sent + each <= wanted:
            out += _packet(sent, sensors, now, packets, packs=packs)
            sent, packets = sent + each, packets + 1
        if out:
            line.line.sendall(out)
        if time.monotonic() - told >= 0.1:
            told = time.monotonic()
            print(told, sent, line.acked, flush=True)
        time.sleep(STEP_S)
    while round(line.acked) < packets:
        time.sleep(0.01)
    print(time.monotonic(), sent, line.acked, flush=True)


def _packet(sent: int, sensors: int, now: int, packets: int, *, packs: bool) -> bytes:
    if packs:
        rows: list[dict[str, Any]] = [{"n": f"s{(sent + k) % sensors}", "v": _value((sent + k) % sensors, sent)} for k in range(PACK)]
        rows[0] |= {"bt": now / 1000}
        return packet("packs/gw1", json.dumps(rows, separators=(",", ":")).encode(), packets % 65000 + 1)
    body = b'{"value":%.1f,"time":%d}' % (_value(sent % sensors, sent), now)
    return packet(f"paidan/pailou/sensor/s{sent % sensors}", body, packets % 65000 + 1)


def _value(number: int, sent: int) -> float:
    """What all kinds of the register can have and is within their limits; one sensor in a thousand, of temperature, hovers about its own."""
    return round((36.5 if number % 1000 == 1 else 22.0) + sent * 7 % 83 / 10, 1)


@dataclass(slots=True)
class Watch:
    """What is seen of a running centre from outside."""

    pid: int
    home: Path
    kept: list[tuple[float, int]] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    alarms: dict[str, float] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def spent_s(self) -> float:
        parts = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / TICK

    def written(self) -> int:
        lines = Path(f"/proc/{self.pid}/io").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("write_bytes")).split()[1])

    def run(self) -> None:
        """Ten looks a second at what is kept, a hundred at the alarms' table, which is short."""
        history, desk = open_reader(self.home), open_desk(self.home / "desk.db")
        turn = 0
        while not self.stop.wait(STEP_S):
            turn += 1
            for (sensor,) in desk.execute("SELECT sensor FROM alarms WHERE rule='press'"):
                self.alarms.setdefault(sensor, time.monotonic())
            if turn % 10 == 0:
                total = history.total()
                self.kept.append((time.monotonic(), total))
                status = Path(f"/proc/{self.pid}/status").read_text()
                self.rss_mb.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
        history.close()
        desk.close()


def press(port: int, stop: threading.Event, pressed: dict[str, float], first: int) -> None:
    """One button a second, each once, a hundred at most."""
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05press")
    line.recv(4)
    for number in range(first, min(first + 100, BUTTONS)):
        if stop.wait(PRESS_EVERY_S):
            return
        pressed[f"b{number}"] = time.monotonic()
        line.sendall(packet(f"paidan/pailou/sensor/b{number}", b'{"value":1,"time":%d}' % (time.time_ns() // 1_000_000), number + 1))
    line.close()


def lags(sent: list[tuple[float, int]], kept: list[tuple[float, int]], before: int) -> list[float]:
    """Seconds, at each look while the feed ran."""
    times, counts = [one for one, _ in sent], [count for _, count in sent]
    found = []
    for at, total in kept:
        if times[0] <= at <= times[-1]:
            place = bisect.bisect_right(counts, total - before)
            # Sent later than the newest note of which all is kept.
            found.append(max(0.0, at - times[place]) if place < len(times) else 0.0)
    return found


def run(home: Path, broker: "Mosquitto | NatsBroker", *, seconds: float, rate: float, packs: bool = False, sensors: int = REGISTER) -> dict[str, Any]:
    """Start the program, feed it, wait until all is kept, stop it, and count what is in the store."""
    settings = home / "paidan.toml"
    lines = [f'broker = "mqtt://127.0.0.1:{broker.port}"' if row.startswith("broker =") else row for row in settings.read_text("utf-8").splitlines()]
    lines = [f'url = "mqtt://127.0.0.1:{broker.port}"' if row.startswith("url =") else row for row in lines]
    if 'name = "packs"' not in lines:
        lines += ["[[source]]", 'name = "packs"', f'url = "mqtt://127.0.0.1:{broker.port}"', 'topics = ["packs/#"]', 'codec = "senml"']
    settings.write_text("\n".join(lines) + "\n", "utf-8")
    with connect(home / "desk.db") as desk:
        already = {row[0] for row in desk.execute("SELECT sensor FROM alarms WHERE rule='press'")}
    centre = CentreProcess(home)
    begun = time.monotonic()
    started_at = time.time_ns() // 1_000_000
    centre.start()
    assert centre.process is not None
    wait_until(lambda: _is_there(home, centre.process.pid, started_at), 60, "the first heartbeat")  # type: ignore[union-attr]
    start_s = time.monotonic() - begun
    watch = Watch(centre.process.pid, home)
    reader = open_reader(home)
    before, pressed = reader.total(), dict[str, float]()
    watching, stop = threading.Thread(target=watch.run, daemon=True), threading.Event()
    watching.start()
    pressing = threading.Thread(target=press, args=(broker.port, stop, pressed, len(already)), daemon=True)
    pressing.start()
    spent, written, first_at = watch.spent_s(), watch.written(), time.time_ns() // 1_000_000
    begun = time.monotonic()
    words = [sys.executable, __file__, "feed", str(broker.port), str(sensors), str(rate), str(seconds), *(["--packs"] if packs else [])]
    fed = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    stop.set()
    pressing.join()
    sent = [(float(at), int(count)) for at, count, _ in (line.split() for line in fed.stdout.splitlines())]
    until = time.monotonic() + 120
    while reader.total() - before + thinned_by(home) < sent[-1][1] + len(pressed) and time.monotonic() < until:
        time.sleep(0.1)
    took = time.monotonic() - begun
    used = watch.spent_s() - spent
    wrote = watch.written() - written
    reader.close()
    watch.stop.set()
    watching.join()
    centre.stop()
    thinned = thinned_by(home)
    kept = count_since(home, first_at) - pulses(home, started_at)
    waits = sorted(lags(sent, watch.kept, before)) if not thinned else []
    delays = sorted(watch.alarms[name] - at for name, at in pressed.items() if name in watch.alarms and name not in already)
    asked = [name for name in pressed if name not in already]
    return {
        "readings": sent[-1][1], "presses": len(pressed), "seconds": round(took, 1), "per_s": round(sent[-1][1] / took),
        "lost": sent[-1][1] + len(pressed) - kept - thinned, "thinned": thinned, "start_s": round(start_s, 1),
        "lag_median_s": _at(waits, 0.5), "lag_p99_s": _at(waits, 0.99), "lag_max_s": _at(waits, 1),
        "cores": round(used / took, 3), "cpu_us_per_reading": round(used / sent[-1][1] * 1e6, 1),
        "rss_mb_first": round(watch.rss_mb[0]), "rss_mb_most": round(max(watch.rss_mb)), "written_bytes_per_reading": round(wrote / sent[-1][1], 1),
        "press_lost": len(asked) - len(delays), "press_median_s": round(delays[len(delays) // 2], 2) if delays else None,
        "press_max_s": round(delays[-1], 2) if delays else None,
    }  # fmt: skip


def pulses(home: Path, since: int) -> int:
    """What the centre itself says of its source: it was not sent, and the store holds it too."""
    reader = open_reader(home)
    try:
        return len(list(reader.points(source_sensor("packs"), since, time.time_ns() // 1_000_000)))
    finally:
        reader.close()


def thinned_by(home: Path) -> int:
    """Readings that the last centre left out, by its own count."""
    desk = open_desk(home / "desk.db")
    found = desk.execute("SELECT * FROM lease").fetchone()
    desk.close()
    return int(found["thinned"]) if "thinned" in found.keys() else 0  # noqa: SIM118 — a row's own test looks at values


def _is_there(home: Path, pid: int, started_at: int) -> bool:
    """Whether this very centre has its subscriptions: what its forerunner last wrote says the same."""
    desk = open_desk(home / "desk.db")
    row = desk.execute("SELECT pid, broker, broker_down_since, renewed_at FROM lease").fetchone()
    desk.close()
    return row["pid"] == pid and bool(row["broker"]) and row["broker_down_since"] is None and row["renewed_at"] >= started_at


def _at(waits: list[float], share: float) -> float | None:
    """A quantile; None where readings were thinned, for then nobody knows up to which message all is kept."""
    return round(waits[min(int(len(waits) * share), len(waits) - 1)], 2) if waits else None


def count_since(home: Path, first_at: int) -> int:
    """Readings from a moment on that the store holds, each once; packs what is still in the tail."""
    writer = open_writer(home)
    while writer.tidy(first_at, hurry=True):
        pass
    writer.close()
    hour, count = first_at // HOUR_MS, 0
    earlier = json.loads((home / "counted.json").read_text()) if (home / "counted.json").exists() else 0
    for path in days_path(home).glob("????-??-??.db"):
        conn = connect(path, read_only=True)
        count += conn.execute("SELECT coalesce(sum(count), 0) FROM hours WHERE hour >= ?", (hour - hour % 24,)).fetchone()[0]
        conn.close()
    (home / "counted.json").write_text(str(count))
    return int(count) - int(earlier)


@click.group(invoke_without_command=True, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def main() -> None:
    """Measure."""


@main.command("feed")
@click.argument("port", type=int)
@click.argument("sensors", type=int)
@click.argument("rate", type=float)
@click.argument("seconds", type=float)
@click.option("--packs", is_flag=True)
def run_feed(port: int, sensors: int, rate: float, seconds: float, packs: bool) -> None:
    feed(port, sensors, rate, seconds, packs=packs)


@main.command("run")
@click.argument("home", type=click.Path(path_type=Path, exists=True))
@click.option("--seconds", default=600.0)
@click.option("--rate", default=5617.0)
@click.option("--sensors", default=REGISTER)
@click.option("--packs", is_flag=True)
@click.option("--nats", is_flag=True, help="the embedded broker instead of mosquitto")
@click.option("--json", "as_json", is_flag=True)
def run_live(home: Path, seconds: float, rate: float, sensors: int, packs: bool, nats: bool, as_json: bool) -> None:
    broker: Mosquitto | NatsBroker = NatsBroker(home=home / "bench-broker") if nats else Mosquitto(home)
    if isinstance(broker, NatsBroker):
        broker.start()
    try:
        found = run(home, broker, seconds=seconds, rate=rate, packs=packs, sensors=sensors)
    finally:
        broker.stop()
    if as_json:
        print(json.dumps(found, indent=1))
        return
    for name, value in found.items():
        print(f"{name:28} {value}")


if __name__ == "__main__":
    main()

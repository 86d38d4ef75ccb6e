"""From a key to the last byte of its answer, while the centre takes 5,600 readings a second on the same cores, and idle.

    python tests/bench/keys.py [--quick] [--json]

A real home of the street sample with its centre and broker as processes; the cursor goes down and up. The baseline is the
same seat with no readings. A step's answer is its own frame: the strip follows when the cursor rests.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder, whose queue.py is not the standard one

import paho.mqtt.client as mqtt  # noqa: E402
from paho.mqtt.enums import CallbackAPIVersion  # noqa: E402

from data.init import init_home  # noqa: E402
from tests.helpers import brokers  # noqa: E402
from tests.helpers.homes import CentreProcess  # noqa: E402
from tests.helpers.mqtt import Client  # noqa: E402
from tests.terminal.seat_in_pty import Terminal, start  # noqa: E402

RATE = 5600
_PER_TURN = 56


def flood(port: int, sensors: list[str], stop: "multiprocessing.synchronize.Event", sent: "multiprocessing.Value") -> None:  # type: ignore[valid-type]
    """Publish readings at the rate until told to stop; QoS 1, as sensors do."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="flood")
    client.max_inflight_messages_set(20000)
    client.max_queued_messages_set(0)
    client.connect("127.0.0.1", port)
    client.loop_start()
    began, count = time.monotonic(), 0
    while not stop.is_set():
        for _ in range(_PER_TURN):
            client.publish(f"paidan/pailou/sensor/{sensors[count % len(sensors)]}", "0", qos=1)
            count += 1
        sent.value = count
        time.sleep(max(0.0, began + count / RATE - time.monotonic()))
    client.loop_stop()


def presses(terminal: Terminal, many: int) -> list[float]:
    """Milliseconds from each key to the last byte of its first frame."""
    took = []
    for index in range(many):
        drain(terminal, 0.25)
        before, began = len(terminal.output), time.monotonic()
        terminal.press(b"\x1b[B" if index % 6 < 3 else b"\x1b[A")
        while len(terminal.output) == before:
            terminal.read(0.5)
        took.append((time.monotonic() - began) * 1000)
    return took


def drain(terminal: Terminal, seconds: float) -> None:
    """Read for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read(0.02)


def figures(took: list[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    ordered = sorted(took)
    return round(statistics.median(ordered), 1), round(ordered[int(len(ordered) * 0.99) - 1 if len(ordered) >= 100 else -1], 1)


def main() -> None:
    """Measure idle, then flooded, then print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--json", action="store_true")
    wishes = arguments.parse_args()
    many = 30 if wishes.quick else 200
    with tempfile.TemporaryDirectory() as folder:
        broker = brokers.make("nats", Path(folder) / "nats")
        broker.start()
        home = Path(folder) / "pailou"
        init_home(home, "street", broker=broker.url)
        centre = CentreProcess(home)
        centre.start()
        stop, sent = multiprocessing.Event(), multiprocessing.Value("q", 0)
        client = Client(broker.url, "bench")
        try:
            for index in range(20):
                client.publish("paidan/pailou/in/report", {"id": f"rep-{index}", "text": f"{index}号楼垃圾堵门", "grid": "DHG-03"})
            sensors = [line.split(",")[0] for line in (home / "sensors.csv").read_text(encoding="utf-8-sig").splitlines()[1:]]
            terminal = start(["-m", "console", "--home", str(home), "--as", "王梅"], columns=80, lines=24, env={"PYTHONPATH": str(ROOT)})
            terminal.wait(lambda: terminal.shows("静音"), 30)
            terminal.press(b"2")
            drain(terminal, 2.0)
            idle = presses(terminal, many)
            port = int(broker.url.rsplit(":", 1)[1])
            process = multiprocessing.Process(target=flood, args=(port, sensors, stop, sent), daemon=True)
            process.start()
            drain(terminal, 3.0)
            before, began = sent.value, time.monotonic()
            busy = presses(terminal, many)
            rate = (sent.value - before) / (time.monotonic() - began)
            terminal.close()
            stop.set()
            process.join(10)
        finally:
            client.close()
            centre.stop()
            broker.stop()
    (idle_median, idle_p99), (median, p99) = figures(idle), figures(busy)
    found = {
        "key_median_ms": {"ours": median, "baseline": idle_median, "ratio": round(median / idle_median, 2)},
        "key_p99_ms": {"ours": p99, "baseline": idle_p99, "ratio": round(p99 / idle_p99, 2)},
        "readings_s": {"ours": round(rate), "baseline": 0, "ratio": 0},
    }
    sys.stdout.write(json.dumps(found, indent=None if wishes.json else 1) + "\n")


if __name__ == "__main__":
    main()

"""How many readings a second are durable, against the obvious script and against paho's own bare receive, in one run.

    python tests/bench/ingest.py [--quick] [--store HOME] [--minutes 10] [--json]

All read the same messages by QoS 1 from the same mosquitto, one process each. `ours` is the centre itself, rules on, acknowledged after the commit;
`bare` is paho that acknowledges each message by hand and does nothing with it; the script is paho with automatic acknowledgement and one commit a
message. The clock of each starts once its first sixth is in.

`ingest_vs_*`: the messages wait in the receiver's session before it connects, so that the receiver's speed alone is measured; a broker hands out
a queue faster than it passes on what is being published. `ingest_live_vs_paho`: they are published, as fast as the broker takes them, while the
receiver is there, so publisher and broker share the cores with it and set the pace. `cpu_us_per_reading`: the receiver's processor time, which no
waiting and no neighbour changes. `unacknowledged`: what the broker still holds for the centre after it has stopped, and what it did not keep.

Without `--quick` also a district at full size: a store of 130 million readings is built (`district`; or `--store` names one, which is changed), takes
337,000 sensors' readings for ten minutes, then a flood of twenty times as many for one (`live`), and is read as a seat reads it (`reads`). 5 GB.
"""

# ruff: noqa: E402, T201
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Not this folder: a measuring script beside this one is called `queue`.
sys.path[0] = str(ROOT)

import json
import os
import resource
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

import click

from data.centre import broker as embedded
from tests.helpers.bare_mqtt import Publisher

SENSORS, PACK = 20_000, 50
SPAN_MS = 240_000
"""The readings of a run are of the last four minutes, as live ones are."""
DISTRICT = 5617
"""337,000 sensors once a minute."""


def subscribe(port: int, name: str, topic: str) -> None:
    """Make a session that collects, and go."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        body = b"\x00\x04MQTT\x04\x00\x00\x00" + len(name).to_bytes(2, "big") + name.encode()
        line.sendall(b"\x10" + bytes([len(body)]) + body)
        line.recv(4)
        inner = b"\x00\x01" + len(topic).to_bytes(2, "big") + topic.encode() + b"\x01"
        line.sendall(b"\x82" + bytes([len(inner)]) + inner)
        line.recv(5)
        line.sendall(b"\xe0\x00")


def stream(path: Path, messages: list[tuple[str, bytes]]) -> Path:
    """A file that another process publishes."""
    path.write_text(json.dumps([(topic, body.decode()) for topic, body in messages]), encoding="utf-8")
    return path


def singles(count: int, now: int, centre: str = "pailou") -> list[tuple[str, bytes]]:
    """Own readings, quiet ones with their time."""
    return [
        (
            f"paidan/{centre}/sensor/s{n % SENSORS}",
            b'{"value":%.1f,"time":%d}' % (40 + n % 97 / 10, now - SPAN_MS + n * SPAN_MS // count),
        )
        for n in range(count)
    ]


def packs(count: int, now: int) -> list[tuple[str, bytes]]:
    """SenML, fifty sensors a pack."""
    made = []
    for n in range(count):
        base = n * PACK % SENSORS
        rows = [{"bn": "s", "bt": (now - SPAN_MS + n * SPAN_MS // count) / 1000, "bu": "dB", "n": str(base), "v": 44.4}]
        rows += [{"n": str(base + k), "v": 40 + (n + k) % 97 / 10} for k in range(1, PACK)]
        made.append(("packs/gw1", json.dumps(rows, separators=(",", ":")).encode()))
    return made


def make_home(folder: Path, port: int) -> Path:
    from data.init import init_home

    home = folder / "home"
    init_home(home, "street", broker=f"mqtt://127.0.0.1:{port}")
    rows = "".join(f"s{n},noise,,,,2,,,,\n" for n in range(SENSORS))
    (home / "sensors.csv").write_text("id,kind,name,place,grid,area_class,lat,lon,parent,unit\n" + rows, encoding="utf-8")
    with (home / "paidan.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[source]]\nname = "packs"\nurl = "mqtt://127.0.0.1:{port}"\ntopics = ["packs/#"]\ncodec = "senml"\n')
    return home


def ours(home: Path, wanted: int, publish: Any = None) -> dict[str, float]:
    """Run the centre in this process until it has kept `wanted` readings."""
    from data.centre import run, serve
    from data.centre.feeds import source_sensor
    from data.clock import real_ms
    from data.settings import load
    from data.store import lease
    from data.store.desk import Desk
    from data.store.history.writer import open_writer
    from data.store.schema import migrate
    from data.store.sqlite import connect

    settings = load(home)
    migrate(home / "desk.db")
    conn = connect(home / "desk.db", checkpoints=True)
    history = open_writer(home)
    centre = run.Centre(settings, Desk(conn, settings.clock, epoch=lease.take(conn, real_ms())), history, serve._line(settings, settings.file.broker))
    centre.prepare()
    centre.line.start()
    centre.sources.start()
    first, until, written, cpu, before_first = 0.0, time.monotonic() + 60, _written(), 0.0, 0
    if publish is not None:
        publish()
    while centre._count < wanted and time.monotonic() < until:
        centre.turn(0.1)
        if not first and centre._count >= wanted // 6:
            first, cpu, before_first = time.monotonic(), time.process_time(), centre._count
    took = time.monotonic() - first
    # What the centre itself says of its sources is no message of the stream.
    own = sum(1 for source in settings.file.source for _ in history.points(source_sensor(source.name), 0, real_ms() + SPAN_MS))
    result = {
        "readings": centre._count, "per_s": (centre._count - before_first) / took, "cpu": (time.process_time() - cpu) / took,
        "cpu_us": (time.process_time() - cpu) / (centre._count - before_first) * 1e6, "kept": history.total() - own,
        "written": (_written() - written) / max(centre._count, 1), "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip
    # The last acknowledgements leave on the network's thread.
    time.sleep(0.2)
    centre.line.close()
    centre.sources.close()
    history.close()
    conn.close()
    return result


REGISTER = 337_000
"""Sensors of a district (`domain.md` §1)."""


def make_district(folder: Path, port: int) -> Path:
    """A home whose register holds a district's sensors, imported as a person would."""
    from data.clock import real_ms
    from data.domain.sensor import Sensor
    from data.kinds.register import next_version, put_sensors
    from data.settings import load
    from data.store import lease
    from data.store.desk import Desk
    from data.store.schema import migrate
    from data.store.sqlite import connect

    home = make_home(folder, port)
    (home / "sensors.csv").write_text("id,kind\n", encoding="utf-8")
    settings = load(home)
    migrate(home / "desk.db")
    conn = connect(home / "desk.db", checkpoints=True)
    kinds = ("noise", "temperature", "humidity", "soil_moisture")
    rows = (
        Sensor(id=f"s{n}", kind=kinds[n % len(kinds)], name=f"点位{n}", place=f"江南街{n % 900}号", grid=f"JN-{n % 97:02}", area_class="2")
        for n in range(REGISTER)
    )
    with Desk(conn, settings.clock, epoch=lease.take(conn, real_ms())).transaction() as tx:
        put_sensors(tx, rows, next_version(tx.conn))
    conn.close()
    return home


def district_packs(count: int, now: int) -> list[tuple[str, bytes]]:
    """SenML of the whole register, fifty a pack, so many packs; each value one that its kind can have."""
    made = []
    for n in range(count):
        first = n * PACK % REGISTER
        rows: list[dict[str, Any]] = [{"n": f"s{(first + k) % REGISTER}", "v": 31 + (n + k) % 97 / 100} for k in range(PACK)]
        rows[0] |= {"bt": (now - SPAN_MS + n * SPAN_MS // count) / 1000}
        made.append(("packs/gw1", json.dumps(rows, separators=(",", ":")).encode()))
    return made


def _written() -> int:
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("write_bytes")))


def paho_receive(port: int, name: str, topic: str, wanted: int, take: Any, *, manual: bool, publish: Any = None) -> dict[str, float]:
    """The library as it comes."""
    import paho.mqtt.client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    state = {"count": 0, "first": 0.0, "last": 0.0, "before": 0, "cpu": 0.0}
    done = threading.Event()

    def on_message(client: Any, _data: Any, message: Any) -> None:
        state["count"] += take(message)
        if not state["first"] and (state["count"] >= wanted // 6 or not manual):
            state.update(first=time.monotonic(), before=state["count"], cpu=time.process_time())
        if manual:
            client.ack(message.mid, message.qos)
        if state["count"] >= wanted and not state["last"]:
            state["last"] = time.monotonic()
            state["cpu"] = time.process_time() - state["cpu"]
            done.set()

    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False, manual_ack=manual)
    client.on_message = on_message
    client.on_connect = lambda client, *_: client.subscribe(topic, 1)
    client.connect("127.0.0.1", port)
    client.loop_start()
    if publish is not None:
        publish()
    # The slow one is stopped after some seconds: its rate is what counts.
    if not done.wait(40 if manual else 3):
        state.update(last=time.monotonic(), cpu=time.process_time() - state["cpu"])
    count = state["count"] - state["before"]
    client.loop_stop()
    return {"readings": state["count"], "per_s": count / (state["last"] - state["first"]), "cpu_us": state["cpu"] / count * 1e6}


def script(folder: Path, port: int, name: str, topic: str, wanted: int) -> dict[str, float]:
    """The obvious script: parse, insert, commit."""
    conn = sqlite3.connect(folder / "script.db", check_same_thread=False)
    conn.execute("CREATE TABLE readings (sensor TEXT, at REAL, value REAL)")

    def take(message: Any) -> int:
        data = json.loads(message.payload)
        if isinstance(data, dict):
            conn.execute("INSERT INTO readings VALUES (?,?,?)", (message.topic.split("/")[-1], data["time"], data["value"]))
            count = 1
        else:
            base: dict[str, Any] = {}
            for row in data:
                base |= {key: value for key, value in row.items() if key in ("bn", "bt")}
                conn.execute("INSERT INTO readings VALUES (?,?,?)", (base["bn"] + row["n"], base["bt"] + row.get("t", 0), row["v"]))
            count = len(data)
        conn.commit()
        return count

    return paho_receive(port, name, topic, wanted, take, manual=False)


def left(port: int, name: str) -> int:
    """Bytes of messages that the broker holds for a session, beyond its greeting."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        body = b"\x00\x04MQTT\x04\x00\x00\x00" + len(name).to_bytes(2, "big") + name.encode()
        line.sendall(b"\x10" + bytes([len(body)]) + body)
        line.settimeout(0.3)
        got = 0
        while True:
            try:
                part = line.recv(65536)
            except TimeoutError:
                return got - 4
            if not part:
                return got - 4
            got += len(part)


def child(*words: object) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, "child", *map(str, words)], capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


class Mosquitto:
    def __init__(self, folder: Path) -> None:
        self.port = embedded.free_port()
        config = folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\nmax_inflight_messages 8000\n",
            encoding="utf-8",
        )
        self.process = subprocess.Popen(["mosquitto", "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not embedded.answers(self.port):
            time.sleep(0.02)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def fill(port: int, sessions: list[tuple[str, str]], messages: list[tuple[str, bytes]]) -> None:
    for name, topic in sessions:
        subscribe(port, name, topic)
    Publisher(port, f"pub-{time.monotonic_ns()}").send(messages)


def measure(folder: Path, *, quick: bool) -> dict[str, Any]:
    # Eight readings a sensor within SPAN_MS: nearer than half their interval they would be thinned while they wait, rightly, and never all be kept.
    count, pack_count = 60_000 if quick else 150_000, 3_000
    broker = Mosquitto(folder)
    try:
        home, now = make_home(folder, broker.port), time.time_ns() // 1_000_000
        fill(broker.port, [("paidan-pailou", "paidan/pailou/sensor/+"), ("bare", "paidan/pailou/sensor/+")], singles(count, now))
        mine = child("ours", home, count)
        unacknowledged = left(broker.port, "paidan-pailou") + count - int(mine["kept"])
        bare = child("bare", broker.port, count)
        home.rename(folder / "queue")
        home = make_home(folder, broker.port)
        live = child("live", home, broker.port, count)
        # Other centres' topics: ours must not find them waiting in its next run.
        bare_live = child("bare-live", folder, broker.port, count)
        subscribe(broker.port, "script2", "paidan/script/sensor/+")
        Publisher(broker.port, "pub-s").send(singles(min(count, 20_000), now, "script"))
        plain = child("script", folder, broker.port, "script2", "paidan/script/sensor/+", 20_000)
        (folder / "script.db").unlink()
        fill(broker.port, [("paidan-pailou-packs", "packs/#"), ("script3", "packs/#")], packs(pack_count, now + 60_000))
        home.rename(folder / "first")
        home = make_home(folder, broker.port)
        packed = child("ours", home, pack_count * PACK)
        packed_script = child("script", folder, broker.port, "script3", "packs/#", pack_count * PACK)
        home.rename(folder / "second")
        home = make_home(folder, broker.port)
        district = child("district", home, broker.port, DISTRICT * (5 if quick else 60))
        home.rename(folder / "third")
        subscribe(broker.port, "paidan-pailou-packs", "packs/#")
        home = make_district(folder, broker.port)
        whole = -(-REGISTER // PACK)
        register = child("register", home, broker.port, whole)
    finally:
        broker.stop()
    return {
        "ingest_vs_script": ratio(mine["per_s"], plain["per_s"]), "ingest_vs_paho": ratio(mine["per_s"], bare["per_s"]),
        "ingest_live_vs_paho": ratio(live["per_s"], bare_live["per_s"]), "unacknowledged": unacknowledged,
        "cpu_us_per_reading": tenths(mine["cpu_us"], bare["cpu_us"]), "cpu_us_per_reading_live": tenths(live["cpu_us"], bare_live["cpu_us"]),
        "packs_vs_script": ratio(packed["per_s"], packed_script["per_s"]), "written_bytes_per_reading": round(mine["written"], 1),
        "written_bytes_per_reading_packs": round(packed["written"], 1), "cpu_at_district_rate": round(district["cpu"], 3),
        "rss_mb": round(mine["rss_mb"], 1), "rss_mb_337000_sensors": round(register["rss_mb"], 1),
        "cpu_us_per_reading_337000_sensors": round(register["cpu"] / register["per_s"] * 1e6, 1), "lost_at_kill": lost_at_kill(folder),
    }  # fmt: skip


def full_size(folder: Path, store: Path | None, minutes: float) -> dict[str, Any]:
    """The district: `steady`, `flood`, `reads`."""
    from tests.bench import district, live, reads

    if store is None:
        store = folder / "district"
        subprocess.run([sys.executable, district.__file__, str(store)], check=True, cwd=ROOT)
    found: dict[str, Any] = {}
    broker = Mosquitto(folder)
    try:
        found |= _named("steady", live.run(store, broker, seconds=60 * minutes, rate=DISTRICT))
        found |= _named("flood", live.run(store, broker, seconds=60, rate=20 * DISTRICT))
    finally:
        broker.stop()
    return found | _named("reads", reads.all_reads(store, drops=True))


def _named(part: str, rows: dict[str, Any]) -> dict[str, Any]:
    return {f"{part} {name}": value for name, value in rows.items()}


def ratio(mine: float, other: float) -> dict[str, float]:
    return {"ours": round(mine), "baseline": round(other), "ratio": round(mine / other, 2)}


def tenths(mine: float, other: float) -> dict[str, float]:
    return {"ours": round(mine, 1), "baseline": round(other, 1), "ratio": round(mine / other, 2)}


def lost_at_kill(folder: Path, count: int = 12_000) -> int:
    """Readings that are not kept after the centre was killed (-9) three times in mid-stream and started again."""
    from data.store.history import open_reader
    from data.store.history.days import HOUR_MS
    from tests.helpers.homes import CentreProcess

    broker = Mosquitto(folder)
    home = folder / "kill"
    make_home(folder / "kill-base", broker.port).rename(home)
    now = time.time_ns() // 1_000_000
    since = now - 3_600_000  # readings of just now would be thinned: they come late by a restart, and are far too many for a hundred sensors
    centre = CentreProcess(home)
    centre.start()
    messages = [(f"paidan/pailou/sensor/s{n % 100}", b'{"value":%d,"time":%d}' % (40 + n % 10, since + n)) for n in range(count)]
    sender = threading.Thread(target=Publisher(broker.port, "killer").send, args=(messages, 4000), daemon=True)
    sender.start()
    for _ in range(3):
        time.sleep(0.5)
        centre.kill()
        centre.start()
    sender.join()
    try:
        until, kept = time.monotonic() + 20, 0
        while kept < count and time.monotonic() < until:
            time.sleep(0.3)
            reader = open_reader(home)
            columns = [reader.columns(f"s{n}", since - HOUR_MS, now, 1)[0] for n in range(100)]
            kept = sum(column.count for column in columns if column)
            reader.close()
    finally:
        centre.stop()
        broker.stop()
    return count - kept


@click.group(invoke_without_command=True)
@click.option("--quick", is_flag=True)
@click.option("--store", type=click.Path(path_type=Path, exists=True), help="a home of tests/bench/district.py; it is changed")
@click.option("--minutes", default=10.0)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def main(ctx: click.Context, quick: bool, store: Path | None, minutes: float, as_json: bool) -> None:
    if ctx.invoked_subcommand:
        return
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        found = measure(Path(folder), quick=quick)
        if not quick:
            found |= full_size(Path(folder), store, minutes)
    if as_json:
        print(json.dumps(found, indent=1))
        return
    for name, value in found.items():
        print(f"{name:34} {value}")


def pushing(pace: str, port: str, path: Path) -> Callable[[], object]:
    """What starts the process that publishes them."""
    return lambda: subprocess.Popen([sys.executable, __file__, "child", pace, port, str(path)])


@main.command("child")
@click.argument("what")
@click.argument("words", nargs=-1)
def run_child(what: str, words: tuple[str, ...]) -> None:
    now = time.time_ns() // 1_000_000
    if what == "ours":
        found = ours(Path(words[0]), int(words[1]))
    elif what == "register":
        # One reading of each: a second within a minute would be thinned for the slow kinds.
        sender = pushing("flood", words[1], stream(Path(words[0]) / "stream.json", district_packs(int(words[2]), now)))
        found = ours(Path(words[0]), REGISTER, sender)
    elif what == "live":
        found = ours(Path(words[0]), int(words[2]), pushing("push", words[1], stream(Path(words[0]) / "stream.json", singles(int(words[2]), now))))
    elif what == "bare-live":
        sender = pushing("push", words[1], stream(Path(words[0]) / "stream.json", singles(int(words[2]), now, "bare")))
        found = paho_receive(int(words[1]), "bare2", "paidan/bare/sensor/+", int(words[2]), lambda _message: 1, manual=True, publish=sender)
    elif what == "bare":
        found = paho_receive(int(words[0]), "bare", "paidan/pailou/sensor/+", int(words[1]), lambda _message: 1, manual=True)
    elif what == "script":
        found = script(Path(words[0]), int(words[1]), words[2], words[3], int(words[4]))
    elif what in {"send", "flood", "push"}:
        time.sleep(1)
        rows = json.loads(Path(words[1]).read_text(encoding="utf-8"))
        Publisher(int(words[0]), "stream").send([(topic, body.encode()) for topic, body in rows], {"send": DISTRICT, "flood": 2_000, "push": 0}[what])
        return
    else:
        sender = pushing("send", words[1], stream(Path(words[0]) / "stream.json", singles(int(words[2]), now)))
        found = ours(Path(words[0]), int(words[2]), sender)
    print(json.dumps(found))


if __name__ == "__main__":
    os.environ.setdefault("PAIDAN_LANG", "zh")
    main()

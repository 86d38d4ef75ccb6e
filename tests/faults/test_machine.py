"""The machine beneath the real centre runs out: of disk, of descriptors, of the right to write. It goes on by itself when there is some again."""

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.centre import broker as embedded
from data.init import init_home
from tests.helpers.brokers import AnyBroker
from tests.helpers.homes import CentreProcess, paidan, paidan_json
from tests.helpers.mqtt import Client
from tests.helpers.tools import needs
from tests.helpers.waiting import wait_until

pytestmark = [pytest.mark.long, pytest.mark.timeout(180), pytest.mark.xdist_group("served")]
SIZE = 16_000_000
LEFT = 300_000


class Disk:
    """A file system of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self, left: int = 0) -> None:
        free = os.statvfs(self.path)
        self._ballast.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - left)))

    def make_room(self) -> None:
        self._ballast.unlink()

    def remount(self, how: str) -> None:
        subprocess.run([needs("mount"), "-o", f"remount,{how}", str(self.path)], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Small; skips for whoever may not mount."""
    path = tmp_path / "disk"
    path.mkdir()
    mounted = subprocess.run([needs("mount"), "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(path)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("needs the right to mount")
    yield Disk(path)
    subprocess.run([needs("umount"), "-l", str(path)], check=True)


@pytest.fixture
def started() -> Iterator[list[CentreProcess]]:
    centres: list[CentreProcess] = []
    yield centres
    for centre in centres:
        centre.stop()


def serve(home: Path, broker: str, started: list[CentreProcess]) -> CentreProcess:
    init_home(home, "community", broker=broker)
    centre = CentreProcess(home)
    started.append(centre)
    centre.start()
    return centre


def log(centre: CentreProcess) -> str:
    return (centre.home / "test-serve.log").read_text(encoding="utf-8")


def reports(url: str, numbers: range) -> None:
    client = Client(url, f"residents-{numbers.start}")
    for number in numbers:
        client.publish("paidan/dahegou/in/report", {"id": f"rep-{number}", "text": f"{number}号楼垃圾" + "啊" * 1000, "grid": f"G{number}"})
    client.close()


def test_a_full_disk_heals_without_a_restart(disk: Disk, nats_broker: AnyBroker, started: list[CentreProcess]) -> None:
    """While it is full the centre says that it does not answer and how little is left; then every report is there, once."""
    centre = serve(disk.path / "dahegou", nats_broker.url, started)
    disk.fill(LEFT)
    reports(nats_broker.url, range(100))
    wait_until(lambda: "disk is full" in log(centre), 30, "the disk is full")
    wait_until(lambda: not paidan_json("status", home=centre.home)["answers"], 20, "it says so")
    assert paidan_json("status", home=centre.home)["free_mb"] < 2
    disk.make_room()
    wait_until(lambda: len(paidan_json("cases", "--all", home=centre.home)) == 100, 60, "all reports")
    assert paidan("journal", "--verify", home=centre.home).returncode == 0


def test_the_embedded_broker_comes_back_when_there_is_room(disk: Disk, started: list[CentreProcess]) -> None:
    """It dies while nothing can be written, its configuration neither."""
    centre = serve(disk.path / "dahegou", "embedded", started)
    running = embedded.recorded(centre.home)
    assert running is not None
    disk.fill()
    os.kill(running.pid, signal.SIGKILL)
    wait_until(lambda: "embedded broker" in log(centre), 30, "it cannot be started")
    disk.make_room()
    wait_until(lambda: paidan_json("status", home=centre.home)["broker_up"], 40, "the broker is back")


def test_a_read_only_home_is_said_in_a_sentence(disk: Disk, nats_broker: AnyBroker, started: list[CentreProcess]) -> None:
    centre = serve(disk.path / "dahegou", nats_broker.url, started)
    centre.stop()
    disk.remount("ro")
    served, asked = paidan("serve", home=centre.home), paidan("cases", home=centre.home)
    disk.remount("rw")
    assert (served.returncode, "不能写入" in served.stderr, "Traceback" in served.stderr) == (1, True, False)
    assert (asked.returncode, asked.stderr.count("\n"), "Traceback" in asked.stderr) == (1, 1, False)


def test_without_a_descriptor_left_it_lives_and_goes_on(tmp_path: Path, nats_broker: AnyBroker, started: list[CentreProcess]) -> None:
    centre = serve(tmp_path / "dahegou", nats_broker.url, started)
    assert centre.process is not None
    pid = centre.process.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, hard))  # what is open stays open; nothing more can be
    wait_until(lambda: "Too many open files" in log(centre), 30, "it has noticed")
    reports(nats_broker.url, range(10))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
    wait_until(lambda: len(paidan_json("cases", "--all", home=centre.home)) == 10, 40, "all reports")
    wait_until(lambda: paidan_json("status", home=centre.home)["answers"], 20, "it answers")

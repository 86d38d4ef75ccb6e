"""`paidan demo`, whole: the road in fast time, and no process left behind however it ends."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from data.demo import COMMUNITY, STREET
from tests.helpers.homes import environment, paidan_json
from tests.helpers.tools import needs
from tests.helpers.waiting import wait_until

pytestmark = pytest.mark.xdist_group("demo")


def _processes(folder: Path) -> list[str]:
    """Command lines of all processes that name this folder; the demo's homes are in each of theirs."""
    listing = subprocess.run([needs("ps"), "-ewwo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if str(folder) in line]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts the demo in the test's folder; whatever the test did, it has ended afterwards."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "console", "demo", "--home", str(tmp_path), "--headless", *words]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        # A runner that was itself put in the background ignores SIGINT, and what it starts would inherit that.
        heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        started.append(subprocess.Popen(command, env=environment(), preexec_fn=heed, **pipes))  # noqa: PLW1509 - only sets a signal
        return started[-1]

    yield start
    for one in started:
        one.terminate()
        one.communicate(timeout=60)


def _wait_playing(folder: Path, demo: "subprocess.Popen[str]") -> None:
    log = folder / STREET / "demo-simulate.log"
    wait_until(lambda: log.exists() or demo.poll() is not None, 40, "the simulation starts")
    assert demo.poll() is None, demo.stdout.read() if demo.stdout else ""


def test_headless_demo_goes_the_whole_road(tmp_path: Path, demo: Callable[..., Any]) -> None:
    """At twelve times the speed: the newspaper's case closes at both centres, the call of the day's second story is a case, exit 0."""
    running = demo("--seconds", "20", "--rate", "12")
    _wait_playing(tmp_path, running)
    street, community = tmp_path / STREET, tmp_path / COMMUNITY
    said, _ = running.communicate(timeout=60)
    assert 0 == running.returncode, said
    assert "牌楼" in said
    assert "大河沟" in said
    assert {"closed"} == {_state(home, "6号楼车库垃圾") for home in (street, community)}
    assert any("大河沟养老点" in str(case["text"]) for case in _cases(street))
    assert [] == _processes(tmp_path)


def _cases(home: Path) -> list[dict[str, object]]:
    from data.store.sqlite import connect

    conn = connect(home / "desk.db", read_only=True)
    try:
        return [dict(row) for row in conn.execute("SELECT text, state FROM cases")]
    finally:
        conn.close()


def _state(home: Path, text: str) -> object:
    return next(case["state"] for case in _cases(home) if text in str(case["text"]))


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL], ids=lambda sign: sign.name)
def test_no_process_is_left_behind(tmp_path: Path, demo: Callable[..., Any], sign: signal.Signals) -> None:
    """However the demo is ended, also by SIGKILL, everything it started ends."""
    running = demo("--seconds", "100")
    _wait_playing(tmp_path, running)
    assert len(_processes(tmp_path)) >= 5
    os.kill(running.pid, sign)
    running.communicate(timeout=30)
    wait_until(lambda: not _processes(tmp_path), 30, f"all gone after {sign.name}: {_processes(tmp_path)}")


def test_a_simulation_that_dies_is_played_on(tmp_path: Path, demo: Callable[..., Any]) -> None:
    """Killed with -9 it is started again with what was played already, one line says so, and the end leaves no process."""
    running = demo("--seconds", "25")
    _wait_playing(tmp_path, running)
    play = next(line for line in _processes(tmp_path) if " simulate " in line)
    os.kill(int(play.split()[0]), signal.SIGKILL)
    wait_until(lambda: any("--played" in line for line in _processes(tmp_path)), 20, "played on")
    said, _ = running.communicate(timeout=90)
    assert 0 == running.returncode, said
    assert 1 == said.count("-9），已接着演"), said
    assert [] == _processes(tmp_path)


def test_broker_of_the_demo_is_one_that_a_client_can_connect_to(tmp_path: Path, demo: Callable[..., Any]) -> None:
    """`status --json` of the demo's centres names one and the same broker."""
    running = demo("--seconds", "100")
    _wait_playing(tmp_path, running)
    urls = {paidan_json("status", home=tmp_path / name)["broker"] for name in (STREET, COMMUNITY)}
    assert 1 == len(urls)
    assert re.fullmatch(r"mqtt://127\.0\.0\.1:\d+", urls.pop())


def test_broker_ends_though_its_folder_was_removed(tmp_path: Path, demo: Callable[..., Any]) -> None:
    """Somebody deletes the demo's folder while it plays: its broker ends with it all the same."""
    running = demo("--seconds", "100")
    _wait_playing(tmp_path, running)
    shutil.rmtree(tmp_path / STREET, ignore_errors=True)
    running.terminate()
    running.communicate(timeout=60)
    wait_until(lambda: not _processes(tmp_path), 30, "all gone")

"""`paidan demo`: the stage (a process of its own, `data.simulate.stage`) and whoever looks at it.

The stage ends everything when this process lets go of it, however this process ends.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from data.domain.errors import PaidanError
from data.domain.reason import Reason, because
from data.init import make_folder
from data.settings import load
from data.simulate.day import load_day
from data.simulate.stage import COMMUNITY, STREET
from data.simulate.summary import Summary, summary

STOP_S = 60.0
"""Longest wait for the stage to end what it started; it needs about a second."""


@contextlib.contextmanager
def staged(
    folder: Path | None, *, rate: float = 1.0, street_clerk: bool = False, story: int = 0, told: Callable[[Reason], None] = lambda _: None
) -> Iterator[Path]:
    """Play the demo's day, or its story `story`, in `folder`, or in a temporary one that is removed at the end; yields the folder once all runs.

    `told` hears, on a thread of its own, what goes wrong on the stage and was mended.
    On leaving, everything that was started has ended. Raises `PaidanError` when it could not be started.
    """
    where = (folder or Path(tempfile.mkdtemp(prefix="paidan-demo-"))).absolute()
    make_folder(where)
    words = [str(where), "--rate", str(rate), *(["--street-clerk"] if street_clerk else []), "--story", str(story), *([] if folder else ["--remove"])]
    stage = subprocess.Popen(
        [sys.executable, "-m", "data.simulate.stage", *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=True, start_new_session=True,
    )  # fmt: skip
    try:
        _wait_ready(stage)
        threading.Thread(target=_listen, args=(stage, told), name="stage-news", daemon=True).start()
        yield where
    finally:
        _let_go(stage)


def story_labels(language: str) -> tuple[str, ...]:
    """What the day plays, in its order."""
    return tuple(story.label["en" if language == "en" else "zh"] for story in load_day())


def story_count() -> int:
    """How many stories the day has."""
    return len(load_day())


def watch(seconds: float) -> None:
    """Let it play for so many real seconds."""
    time.sleep(seconds)


def summaries(folder: Path) -> tuple[Summary, ...]:
    """What both centres hold now."""
    return tuple(summary(home, load(home).short_name) for home in (folder / STREET, folder / COMMUNITY))


def street_of(folder: Path) -> Path:
    """The street centre's home, whose seat the demo opens."""
    return folder / STREET


def default_operator(folder: Path) -> str:
    """The first sample operator of the street; the first that speaks the language of `PAIDAN_LANG`, where that is set."""
    operators = load(folder / STREET).tables.operators
    wanted = os.environ.get("PAIDAN_LANG", "")
    return next((name for name, one in operators.items() if wanted and wanted.startswith(one.language)), next(iter(operators), ""))


def _wait_ready(stage: "subprocess.Popen[bytes]") -> None:
    assert stage.stdout is not None
    line = stage.stdout.readline()
    if not line:
        raise PaidanError(because("demo_stage_ended", exit=stage.wait()))
    answer = json.loads(line)
    if answer:
        raise PaidanError(because(answer["code"], **answer["args"]))


def _listen(stage: "subprocess.Popen[bytes]", told: Callable[[Reason], None]) -> None:
    """Until the stage has ended."""
    assert stage.stdout is not None
    for line in stage.stdout:
        news = json.loads(line)
        told(because(news["code"], **news["args"]))


def _let_go(stage: "subprocess.Popen[bytes]") -> None:
    """Close the stage's input, which tells it to end all, and wait for that; a signal that comes meanwhile does not cut it short."""
    assert stage.stdin is not None
    with contextlib.suppress(OSError):
        stage.stdin.close()
    end = time.monotonic() + STOP_S
    while stage.poll() is None:
        if time.monotonic() > end:
            stage.kill()
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            time.sleep(0.05)

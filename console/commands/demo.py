"""`paidan demo`: a simulated street, two real centres on one broker, and a seat; all of it ends with the command."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.telling import both, echo, words
from data.domain.errors import PaidanError

if TYPE_CHECKING:
    from data.simulate.summary import Summary

_WORDS = words()


@click.command(
    "demo",
    help=both("一条命令看全：模拟街道、两个治理中心、一个席位。", "One command to see it all: a simulated street, two real centres and a seat."),
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help=both("保留数据的目录；不填则用临时目录，退出即删", "folder to keep the data in; else a temporary one that is deleted"),
)
@click.option("--headless", is_flag=True, help=both("不开席位，只运行并打印结果", "no seat: only run, then print what happened"))
@click.option("--seconds", default=60.0, show_default=True, type=click.FloatRange(1), help=both("无席位时运行几秒", "seconds to run without a seat"))
@click.option(
    "--rate", default=1.0, show_default=True, type=click.FloatRange(0.1, 3600), help=both("全场时钟快几倍", "how many times faster all clocks are")
)
@click.option("--story", default=0, type=click.IntRange(0), help=both("只演第几件事；0 演一整天", "play only this story; 0 plays the day"))
@click.option("--stories", is_flag=True, help=both("列出这一天的每件事和编号", "list the stories of the day with their numbers"))
@click.option("--as", "operator", default="", help=both("以谁的名义坐席", "name to sit down under"))
def command(home: Path | None, headless: bool, seconds: float, rate: float, story: int, stories: bool, operator: str) -> None:
    from data import demo

    if stories or story > demo.story_count():
        click.echo("\n".join(f"{n:>3}  {label}" for n, label in enumerate(demo.story_labels(_WORDS.language), 1)))
        sys.exit(0 if stories else 2)
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _leave)
    echo(_WORDS("demo.starting"), err=True)
    kept: list[str] = []
    # A line into a seat's screen would spoil it: there it waits for the end.
    told = (lambda news: echo(words().say(news), err=True)) if headless else (lambda news: kept.append(words().say(news)))
    try:
        with demo.staged(home, rate=rate, street_clerk=headless, story=story, told=told) as folder:
            if headless:
                demo.watch(seconds)
                _print(demo.summaries(folder), seconds, rate)
            else:
                _sit(demo.street_of(folder), operator or demo.default_operator(folder))
    except PaidanError as error:
        raise click.ClickException(_WORDS.say(error.reason)) from error
    for line in kept:
        echo(line, err=True)
    echo(_WORDS("demo.stopped"), err=True)


def _leave(number: int, _frame: object) -> None:
    """Unwind, so that everything started is ended, and end with the signal's usual code."""
    sys.exit(128 + number)


def _sit(home: Path, operator: str) -> None:
    from console.seat import take_settings

    take_settings(home)
    from console.app import run_seat

    run_seat(home, operator, lesson=False)


def _print(centres: "tuple[Summary, ...]", seconds: float, rate: float) -> None:
    echo(_WORDS("demo.summary", seconds=seconds, rate=rate))
    for one in centres:
        counts = {name: getattr(one, name) for name in ("name", "reports", "cases", "orders", "receipts", "readings", "alarms")}
        echo(_WORDS("demo.summary_centre", **counts))
        for state, count in one.by_state:
            echo(_WORDS("demo.summary_state", state=_WORDS(f"state.{state}"), count=count))

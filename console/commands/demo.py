"""`paidan demo`: a simulated street, two real centres on one broker, and a seat; all of it ends with the command."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.telling import echo, words
from data.domain.errors import PaidanError

if TYPE_CHECKING:
    from data.simulate.summary import Summary

_WORDS = words()


@click.command("demo", help=_WORDS("demo.help"))
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help=_WORDS("demo.home_help"))
@click.option("--headless", is_flag=True, help=_WORDS("demo.headless_help"))
@click.option("--seconds", default=60.0, show_default=True, type=click.FloatRange(1), help=_WORDS("demo.seconds_help"))
@click.option("--rate", default=1.0, show_default=True, type=click.FloatRange(0.1, 3600), help=_WORDS("demo.rate_help"))
@click.option("--story", default=0, type=click.IntRange(0), help=_WORDS("demo.story_help"))
@click.option("--stories", is_flag=True, help=_WORDS("demo.stories_help"))
@click.option("--as", "operator", default="", help=_WORDS("demo.as_help"))
def command(
    home: Path | None, headless: bool, seconds: float, rate: float, story: int, stories: bool, operator: str
) -> None:
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

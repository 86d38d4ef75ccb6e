"""`paidan init DIR`: write a commented settings folder."""

import sys
from pathlib import Path

import click

from console.telling import echo, words
from data.domain.errors import PaidanError
from data.words import Words

_WORDS = Words("zh")


@click.command("init", help=_WORDS("init.help"))
@click.argument("home", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--sample", default="street", show_default=True, help=_WORDS("init.sample_help"))
@click.option("--check", "only_check", is_flag=True, help=_WORDS("init.check_help"))
def command(home: Path, sample: str, only_check: bool) -> None:
    if only_check:
        sys.exit(_check(home.absolute()))
    from data.init import init_home, samples
    from data.settings import load

    if sample not in samples():
        raise click.UsageError(_WORDS("reason.init_sample", sample=sample, samples=", ".join(samples())))
    home = home.absolute()
    try:
        init_home(home, sample)
    except PaidanError as error:
        raise click.ClickException(_WORDS.say(error.reason)) from error
    file = load(home).file
    where = f"127.0.0.1:{file.broker_port}" if file.broker == "embedded" else file.broker
    echo(_WORDS("init.done", home=home, sample=sample, broker=where))
    echo(_WORDS("init.next", home=home))


def _check(home: Path) -> int:
    """A line for each finding; 1 when one of them is an error."""
    from data.check import check
    from data.clock import real_ms

    say = words()
    found = check(home, real_ms())
    for one in found:
        kind = say("check.error" if one.is_error else "check.warning")
        echo(say("check.line", kind=kind, file=one.file, key=one.key, remedy=say(one.remedy, **one.fields)))
    errors = sum(one.is_error for one in found)
    echo(say("reason.check_done", home=home, errors=errors, warnings=len(found) - errors))
    return 1 if errors else 0

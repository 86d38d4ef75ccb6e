"""`paidan init DIR`: write a commented settings folder."""

import sys
from pathlib import Path

import click

from console.telling import both, echo, words
from data.domain.errors import PaidanError


@click.command("init", help=both("写出一个带注释的设置目录。", "Write a commented settings folder."))
@click.argument("home", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option(
    "--sample", default="street", show_default=True, help=both("样例：street 街道，community 社区，empty 空白", "sample: street, community, empty")
)
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help=both(
        "只检查设置目录，逐条指出错处和改法；有错时退出码为 1",
        "Only check a settings folder: every mistake with its remedy; exit code 1 when there are errors",
    ),
)
def command(home: Path, sample: str, only_check: bool) -> None:
    if only_check:
        sys.exit(_check(home.absolute()))
    from data.init import init_home, samples
    from data.settings import load

    if sample not in samples():
        raise click.UsageError(words()("reason.init_sample", sample=sample, samples=", ".join(samples())))
    home = home.absolute()
    try:
        init_home(home, sample)
    except PaidanError as error:
        raise click.ClickException(words().say(error.reason)) from error
    file = load(home).file
    where = f"127.0.0.1:{file.broker_port}" if file.broker == "embedded" else file.broker
    echo(words()("init.done", home=home, sample=sample, broker=where))
    echo(words()("init.next", home=home))


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

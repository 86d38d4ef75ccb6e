"""`paidan init DIR`: write a commented settings folder."""

from pathlib import Path

import click

from data.domain.errors import PaidanError
from data.words import Words

_WORDS = Words("zh")


@click.command("init", help=_WORDS("init.help"))
@click.argument("home", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--sample", default="street", show_default=True, help=_WORDS("init.sample_help"))
def command(home: Path, sample: str) -> None:
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
    click.echo(_WORDS("init.done", home=home, sample=sample, broker=where))
    click.echo(_WORDS("init.next", home=home))

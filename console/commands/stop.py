"""`paidan stop`: end the centre of a home, and its broker."""

from pathlib import Path

import click

from console.telling import both, home_option, said_in_words, tell
from data.domain.reason import because


@click.command(help=both("停下中心和它自带的消息总线。", "End the centre and its embedded broker."))
@home_option
def command(home: Path) -> None:
    """Success also when nothing ran."""
    with said_in_words():
        from data.centre.status import stop

        tell(because("stopped" if stop(home) else "not_running", home=str(home)))

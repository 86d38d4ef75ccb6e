"""`paidan serve`: run the centre of a home until it is told to stop."""

import logging
from pathlib import Path

import click

from console.telling import both, home_option, said_in_words


@click.command(
    help=both(
        "运行中心（无界面），收到 SIGTERM 才停；已有一个在运行则退出码为 75。",
        "Run the centre (no screen) until SIGTERM; exit 75 when one runs already.",
    )
)
@home_option
def command(home: Path) -> None:
    """Log to stderr; errors in one sentence."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with said_in_words():
        from data.centre.serve import serve

        serve(home)

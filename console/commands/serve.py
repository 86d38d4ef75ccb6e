"""`paidan serve`: run the centre of a home until it is told to stop."""

import logging
from pathlib import Path

import click

from console.telling import home_option, said_in_words


@click.command(help="Run the centre (no screen) until SIGTERM; exit 75 when one runs already.")
@home_option
def command(home: Path) -> None:
    """Log to stderr; errors in one sentence."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with said_in_words():
        from data.centre.run import serve

        serve(home)

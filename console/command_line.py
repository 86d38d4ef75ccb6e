"""The command line with click: each module of `console/commands` is a command; none named opens a seat."""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import click

from console import commands
from console.mistyped import in_words
from console.opening import open_seat, who_where
from console.telling import said_in_words

DEFAULT_HOME_HELP = "settings folder of the centre"


class Commands(click.Group):
    """Commands found by listing the folder; only the one that is called is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in order. A module whose command is a word of Python has an underscore behind its name."""
        return sorted(found.name.removesuffix("_") for found in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of one module, or None."""
        module = next((found.name for found in iter_modules(commands.__path__) if found.name.removesuffix("_") == cmd_name), None)
        if module is None:
            return None
        found: click.Command = import_module(f"console.commands.{module}").command
        return found

    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any) -> click.Context:
        """What stands before the command is read."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise in_words(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        """The command is read and done."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise in_words(error) from error


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help=DEFAULT_HOME_HELP)
@click.option("--as", "operator", help="operator's name; the system user unless given")
@click.option("--plain", is_flag=True, help="by lines: for braille displays, serial lines and scripts")
@click.pass_context
def group(ctx: click.Context, home: Path | None, operator: str | None, plain: bool) -> None:
    """Paidan 派单: one-key dispatch for street and community centres. With no command, opens a seat."""
    if ctx.invoked_subcommand is None:
        with said_in_words():
            sys.exit((_plain_seat if plain else open_seat)(*who_where(home, operator)))


def _plain_seat(home: Path, operator: str) -> int:
    from console.plain import Plain
    from data.office import Office, make_ready

    make_ready(home)
    office = Office.open(home, operator)
    try:
        office.ensure_centre()
        return Plain(office, click.echo).run(sys.stdin)
    finally:
        office.close()

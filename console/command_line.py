"""The command line with click: each module of `console/commands` is a command; none named opens a seat."""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import click

from console import commands
from console.helping import HelpInWords
from console.mistyped import in_words
from console.opening import open_seat, who_where
from console.telling import HOME_HELP, OPERATOR_HELP, both, said_in_words

click.Context.formatter_class = HelpInWords  # of all commands and theirs, whoever makes them


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with all of its first sentence."""
        found = [(name, command) for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(200)) for name, command in found])

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


@click.group(
    cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]},
    help=both("派单：街道、社区治理中心一键派单。不写命令就打开席位。",
              "One-key dispatch for street and community centres. With no command, opens a seat."),
)  # fmt: skip
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help=HOME_HELP)
@click.option("--as", "operator", help=OPERATOR_HELP)
@click.option("--plain", is_flag=True, help=both("逐行问答：盲文显示器、串口和脚本用", "by lines: for braille displays, serial lines and scripts"))
@click.pass_context
def group(ctx: click.Context, home: Path | None, operator: str | None, plain: bool) -> None:
    """A seat, unless a command is named."""
    if ctx.invoked_subcommand is None:
        with said_in_words():
            sys.exit((_plain_seat if plain else open_seat)(*who_where(home, operator)))


def _plain_seat(home: Path, operator: str) -> int:
    from console.plain import Plain
    from data.office import Office
    from data.office.ready import make_ready

    make_ready(home)
    office = Office.open(home, operator)
    try:
        office.ensure_centre()
        return Plain(office, click.echo).run(sys.stdin)
    finally:
        office.close()

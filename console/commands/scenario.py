"""`paidan scenario`: list the recipes, or check a file before it is put to work."""

import sys
from pathlib import Path

import click

from console.telling import both, echo, home_option, json_option, said_in_words, show, tell, words
from data.domain.reason import because


@click.group(
    help=both("一件事（情景）：每件一个文件，自带的和设置目录 scenarios/ 里的。", "Scenarios: one file each, built in and in the home's scenarios/.")
)
def command() -> None:
    """The two below."""


@command.command("list", help=both("列出设置目录里的全部情景。", "All scenarios of a home."))
@home_option
@json_option
def list_(home: Path, as_json: bool) -> None:
    """A line each: name, what it is, class, whose file, whether its numbers are confirmed; JSON has triggers, steps and source too."""
    with said_in_words():
        from data.views.scenarios import scenario_list

        rows = scenario_list(home, words().language)
    if as_json:
        show(rows, as_json=True)
        return
    from widgets.cells import fit

    say = words()
    for row in rows:
        whose = say("scenario.own" if row["own"] else "scenario.ships")
        known = say("scenario.confirmed" if row["confirmed"] else "scenario.reference")
        echo(f"{fit(row['name'], 16)}{fit(row['label'], 20)}{row['class']}  {fit(whose, 15)}{known}  {row['source']}")


@command.command(
    "check",
    help=both(
        "检查情景文件 FILE：每处错误说明文件、键和改法；有错退出码为 1。",
        "Check a scenario's FILE: each mistake with file, key and remedy; exit 1 when there is one.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@home_option
def check(file: Path, home: Path) -> None:
    """Against the tables and kinds of the home that it is meant for."""
    with said_in_words():
        from data.views.scenarios import check_scenario

        mistakes, notes = check_scenario(file, home)
    for note in notes:
        echo(words().say(note))
    for mistake in mistakes:
        echo(words().say(mistake), err=True)
    if mistakes:
        sys.exit(1)
    tell(because("scenario_sound", file=str(file)))

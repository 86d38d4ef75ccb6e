"""`paidan status`: how a centre is doing."""

from pathlib import Path

import click

from console.telling import both, echo, echo_json, home_option, json_option, said_in_words, words


@click.command(
    help=both(
        "中心是否在运行，消息总线、每秒读数、积压、待发的单。",
        "Tell whether the centre runs, its broker, readings per second, backlog, waiting orders.",
    )
)
@home_option
@json_option
def command(home: Path, as_json: bool) -> None:
    """One line a fact."""
    with said_in_words():
        from data.centre.status import read

        state = read(home)
    say = words()
    if fault := state["settings_fault"]:
        state["settings_fault"] = say.say(fault)
    if as_json:
        echo_json(state)
        return
    for name, value in state.items():
        echo(f"{say(f'status.{name}')}  {say(f'status.{str(value).lower()}') if isinstance(value, bool | None) else value}")

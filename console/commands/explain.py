"""`paidan explain`: why a sensor alarms, or why it does not."""

from pathlib import Path

import click

from console.telling import home_option, json_option, refuse, said_in_words, show, words


@click.command(help="Say why a sensor alarms, or why it does not.")
@click.argument("sensor")
@home_option
@json_option
def command(sensor: str, home: Path, as_json: bool) -> None:
    """One sentence about its value, then one a rule."""
    from data.domain.reason import because

    with said_in_words():
        from data.kinds import load_kinds
        from data.store.history import open_reader
        from data.views.explain import explain
        from data.views.lists import reading

        history = open_reader(home)
        with reading(home) as (settings, conn):
            lines = explain(conn, history, load_kinds(home), sensor, settings.clock.now(), settings.zone)
        history.close()
    if not lines:
        refuse(because("no_such_sensor", sensor=sensor))
    show([{"code": line.code, "text": words().say(line)} if as_json else {"text": words().say(line)} for line in lines], as_json=as_json)

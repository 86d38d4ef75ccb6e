"""`paidan explain`: why a sensor alarms, or why it does not; with `--at` why it did or did not then."""

from pathlib import Path

import click

from console.telling import both, home_option, json_option, refuse, said_in_words, show, words


@click.command(
    help=both(
        "说明传感器为何告警或不告警；--at 说明当时为何。",
        "Say why a sensor alarms, or why it does not; with --at, why it did or did not at that time.",
    )
)
@click.argument("sensor")
@home_option
@json_option
@click.option(
    "--at",
    "when",
    default=None,
    metavar="TIME",
    help=both(
        "过去的时刻：14:30、2026-11-25T14:30（本地）或带时区的 ISO 8601",
        "a time that is over: 14:30, 2026-11-25T14:30 (local), or ISO 8601 with a zone",
    ),
)
def command(sensor: str, home: Path, as_json: bool, when: str | None) -> None:
    """One sentence about its value, then one a rule."""
    from data.domain.reason import because

    with said_in_words():
        from data.kinds import load_kinds
        from data.store.history import open_reader
        from data.views.explain import explain
        from data.views.explain_then import explain_then, moment
        from data.views.lists import reading

        history = open_reader(home)
        with reading(home) as (settings, conn):
            now, zone, kinds = settings.clock.now(), settings.zone, load_kinds(home)
            if when is None:
                lines = explain(conn, history, kinds, sensor, now, zone, words().language)
            else:
                lines = explain_then(conn, history, kinds, sensor, moment(when, now, zone), zone, words().language)
        history.close()
    if not lines:
        refuse(because("no_such_sensor", sensor=sensor))
    show([{"code": line.code, "text": words().say(line)} if as_json else {"text": words().say(line)} for line in lines], as_json=as_json)

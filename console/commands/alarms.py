"""`paidan alarms`: alarms that stand, or all."""

from pathlib import Path

import click

from console.telling import both, home_option, json_option, said_in_words, show


@click.command(
    help=both(
        "列出未消除的告警，最重的在前；--all 连已消除的，最新的在前。", "List alarms that stand, worst first; --all also cleared ones, newest first."
    )
)
@home_option
@json_option
@click.option("--all", "everything", is_flag=True, help=both("连已消除的", "cleared ones too"))
@click.option("--sensor", help=both("只列这个传感器的", "only of this sensor"))
@click.option("--rule", help=both("只列这条规则的", "only of this rule"))
@click.option("--level", type=click.Choice(["1", "2", "3", "4"]), help=both("只列这一级的", "only of this level"))
@click.option("--limit", default=1000, show_default=True, help=both("最多几行", "most rows"))
def command(home: Path, as_json: bool, everything: bool, limit: int, **wanted: str | None) -> None:
    """One row an alarm."""
    with said_in_words():
        from data.views.lists import alarm_list, reading

        with reading(home) as (settings, conn):
            rows = alarm_list(conn, settings, everything=everything, limit=limit, wanted=wanted)
    show(rows, as_json=as_json)

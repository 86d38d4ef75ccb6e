"""`paidan units`: who acts, who is on duty, and what each has in hand."""

from pathlib import Path

import click

from console.telling import both, home_option, json_option, said_in_words, show


@click.command(help=both("列出各单位：现在谁值班、手上几件。", "List units with who is on duty now and how many cases they have in hand."))
@home_option
@json_option
@click.option("--kind", help=both("只列这一类：community 社区、department 部门等", "only this kind: community, department and so on"))
@click.option("--parent", help=both("只列它的下级", "only those under this one"))
@click.option("--unit", help=both("只列这一个", "only this one"))
def command(home: Path, as_json: bool, **wanted: str | None) -> None:
    """One row a unit; telephone numbers masked."""
    with said_in_words():
        from data.views.lists import reading, unit_list

        with reading(home) as (settings, conn):
            rows = unit_list(conn, settings, wanted=wanted)
    show(rows, as_json=as_json)

"""`paidan orders`: what was ordered, to whom, and what became of it."""

from pathlib import Path

import click

from console.telling import both, home_option, json_option, said_in_words, show


@click.command(help=both("列出派出的单和每一步的时间，最新的在前。", "List orders with every fact known of them, newest first."))
@home_option
@json_option
@click.option("--unit", help=both("只列派给这个单位的", "only to this unit"))
@click.option("--channel", help=both("只列走这个渠道的", "only by this channel"))
@click.option("--case", help=both("只列这件事的：编号或序号", "only of this case: id or number"))
@click.option("--state", type=click.Choice(["open", "late", "done", "refused", "cancelled"]), help=both("只列这些", "only these"))
@click.option("--limit", default=1000, show_default=True, help=both("最多几行", "most rows"))
def command(home: Path, as_json: bool, limit: int, **wanted: str | None) -> None:
    """One row an order; times that have not come are null."""
    with said_in_words():
        from data.views.lists import order_list, reading

        with reading(home) as (settings, conn):
            rows = order_list(conn, settings, limit=limit, wanted=wanted)
    show(rows, as_json=as_json)

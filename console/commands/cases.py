"""`paidan cases`: the queue as text or JSON."""

from pathlib import Path

import click

from console.telling import both, home_option, json_option, said_in_words, show


@click.command(
    help=both("按待办顺序列出事件；--all 连已办结的，最新的在后。", "List cases in the queue's order; --all also finished ones, newest last.")
)
@home_option
@json_option
@click.option("--all", "everything", is_flag=True, help=both("连已办结的", "finished cases too"))
@click.option("--state", help=both("只列这个状态", "only this state"))
@click.option("--class", "class_code", help=both("只列这个类别", "only this class code"))
@click.option("--unit", help=both("只列这个单位", "only this unit"))
@click.option(
    "--find",
    "text",
    help=both(
        "只列含这些字的：内容、编号、电话、地址、单位、拼音首字母；最新的在前",
        "only those that hold these words: text, number, phone, address, unit, pinyin initials; newest first",
    ),
)
@click.option("--limit", default=1000, show_default=True, help=both("最多几行", "most rows"))
def command(home: Path, as_json: bool, everything: bool, limit: int, text: str | None, **wanted: str | None) -> None:
    """Rows with id, number, state, class, level, grid, unit, text, due and the times of the newest order."""
    with said_in_words():
        from data.views.lists import case_list, found_list, reading

        with reading(home) as (settings, conn):
            if text is not None:
                rows = found_list(conn, settings, text, everything=everything, limit=limit)
            else:
                rows = case_list(conn, settings, everything=everything, limit=limit, wanted=wanted)
    show(rows, as_json=as_json)

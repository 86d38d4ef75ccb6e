"""`paidan cases`: the queue as text or JSON."""

from pathlib import Path

import click

from console.telling import home_option, json_option, said_in_words, show


@click.command(help="List cases in the queue's order; --all also finished ones, newest last.")
@home_option
@json_option
@click.option("--all", "everything", is_flag=True, help="finished cases too")
@click.option("--state", help="only this state")
@click.option("--class", "class_code", help="only this class code")
@click.option("--unit", help="only this unit")
@click.option("--find", "text", help="only those that hold these words: text, number, phone, address, unit, pinyin initials; newest first")
@click.option("--limit", default=1000, show_default=True)
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

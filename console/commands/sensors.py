"""`paidan sensors`: what is observed, as text or JSON."""

from pathlib import Path

import click

from console.telling import both, home_option, json_option, said_in_words, show, words


@click.command(help=both("列出传感器、最新值和可信程度。", "List sensors with their newest value and how far it may be trusted."))
@home_option
@json_option
@click.option("--kind", help=both("只列这一种", "only this kind"))
@click.option("--place", help=both("只列地点含这些字的", "only places that contain this"))
@click.option(
    "--find",
    "text",
    help=both("按编号、名称、地点或其拼音、首字母查找", "only those with this in code, name or place, or in their pinyin or its initials"),
)
@click.option("--limit", default=100, show_default=True, help=both("--find 最多几行", "most rows of --find"))
def command(home: Path, as_json: bool, kind: str | None, place: str | None, text: str | None, limit: int) -> None:
    """Rows with id, kind, name, place, grid, value, unit, observed_at, age_s, freshness, level."""
    with said_in_words():
        from data.views.lists import reading, sensor_list, sensors_found

        with reading(home) as (settings, conn):
            rows = sensor_list(conn, settings, words()) if text is None else sensors_found(conn, settings, words(), text, limit)
    wanted = [row for row in rows if (not kind or row["kind"] == kind) and (not place or place in str(row["place"]))]
    show(wanted, as_json=as_json)

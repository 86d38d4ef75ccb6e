"""`paidan sensors`: what is observed, as text or JSON."""

from pathlib import Path

import click

from console.telling import home_option, json_option, said_in_words, show, words


@click.command(help="List sensors with their newest value and how far it may be trusted.")
@home_option
@json_option
@click.option("--kind", help="only this kind")
@click.option("--place", help="only places that contain this")
def command(home: Path, as_json: bool, kind: str | None, place: str | None) -> None:
    """Rows with id, kind, name, place, grid, value, unit, observed_at, age_s, freshness, level."""
    with said_in_words():
        from data.views.lists import reading, sensor_list

        with reading(home) as (settings, conn):
            rows = sensor_list(conn, settings, words())
    wanted = [row for row in rows if (not kind or row["kind"] == kind) and (not place or place in str(row["place"]))]
    show(wanted, as_json=as_json)

"""`paidan sources`: the brokers that devices publish to, and what came over them that no table knows."""

from pathlib import Path
from typing import Any

import click

from console.telling import both, home_option, json_option, said_in_words, show, words

_LISTS = {
    "unknown": "SELECT source, what, name, count, first_at, last_at FROM strangers ORDER BY count DESC, name",
    "described": "SELECT source, topic, said, is_pending, seen_at, retired_at FROM descriptions ORDER BY source, topic",
    "losses": "SELECT source, device, received, lost, round(1.0 * lost / (received + lost), 4) AS loss, restarts, last_at FROM links"
    " ORDER BY loss DESC",
}


@click.command(
    help=both(
        "列出各来源的状态、起始时间和计数；或列出来了却没登记的。",
        "List the sources with their state, since when, and counts; or what came that is not in the register.",
    )
)
@home_option
@json_option
@click.option(
    "--unknown",
    "which",
    flag_value="unknown",
    help=both("哪张表里都没有的主题、传感器和用词，最多一千", "topics, sensors and words that no table knows, at most a thousand"),
)
@click.option(
    "--described", "which", flag_value="described", help=both("设备自报的传感器（自动发现）", "sensors that devices describe themselves (discovery)")
)
@click.option("--losses", "which", flag_value="losses", help=both("无线设备丢的帧", "lost frames of radio devices"))
def command(home: Path, as_json: bool, which: str | None) -> None:
    """Times are ISO in the centre's zone."""
    with said_in_words():
        from data.views.lists import reading

        with reading(home) as (settings, conn):
            sql = _LISTS[which] if which else "SELECT * FROM sources ORDER BY name"
            rows = [_row(dict(row), settings.zone) for row in conn.execute(sql)]
    say = words()
    for row in rows:
        if "is_up" in row:
            row["state"] = say("source.up" if row["is_up"] else "source.down")
    show(rows, as_json=as_json)


def _row(row: dict[str, Any], zone: Any) -> dict[str, Any]:
    import json

    from data.clock import iso

    made = {name: iso(value, zone) if value is not None and (name.endswith("_at") or name == "since") else value for name, value in row.items()}
    return {**made, **json.loads(made.pop("said"))} if "said" in made else made

"""`paidan sources`: the brokers that devices publish to, and what came over them that no table knows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from console.telling import both, home_option, json_option, said_in_words, show, words

_COUNTS = ("messages", "readings", "bad", "repeated", "orders", "unknown", "dropped")
_ALWAYS = frozenset({"messages", "readings"})
_DESCRIBED = ("source", "id", "device", "name", "unit", "state", "state_topic", "value_path", "seen_at")
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
    for row in rows:
        if "is_up" in row:
            row["state"] = words()("source.up" if row["is_up"] else "source.down")
        elif which == "described":
            row["state"] = words()("source.retired" if row["retired_at"] else "source.pending" if row["is_pending"] else "source.known")
    show(rows if as_json else map(_in_short, rows), as_json=as_json)


def _in_short(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a person reads of a row, with words beside its numbers."""
    if "is_up" in row:
        return {name: row[name] for name in ("name", "url", "codec", "state", "since", "fault", "last_at")} | {
            "counts": "  ".join(f"{words()(f'source.{name}')} {row[name]}" for name in _COUNTS if row[name] or name in _ALWAYS),
        }
    return {name: row[name] for name in _DESCRIBED} if "is_pending" in row else row


def _row(row: dict[str, Any], zone: Any) -> dict[str, Any]:
    import json

    from data.clock import iso

    made = {name: iso(value, zone) if value is not None and (name.endswith("_at") or name == "since") else value for name, value in row.items()}
    said = json.loads(made.pop("said")) if "said" in made else {}
    return {**made, **said}

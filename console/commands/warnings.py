"""`paidan warnings`: warnings from above, those that stand and those that ended."""

from pathlib import Path

import click
from msgspec.structs import asdict

from console.telling import both, home_option, json_option, said_in_words, show, words


@click.command(
    help=both(
        "列出上级预警（CAP）：级别、状态、事件、区域、到何时；演练和测试有标记。",
        "List warnings from above (CAP): level, state, event, area and until when; exercises and tests are marked.",
    )
)
@home_option
@json_option
@click.option(
    "--days", default=1.0, show_default=True, type=click.FloatRange(0, 30), help=both("连几天内已结束的", "also those that ended in so many days")
)
def command(home: Path, as_json: bool, days: float) -> None:
    """Times are ISO in the centre's zone."""
    with said_in_words():
        from data.clock import iso
        from data.views.lists import reading
        from data.views.warnings import DAY, banners

        with reading(home) as (settings, conn):
            found = banners(conn, settings.clock.now(), ended_ms=round(days * DAY), limit=200)
        zone = settings.zone
    say = words()
    rows = []
    for one in found:
        times = {name: iso(at, zone) if (at := getattr(one, name)) else None for name in ("sent", "onset", "expires")}
        heads = {"mark": say(f"warning.status.{one.status}"), "colour": say(f"warning.colour.{one.level}"), "is": say(f"warning.state.{one.state}")}
        line = {"headline": one.headline, "area": one.area, "until": times["expires"]}
        rows.append({**heads, **(asdict(one) | times if as_json else line)})
    show(rows, as_json=as_json)

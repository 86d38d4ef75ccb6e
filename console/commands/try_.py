"""`paidan try FILE`: what a scenario or kind file would have done with the stored history, in a desk that is thrown away."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from console.telling import both, home_option, json_option, said_in_words, words


@click.command(
    "try",
    help=both(
        "拿情景或种类文件 FILE 在历史数据上试跑，打印本会立的案和派的单。",
        "Play a scenario's or kind's FILE over stored history and print the cases and orders it would have made.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@home_option
@json_option
@click.option("--since", default="30d", show_default=True, help=both("回看多久：30d 天、12h 小时、90m 分钟", "how far back: 30d, 12h, 90m"))
def command(file: Path, home: Path, as_json: bool, since: str) -> None:
    """One line of sums, then a case a line with its orders."""
    with said_in_words():
        from data.settings import load
        from data.trial import attempt, span_ms

        try:
            span = span_ms(since)
        except ValueError as error:
            raise click.BadParameter(words()("usage.span", value=since), param_hint="--since") from error
        settings = load(home)
        now = settings.clock.now()
        with click.progressbar(length=span, label=words()("try.progress"), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            found = attempt(home, file, now - span, now + 1, _follow(bar, now - span))
    from data.clock import iso

    say, zone = words(), settings.zone
    if as_json:
        cases = [asdict(case) | {"opened_at": iso(case.opened_at, zone), "over_at": iso(case.over_at, zone) if case.over_at else None}
                 for case in found.cases]  # fmt: skip
        click.echo(json.dumps(asdict(found) | {"since": iso(found.since, zone), "until": iso(found.until, zone), "cases": cases},
                              ensure_ascii=False, indent=1))  # fmt: skip
        return
    sums = {name: getattr(found, name) for name in ("sensors", "readings", "reports", "alarms", "only_warned")}
    click.echo(say("try.head", cases=len(found.cases), orders=sum(len(case.orders) for case in found.cases), **sums))
    for case in found.cases:
        click.echo(f"{iso(case.opened_at, zone)[:16]}  {say(f'level.{case.level}')}  {case.text}")
        for unit, text in case.orders:
            click.echo(f"    {unit}  {text}")


def _follow(bar: Any, since: int) -> Callable[[int], None]:
    """Moves a bar that is as long as the stretch; at each hundredth, for a repaint costs more than a step."""

    def follow(at: int) -> None:
        if (at - since - bar.pos) * 100 >= bar.length:
            bar.update(at - since - bar.pos)

    return follow

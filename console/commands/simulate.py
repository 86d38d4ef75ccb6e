"""`paidan simulate`: devices and people over real MQTT, until told to stop."""

from pathlib import Path

import click

from console.telling import both, echo, words
from data.domain.errors import PaidanError

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command("simulate", help=both("模拟设备和人，经真实 MQTT 发数、上报、回执（演示和试用）。", "Play devices and people over real MQTT."))
@click.option("--home", required=True, type=_FOLDER, help=both("街道治理中心的目录", "home of the street's centre"))
@click.option(
    "--community", type=_FOLDER, help=both("社区治理中心的目录：同时模拟该社区坐席", "home of a community's centre: its clerk is played too")
)
@click.option("--street-clerk", is_flag=True, help=both("同时模拟街道坐席（无人值守时）", "play the street's clerk too (nobody sits there)"))
@click.option(
    "--rate",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.1, 1000),
    help=both("人和设备快几倍", "how many times faster people and devices are"),
)
@click.option("--seed", default=1, show_default=True, help=both("随机数种子：同一种子，同一串事件", "seed of chance: the same seed, the same events"))
@click.option("--seconds", type=float, help=both("运行几秒后停止；不填则一直运行", "stop after so many seconds; else run on"))
@click.option("--day", is_flag=True, help=both("演完整的一天：每件事一次", "play the whole day: each scenario once"))
@click.option("--story", type=click.IntRange(1), help=both("只演这一天里的第几件事", "play only this story of the day"))
@click.option("--parent", type=int, default=0, help=both("父进程没了就结束", "end with the parent process"), hidden=True)
@click.option(
    "--played",
    type=click.FloatRange(0),
    default=0.0,
    help=both("这一天已经演了几秒：从这里接着演", "seconds of the day that were played already: go on from there"),
    hidden=True,
)
def command(  # noqa: PLR0917 — click passes them by name
    home: Path,
    community: Path | None,
    street_clerk: bool,
    rate: float,
    seed: int,
    seconds: float | None,
    parent: int,
    day: bool,
    story: int | None,
    played: float,
) -> None:
    from data.simulate.town import play

    try:
        number = story or (0 if day else None)
        tally = play(
            home, community, street_clerk=street_clerk, seed=seed, pace=rate, seconds=seconds, parent=parent, story=number, played_s=played
        )  # fmt: skip
    except PaidanError as error:
        raise click.ClickException(words().say(error.reason)) from error
    echo(words()("simulate.summary", readings=tally.readings, reports=tally.reports, receipts=tally.receipts, acts=tally.acts))

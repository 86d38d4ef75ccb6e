"""`paidan simulate`: devices and people over real MQTT, until told to stop."""

from pathlib import Path

import click

from console.telling import echo
from data.domain.errors import PaidanError
from data.words import Words

_WORDS = Words("zh")
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command("simulate", help=_WORDS("simulate.help"))
@click.option("--home", required=True, type=_FOLDER, help=_WORDS("simulate.home_help"))
@click.option("--community", type=_FOLDER, help=_WORDS("simulate.community_help"))
@click.option("--street-clerk", is_flag=True, help=_WORDS("simulate.clerk_help"))
@click.option("--rate", default=1.0, show_default=True, type=click.FloatRange(0.1, 1000), help=_WORDS("simulate.rate_help"))
@click.option("--seed", default=1, show_default=True, help=_WORDS("simulate.seed_help"))
@click.option("--seconds", type=float, help=_WORDS("simulate.seconds_help"))
@click.option("--day", is_flag=True, help=_WORDS("simulate.day_help"))
@click.option("--story", type=click.IntRange(1), help=_WORDS("simulate.story_help"))
@click.option("--parent", type=int, default=0, help=_WORDS("simulate.parent_help"), hidden=True)
@click.option("--played", type=click.FloatRange(0), default=0.0, help=_WORDS("simulate.played_help"), hidden=True)
def command(  # noqa: PLR0917 — click passes them by name
    home: Path, community: Path | None, street_clerk: bool, rate: float, seed: int, seconds: float | None, parent: int,
    day: bool, story: int | None, played: float,
) -> None:
    from data.simulate.town import play

    try:
        number = story or (0 if day else None)
        tally = play(
            home, community, street_clerk=street_clerk, seed=seed, pace=rate, seconds=seconds, parent=parent, story=number, played_s=played
        )  # fmt: skip
    except PaidanError as error:
        raise click.ClickException(_WORDS.say(error.reason)) from error
    echo(_WORDS("simulate.summary", readings=tally.readings, reports=tally.reports, receipts=tally.receipts, acts=tally.acts))

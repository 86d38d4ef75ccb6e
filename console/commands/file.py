"""`paidan file`: the phone-taker's form from the command line."""

import getpass
from pathlib import Path

import click

from console.telling import both, echo_json, home_option, json_option, operator_option, refuse, said_in_words, tell


@click.command(
    help=both(
        "用一句话录入诉求；类别、网格、地点没给的由系统猜。", "File a report by words; class, grid and place are guessed where they are not given."
    )
)
@click.argument("text")
@home_option
@json_option
@operator_option
@click.option("--address", help=both("地点", "where"))
@click.option("--class", "class_code", help=both("类别编号", "class code"))
@click.option("--level", type=click.IntRange(1, 4), help=both("级别，1 最急，4 提示", "1 critical to 4 note"))
@click.option("--grid", help=both("网格编号", "grid id"))
@click.option("--name", help=both("来电人", "who called"))
@click.option("--phone", help=both("回访电话", "number to call back"))
@click.option("--id", help=both("来文自己的编号：同一编号再来不重复立案", "the caller's own id: the same again files nothing"))
@click.option("--guess", "only_guess", is_flag=True, help=both("只说会怎么猜，不立案", "say what would be guessed, file nothing"))
def command(text: str, home: Path, as_json: bool, operator: str | None, class_code: str | None, only_guess: bool, **fields: str | int | None) -> None:
    """Exit 1 with the reason when it cannot be filed."""
    with said_in_words():
        from data.acts import Refused
        from data.office import Office

        office = Office.open(home, operator or getpass.getuser())
        try:
            if only_guess:
                guessed = office.phone.guess(text, str(fields["address"] or ""))
                names = ("class_code", "level", "grid", "place")
                why = [office.words.say(one) for one in guessed.why]
                echo_json({**{name: getattr(guessed, name) for name in names}, "why": why}, indent=None)
                return
            outcome = office.phone.file(text=text, **{**fields, "class": class_code})
            row = None if isinstance(outcome, Refused) else office.cases.row_of(outcome.case_id)
        finally:
            office.close()
    if isinstance(outcome, Refused):
        refuse(outcome.reason)
    if as_json and row is not None:
        said = {"case": row.id, "number": row.number, "state": row.state, "class": row.class_name, "place": row.place}
        echo_json(said, indent=None)
        return
    tell(outcome.said)

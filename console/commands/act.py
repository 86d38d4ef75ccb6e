"""`paidan act`: what a seat's keys do, for scripts; the same acts, the same guards."""

import getpass
from pathlib import Path

import click

from console.telling import home_option, operator_option, refuse, said_in_words, tell
from data.domain.reason import because


@click.command(help="Do an act on a case (id, number or #number): dispatch, undo, accept, classify, close, note, see, withdraw …")
@click.argument("case")
@click.argument("act")
@home_option
@operator_option
@click.option("--class", "class_code", help="for classify: class code")
@click.option("--unit", help="for classify: unit id")
@click.option("--result", help="for close: the result, unless the unit proposed one")
@click.option("--reason", help="for withdraw and others: why")
@click.option("--text", help="for note: the words")
@click.option("--confirm", is_flag=True, help="go on in spite of the warnings")
def command(case: str, act: str, home: Path, operator: str | None, class_code: str | None, confirm: bool, **args: str | None) -> None:
    """Exit 1 with the reason when refused."""
    with said_in_words():
        from data.acts import Refused
        from data.office import Office

        office = Office.open(home, operator or getpass.getuser())
        given = {name: value for name, value in {**args, "class": class_code}.items() if value is not None}
        case_id = office.find(case)
        if case_id is None:
            refuse(because("no_such_case", case=case))
        outcome = office.act(act, case_id, version=None, shown="", confirm=confirm, **given)
        warnings = office.warnings(case_id) if isinstance(outcome, Refused) and outcome.reason.code == "warned" else ()
        office.close()
    if isinstance(outcome, Refused):
        for warning in warnings:
            click.echo(office.words.say(warning), err=True)
        refuse(outcome.reason)
    tell(outcome.said)

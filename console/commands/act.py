"""`paidan act`: what a seat's keys do, for scripts; the same acts, the same guards."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from console.telling import both, echo, home_option, operator_option, refuse, said_in_words, tell
from data.acts import table
from data.domain.reason import because


def _field_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """An option for every field of every act, as the case table has them; its help says for which acts."""
    acts_of: dict[str, list[str]] = {}
    for act in table().values():
        for field in (*act.row.fields, *act.row.optional):
            acts_of.setdefault(field, []).append(act.name)
    for field in sorted(acts_of, reverse=True):
        function = click.option(f"--{field.replace('_', '-')}", field, help=both("用于 ", "for ") + ", ".join(acts_of[field]))(function)
    return function


@click.command(
    help=both(
        "对一件事（编号、序号或 #序号）办一个动作，带上该动作要填的项。",
        "Do an act on a case (id, number or #number) with the fields that the act takes.",
    ),
    epilog=both("动作：", "Acts: ") + ", ".join(table()),
)
@click.argument("case")
@click.argument("act")
@home_option
@operator_option
@click.option("--confirm", is_flag=True, help=both("有提醒也照办", "go on in spite of the warnings"))
@_field_options
def command(case: str, act: str, home: Path, operator: str | None, confirm: bool, **fields: str | None) -> None:
    """Exit 1 with the reason when refused."""
    given = {name: value for name, value in fields.items() if value is not None}
    with said_in_words():
        from data.acts import Refused
        from data.office import Office

        _check(act, given)
        office = Office.open(home, operator or getpass.getuser())
        case_id = office.cases.find(case)
        if case_id is None:
            refuse(because("no_such_case", case=case))
        outcome = office.acts.do(act, case_id, version=None, shown="", confirm=confirm, **given)
        warnings = office.acts.warnings(case_id) if isinstance(outcome, Refused) and outcome.reason.code == "warned" else ()
        office.close()
    if isinstance(outcome, Refused):
        for warning in warnings:
            echo(office.words.say(warning), err=True)
        refuse(outcome.reason)
    tell(outcome.said)


def _check(act: str, given: dict[str, str]) -> None:
    """A field that the act would not look at is a mistake, never silence."""
    known = table().get(act)
    if known is None:
        refuse(because("no_such_act", act=act))
    takes = (*known.row.fields, *known.row.optional)
    for name in given:
        if name not in takes:
            refuse(because("field_not_taken", act=f"@act.{act}", field=name, fields=", ".join(takes) or "-"))

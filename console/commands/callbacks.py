"""`paidan callbacks`: reporters who are owed a call, and the tick that one was called."""

import getpass
from pathlib import Path

import click
from msgspec.structs import asdict

from console.telling import both, home_option, json_option, operator_option, refuse, said_in_words, show, tell


@click.command(
    help=both(
        "列出待回访的人和电话；--done ID 记下已回访。", "List reporters to be called back with their numbers; --done ID notes that one was called."
    )
)
@home_option
@json_option
@operator_option
@click.option("--done", help=both("已完成的回访编号", "id of the call-back that was made"))
@click.option("--note", default="", help=both("说了什么", "what was said"))
@click.option("--limit", default=200, show_default=True, help=both("最多几行", "most rows"))
def command(home: Path, as_json: bool, operator: str | None, done: str | None, note: str, limit: int) -> None:
    """Rows with id, case, number, name, phone, text and since when."""
    with said_in_words():
        from data.acts import Refused
        from data.office import Office

        office = Office.open(home, operator or getpass.getuser())
        try:
            outcome = office.phone.called(done, note) if done else None
            rows = office.phone.callbacks(limit)
        finally:
            office.close()
    if isinstance(outcome, Refused):
        refuse(outcome.reason)
    if outcome is not None:
        tell(outcome.said)
        return
    show((asdict(row) for row in rows), as_json=as_json)

"""`paidan import sensors`: take a table into the register."""

import getpass
import sys
from pathlib import Path
from typing import Any

import click

from console.telling import HOME_HELP, both, echo, operator_option, refuse, said_in_words, tell, words


@click.group(help=both("导入表格。", "Take tables in."))
def command() -> None:
    """Group of what can be imported."""


@command.command(
    help=both(
        "把传感器 CSV 表导入登记册；运行中的中心自己生效。同一张表再导不变。",
        "Take a CSV table of sensors into the register; a running centre takes it up by itself. The same table again changes nothing.",
    )
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--template", is_flag=True, help=both("只打印表头和一行样例", "print the header with one row and stop"))
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help=HOME_HELP)
@operator_option
def sensors(file: Path | None, template: bool, home: Path | None, operator: str | None) -> None:
    """Import one table: all of it or nothing; every bad row is told with line and column."""
    from data.catalogue import intake
    from data.domain.reason import because
    from data.office.ready import seat_name

    if template:
        click.echo(intake.template(), nl=False)
        return
    if file is None or home is None:
        raise click.MissingParameter(param_hint="FILE" if file is None else "--home", param_type="argument")
    with said_in_words():
        bars = _Bars(_lines(file))
        taken = intake.take_in(home, file, operator=operator or getpass.getuser(), seat=seat_name(), progress=bars)
        bars.end()
    for mistake in taken.mistakes:
        echo(words().say(mistake), err=True)
    if taken.mistakes:
        refuse(because("import_refused", rows=taken.rows, bad=len(taken.mistakes) + taken.more_mistakes, file=str(file)))
    tell(because("import_done", rows=taken.rows, added=taken.added, changed=taken.changed))
    for note in taken.notes:
        tell(note)


class _Bars:
    """One progress bar after another on stderr, where that is a terminal."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._stage = ""
        self._bar: Any = None

    def __call__(self, stage: str, count: int) -> None:
        """So many more rows of a stage are done."""
        if stage != self._stage:
            self.end()
            self._stage = stage
            self._bar = click.progressbar(length=self._rows, label=words()(f"import.{stage}"), file=sys.stderr)
            self._bar.render_progress()
        self._bar.update(count)

    def end(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.render_finish()


def _lines(file: Path) -> int:
    """Rows at most, for the bar."""
    try:
        with file.open("rb") as opened:
            return max(1, sum(chunk.count(b"\n") for chunk in iter(lambda: opened.read(1 << 20), b"")))
    except OSError:
        return 1

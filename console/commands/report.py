"""`paidan report NAME`: supervision, shift, alarms or handover, for a person, a spreadsheet or a script."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.telling import both, echo, echo_json, home_option, json_option, refuse, said_in_words, show, words
from data.domain.reason import because
from widgets.printed import printed_lines

if TYPE_CHECKING:
    from data.settings import Settings
    from data.views.reports import Report

NAMES = ("supervision", "shift", "alarms", "handover", "vitals")


@click.command(
    help=both(
        "出报表：各单位督办、本班工作、告警负荷、交接单、城市体征。",
        "Report: supervision by unit, the shift's work, the load of alarms, the handover sheet, or the city's vital signs.",
    )
)
@click.argument("name", type=click.Choice(NAMES))
@home_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help=both("输出表格用的 CSV（UTF-8 带 BOM）", "CSV for a spreadsheet: UTF-8 with BOM"))
@click.option("--text", "as_text", is_flag=True, help=both("输出文字；默认", "text; the default"))
@click.option(
    "--since",
    help=both(
        "从何时起，如 2026-05-11 08:00（本中心时区）；不填为今天、本班或 24 小时",
        "from this time on, as 2026-05-11 08:00 in the desk's zone; else today, this shift or 24 hours",
    ),
)
@click.option("--until", help=both("到何时止；不填为现在", "up to this time; else now"))
@click.option(
    "--behind",
    help=both(
        "督办、体征：列出这个数里的每一件（in_hand、accept_late、on_time 等）",
        "supervision, vitals: list what this number counts (in_hand, accept_late, on_time and so on)",
    ),
)
@click.option("--unit", default="", help=both("与 --behind 合用：只看这个单位、社区或种类", "with --behind: of this unit, community or kind only"))
def command(  # noqa: PLR0917 — click passes them by name
    name: str, home: Path, as_json: bool, as_csv: bool, as_text: bool, since: str | None, until: str | None, behind: str | None, unit: str
) -> None:
    """Heads and one table; with --json all of it."""
    if as_json + as_csv + as_text > 1:
        raise click.UsageError("--json, --csv, --text: one of them")
    if behind and name not in {"supervision", "vitals"}:
        raise click.UsageError("--behind: supervision, vitals")
    with said_in_words():
        from data.views import reports
        from data.views.lists import reading

        with reading(home) as (settings, conn):
            start, end = _time(since, settings), _time(until, settings)
            if behind:
                opened = reports.vitals_behind if name == "vitals" else reports.behind
                show(opened(conn, settings, behind, unit, start), as_json=as_json)
                return
            found = reports.report(conn, settings, name, words(), start, end)
    if as_json:
        echo_json(found.data)
    elif as_csv:
        _write_csv(found)
    else:
        echo("\n".join(printed_lines(found.heads, found.columns, found.rows)))


def _time(text: str | None, settings: "Settings") -> int | None:
    from data.clock import parse_time

    if text is None:
        return None
    try:
        return parse_time(text, settings.zone)
    except ValueError:
        refuse(because("settings_bad", file="", key=text, remedy="@settings_want_time"))


def _write_csv(found: "Report") -> None:
    """As bytes: neither the locale nor the platform's line ends may change it."""
    from data.views.spreadsheet import csv_text

    sys.stdout.buffer.write(csv_text(found.columns, found.rows).encode())
    sys.stdout.buffer.flush()

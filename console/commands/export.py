"""`paidan export readings`: single readings of a sensor as CSV or JSON lines."""

import csv
import json
import sys
from pathlib import Path

import click

from console.telling import both, home_option, refuse, said_in_words


@click.group(help=both("导出表格。", "Give tables out."))
def command() -> None:
    """Group of what can be exported."""


@command.command(
    help=both(
        "把传感器 SENSOR 的历史读数按 CSV（或逐行 JSON）输出，最早的在前。",
        "Print the stored readings of SENSOR as CSV (or JSON lines), oldest first, to stdout.",
    )
)
@click.argument("sensor")
@home_option
@click.option(
    "--from", "start", default="", help=both("从何时起，ISO 时间，不写时区为本地；不填从头", "ISO time, local without zone; default: the first")
)
@click.option("--to", "end", default="", help=both("到何时止（不含）；不填为现在", "ISO time, not included; default: now"))
@click.option("--jsonl", is_flag=True, help=both("逐行 JSON", "JSON lines"))
def readings(sensor: str, home: Path, start: str, end: str, jsonl: bool) -> None:
    """A stream: as long as the history is, and never in memory as a whole day of a district."""
    from data.domain.reason import because

    with said_in_words():
        from data.kinds.register import one_sensor
        from data.settings import load
        from data.store.history import open_reader
        from data.store.history.export import COLUMNS, rows
        from data.views.explain_then import moment
        from data.views.lists import reading

        settings = load(home)
        now = settings.clock.now()
        first = moment(start, now, settings.zone, may_be_ahead=True) if start else 0
        last = moment(end, now, settings.zone, may_be_ahead=True) if end else now + 1
        if first >= last:
            refuse(because("export_no_span"))
        with reading(home) as (_, conn):
            known = one_sensor(conn, sensor)
        if known is None:
            refuse(because("no_such_sensor", sensor=sensor))
        history = open_reader(home)
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        if not jsonl:
            writer.writeheader()
        for row in rows(history, known.id, first, last, settings.zone):
            if jsonl:
                click.echo(json.dumps(row, ensure_ascii=False))
            else:
                writer.writerow(row)
        history.close()

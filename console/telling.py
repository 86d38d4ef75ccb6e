"""How commands speak: errors as one sentence in the reader's language, rows as text or JSON."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from data.domain.errors import CentreRunning, PaidanError
from data.domain.reason import Reason, because
from data.domain.text import escaped, printable
from data.words import Words

EXIT_RUNNING = 75
"""EX_TEMPFAIL of sysexits: a centre runs here already."""


def language() -> str:
    """The reader's: Chinese, unless the environment's is another."""
    asked = os.environ.get("PAIDAN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "zh"
    return "en" if asked.lower().startswith("en") else "zh"


def both(zh: str, en: str) -> str:
    """What `--help` says, in the reader's language; it stands beside its command, so no seat loads it."""
    return en if language() == "en" else zh


HOME_HELP = both("治理中心的设置目录", "settings folder of the centre")
OPERATOR_HELP = both("操作人姓名；不填用系统用户名", "operator's name; the system user unless given")
home_option = click.option("--home", type=click.Path(path_type=Path, file_okay=False), required=True, help=HOME_HELP)
json_option = click.option("--json", "as_json", is_flag=True, help=both("输出 JSON，不输出文字", "JSON instead of text"))
operator_option = click.option("--as", "operator", default=None, help=OPERATOR_HELP)


def words() -> Words:
    """Words of the command line."""
    if language() == "zh":
        return Words("zh")
    from data.domain.tables import english_names
    from data.settings.classes import load_classes

    return Words("en", english_names(load_classes(None).values()))


@contextmanager
def said_in_words() -> Iterator[None]:
    """Turn our errors into one sentence on stderr and an exit code; anything else is a fault and keeps its trace."""
    try:
        yield
    except CentreRunning as running:
        refuse(running.reason, EXIT_RUNNING)
    except PaidanError as error:
        refuse(error.reason)
    except Exception as error:
        if _is_damage(error):
            refuse(because("store_damaged", error=str(error)))
        raise


def _is_damage(error: Exception) -> bool:
    """A file that is no database, or one whose pages are not whole; SQLite has no kind of its own for these."""
    from data.store.sqlite import sqlite3

    return type(error) is sqlite3.DatabaseError


def echo(text: str, *, err: bool = False) -> None:
    """Print a line. The last place before a terminal: no control sign, whatever is stored."""
    click.echo(printable(text), err=err)


def echo_json(value: Any, *, indent: int | None = 1) -> None:
    """Print JSON that reads back to exactly `value`; signs that a terminal must not see are written as escapes."""
    click.echo(escaped(json.dumps(value, ensure_ascii=False, indent=indent)))


def refuse(reason: Reason, code: int = 1) -> NoReturn:
    """Say why not, on stderr, and leave with `code`."""
    echo(words().say(reason), err=True)
    sys.exit(code)


def tell(reason: Reason) -> None:
    """Say a sentence on stdout."""
    echo(words().say(reason))


def show(rows: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print rows: a JSON array, or one line each of `value  value …`."""
    rows = list(rows)
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        echo("  ".join(str(value) for value in row.values() if value not in (None, "")))

"""Tables as CSV that a spreadsheet opens as they are, and that cannot make it calculate, fetch or start anything."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""Spreadsheets here take a file for GBK without it."""
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
"""What makes a cell a formula at its beginning, full-width signs included: some programs fold them."""


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> str:
    """The table as CSV with BOM and CRLF. Numbers stay numbers; a text that a program might run is made plain by a leading `'`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_plain(name) for name in columns])
    writer.writerows([_plain(value) for value in row] for row in rows)
    return BOM + out.getvalue()


def _plain(value: str | float | None) -> str | float:
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    # A blank before the sign does not stop every program.
    return f"'{value}" if value.lstrip(" \u3000\xa0").startswith(_ACTIVE) or value.startswith(_ACTIVE) else value

"""Reports as lines of a file: JSON lines, or CSV with a header. Pure; a bad line is named and stops nothing."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from data.codecs._payload import parse_json, without_comma
from data.domain.errors import PayloadError
from data.domain.messages import ReportMessage
from data.domain.reason import Reason, because
from data.domain.text import one_line

COLUMNS = ("id", "text", "time", "class", "level", "grid", "address", "lat", "lon", "name", "phone")
"""Columns of a CSV; only `text` must be there."""
Line = tuple[int, str, ReportMessage | Reason]
"""Line number, the line itself, and the report or what is wrong with it."""


def decoded(raw: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with one, else GB 18030. Raises `PayloadError` when it is none of them."""
    try:
        if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            return raw.decode("utf-16")  # a table program's "Unicode text"
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError as error:
            raise PayloadError(because("payload_bad", problem=f"byte {error.start}: UTF-8, GB 18030")) from error


def json_lines(text: str) -> Iterator[Line]:
    """One JSON object a line; blank lines are none."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = parse_json(line.encode())
        except PayloadError as error:
            yield number, line, error.reason
            continue
        except UnicodeEncodeError as error:
            yield number, line, because("payload_bad", problem=one_line(str(error), 200))
            continue
        yield number, line, report_of(value, line)


def csv_lines(text: str) -> Iterator[Line]:
    """Rows under a header. Raises `PayloadError` when the header has no `text`."""
    head = text.split("\n", 1)[0]
    delimiter = next((sign for sign in (",", ";", "\t") if sign in head), ",")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if "text" not in names:
        raise PayloadError(because("payload_bad", problem="CSV: text?"))
    reader.fieldnames = names
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, "", because("payload_bad", problem=f"CSV: {error}")
            continue
        values = {name: row[name].strip() for name in COLUMNS if row.get(name)}
        values |= {name: without_comma(values[name]) for name in ("lat", "lon") if name in values}
        line = delimiter.join(str(value) for value in row.values() if isinstance(value, str))
        if values:
            yield reader.line_num, line, report_of(values, line)


def report_of(value: Any, line: str) -> ReportMessage | Reason:
    """One report of a decoded line. Without an id of its own the line's hash is its id, so that the same line counts once."""
    if not isinstance(value, dict):
        return because("payload_bad", problem="{}?")
    fields: dict[str, Any] = {name: item for name, item in value.items() if item not in (None, "")}
    fields.setdefault("id", f"line-{hashlib.sha256(line.strip().encode('utf-8', 'replace')).hexdigest()[:32]}")
    fields["id"] = one_line(str(fields["id"]), 200)
    who: dict[str, Any] = {name: str(fields.pop(name)) for name in ("name", "phone") if name in fields}
    if who:
        fields.setdefault("reporter", {"kind": str(fields.pop("kind", "resident")), **who})
    try:
        return _checked(msgspec.convert(fields, ReportMessage, strict=False))
    except msgspec.ValidationError as error:
        return because("payload_bad", problem=one_line(str(error), 200))


def _checked(report: ReportMessage) -> ReportMessage | Reason:
    if not report.text.strip() or not report.id:
        return because("payload_bad", problem="text?")
    return report


def readers() -> Mapping[str, Any]:
    """Reader by the end of a file's name."""
    return {".jsonl": json_lines, ".ndjson": json_lines, ".csv": csv_lines}

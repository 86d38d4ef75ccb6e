"""Open311 GeoReport v2 as others write it, XML or JSON, into one form. Pure.

Every value is text, as ids and codes must be (`006`, `293944`); JSON truths stay truths for services. Empty elements and nulls are absent. A request
without id and token is not there yet and is left out. A status beyond open and closed is kept as written. What the standard does not know is kept too
where it is a plain value (`non_public`), else left out.
"""

from dataclasses import dataclass
from typing import Any

from data.codecs._payload import parse_json
from data.domain.errors import PayloadError
from data.domain.reason import because
from data.domain.text import clean, one_line
from data.inlets.xml import Node, parse_xml

MAX_BYTES = 16 * 1024 * 1024
"""Longest JSON (judgement): a list may hold a thousand requests, about one megabyte, more with long descriptions."""
Row = dict[str, Any]
"""Element → text. A service's definition has `attributes`: a list of rows, each with `values`, a list of (key, name)."""
_LISTS = {"service_requests": "request", "requests": "request", "services": "service", "service_request_updates": "request_update", "errors": "error"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Georeport:
    """What an answer holds; one of these is filled."""

    requests: tuple[Row, ...] = ()
    services: tuple[Row, ...] = ()
    updates: tuple[Row, ...] = ()
    definition: Row | None = None
    errors: tuple[Row, ...] = ()
    skipped: int = 0
    """Requests that have neither id nor token yet."""


def parse_georeport(body: bytes) -> Georeport:
    """Read a server's answer. Raises `PayloadError` for what is neither XML nor JSON of this standard."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    return _of_json(parse_json(body, MAX_BYTES)) if body.lstrip()[:1] in {b"[", b"{"} else _of_xml(parse_xml(body))


def _of_xml(root: Node) -> Georeport:
    if root.name == "service_definition":
        return _sorted("service_definition", [_definition_of_xml(root)])
    if root.name == "error" and not root.children:
        return Georeport(errors=({"description": clean(root.text)},))
    if root.name in _LISTS.values():  # one alone, without its list
        return _sorted(root.name, [_row_of_xml(root)])
    if root.name not in _LISTS:
        raise PayloadError(because("payload_shape", wanted="service_requests"))
    return _sorted(_LISTS[root.name], [_row_of_xml(child) for child in root.all(_LISTS[root.name])])


def _row_of_xml(node: Node) -> Row:
    if not node.children and node.text:
        return {"description": clean(node.text)}
    return {child.name: clean(child.text) for child in node.children if child.text and not child.children}


def _definition_of_xml(root: Node) -> Row:
    attributes = [node for holder in root.all("attributes") for node in holder.all("attribute")] + root.all("attribute")
    rows = []
    for node in attributes:
        values = [value for holder in node.all("values") for value in holder.all("value")]
        rows.append({**_row_of_xml(node), "values": [(clean(value.get("key")), clean(value.get("name"))) for value in values]})
    return {"service_code": one_line(root.get("service_code"), 200), "attributes": rows}


def _of_json(value: Any) -> Georeport:
    name, value = _unwrapped(value)
    rows = value if isinstance(value, list) else [value]
    if name and all(isinstance(row, dict) for row in rows):
        return _sorted(_LISTS[name], [_row_of_json(row) for row in rows])
    if not all(isinstance(row, dict) for row in rows):
        raise PayloadError(because("payload_shape", wanted="[{}]"))
    if any(isinstance(row.get("attributes"), list) and "service_code" in row and "status" not in row and "service_name" not in row for row in rows):
        return _sorted("service_definition", [_definition_of_json(row) for row in rows])
    return _sorted(_kind_of(rows), [_row_of_json(row) for row in rows])


def _unwrapped(value: Any) -> tuple[str, Any]:
    """Name and rows of `{"requests": [...]}`, as some servers answer, also with `{"request": [...]}` within; "" for rows that stand alone."""
    if not isinstance(value, dict):
        return "", value
    name = next((name for name in _LISTS if isinstance(value.get(name), (list, dict))), "")
    inner = value[name] if name else value
    if name and isinstance(inner, dict) and isinstance(inner.get(_LISTS[name]), (list, dict)):
        inner = inner[_LISTS[name]]
    return name, inner


def _kind_of(rows: list[Row]) -> str:
    first = rows[0] if rows else {}
    if "code" in first and "service_code" not in first:
        return "error"
    if "update_id" in first:
        return "request_update"
    is_request = {"service_request_id", "token", "status", "requested_datetime"} & set(first)
    return "service" if first.get("service_code") is not None and not is_request else "request"


def _row_of_json(row: Row) -> Row:
    return {one_line(key, 100): _plain(value) for key, value in row.items() if type(value) in {str, int, float, bool} and value != ""}


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool) else clean(str(value))


def _definition_of_json(row: Row) -> Row:
    rows = []
    for attribute in row["attributes"]:
        if isinstance(attribute, dict):
            values = [value for value in attribute.get("values") or () if isinstance(value, dict)]
            rows.append({**_row_of_json(attribute), "values": [(clean(str(value.get("key"))), clean(str(value.get("name")))) for value in values]})
    return {"service_code": one_line(str(row["service_code"]), 200), "attributes": rows}


def _sorted(kind: str, rows: list[Row]) -> Georeport:
    if kind == "request":
        named = tuple(row for row in rows if row.get("service_request_id") or row.get("token"))
        return Georeport(requests=named, skipped=len(rows) - len(named))
    match kind:
        case "service":
            return Georeport(services=tuple(rows))
        case "request_update":
            return Georeport(updates=tuple(rows))
        case "service_definition":
            return Georeport(definition=rows[0])
        case _:
            return Georeport(errors=tuple(rows))

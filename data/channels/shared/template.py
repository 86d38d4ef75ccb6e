"""Templates of bodies and headers: `$name` inside the texts of a TOML table. Values go in as values, never as syntax."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_NAME = re.compile(r"\$(\w+|\{\w+\})")


def fill(template: Any, fields: Mapping[str, str]) -> Any:
    """The template with its names replaced; tables and lists keep their shape, and what is no text stays as it is."""
    match template:
        case str():
            return _NAME.sub(lambda found: fields[found[1].strip("{}")], template)
        case Mapping():
            return {key: fill(value, fields) for key, value in template.items()}
        case list() | tuple():
            return [fill(value, fields) for value in template]
        case _:
            return template


def unknown(template: Any, known: frozenset[str]) -> str | None:
    """The first name in a template that there is no value for, or None."""
    return next((name for name in _names(template) if name not in known), None)


def _names(template: Any) -> Iterator[str]:
    match template:
        case str():
            yield from (name.strip("{}") for name in _NAME.findall(template))
        case Mapping():
            for value in template.values():
                yield from _names(value)
        case list() | tuple():
            for value in template:
                yield from _names(value)


def at_path(document: Any, path: str) -> Any:
    """What stands at `data.0.code` in a JSON document. Raises `LookupError` when nothing does."""
    for part in path.split("."):
        if isinstance(document, list) and part.isdigit():
            document = document[int(part)]
        elif isinstance(document, Mapping):
            document = document[part]
        else:
            raise KeyError(part)
    return document


def as_text(value: Any) -> str:
    """A JSON scalar as the settings write it: `0`, `true`, `ok`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)

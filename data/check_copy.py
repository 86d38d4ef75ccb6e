"""A copy of a settings folder in which a mistake that was found can be covered up, so that the loaders find the next one.

The loaders stay the one place that knows what is right: they stop at the first mistake, and are run again on the copy
until they have nothing left to say. What covers a mistake is never reported itself.
"""

import csv
import io
import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

from data.files import read_text

FOLDERS = ("classes", "kinds", "scenarios")
_STANDINS: tuple[Any, ...] = (1, [], {}, True, 1.5)
_WHERE = re.compile(r"(\w+)|\[(\d+)\]")
_FIELD = re.compile("field `([^`]+)`")
_PLACE = re.compile(r"at `\$\.?([^`]*)`")


class Copy:
    """The copy in `folder` of the settings of `home`, but for sensors.csv, which is read where it is."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.folder = folder
        self.suppressed: set[str] = set()
        """Names that a covered mistake took away; what refers to them is no mistake of its own."""
        self._touched: dict[tuple[str, str], int] = {}
        for path in (*home.glob("*.toml"), *home.glob("*.csv")):
            if path.name != "sensors.csv":
                shutil.copyfile(path, folder / path.name)
        for name in FOLDERS:
            (folder / name).mkdir()
            for path in (home / name).glob("*.toml"):
                shutil.copyfile(path, folder / name / path.name)

    def is_new(self, path: Path, place: str) -> bool:
        """Whether nothing was covered at this place before; from now on something is."""
        count = self._touched[path.name, place] = self._touched.get((path.name, place), 0) + 1
        return count == 1

    def _turn(self, path: Path, place: str) -> int:
        return self._touched.get((path.name, place), 1) - 1

    def drop(self, path: Path) -> None:
        """Take a whole file away; a file that must be there becomes an empty table."""
        if path.name == "paidan.toml":
            path.write_text('[centre]\nid = "centre"\nname = "centre"\n', encoding="utf-8")
        else:
            path.unlink(missing_ok=True)

    def cover_cell(self, path: Path, line: int, column: str) -> None:
        """Empty one cell, or the whole row where that does not help or no column is named."""
        records = _records(path)
        header = records[0][1] if records else []
        for at, cells in records:
            if at == line and column in header and not self._turn(path, f"{line} {column}"):
                cells[header.index(column)] = ""
            elif at == line:
                cells[:] = []
        _write_records(path, records)

    def add_column(self, path: Path, column: str) -> None:
        """Give a table the column that it lacks."""
        records = _records(path) or [(1, [])]
        records[0][1].append(column)
        _write_records(path, records)

    def cover_field(self, path: Path, place: str, problem: str) -> None:
        """Take an unknown key away, or put something else in the place of what is missing or wrong."""
        data = tomllib.loads(read_text(path))
        inner, name = _inside(data, place)
        if inner is None:
            self.drop(path)
            return
        turn = self._turn(path, place)
        if "unknown field" in problem:
            inner.pop(name, None)
        elif turn > len(_STANDINS):
            self.drop(path)
            return
        else:
            inner[name] = f"stub-{len(self._touched)}" if turn == 0 else _STANDINS[turn - 1]
        path.write_text(_toml(data), encoding="utf-8")

    def cover_named(self, path: Path, table: str, name: str, column: str, value: str) -> None:
        """Cover a value in the row of a `[[table]]` that is named by its id: of a list, that one entry."""
        data = tomllib.loads(read_text(path))
        for row in data.get(table, []):
            if row.get("id", row.get("name")) != name:
                continue
            held = row.get(column)
            row[column] = [one for one in held if one != value] if isinstance(held, list) else ""
        path.write_text(_toml(data), encoding="utf-8")

    def drop_row(self, path: Path, table: str, name: str) -> None:
        """Take the last row of a `[[table]]` with this id or name away."""
        data = tomllib.loads(read_text(path))
        rows = data.get(table, [])
        matching = [n for n, row in enumerate(rows) if str(row.get("id", row.get("name"))) == name]
        if matching:
            del rows[matching[-1]]
            if len(matching) == 1:
                self.suppressed.add(name)
        else:
            data.pop(table, None)
        path.write_text(_toml(data), encoding="utf-8")

    def reset(self, path: Path, dotted: str) -> None:
        """Give a key of paidan.toml its default; the centre's id, which has none, a good one. Of any other file, drop it."""
        if path.name != "paidan.toml":
            self.drop(path)
            return
        data = tomllib.loads(read_text(path))
        inner, name = _inside(data, dotted)
        if inner is None or name not in inner:
            self.drop(path)
            return
        if dotted == "centre.id":
            inner[name] = "centre"
        else:
            del inner[name]
        path.write_text(_toml(data), encoding="utf-8")


def _at(data: Any, place: str) -> Any:
    for name, index in _WHERE.findall(place):
        try:
            data = data[int(index) if index else name]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def missing_or_unknown(key: str, problem: str) -> tuple[str, str]:
    """The full place of what msgspec complains of, and the remedy's key."""
    at = _PLACE.search(problem)
    place = at[1] if at else "" if key == problem else key
    field = _FIELD.search(problem)
    if field and not at and place.endswith(field[1]):
        place = place.removesuffix(field[1]).rstrip(".")
    if field and ("missing" in problem or "unknown" in problem):
        return f"{place}.{field[1]}".lstrip("."), "settings_want_this_key" if "missing" in problem else "settings_want_known_key"
    return place, "settings_want_type"


def _inside(data: dict[str, Any], place: str) -> tuple[Any, str]:
    """The table that holds the last name of a place like `unit[2].kind` or `unit[2].channels[0]`, or None."""
    steps: list[str | int] = [int(index) if index else name for name, index in _WHERE.findall(place)]
    if not steps:
        return None, ""
    last = steps[-1]
    if isinstance(last, int):
        return _inside(data, place[: place.rindex("[")])
    inner = _at(data, place[: place.rindex(str(last))])
    return (inner, last) if isinstance(inner, dict) else (None, "")


def _records(path: Path) -> list[tuple[int, list[str]]]:
    """Rows of a table with the line on which each ends."""
    reader = csv.reader(io.StringIO(read_text(path)))
    return [(reader.line_num, list(cells)) for cells in reader]


def _write_records(path: Path, records: list[tuple[int, list[str]]]) -> None:
    """Write rows so that each ends on the line that it had: what is found next is named by the line of the real file."""
    out, line = io.StringIO(), 0
    writer = csv.writer(out, lineterminator="\n")
    for at, cells in records:
        out.write("\n" * max(at - line - 1, 0))
        writer.writerow([cell.replace("\n", " ") for cell in cells]) if cells else out.write("\n")
        line = at
    path.write_text(out.getvalue(), encoding="utf-8")


def _toml(data: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(name)} = {_value(value)}\n" for name, value in data.items())


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "{" + ", ".join(f"{json.dumps(name)} = {_value(inner)}" for name, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_value, value)) + "]"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() | float():
            return repr(value)
        case _:
            return json.dumps(value.isoformat())

"""Files that a person writes, TOML and CSV, read with one kind of mistake: a `SettingsError` that names file, key and remedy."""

import codecs
import csv
import io
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from data.domain.errors import SettingsError, field_of
from data.domain.reason import because
from data.domain.text import one_line

_T = TypeVar("_T")
SECRET_BYTES = 8192
"""More than any key, certificate or address has."""


class Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a file says: an unknown key is a mistake."""


def convert(path: Path, kind: type[_T]) -> _T:
    """A TOML file as a struct. Raises `SettingsError`."""
    text = read_text(path)
    try:
        return msgspec.convert(tomllib.loads(text), kind, str_keys=True)
    except tomllib.TOMLDecodeError as error:
        raise mistake(path, _line_of(error, text), "settings_want_toml") from error
    except msgspec.ValidationError as error:
        raise mistake(path, field_of(error), _remedy(str(error)), problem=str(error)) from error


def _line_of(error: tomllib.TOMLDecodeError, text: str) -> str:
    """The line that stopped the reader, as it stands there: who wrote it knows it again."""
    at = _AT_LINE.search(str(error))
    lines = text.splitlines()
    if at is None or int(at[1]) > len(lines):
        return str(error)
    return f"line {at[1]}: {one_line(lines[int(at[1]) - 1], 80)}"


_AT_LINE = re.compile(r"at line (\d+)")
_REMEDIES = (
    ("unknown field", "settings_want_known_key"), ("missing required field", "settings_want_this_key"),
    ("Invalid enum value", "settings_want_choice"), ("Expected `int` >", "settings_want_range"), ("Expected `int` <", "settings_want_range"),
    ("Expected `float` >", "settings_want_range"), ("Expected `float` <", "settings_want_range"), ("Expected `int", "settings_want_whole"),
    ("Expected `float", "settings_want_number_bare"), ("Expected `bool", "settings_want_true"), ("Expected `array", "settings_want_list"),
    ("Expected `str", "settings_want_quoted"), ("Expected `object", "settings_want_table"),
)  # fmt: skip
"""How msgspec says what is wrong, the narrower first, and the name of what to do about it."""


def _remedy(problem: str) -> str:
    return next((remedy for said, remedy in _REMEDIES if said in problem), "settings_want_field")


def rows_of(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines of a CSV table as dicts with every wanted column, with their line number; no file, no lines."""
    if not path.exists():
        return
    reader = csv.DictReader(io.StringIO(read_text(path)))
    if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
        raise mistake(path, missing[0], "settings_want_column")
    for row in reader:
        if (row.get(columns[0]) or "").strip():
            yield reader.line_num, {column: one_line(row[column] or "", 200) for column in columns}


def read_text(path: Path) -> str:
    """A file as text: UTF-8 with or without BOM, else GBK, as spreadsheets here write it; also GBK after a BOM that some program put there."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise mistake(path, str(error.strerror), "settings_want_readable") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return raw.removeprefix(codecs.BOM_UTF8).decode("gb18030")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise mistake(path, f"line {line}", "settings_want_utf8") from error


def is_utf8(path: Path) -> bool:
    """Whether a file is UTF-8, not GBK."""
    try:
        path.read_bytes().decode()
    except UnicodeDecodeError:
        return False
    return True


def secret_text(path: Path, where: Path, key: str) -> str:
    """What a file says that only its owner may read. Raises `SettingsError` that names `where` and `key`, never the text."""
    try:
        # Opened first and judged by its descriptor, so that what is judged is what is read.
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise mistake(where, key, "settings_want_0600")
            return file.read(SECRET_BYTES).decode().strip()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise mistake(where, key, "settings_want_file") from error
    except OSError as error:
        raise mistake(where, f"{key}: {error.strerror}", "settings_want_readable") from error
    except UnicodeDecodeError as error:
        raise mistake(where, key, "settings_want_utf8") from error


def broker_password(home: Path, name: str) -> str:
    """What the file that `broker_password_file` names says; "" where none is named. Raises `SettingsError`."""
    return secret_text(home / name, home / "paidan.toml", f"broker_password_file = {name!r}") if name else ""


def mistake(path: Path | str, key: str, remedy: str, **fields: str) -> SettingsError:
    """The mistake: where it is, and by the name of a reason what to do."""
    return SettingsError(because("settings_bad", file=str(path), key=key, remedy=f"@{remedy}", **fields))

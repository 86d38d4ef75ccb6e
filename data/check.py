"""Check a settings folder: every mistake with file, key and remedy, not only the first one that stops a start.

    for finding in check(home): …        # errors first; `is_error` is what `paidan init --check` exits 1 for

What the loaders refuse is found by the loaders (see `data.check_copy`); what they accept and a desk would stumble over is
found here: a grid that nobody looks after, a class that no unit takes, a unit without a channel, a roster that is over.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.centre.source_check import source_mistakes
from data.check_copy import Copy, missing_or_unknown
from data.dispatch import owner
from data.domain.errors import SettingsError
from data.domain.tables import Tables
from data.files import broker_password
from data.kinds import Kind, load_kinds
from data.kinds.register import read_sensors
from data.scenarios import load_scenarios, missing_assists
from data.scenarios.spec import Scenario
from data.settings import Settings, load

MOST = 1_000
"""Most findings of one file; a table saved with the wrong separator is wrong on every line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One mistake. `remedy` is a key of the words, with its fields."""

    file: str
    """Path within the folder."""
    key: str
    remedy: str
    fields: Mapping[str, str | int | float]
    is_error: bool = True


def check(home: Path, now: int) -> list[Finding]:
    """All findings of the folder, errors first. `now`: UTC ms, for what is over."""
    if not (home / "paidan.toml").exists():
        return [_found("paidan.toml", "", "settings_want_home")]
    with tempfile.TemporaryDirectory(prefix="paidan-check-") as folder:
        copy = Copy(home, Path(folder))
        found = list(_of_loaders(copy))
        try:
            settings, kinds, scenarios = _read(copy.folder)
        except SettingsError:
            return found  # more than could be covered: what stands in the list comes first
        found += _of_tables(settings, kinds, copy, now)
        if settings.tables.units and "units.toml" not in copy.suppressed:
            found += _of_scenarios(scenarios, settings.tables)
        found += _of_sensors(home / "sensors.csv", settings.tables, kinds)
        found += _of_broker(settings, home)
        found += _of_sources(settings, home)
    return sorted(found, key=lambda one: not one.is_error)


def _read(folder: Path) -> tuple[Settings, Mapping[str, Kind], Mapping[str, Scenario]]:
    settings, kinds = load(folder), load_kinds(folder)
    return settings, kinds, load_scenarios(folder, kinds, settings.tables)


def _of_loaders(copy: Copy) -> Iterator[Finding]:
    """Run the loaders until they are content, covering each mistake."""
    for _ in range(MOST):
        try:
            _read(copy.folder)
        except SettingsError as error:
            args = dict(error.reason.args)
            path = Path(str(args.get("file", "")))
            if error.reason.code != "settings_bad" or not path.is_relative_to(copy.folder):
                yield _found(path.name, str(args.get("key", "")), str(args.get("remedy", error.reason.code)).lstrip("@"))
                return
            if finding := _cover(copy, path, str(args["key"]), str(args["remedy"]).lstrip("@"), args):
                yield finding
        else:
            return


_CELL = re.compile(r"line (\d+)(?:, (\w+)(?: = (.*))?)?")
_ROW = re.compile(r"(unit|channel)\.(?:id|name) = '?(.*?)'?")
_NAMED = re.compile(r"(unit|channel) ([^:]+): (\w+) = '(.*)'")
_CHANNEL = re.compile(r"channel ([^:]+): .*")


def _cover(copy: Copy, path: Path, key: str, remedy: str, args: Mapping[str, Any]) -> Finding | None:
    """Cover one mistake in the copy; the finding, unless it is the consequence of one that was covered before."""
    name = path.relative_to(copy.folder).as_posix()
    problem = str(args.get("problem", ""))
    if path.suffix == ".csv":
        return _cover_table(copy, path, name, key, remedy)
    if problem and not key.startswith("channel "):
        place, remedy = missing_or_unknown(key, problem)
        new = copy.is_new(path, place)
        copy.cover_field(path, place, problem)
        return _found(name, place, remedy, problem=problem.partition(" - at ")[0]) if new else None
    new = copy.is_new(path, key)
    if match := _NAMED.fullmatch(key):
        copy.cover_named(path, match[1], match[2], match[3], match[4])
        new = new and match[4] not in copy.suppressed
    elif match := _ROW.fullmatch(key):
        copy.drop_row(path, match[1], match[2])
    elif match := _CHANNEL.fullmatch(key):
        copy.drop_row(path, "channel", match[1])
    elif remedy in {"settings_want_toml", "settings_want_utf8", "settings_want_readable"}:
        copy.drop(path)
        copy.suppressed.add(path.name)
    else:
        copy.reset(path, key)
    fields = {field: value for field, value in args.items() if field not in {"file", "key", "remedy"}}
    return _found(name, key, remedy, **fields) if new else None


def _cover_table(copy: Copy, path: Path, name: str, key: str, remedy: str) -> Finding | None:
    match = _CELL.match(key)
    if remedy in {"settings_want_utf8", "settings_want_readable"}:
        copy.drop(path)
        copy.suppressed.add(path.name)
        return _found(name, key, remedy)
    if match is None:
        copy.add_column(path, key)
        return _found(name, key, remedy)
    line, column, value = int(match[1]), match[2] or "", (match[3] or "").strip("'")
    new = copy.is_new(path, f"{line} {column}")
    copy.cover_cell(path, line, column)
    lost = (remedy == "settings_want_unit" and "units.toml" in copy.suppressed) or (remedy == "settings_want_grid" and "grids.csv" in copy.suppressed)
    return _found(name, key, remedy) if new and not lost and value not in copy.suppressed else None


def _of_tables(settings: Settings, kinds: Mapping[str, Kind], copy: Copy, now: int) -> Iterator[Finding]:
    tables = settings.tables
    if not tables.units:
        yield _found("units.toml", "unit", "settings_want_some_unit", is_error=False)
    elif "units.toml" not in copy.suppressed:
        yield from _of_units(tables)
        yield from _of_classes(tables)
    if not copy.suppressed & {"grids.csv", "units.toml"}:
        yield from _of_grids(tables)
    yield from _of_roster(tables, now)
    for kind in kinds.values():
        if kind.opens and kind.opens not in tables.classes:
            yield _found(f"kinds/{kind.name}.toml", f"opens = {kind.opens!r}", "settings_want_class")


def _of_units(tables: Tables) -> Iterator[Finding]:
    for unit in tables.units.values():
        if not unit.channels:
            yield _found("units.toml", f"unit {unit.id}: channels", "settings_want_some_channel")
        if unit.parent and unit.parent not in {*tables.units, tables.centre, tables.parent}:
            yield _found("units.toml", f"unit {unit.id}: parent = {unit.parent!r}", "settings_want_parent", is_error=False)
        for code in unit.classes:
            if code not in tables.classes:
                yield _found("units.toml", f"unit {unit.id}: classes = {code!r}", "settings_want_class")


def _of_classes(tables: Tables) -> Iterator[Finding]:
    """A class must have somebody to take it, and limits above nothing."""
    takes_all = any(not unit.classes for unit in tables.units.values())
    taken = {code for unit in tables.units.values() for code in unit.classes}
    for row in tables.classes.values():
        if row.unit and row.unit not in tables.units:
            yield _found("classes", f"class {row.code} {row.name}: unit = {row.unit!r}", "settings_want_unit")
        for unit in row.assists:
            if unit not in tables.units:
                yield _found("classes", f"class {row.code} {row.name}: assists = {unit!r}", "settings_no_assist", is_error=False)
        if not row.unit and not takes_all and row.code not in taken:
            yield _found("classes", f"class {row.code} {row.name}", "settings_want_class_unit")
        if row.accept_min <= 0 or row.done_min <= 0:
            yield _found("classes", f"class {row.code} {row.name}", "settings_want_class_limit")


def _of_scenarios(scenarios: Mapping[str, Scenario], tables: Tables) -> Iterator[Finding]:
    """Shipped scenarios name the units of a street; a home that has fewer goes without, and a remark says so."""
    for name, scenario in sorted(scenarios.items()):
        for unit in missing_assists(scenario, tables):
            yield _found(f"scenarios/{name}.toml", f"assists = {unit!r}", "settings_no_assist", is_error=False)


def _of_grids(tables: Tables) -> Iterator[Finding]:
    for grid in tables.grids.values():
        if owner(tables, None, grid.id)[0] is None:
            yield _found("grids.csv", f"grid {grid.id} {grid.name}", "settings_want_grid_owner")
        elif grid.centre in ("", tables.centre) and not grid.leader:
            yield _found("grids.csv", f"grid {grid.id} {grid.name}", "settings_want_grid_leader", is_error=False)


def _of_roster(tables: Tables, now: int) -> Iterator[Finding]:
    ends: dict[str, int] = {}
    for shift in tables.roster:
        ends[shift.unit] = max(shift.end, ends.get(shift.unit, 0))
        if shift.end <= shift.start:
            yield _found("roster.csv", f"{shift.unit} {shift.person}", "settings_want_shift_order")
    for unit, end in ends.items():
        if end <= now:
            yield _found("roster.csv", f"unit {unit}", "settings_want_future_roster", is_error=False)


def _of_sensors(path: Path, tables: Tables, kinds: Mapping[str, Kind]) -> Iterator[Finding]:
    try:
        for count, finding in enumerate(_each_sensor(path, tables, kinds)):
            if count >= MOST:
                return
            yield finding
    except SettingsError as error:
        args = dict(error.reason.args)
        yield _found(path.name, str(args["key"]), str(args["remedy"]).lstrip("@"))


def _each_sensor(path: Path, tables: Tables, kinds: Mapping[str, Kind]) -> Iterator[Finding]:
    for row in read_sensors(path, kinds) if path.exists() else ():
        if isinstance(row, SettingsError):
            args = dict(row.reason.args)
            yield _found(path.name, str(args["key"]), str(args["remedy"]).lstrip("@"))
            continue
        if row.grid and row.grid not in tables.grids:
            yield _found(path.name, f"sensor {row.id}, grid = {row.grid!r}", "settings_want_grid")
        if row.unit and row.unit not in tables.units and row.unit != tables.centre:
            yield _found(path.name, f"sensor {row.id}, unit = {row.unit!r}", "settings_want_unit")


def _of_broker(settings: Settings, home: Path) -> Iterator[Finding]:
    try:
        broker_password(home, settings.file.broker_password_file)
    except SettingsError as error:
        args = dict(error.reason.args)
        yield _found("paidan.toml", str(args["key"]), str(args["remedy"]).lstrip("@"))


def _of_sources(settings: Settings, home: Path) -> Iterator[Finding]:
    """The names of sensors are read once more, and only where a source's map names any."""
    named = any(one.sensor for row in settings.file.source for one in row.map)
    path = home / "sensors.csv"
    try:
        listed = {row.id for row in read_sensors(path) if not isinstance(row, SettingsError)} if named and path.exists() else set()
    except SettingsError:
        return  # said already
    for key, remedy, is_error in source_mistakes(settings, home, listed):
        yield _found("paidan.toml", key, remedy, is_error=is_error)


def _found(file: str, key: str, remedy: str, *, is_error: bool = True, **fields: str | float) -> Finding:
    return Finding(file=file, key=key, remedy=remedy, fields=fields, is_error=is_error)

"""The tables of a home that the pure parts look things up in: units.toml and the CSV files, checked against each other."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from data.calendar import Calendar
from data.clock import parse_time
from data.domain.tables import Alias, Contact, Device, Grid, Operator, Reach, Shift, Tables, Unit, WarningRules
from data.domain.text import is_id
from data.domain.vocabulary import Role
from data.files import Strict, convert, mistake, rows_of
from data.settings.classes import load_classes
from data.settings.paidan import Paidan

_HOURS = re.compile("([0-9]{2}):([0-5][0-9])-([0-9]{2}):([0-5][0-9])")


class _Units(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    unit: tuple[Unit, ...] = ()


def load_tables(home: Path, file: Paidan) -> Tables:
    """Read and check all of them. Raises `SettingsError`."""
    zone = ZoneInfo(file.centre.zone)
    units = load_units(home / "units.toml")
    grids = load_grids(home / "grids.csv", units, file.centre.id)
    return Tables(
        centre=file.centre.id,
        centre_name=file.centre.name,
        parent=file.centre.parent,
        language=file.centre.language,
        units=units,
        grids=grids,
        classes=load_classes(home),
        places=load_places(home / "places.csv", grids),
        calendar=load_calendar(home, file.calendar.hours, file.centre.zone),
        roster=tuple(_roster(home / "roster.csv", units, zone, file.centre.id)),
        operators=load_operators(home / "operators.csv"),
        contacts=tuple(_contacts(home / "contacts.csv")),
        devices=tuple(_devices(home / "devices.csv")),
        valleys=_valleys(home / "valleys.csv", grids),
        default_role=Role(file.dispatch.default_role),
        grace_s=file.dispatch.grace_s,
        grace_critical_s=file.dispatch.grace_critical_s,
        load_warn=file.dispatch.load_warn,
        max_extensions=file.dispatch.max_extensions,
        zone=file.centre.zone,
        warnings=WarningRules(call_level=file.warnings.call_level, call=file.warnings.call, areas=file.warnings.areas),
        replies_by_sms=file.inlet.sms,
    )


def load_units(path: Path) -> dict[str, Unit]:
    """Read units.toml. Raises `SettingsError` for a double id, a bad id, or a parent or deputy that is not there."""
    rows = convert(path, _Units).unit if path.exists() else ()
    units: dict[str, Unit] = {}
    for row in rows:
        if not is_id(row.id):
            raise mistake(path, f"unit.id = {row.id!r}", "settings_want_id")
        if row.id in units:
            raise mistake(path, f"unit.id = {row.id!r}", "settings_want_unique")
        units[row.id] = row
    for unit in units.values():
        if unit.deputy and unit.deputy not in units:
            raise mistake(path, f"unit {unit.id}: deputy = {unit.deputy!r}", "settings_want_unit")
    return units


def load_grids(path: Path, units: Mapping[str, Unit], me: str) -> dict[str, Grid]:
    """Read grids.csv. Raises `SettingsError` for a unit, leader or centre that units.toml does not have."""
    grids: dict[str, Grid] = {}
    for line, row in rows_of(path, ("grid", "name", "centre", "unit", "leader")):
        for column in ("centre", "unit", "leader"):
            if row[column] and row[column] not in units and row[column] != me:
                raise mistake(path, f"line {line}, {column} = {row[column]!r}", "settings_want_unit")
        grids[row["grid"]] = Grid(id=row["grid"], name=row["name"], centre=row["centre"], unit=row["unit"], leader=row["leader"])
    return grids


def load_places(path: Path, grids: Mapping[str, Grid]) -> tuple[Alias, ...]:
    """Read places.csv, longest alias first. Raises `SettingsError` for a grid that grids.csv does not have, or a bad position."""
    found: list[Alias] = []
    for line, row in rows_of(path, ("alias", "grid", "address", "lat", "lon")):
        if row["grid"] and row["grid"] not in grids:
            raise mistake(path, f"line {line}, grid = {row['grid']!r}", "settings_want_grid")
        try:
            lat, lon = (float(row[name]) if row[name] else None for name in ("lat", "lon"))
        except ValueError as error:
            raise mistake(path, f"line {line}, lat / lon", "settings_want_number") from error
        found.append(Alias(alias=row["alias"], grid=row["grid"], address=row["address"], lat=lat, lon=lon))
    return tuple(sorted(found, key=lambda place: -len(place.alias)))


def load_calendar(home: Path, hours: tuple[str, ...], zone: str) -> Calendar:
    """Working hours and days: the table that comes with the program, overridden day by day by the home's workdays.csv."""
    days: dict[date, bool] = {}
    for path in (Path(__file__).parents[1] / "workdays.csv", home / "workdays.csv"):
        for line, row in rows_of(path, ("date", "day")):
            try:
                days[date.fromisoformat(row["date"])] = {"work": True, "off": False}[row["day"]]
            except (ValueError, KeyError) as error:
                raise mistake(path, f"line {line}", "settings_want_date") from error
    return Calendar(zone=zone, hours=_hours(home / "paidan.toml", hours), days=days, known_until=max(days, default=None))


def _hours(path: Path, hours: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    spans = [_HOURS.fullmatch(span) for span in hours]
    read = [tuple(int(h) * 60 + int(m) for h, m in ((found[1], found[2]), (found[3], found[4]))) for found in spans if found]
    ends = [minute for span in read for minute in span]
    if len(read) != len(hours) or not ends or ends != sorted(set(ends)) or ends[-1] > 24 * 60:
        raise mistake(path, "calendar.hours", "settings_want_hours")
    return tuple((span[0], span[1]) for span in read)


def load_operators(path: Path) -> dict[str, Operator]:
    """Read operators.csv: roles are separated by blanks or `+`."""
    operators: dict[str, Operator] = {}
    for line, row in rows_of(path, ("name", "roles", "lang")):
        roles = row["roles"].replace("+", " ").split()
        if unknown := [role for role in roles if role not in set(Role)]:
            raise mistake(path, f"line {line}, roles = {unknown[0]!r}", "settings_want_role")
        operators[row["name"]] = Operator(name=row["name"], roles=frozenset(map(Role, roles)), language=row["lang"])
    return operators


def _roster(path: Path, units: Mapping[str, Unit], zone: ZoneInfo, me: str) -> Iterator[Shift]:
    """Shifts of units, and of this centre's own desk under its id."""
    for line, row in rows_of(path, ("unit", "person", "phone", "from", "to")):
        if row["unit"] not in units and row["unit"] != me:
            raise mistake(path, f"line {line}, unit = {row['unit']!r}", "settings_want_unit")
        try:
            start, end = (parse_time(row[column], zone) for column in ("from", "to"))
        except ValueError as error:
            raise mistake(path, f"line {line}, from / to", "settings_want_time") from error
        yield Shift(unit=row["unit"], person=row["person"], phone=row["phone"], start=start, end=end)


def _contacts(path: Path) -> Iterator[Contact]:
    for _, row in rows_of(path, ("kind", "name", "phone", "sensor", "grid")):
        yield Contact(**row)


def _devices(path: Path) -> Iterator[Device]:
    for line, row in rows_of(path, ("id", "kind", "sensor", "grid")):
        if not is_id(row["id"]):
            raise mistake(path, f"line {line}, id = {row['id']!r}", "settings_want_id")
        yield Device(**row)


def _valleys(path: Path, grids: Mapping[str, Grid]) -> dict[str, Reach]:
    found: dict[str, Reach] = {}
    for line, row in rows_of(path, ("valley", "grid", "step")):
        if row["grid"] not in grids:
            raise mistake(path, f"line {line}, grid = {row['grid']!r}", "settings_want_grid")
        if not row["step"].isdecimal():
            raise mistake(path, f"line {line}, step = {row['step']!r}", "settings_want_step")
        found[row["grid"]] = Reach(valley=row["valley"], step=int(row["step"]))
    return found

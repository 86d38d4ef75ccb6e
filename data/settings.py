"""The settings folder of a centre (its home), read into frozen values.

    paidan.toml    this centre, its broker, clock and dispatch figures
    units.toml     who acts; a tree
    grids.csv      grid → centre, unit, leader
    roster.csv     who is on duty for a unit, from–to
    places.csv     aliases of places
    sensors.csv    the catalogue of sensors (read by `data.kinds.register`)
    operators.csv  names with roles and language
    devices.csv    loudspeakers, boards and sirens on a site
    valleys.csv    grids of a valley from the top down: who is warned of what comes from above
    contacts.csv   whom a scenario tells: carer, family, duty of a sensor, a grid or the centre
    kinds/ classes/ scenarios/   add to or override the built-in ones

Every mistake is a `SettingsError` that names file, key and remedy; an unknown key is a mistake.
"""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from data.calendar import CLOCKS, Calendar
from data.channels.shared.settings import Channel, load_channels
from data.clock import RealClock, parse_time
from data.domain.errors import SettingsError, field_of
from data.domain.reason import because
from data.domain.tables import Alias, CaseClass, Contact, Device, Grid, Operator, Reach, Shift, Tables, Unit, WarningRules
from data.domain.text import is_id, one_line
from data.domain.vocabulary import Role

_T = TypeVar("_T")
_HOURS = re.compile("([0-9]{2}):([0-5][0-9])-([0-9]{2}):([0-5][0-9])")


class _Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    pass


class CentreSettings(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[centre]`: who we are."""

    id: str
    name: str
    short: str = ""
    """Two or three signs for the places bar; `name` where empty."""
    kind: str = "street"
    """street, community or district."""
    parent: str = ""
    """Id of the centre that cases are escalated to."""
    language: str = "zh"
    """Language of order texts, and of seats whose operator has none of his own."""
    zone: str = "Asia/Shanghai"


class ClockSettings(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[clock]`: rate 60 plays a day in 24 minutes; anchor is the real moment (ISO) from which it runs fast."""

    rate: float = 1.0
    anchor: str = ""


class HistorySettings(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[history]`: readings older than `keep_days` days go, a day's file at a time; 0 keeps them for ever."""

    keep_days: Annotated[int, msgspec.Meta(ge=0)] = 0
    keep: dict[str, Annotated[int, msgspec.Meta(ge=1)]] = msgspec.field(default_factory=dict)
    """`[history.keep]`: days for which single readings of a kind are kept, where that is less; figures by the hour stay with the day's file."""


class DispatchSettings(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[dispatch]`: seconds and minutes of the one-key dispatch."""

    grace_s: float = 5.0
    """Time in which F8 means it never left; judgement, `domain.md` §6c."""
    grace_critical_s: float = 3.0
    resend_s: float = 30.0
    """An order is published again after this long until its `delivered` has come; `design.md` law 4."""
    default_role: str = "clerk"
    """Role of a name that is not in operators.csv."""
    load_warn: int = 8
    """Open orders of one person from which a plan warns; judgement."""
    max_extensions: int = 1
    """How often a case's deadline may be extended; `domain.md` §6b."""


class SeatSettings(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[seat]`: how seats at this desk draw. The environment (`PAIDAN_LINK`, `PAIDAN_GLYPHS`) says otherwise for one of them."""

    link: Literal["", "lan", "dsl", "thin"] = ""
    """"": measured."""
    glyphs: Literal["", "safe", "ascii"] = ""
    """"": by the terminal."""
    tutorial: bool = True
    """The lesson comes by itself when a person sits down for the first time."""


class CalendarSettings(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[calendar]`: working hours of classes whose clock is `working`; days are in workdays.csv."""

    hours: tuple[str, ...] = ("09:00-12:00", "13:00-18:00")
    """Eight hours; our judgement."""


class SourceMap(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[source.map]]`: for `json` where a value lies (`topic`, `value`, `field`, `unit`, `time`); for every codec which sensor a value is."""

    topic: str = ""
    value: str = ""
    time: str = ""
    field: str = ""
    unit: str = ""
    """Instead of the unit that the message or its shape says."""
    states: dict[str, float] = msgspec.field(default_factory=dict)
    """Words that stand for numbers: `{ open = 1, closed = 0 }`."""
    device: str = ""
    """As the codec names it: the friendly name, the EUI."""
    sensor: str = ""
    """Id in the register; `<device>-<field>` unless given."""


class SourceSettings(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[source]]`: a broker that devices or platforms publish to."""

    name: str
    url: str
    """`mqtt://host:port` or `mqtts://host:port`, with nothing secret in it."""
    topics: tuple[str, ...]
    codec: str = "own"
    qos: int = 1
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    """Authorities that the server's certificate must come from; the system's unless given."""
    cert_file: str = ""
    key_file: str = ""
    zone: str = ""
    """Zone of times that have none; the centre's unless given."""
    options: dict[str, Any] = msgspec.field(default_factory=dict)
    """Of the codec."""
    map: tuple[SourceMap, ...] = ()


class InletSettings(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[inlet]`: the watched folder for reports as JSON lines and CSV."""

    folder: str = "inlet"
    """A folder of the home; "" watches none."""
    poll_s: float = 1.0
    """A file is taken when it has stood still this long."""
    sms: bool = False
    """Whether something publishes the SMS that come in on `paidan/<centre>/in/sms`: then an order by SMS says how to answer it."""


class Open311Settings(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[open311]]`: a GeoReport v2 server whose reports are fetched."""

    name: str
    url: str
    """Where `requests.json` is, without it: https://server/open311/v2."""
    jurisdiction: str = ""
    key_file: str = ""
    """File of mode 0600 with the api_key; or the name of an environment variable in `key_env`. Wanted for writing back only."""
    key_env: str = ""
    services: dict[str, str] = {}
    """Their service_code → our class code; a code that is not here and no class of ours is left to the keywords."""
    poll_s: float = 60.0
    since_days: float = 1.0
    """How far back the first look goes."""
    write: str = ""
    """How our state goes back, where the server allows it: "" never, put (PUT requests/ID), post (POST servicerequestupdates)."""
    plain_http: bool = False
    """Allow http:// inside a trusted network."""
    deadline_s: float = 30.0
    """Longest time of one request, all in all."""


class WarningsSettings(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[warnings]`: CAP messages from above, whom they call up, and where files of them are dropped."""

    folder: str = "warnings"
    """A folder of the home; "" watches none."""
    call_level: int = 2
    """From this level on the roster is called up: 1 red, 2 orange; judgement."""
    call: tuple[str, ...] = ("duty",)
    """Kinds of contacts.csv that are called, beside who is on duty by roster.csv."""
    areas: tuple[str, ...] = ()
    """Take only warnings whose area holds one of these words or codes; empty takes all."""


class WarningSource(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[warning]]`: an address that is asked for CAP messages, or for a feed of links to them."""

    name: str
    url: str
    poll_s: float = 60.0
    plain_http: bool = False
    """Allow http:// inside a trusted network."""
    deadline_s: float = 30.0
    """Longest time of one request, all in all."""


class Paidan(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of paidan.toml."""

    centre: CentreSettings
    broker: str = "embedded"
    """`embedded`, or `mqtt://[user@]host:port`."""
    broker_port: int = 1883
    """Port of the embedded broker, on 127.0.0.1."""
    broker_password_file: str = ""
    """File with the password for `user@` in `broker`; never the password itself."""
    clock: ClockSettings = msgspec.field(default_factory=ClockSettings)
    dispatch: DispatchSettings = msgspec.field(default_factory=DispatchSettings)
    history: HistorySettings = msgspec.field(default_factory=HistorySettings)
    source: tuple[SourceSettings, ...] = ()
    """`[[source]]`: further brokers; checked where they are opened, `data.centre.sources`."""
    channel: tuple[dict[str, Any], ...] = ()
    """`[[channel]]`: ways an order travels; keys by kind, see `data.channels`."""
    calendar: CalendarSettings = msgspec.field(default_factory=CalendarSettings)
    inlet: InletSettings = msgspec.field(default_factory=InletSettings)
    open311: tuple[Open311Settings, ...] = ()
    warnings: WarningsSettings = msgspec.field(default_factory=WarningsSettings)
    warning: tuple[WarningSource, ...] = ()
    seat: SeatSettings = msgspec.field(default_factory=SeatSettings)
    keys: dict[str, str] = msgspec.field(default_factory=dict)
    """`[keys]`: other letters for a seat's keys, by the key's name (`note = "n"`); checked by the seat, which knows them."""


class _UnitRow(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    name: str
    short: str = ""
    kind: str
    parent: str = ""
    person: str = ""
    phone: str = ""
    channels: tuple[str, ...] = ("mqtt",)
    deputy: str = ""
    classes: tuple[str, ...] = ()
    auto: bool = False


class _Units(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    unit: tuple[_UnitRow, ...] = ()


class _ClassFile(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    name: str
    short: str = ""
    group: str = ""
    level: int
    accept_min: int
    done_min: int
    ask: str = ""
    keywords: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    close_when: str = ""
    results: tuple[str, ...] = ()
    life_safety: bool = False
    unit: str = ""
    clock: str = "always"
    limits: dict[str, tuple[int, int]] = {}
    file_when: str = ""
    assists: tuple[str, ...] = ()
    auto: bool = False
    source: str
    confirmed: bool = False


class Settings(Struct, frozen=True, kw_only=True):
    """One home's settings. `tables` holds what the pure parts look things up in."""

    home: Path
    file: Paidan
    tables: Tables
    channels: Mapping[str, Channel]
    """By name; their secrets are not read here."""

    @property
    def centre(self) -> CentreSettings:
        """`[centre]` of paidan.toml."""
        return self.file.centre

    @property
    def short_name(self) -> str:
        """The name in the places bar."""
        return self.file.centre.short or self.file.centre.name

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of the desk: of rules by the hour and of all shown times."""
        return ZoneInfo(self.file.centre.zone)

    @property
    def clock(self) -> RealClock:
        """The clock that every process of this home uses."""
        clock = self.file.clock
        return RealClock(rate=clock.rate, anchor=parse_time(clock.anchor, self.zone) if clock.anchor else 0)


def load(home: Path) -> Settings:
    """Read and check the whole folder. Raises `SettingsError`."""
    file = _load_paidan(home)
    tables = _load_tables(home, file)
    return Settings(home=home, file=file, tables=tables, channels=load_channels(home / "paidan.toml", file.channel, tables.units))


def reload(settings: Settings) -> Settings:
    """The same home with its tables read anew; paidan.toml stays what it was at the start. Raises `SettingsError`."""
    tables = _load_tables(settings.home, settings.file)
    load_channels(settings.home / "paidan.toml", settings.file.channel, tables.units)  # units may name only what there is
    return replace(settings, tables=tables)


def _load_paidan(home: Path) -> Paidan:
    path = home / "paidan.toml"
    if not path.exists():
        raise SettingsError(because("settings_no_home", home=str(home)))
    file = _convert(path, Paidan)
    _check_paidan(path, file)
    return file


def _check_paidan(path: Path, file: Paidan) -> None:
    centre = file.centre
    if not is_id(centre.id):
        raise _bad(path, "centre.id", "settings_want_id")
    if file.broker != "embedded" and not file.broker.startswith("mqtt://"):
        raise _bad(path, "broker", "settings_want_broker")
    if not 1 <= file.broker_port <= 65535:
        raise _bad(path, "broker_port", "settings_want_port")
    if not 0 < file.clock.rate <= 3600:
        raise _bad(path, "clock.rate", "settings_want_rate")
    if file.dispatch.default_role not in set(Role):
        raise _bad(path, "dispatch.default_role", "settings_want_role")
    _check_inlets(path, file)
    _check_warnings(path, file)
    try:
        zone = ZoneInfo(centre.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _bad(path, "centre.zone", "settings_want_zone") from error
    if file.clock.anchor:
        try:
            parse_time(file.clock.anchor, zone)
        except ValueError as error:
            raise _bad(path, "clock.anchor", "settings_want_time") from error


def _check_inlets(path: Path, file: Paidan) -> None:
    if file.inlet.folder and not is_id(file.inlet.folder):
        raise _bad(path, "inlet.folder", "settings_want_folder")
    if not 0.05 <= file.inlet.poll_s <= 3600:
        raise _bad(path, "inlet.poll_s", "settings_want_seconds")
    names = [server.name for server in file.open311]
    for server in file.open311:
        key = f"open311 {server.name}"
        if not is_id(server.name) or names.count(server.name) > 1:
            raise _bad(path, f"{key}: name", "settings_want_name")
        if not server.url.startswith(("https://", "http://") if server.plain_http else "https://"):
            raise _bad(path, f"{key}: url", "settings_want_source_https")
        if server.write not in ("", "put", "post"):
            raise _bad(path, f"{key}: write", "settings_want_write")
        if min(server.poll_s, server.deadline_s, server.since_days) <= 0:
            raise _bad(path, f"{key}: poll_s, deadline_s, since_days", "settings_want_seconds")


def _check_warnings(path: Path, file: Paidan) -> None:
    if file.warnings.folder and not is_id(file.warnings.folder):
        raise _bad(path, "warnings.folder", "settings_want_folder")
    if not 0 <= file.warnings.call_level <= 4:
        raise _bad(path, "warnings.call_level", "settings_want_level")
    names = [source.name for source in file.warning]
    for source in file.warning:
        key = f"warning {source.name}"
        if not is_id(source.name) or names.count(source.name) > 1:
            raise _bad(path, f"{key}: name", "settings_want_name")
        if not source.url.startswith(("https://", "http://") if source.plain_http else "https://"):
            raise _bad(path, f"{key}: url", "settings_want_source_https")
        if min(source.poll_s, source.deadline_s) <= 0:
            raise _bad(path, f"{key}: poll_s, deadline_s", "settings_want_seconds")


def _load_tables(home: Path, file: Paidan) -> Tables:
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


def _devices(path: Path) -> Iterator[Device]:
    for line, row in _rows(path, ("id", "kind", "sensor", "grid")):
        if not is_id(row["id"]):
            raise _bad(path, f"line {line}, id = {row['id']!r}", "settings_want_id")
        yield Device(**row)


def _valleys(path: Path, grids: Mapping[str, Grid]) -> dict[str, Reach]:
    found: dict[str, Reach] = {}
    for line, row in _rows(path, ("valley", "grid", "step")):
        if row["grid"] not in grids:
            raise _bad(path, f"line {line}, grid = {row['grid']!r}", "settings_want_grid")
        if not row["step"].isdecimal():
            raise _bad(path, f"line {line}, step = {row['step']!r}", "settings_want_step")
        found[row["grid"]] = Reach(valley=row["valley"], step=int(row["step"]))
    return found


def _contacts(path: Path) -> Iterator[Contact]:
    for _, row in _rows(path, ("kind", "name", "phone", "sensor", "grid")):
        yield Contact(**row)


def load_units(path: Path) -> dict[str, Unit]:
    """Read units.toml. Raises `SettingsError` for a double id, a bad id, or a parent or deputy that is not there."""
    rows = _convert(path, _Units).unit if path.exists() else ()
    units: dict[str, Unit] = {}
    for row in rows:
        if not is_id(row.id):
            raise _bad(path, f"unit.id = {row.id!r}", "settings_want_id")
        if row.id in units:
            raise _bad(path, f"unit.id = {row.id!r}", "settings_want_unique")
        units[row.id] = Unit(**{name: getattr(row, name) for name in row.__struct_fields__})
    for unit in units.values():
        if unit.deputy and unit.deputy not in units:
            raise _bad(path, f"unit {unit.id}: deputy = {unit.deputy!r}", "settings_want_unit")
    return units


def load_grids(path: Path, units: Mapping[str, Unit], me: str) -> dict[str, Grid]:
    """Read grids.csv. Raises `SettingsError` for a unit, leader or centre that units.toml does not have."""
    grids: dict[str, Grid] = {}
    for line, row in _rows(path, ("grid", "name", "centre", "unit", "leader")):
        for column in ("centre", "unit", "leader"):
            if row[column] and row[column] not in units and row[column] != me:
                raise _bad(path, f"line {line}, {column} = {row[column]!r}", "settings_want_unit")
        grids[row["grid"]] = Grid(id=row["grid"], name=row["name"], centre=row["centre"], unit=row["unit"], leader=row["leader"])
    return grids


def load_classes(home: Path | None) -> dict[str, CaseClass]:
    """Built-in classes (`data/classes/*.toml`), overridden or added to by the home's `classes/`."""
    folders = [Path(__file__).parent / "classes", *([home / "classes"] if home else [])]
    classes: dict[str, CaseClass] = {}
    found: dict[str, Path] = {}
    for path in (file for folder in folders if folder.is_dir() for file in sorted(folder.glob("*.toml"))):
        row = _convert(path, _ClassFile)
        if row.code in found and found[row.code].parent == path.parent:
            raise _bad(path, f"code = {row.code!r} ({found[row.code].name})", "settings_want_unique")
        found[row.code] = path
        if row.level not in (1, 2, 3, 4):
            raise _bad(path, "level", "settings_want_level")
        if row.accept_min <= 0 or row.done_min <= 0:
            raise _bad(path, "accept_min / done_min", "settings_want_minutes")
        if row.clock not in CLOCKS:
            raise _bad(path, "clock", "settings_want_clock")
        values = {name: getattr(row, name) for name in row.__struct_fields__}
        classes[row.code] = CaseClass(**values | {"limits": _limits(path, row.limits)})
    return classes


def _limits(path: Path, limits: Mapping[str, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    if wrong := [level for level, pair in limits.items() if level not in {"1", "2", "3", "4"} or min(pair) <= 0]:
        raise _bad(path, f"limits.{wrong[0]}", "settings_want_limits")
    return {int(level): pair for level, pair in limits.items()}


def load_places(path: Path, grids: Mapping[str, Grid]) -> tuple[Alias, ...]:
    """Read places.csv, longest alias first. Raises `SettingsError` for a grid that grids.csv does not have, or a bad position."""
    found: list[Alias] = []
    for line, row in _rows(path, ("alias", "grid", "address", "lat", "lon")):
        if row["grid"] and row["grid"] not in grids:
            raise _bad(path, f"line {line}, grid = {row['grid']!r}", "settings_want_grid")
        try:
            lat, lon = (float(row[name]) if row[name] else None for name in ("lat", "lon"))
        except ValueError as error:
            raise _bad(path, f"line {line}, lat / lon", "settings_want_number") from error
        found.append(Alias(alias=row["alias"], grid=row["grid"], address=row["address"], lat=lat, lon=lon))
    return tuple(sorted(found, key=lambda place: -len(place.alias)))


def load_calendar(home: Path, hours: tuple[str, ...], zone: str) -> Calendar:
    """Working hours and days: the table that comes with the program, overridden day by day by the home's workdays.csv."""
    days: dict[date, bool] = {}
    for path in (Path(__file__).parent / "workdays.csv", home / "workdays.csv"):
        for line, row in _rows(path, ("date", "day")):
            try:
                days[date.fromisoformat(row["date"])] = {"work": True, "off": False}[row["day"]]
            except (ValueError, KeyError) as error:
                raise _bad(path, f"line {line}", "settings_want_date") from error
    return Calendar(zone=zone, hours=_hours(home / "paidan.toml", hours), days=days, known_until=max(days, default=None))


def _hours(path: Path, hours: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    spans = [_HOURS.fullmatch(span) for span in hours]
    read = [tuple(int(h) * 60 + int(m) for h, m in ((found[1], found[2]), (found[3], found[4]))) for found in spans if found]
    ends = [minute for span in read for minute in span]
    if len(read) != len(hours) or not ends or ends != sorted(set(ends)) or ends[-1] > 24 * 60:
        raise _bad(path, "calendar.hours", "settings_want_hours")
    return tuple((span[0], span[1]) for span in read)


def load_operators(path: Path) -> dict[str, Operator]:
    """Read operators.csv: roles are separated by blanks or `+`."""
    operators: dict[str, Operator] = {}
    for line, row in _rows(path, ("name", "roles", "lang")):
        roles = row["roles"].replace("+", " ").split()
        if unknown := [role for role in roles if role not in set(Role)]:
            raise _bad(path, f"line {line}, roles = {unknown[0]!r}", "settings_want_role")
        operators[row["name"]] = Operator(name=row["name"], roles=frozenset(map(Role, roles)), language=row["lang"])
    return operators


def _roster(path: Path, units: Mapping[str, Unit], zone: ZoneInfo, me: str) -> Iterator[Shift]:
    """Shifts of units, and of this centre's own desk under its id."""
    for line, row in _rows(path, ("unit", "person", "phone", "from", "to")):
        if row["unit"] not in units and row["unit"] != me:
            raise _bad(path, f"line {line}, unit = {row['unit']!r}", "settings_want_unit")
        try:
            start, end = (parse_time(row[column], zone) for column in ("from", "to"))
        except ValueError as error:
            raise _bad(path, f"line {line}, from / to", "settings_want_time") from error
        yield Shift(unit=row["unit"], person=row["person"], phone=row["phone"], start=start, end=end)


def _convert(path: Path, kind: type[_T]) -> _T:
    try:
        return msgspec.convert(tomllib.loads(read_text(path)), kind)
    except tomllib.TOMLDecodeError as error:
        raise _bad(path, str(error), "settings_want_toml") from error
    except msgspec.ValidationError as error:
        raise _bad(path, field_of(error), "settings_want_field", problem=str(error)) from error


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines of a CSV table as dicts with every wanted column, with their line number; no file, no lines."""
    if not path.exists():
        return
    reader = csv.DictReader(io.StringIO(read_text(path)))
    if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
        raise _bad(path, missing[0], "settings_want_column")
    for row in reader:
        if (row.get(columns[0]) or "").strip():
            yield reader.line_num, {column: one_line(row[column] or "", 200) for column in columns}


def read_text(path: Path) -> str:
    """A settings file as text: UTF-8 with or without BOM, else GBK, as spreadsheets here write it."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _bad(path, str(error.strerror), "settings_want_readable") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError as error:
            raise _bad(path, f"byte {error.start}", "settings_want_utf8") from error


def _bad(path: Path, key: str, remedy: str, **fields: Any) -> SettingsError:
    return SettingsError(because("settings_bad", file=str(path), key=key, remedy=f"@{remedy}", **fields))

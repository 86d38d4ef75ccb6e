"""paidan.toml: this centre, its broker, clock and figures."""

from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from data.clock import parse_time
from data.domain.errors import SettingsError
from data.domain.reason import because
from data.domain.text import is_id
from data.domain.vocabulary import Role
from data.files import Strict, convert, mistake
from data.settings.ways_in import InletSettings, Open311Settings, SourceSettings, WarningSource, WarningsSettings, check_inlets, check_warnings


class CentreSettings(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class ClockSettings(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[clock]`: rate 60 plays a day in 24 minutes; anchor is the real moment (ISO) from which it runs fast."""

    rate: float = 1.0
    anchor: str = ""


class HistorySettings(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[history]`: readings older than `keep_days` days go, a day's file at a time; 0 keeps them for ever."""

    keep_days: Annotated[int, msgspec.Meta(ge=0)] = 0
    keep: dict[str, Annotated[int, msgspec.Meta(ge=1)]] = msgspec.field(default_factory=dict)
    """`[history.keep]`: days for which single readings of a kind are kept, where that is less; figures by the hour stay with the day's file."""


class DispatchSettings(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class SeatSettings(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[seat]`: how seats at this desk draw. The environment (`PAIDAN_LINK`, `PAIDAN_GLYPHS`) says otherwise for one of them."""

    link: Literal["", "lan", "dsl", "thin"] = ""
    """"": measured."""
    glyphs: Literal["", "safe", "ascii"] = ""
    """"": by the terminal."""
    tutorial: bool = True
    """The lesson comes by itself when a person sits down for the first time."""


class CalendarSettings(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[calendar]`: working hours of classes whose clock is `working`; days are in workdays.csv."""

    hours: tuple[str, ...] = ("09:00-12:00", "13:00-18:00")
    """Eight hours; our judgement."""


class Paidan(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


def load_paidan(home: Path) -> Paidan:
    """Read and check paidan.toml. Raises `SettingsError`, of its own kind where there is no such file."""
    path = home / "paidan.toml"
    if not path.exists():
        raise SettingsError(because("settings_no_home", home=str(home)))
    file = convert(path, Paidan)
    _check_paidan(path, file)
    return file


def _check_paidan(path: Path, file: Paidan) -> None:
    centre = file.centre
    if not is_id(centre.id):
        raise mistake(path, "centre.id", "settings_want_id")
    if file.broker != "embedded" and not file.broker.startswith("mqtt://"):
        raise mistake(path, "broker", "settings_want_broker")
    if not 1 <= file.broker_port <= 65535:
        raise mistake(path, "broker_port", "settings_want_port")
    if not 0 < file.clock.rate <= 3600:
        raise mistake(path, "clock.rate", "settings_want_rate")
    if file.dispatch.default_role not in set(Role):
        raise mistake(path, "dispatch.default_role", "settings_want_role")
    check_inlets(path, file.inlet, file.open311)
    check_warnings(path, file.warnings, file.warning)
    try:
        zone = ZoneInfo(centre.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise mistake(path, "centre.zone", "settings_want_zone") from error
    if file.clock.anchor:
        try:
            parse_time(file.clock.anchor, zone)
        except ValueError as error:
            raise mistake(path, "clock.anchor", "settings_want_time") from error

"""What comes in from elsewhere: sources, the watched folder, Open311 servers and warnings from above, and what is checked of them at the start."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from data.domain.text import is_id
from data.files import Strict, mistake

_Address = TypeVar("_Address", "Open311Settings", "WarningSource")


class SourceMap(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class SourceSettings(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class InletSettings(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[inlet]`: the watched folder for reports as JSON lines and CSV."""

    folder: str = "inlet"
    """A folder of the home; "" watches none."""
    poll_s: float = 1.0
    """A file is taken when it has stood still this long."""
    sms: bool = False
    """Whether something publishes the SMS that come in on `paidan/<centre>/in/sms`: then an order by SMS says how to answer it."""


class Open311Settings(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[open311]]`: a GeoReport v2 server whose reports are fetched."""

    name: str
    url: str
    """Where `requests.json` is, without it: https://server/open311/v2."""
    jurisdiction: str = ""
    key_file: str = ""
    """File of mode 0600 with the api_key; or the name of an environment variable in `key_env`. Wanted for writing back only."""
    key_env: str = ""
    services: dict[str, str] = msgspec.field(default_factory=dict)
    """Their service_code → our class code; a code that is not here and no class of ours is left to the keywords."""
    poll_s: float = 60.0
    since_days: float = 1.0
    """How far back the first look goes."""
    write: str = ""
    """How our state goes back, where the server allows it: "" never, put (PUT requests/ID), post (POST servicerequestupdates)."""
    allow_http: bool = False
    """Allow http:// inside a trusted network."""
    deadline_s: float = 30.0
    """Longest time of one request, all in all."""


class WarningsSettings(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[warnings]`: CAP messages from above, whom they call up, and where files of them are dropped."""

    folder: str = "warnings"
    """A folder of the home; "" watches none."""
    call_level: int = 2
    """From this level on the roster is called up: 1 red, 2 orange; judgement."""
    call: tuple[str, ...] = ("duty",)
    """Kinds of contacts.csv that are called, beside who is on duty by roster.csv."""
    areas: tuple[str, ...] = ()
    """Take only warnings whose area holds one of these words or codes; empty takes all."""


class WarningSource(Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[warning]]`: an address that is asked for CAP messages, or for a feed of links to them."""

    name: str
    url: str
    poll_s: float = 60.0
    allow_http: bool = False
    """Allow http:// inside a trusted network."""
    deadline_s: float = 30.0
    """Longest time of one request, all in all."""


def check_inlets(path: Path, inlet: InletSettings, servers: Sequence[Open311Settings]) -> None:
    """Raises `SettingsError` for a bad `[inlet]` or `[[open311]]`."""
    _check_folder(path, "inlet.folder", inlet.folder)
    if not 0.05 <= inlet.poll_s <= 3600:
        raise mistake(path, "inlet.poll_s", "settings_want_seconds")
    for key, server in _addresses(path, "open311", servers):
        if server.write not in ("", "put", "post"):
            raise mistake(path, f"{key}: write", "settings_want_write")
        if min(server.poll_s, server.deadline_s, server.since_days) <= 0:
            raise mistake(path, f"{key}: poll_s, deadline_s, since_days", "settings_want_seconds")


def check_warnings(path: Path, warnings: WarningsSettings, sources: Sequence[WarningSource]) -> None:
    """Raises `SettingsError` for a bad `[warnings]` or `[[warning]]`."""
    _check_folder(path, "warnings.folder", warnings.folder)
    if not 0 <= warnings.call_level <= 4:
        raise mistake(path, "warnings.call_level", "settings_want_level")
    for key, source in _addresses(path, "warning", sources):
        if min(source.poll_s, source.deadline_s) <= 0:
            raise mistake(path, f"{key}: poll_s, deadline_s", "settings_want_seconds")


def _check_folder(path: Path, key: str, folder: str) -> None:
    if folder and not is_id(folder):
        raise mistake(path, key, "settings_want_folder")


def _addresses(path: Path, table: str, rows: Sequence[_Address]) -> Iterator[tuple[str, _Address]]:
    """Rows that name an address which is asked, each with the words for it in a mistake, once its name and address are checked."""
    names = [row.name for row in rows]
    for row in rows:
        key = f"{table} {row.name}"
        if not is_id(row.name) or names.count(row.name) > 1:
            raise mistake(path, f"{key}: name", "settings_want_name")
        if not row.url.startswith(("https://", "http://") if row.allow_http else "https://"):
            raise mistake(path, f"{key}: url", "settings_want_source_https")
        yield key, row

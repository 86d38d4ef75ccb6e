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

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from data.channels.shared.settings import Channel, load_channels
from data.clock import RealClock, parse_time
from data.domain.tables import Tables
from data.settings.paidan import CentreSettings, Paidan, load_paidan
from data.settings.tables import load_tables


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
    file = load_paidan(home)
    tables = load_tables(home, file)
    return Settings(home=home, file=file, tables=tables, channels=load_channels(home / "paidan.toml", file.channel, tables.units))


def reload(settings: Settings) -> Settings:
    """The same home with its tables read anew; paidan.toml stays what it was at the start. Raises `SettingsError`."""
    tables = load_tables(settings.home, settings.file)
    load_channels(settings.home / "paidan.toml", settings.file.channel, tables.units)  # units may name only what there is
    return replace(settings, tables=tables)

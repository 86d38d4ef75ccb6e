"""`[[channel]]` tables of paidan.toml, and the channels made of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec

from data.channels import Kind, Parcel, Result, Way, kind_named, kinds
from data.channels.shared import secrets as secrets_
from data.channels.shared.common import Common
from data.channels.shared.secrets import Secret
from data.domain.errors import SettingsError
from data.domain.reason import Reason
from data.domain.tables import Unit
from data.domain.text import is_id
from data.files import mistake

BUILT_IN = ({"name": "mqtt", "kind": "mqtt"}, {"name": "phone", "kind": "phone"})
"""Channels that need no settings; a table of the same name overrides them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One `[[channel]]`: its settings and what they name. Holds secrets only once `opened`, in the centre."""

    config: Common
    module: Kind
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    fault: Reason | None = None
    """Why it cannot be used until the settings are mended."""

    @property
    def name(self) -> str:
        """As units.toml names it."""
        return self.config.name

    @property
    def way(self) -> Way:
        """Who carries."""
        return self.module.WAY

    @property
    def deduplicates(self) -> bool:
        """Whether the receiver can tell a repeated number."""
        return self.module.deduplicates(self.config)

    def send(self, parcel: Parcel) -> Result:
        """One attempt; see the port."""
        return self.module.send(self.config, self.secrets, parcel)

    def opened(self, home: Path) -> "Channel":
        """With its secrets; with a `fault` where they cannot be read, so that one bad file stops one channel."""
        try:
            found = secrets_.read_all(home, self.config)
        except SettingsError as error:
            return Channel(config=self.config, module=self.module, fault=error.reason)
        return Channel(config=self.config, module=self.module, secrets=found)


def load_channels(path: Path, rows: Sequence[Mapping[str, Any]], units: Mapping[str, Unit]) -> dict[str, Channel]:
    """Check the `[[channel]]` tables of `path` and that units name only what there is. Raises `SettingsError`."""
    given = [_channel(path, row) for row in rows]
    names = [channel.name for channel in given]
    for name in names:
        if names.count(name) > 1:
            raise mistake(path, f"channel.name = {name!r}", "settings_want_unique")
    channels = {row["name"]: _channel(path, row) for row in BUILT_IN} | {channel.name: channel for channel in given}
    for key in _unknown_names(units, channels):
        raise mistake(path.with_name("units.toml"), key, "settings_want_channel")
    return channels


def _unknown_names(units: Mapping[str, Unit], channels: Mapping[str, Channel]) -> Iterator[str]:
    yield from (f"unit {unit.id}: channels = {name!r}" for unit in units.values() for name in unit.channels if name not in channels)


def _channel(path: Path, row: Mapping[str, Any]) -> Channel:
    name = row.get("name")
    if not isinstance(name, str) or not is_id(name):
        raise mistake(path, f"channel.name = {name!r}", "settings_want_id")
    module = kind_named(str(row.get("kind", "")))
    if module is None:
        raise mistake(path, f"channel {name}: kind = {row.get('kind')!r}", "settings_want_channel_kind", kinds="、".join(sorted(kinds())))
    try:
        config = cast("Common", msgspec.convert(row, module.Config))
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at ")
        raise mistake(path, f"channel {name}: {where.strip('`').removeprefix('$.') or problem}", "settings_want_field", problem=problem) from error
    if wrong := _secret_twice(config) or module.check(config):
        raise mistake(path, f"channel {name}: {wrong[0]}", wrong[1])
    return Channel(config=config, module=module)


def _secret_twice(config: Common) -> tuple[str, str] | None:
    return next(((f"{name}_file, {name}_env", "settings_want_one") for name, (file, env) in secrets_.names(config).items() if file and env), None)

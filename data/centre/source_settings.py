"""`[[source]]` of paidan.toml, checked and opened. Every mistake is a `SettingsError` that names file, key and remedy, before anything connects.

A mistake in the text stops the start; a file that is not there or cannot be used stops that one source until it is.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from data.centre.mqtt import Handed, Mqtt, Tls
from data.clock import Clock
from data.codecs import Decode, bind, codecs
from data.domain.text import is_id, one_line
from data.files import mistake, secret_text
from data.settings import Settings
from data.settings.ways_in import SourceMap, SourceSettings

SECRETS = ("password_file", "key_file")
"""Files that only their owner may read."""


def checked(settings: Settings, place: int) -> tuple[Decode, ZoneInfo]:
    """The decoder and zone of a source. Raises `SettingsError` that names the key."""
    for key, remedy in mistakes(settings, place):
        raise mistake(settings.home / "paidan.toml", key, remedy)
    row = settings.file.source[place]
    return bind(row.codec, _options(row)), ZoneInfo(row.zone) if row.zone else settings.zone


def mistakes(settings: Settings, place: int) -> Iterator[tuple[str, str]]:
    """All that is wrong with the text of a source: key and remedy."""
    row = settings.file.source[place]
    if not is_id(row.name) or [one.name for one in settings.file.source].count(row.name) > 1:
        yield f"source[{place}].name", "settings_want_id" if not is_id(row.name) else "settings_want_unique"
    if not is_url(row.url):
        yield f"source {row.name}: url", "settings_want_source_url"
    if row.qos not in {0, 1, 2}:
        yield f"source {row.name}: qos", "settings_want_qos"
    if not row.topics or not all(_is_filter(topic) for topic in row.topics):
        yield f"source {row.name}: topics", "settings_want_topics"
    if row.zone and not _is_zone(row.zone):
        yield f"source {row.name}: zone", "settings_want_zone"
    if row.codec not in codecs():
        yield f"source {row.name}: codec = {row.codec!r}", "settings_want_codec"
        return
    yield from _unbound(row)


def _is_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        return False
    return True


def _unbound(row: SourceSettings) -> Iterator[tuple[str, str]]:
    """Options and rows of the mapping that the codec does not take, each by itself."""
    tried = [(f"source {row.name}: options", dict(row.options))] if row.options else []
    rows = ((place, one) for place, one in enumerate(row.map) if one.topic or one.value)
    tried += [(f"source {row.name}: map[{place}]", {**row.options, "map": [_where(one)]}) for place, one in rows]
    for key, options in tried:
        try:
            bind(row.codec, options)
        except (ValueError, TypeError, KeyError) as error:
            yield f"{key}: {one_line(str(error), 200)}", "settings_want_mapping"


def is_url(url: str) -> bool:
    """Whether it says where a broker is, and nothing secret."""
    return _url(url) is not None


def _url(url: str) -> Any:
    try:
        parts = urlsplit(url)
        ok = parts.scheme in {"mqtt", "mqtts"} and parts.hostname and not parts.password and not parts.query and (parts.port or 1) > 0
    except ValueError:
        return None
    return parts if ok else None


def _is_filter(topic: str) -> bool:
    levels = topic.split("/")
    return bool(topic) and len(topic.encode()) <= 65_535 and all(
        level in {"+", "#"} or not set(level) & set("+#\0") for level in levels
    ) and "#" not in levels[:-1]  # fmt: skip


def _options(row: SourceSettings) -> dict[str, Any]:
    rows = [_where(one) for one in row.map if one.topic or one.value]
    return {**row.options, "map": rows} if rows else dict(row.options)


def _where(row: SourceMap) -> dict[str, Any]:
    said = {key: getattr(row, key) for key in ("topic", "value", "field", "unit", "time", "states")}
    return {key: value for key, value in said.items() if value}


def connection(settings: Settings, place: int, handed: Handed, clock: Clock) -> Mqtt:
    """The connection of a source that was `checked`, not yet started. Raises `SettingsError` for a secret or certificate that cannot be used now."""
    row, home = settings.file.source[place], settings.home
    files = {key: str(home / name) if (name := getattr(row, f"{key}_file")) else "" for key in ("ca", "cert", "key")}
    where = home / "paidan.toml"
    for key in ("ca_file", "cert_file"):
        name = getattr(row, key)
        if name and not (home / name).is_file():
            raise mistake(where, f"source {row.name}: {key} = {name!r}", "settings_want_file")
    secrets = {key: secret_text(home / name, where, f"source {row.name}: {key} = {name!r}") for key in SECRETS if (name := getattr(row, key))}
    try:
        return Mqtt(
            row.url, client_id=f"paidan-{settings.centre.id}-{row.name}", topics=row.topics, clock=clock, user=row.user,
            password=secrets.get("password_file", ""), source=row.name, qos=row.qos,
            tls=Tls(**files) if row.url.startswith("mqtts:") else None, handed=handed,
        )  # fmt: skip
    except OSError as error:
        raise mistake(where, f"source {row.name}: ca_file, cert_file, key_file", "settings_want_file") from error

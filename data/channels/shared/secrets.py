"""Secrets of channels: read from a file of mode 0600 or from the environment, and shown nowhere.

By convention a key `url_file` or `url_env` of a channel gives the secret `url`.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from data.files import mistake, secret_text

HIDDEN = "***"
_SHORT = 6
"""Parts of a secret shorter than this are not blotted out by themselves: `robot`, `send` would be; judgement."""


class Secret:
    """A value that does not show itself. `reveal()` is called only where bytes are made for the wire."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __reduce__(self) -> tuple[type["Secret"], tuple[str]]:
        return Secret, (HIDDEN,)


def names(config: Any) -> dict[str, tuple[str, str]]:
    """Secrets that a channel's settings speak of: name → (file, environment variable), empty where not given."""
    found: dict[str, tuple[str, str]] = {}
    for field in config.__struct_fields__:
        base, _, source = field.rpartition("_")
        if source in ("file", "env") and getattr(config, field):
            file, env = found.get(base, ("", ""))
            found[base] = (getattr(config, field), env) if source == "file" else (file, getattr(config, field))
    return found


def read_all(home: Path, config: Any) -> Mapping[str, Secret]:
    """Read the secrets of one channel. Raises `SettingsError` that names the channel's key, never the value."""
    return {name: _read(home, f"channel {config.name}: {name}", file, env) for name, (file, env) in names(config).items()}


def _read(home: Path, key: str, file: str, env: str) -> Secret:
    value = secret_text(home / file, home / file, f"{key}_file") if file else os.environ.get(env, "").strip()
    if not value:
        raise mistake(home, f"{key}_file" if file else f"{key}_env = {env!r}", "settings_want_secret")
    return Secret(value)


def scrub(text: str, secrets: Iterable[Secret]) -> str:
    """Blot out every secret, and every part of one that is a URL, wherever a far side or library repeats it."""
    for part in sorted({part for secret in secrets for part in _parts(secret.reveal())}, key=len, reverse=True):
        text = text.replace(part, HIDDEN)
    return text


def _parts(value: str) -> set[str]:
    parts = {value}
    if "://" in value:
        url = urlsplit(value)
        parts |= {url.query, url.path, *url.path.split("/"), *(item for _, item in parse_qsl(url.query)), url.password or ""}
    parts |= {quote(part, safe="") for part in parts}
    return {part for part in parts if len(part) >= _SHORT or part == value}

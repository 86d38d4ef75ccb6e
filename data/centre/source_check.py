"""What `paidan init --check` says of `[[source]]`: all that is wrong with the text, and with the files that it names. Connects to nothing."""

import ssl
import stat
from collections.abc import Callable, Container, Iterator
from pathlib import Path

from data.centre.source_settings import SECRETS, mistakes
from data.settings import Settings
from data.settings.ways_in import SourceSettings

FILES = ("password_file", "ca_file", "cert_file", "key_file")
Mistake = tuple[str, str, bool]
"""Key, remedy, and whether it stops the source; else it is worth a look."""


def source_mistakes(settings: Settings, home: Path, sensors: Container[str]) -> Iterator[Mistake]:
    """Source by source. `home`: where its files are; `sensors`: ids that sensors.csv lists."""
    for place, row in enumerate(settings.file.source):
        yield from ((key, remedy, True) for key, remedy in mistakes(settings, place))
        wrong = [(key, remedy) for key in FILES if getattr(row, key) and (remedy := _file(home / getattr(row, key), is_secret=key in SECRETS))]
        yield from ((f"source {row.name}: {key} = {getattr(row, key)!r}", remedy, True) for key, remedy in wrong)
        yield from _tls(row, home, {key for key, _ in wrong})
        for number, one in enumerate(row.map):
            if one.sensor and one.sensor not in sensors:
                yield f"source {row.name}: map[{number}].sensor = {one.sensor!r}", "settings_want_listed_sensor", False


def _file(path: Path, *, is_secret: bool) -> str:
    """The remedy for a file that cannot be used, or ""."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return "settings_want_file"
        body = path.read_bytes()
    except FileNotFoundError:
        return "settings_want_file"
    except OSError:
        return "settings_want_readable"
    if is_secret and stat.S_IMODE(about.st_mode) & 0o077:
        return "settings_want_0600"
    return "" if body.strip() else "settings_want_secret" if is_secret else "settings_want_pem"


def _tls(row: SourceSettings, home: Path, wrong: set[str]) -> Iterator[Mistake]:
    """Certificates and keys that are files and yet none; files that a connection in the clear would never use."""
    named = [key for key in FILES[1:] if getattr(row, key)]
    if named and row.url.startswith("mqtt:"):
        yield f"source {row.name}: {named[0]}", "settings_want_mqtts", False
    if row.key_file and not row.cert_file:
        yield f"source {row.name}: cert_file", "settings_want_cert", True
    if row.ca_file and "ca_file" not in wrong and not _loads(lambda context: context.load_verify_locations(home / row.ca_file)):
        yield f"source {row.name}: ca_file = {row.ca_file!r}", "settings_want_pem", True
    own = home / row.cert_file, home / row.key_file if row.key_file else None
    if row.cert_file and not {"cert_file", "key_file"} & wrong and not _loads(lambda context: context.load_cert_chain(*own, password="")):
        yield f"source {row.name}: cert_file = {row.cert_file!r}", "settings_want_pair", True


def _loads(load: Callable[[ssl.SSLContext], object]) -> bool:
    try:
        load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    except (OSError, ValueError):
        return False
    return True

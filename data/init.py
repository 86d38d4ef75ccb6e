"""Make a home from a sample: a settings folder that can be started as it is and read like a form.

A sample is a folder of `data/samples`; each is itself a home that loads, so that what is copied is what is tested.
"""

import errno
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from data.centre.broker import free_port
from data.clock import RealClock, iso
from data.domain.errors import SettingsError
from data.domain.reason import because
from data.settings import load
from data.words import Words

SAMPLES = Path(__file__).parent / "samples"
MQTT_PORT = 1883
OVERRIDES = ("classes", "kinds", "scenarios")
"""Folders of a home whose files add to or override the built-in ones."""


def samples() -> tuple[str, ...]:
    """Names of the samples."""
    return tuple(sorted(path.name for path in SAMPLES.iterdir() if (path / "paidan.toml").exists()))


def init_home(
    home: Path, sample: str, *, broker: str = "embedded", port: int | None = None, clock_rate: float = 1.0, anchor: int | None = None
) -> None:
    """Write the settings folder of `sample` into `home`, which may exist but not be a home yet.

    `broker` is `embedded` or a url; without `port` the embedded one gets 1883, or a free port if that is taken. A clock
    faster than 1 runs from `anchor` (real UTC ms), else from now; homes that talk to each other need the same anchor.
    Raises `SettingsError` if there are settings already: nothing is overwritten.
    """
    if (home / "paidan.toml").exists():
        raise SettingsError(because("init_exists", file=str(home / "paidan.toml")))
    make_folder(home)
    # The tables first: a home is one only when its paidan.toml stands.
    for source in sorted((SAMPLES / sample).glob("*.*")):
        if source.name != "paidan.toml":
            _copy_new(source, home / source.name)
    _make_folders(home)
    text = (SAMPLES / sample / "paidan.toml").read_text(encoding="utf-8")
    (home / "paidan.toml").write_text(_filled(text, _values(broker, port, clock_rate, anchor)), encoding="utf-8")
    load(home)


def make_folder(path: Path) -> None:
    """A folder that can be written into, with those above it. Raises `SettingsError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(because("folder_unwritable", folder=str(path), problem=error.strerror or "")) from error
    if not os.access(path, os.W_OK):
        raise SettingsError(because("folder_unwritable", folder=str(path), problem=os.strerror(errno.EACCES)))


def _copy_new(source: Path, target: Path) -> None:
    if target.exists():
        raise SettingsError(because("init_exists", file=str(target)))
    shutil.copyfile(source, target)


def _make_folders(home: Path) -> None:
    words = Words("zh")
    for name in OVERRIDES:
        (home / name).mkdir(exist_ok=True)
        readme = home / name / "README.txt"
        if not readme.exists():
            readme.write_text(words(f"init.readme_{name}") + "\n", encoding="utf-8")


def _values(broker: str, port: int | None, clock_rate: float, anchor: int | None) -> dict[str, str]:
    values = {"broker": f'"{broker}"', "rate": str(float(clock_rate))}
    if broker == "embedded":
        values["broker_port"] = str(port or free_port(MQTT_PORT))
    if clock_rate != 1.0:
        values["anchor"] = f'"{iso(anchor or RealClock().now())}"'
    return values


def _filled(text: str, values: Mapping[str, str]) -> str:
    for key, value in values.items():
        text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}".replace("\\", r"\\"), text)
        if count != 1:
            msg = f"the sample has {count} lines of {key}"
            raise ValueError(msg)
    return text

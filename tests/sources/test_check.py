"""`paidan init --check` on `[[source]]`: every mistake at once, with file, key and remedy, in both languages."""

import subprocess
from pathlib import Path

import pytest

from data.check import check
from data.init import init_home
from data.words import Words
from tests.helpers.clock import at
from tests.helpers.homes import paidan
from tests.helpers.tools import needs

NOW = at("2026-11-24 12:00")
WRONG = """
[[source]]
name = "field"
url = "http://broker"
topics = ["a/#/b"]
codec = "morse"
qos = 7
zone = "Mars/X"
password_file = "open-secret"

[[source]]
name = "radio"
url = "mqtts://broker:8883"
topics = ["application/#"]
codec = "json"
ca_file = "absent.crt"
cert_file = "no.pem"
key_file = "empty.key"
[[source.map]]
topic = "well/{sensor}"
value = "tilt"
[[source.map]]
topic = "well/#/x"
value = "a["
[[source.map]]
device = "w7"
field = "tilt"
sensor = "nobody"

[[source]]
name = "radio"
url = "mqtt://broker"
topics = ["x"]
codec = "plain"
ca_file = "ca.crt"
key_file = "alone.key"
password_file = "folder"
options = { colour = "red" }
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init_home(tmp_path / "home", "street", broker="mqtt://127.0.0.1:1")
    return tmp_path / "home"


def add(home: Path, text: str) -> None:
    with (home / "paidan.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def write(path: Path, text: str, mode: int) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def spoil(home: Path) -> None:
    add(home, WRONG)
    write(home / "open-secret", "s3cret", 0o644)
    write(home / "no.pem", "hello", 0o644)
    write(home / "empty.key", "", 0o600)
    write(home / "alone.key", "x", 0o600)
    write(home / "ca.crt", "-----BEGIN CERTIFICATE-----\nnope\n-----END CERTIFICATE-----\n", 0o644)
    (home / "folder").mkdir()


EXPECTED = {
    ("source field: url", "settings_want_source_url"),
    ("source field: topics", "settings_want_topics"),
    ("source field: qos", "settings_want_qos"),
    ("source field: zone", "settings_want_zone"),
    ("source field: codec = 'morse'", "settings_want_codec"),
    ("source field: password_file = 'open-secret'", "settings_want_0600"),
    ("source[1].name", "settings_want_unique"),
    ("source[2].name", "settings_want_unique"),
    ("source radio: map[1]: well/#/x", "settings_want_mapping"),
    ("source radio: map[2].sensor = 'nobody'", "settings_want_listed_sensor"),
    ("source radio: ca_file = 'absent.crt'", "settings_want_file"),
    ("source radio: key_file = 'empty.key'", "settings_want_secret"),
    ("source radio: ca_file = 'ca.crt'", "settings_want_pem"),
    ("source radio: cert_file", "settings_want_cert"),
    ("source radio: ca_file", "settings_want_mqtts"),
    ("source radio: password_file = 'folder'", "settings_want_file"),
    ("source radio: options: colour", "settings_want_mapping"),
}


def test_every_mistake_of_every_source_is_named_at_once(home: Path) -> None:
    """Text and files of three sources; nothing else is found, and what a start would only wonder at is no error."""
    assert [] == [one for one in check(home, NOW) if one.is_error]
    spoil(home)
    found = [one for one in check(home, NOW) if one.key.startswith("source")]
    assert EXPECTED == {(one.key, one.remedy) for one in found}
    assert {"paidan.toml"} == {one.file for one in found}
    assert {"settings_want_listed_sensor", "settings_want_mqtts"} == {one.remedy for one in found if not one.is_error}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_is_said_in_words(home: Path, language: str) -> None:
    """No remedy is a bare key, and no secret is repeated; the command exits 1."""
    spoil(home)
    for _, remedy in EXPECTED:
        said = Words(language)(remedy)
        assert remedy != said
        assert said.isascii() is (language == "en")
    done = paidan("init", "--check", str(home))
    assert (1, True) == (done.returncode, "source field: url" in done.stdout)
    assert "s3cret" not in done.stdout


def test_good_files_are_good(home: Path) -> None:
    """A certificate with its key and authority, a secret of mode 0600: nothing to say. A key of another certificate: said."""
    openssl = needs("openssl")
    for name in ("one", "two"):
        words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.crt", "-days", "2", "-subj", "/CN=a"]
        subprocess.run([openssl, *words], cwd=home, check=True, capture_output=True)
        (home / f"{name}.key").chmod(0o600)
    write(home / "secret", "s3cret", 0o600)
    source = """
[[source]]
name = "field"
url = "mqtts://broker"
topics = ["a/#"]
codec = "plain"
user = "paidan"
password_file = "secret"
ca_file = "one.crt"
cert_file = "one.crt"
key_file = "KEY"
"""
    add(home, source.replace("KEY", "one.key"))
    assert [] == [one for one in check(home, NOW) if one.key.startswith("source")]
    text = (home / "paidan.toml").read_text(encoding="utf-8")
    (home / "paidan.toml").write_text(text.replace('key_file = "one.key"', 'key_file = "two.key"'), encoding="utf-8")
    assert ["settings_want_pair"] == [one.remedy for one in check(home, NOW) if one.key.startswith("source")]

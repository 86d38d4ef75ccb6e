"""`[[channel]]` in paidan.toml: every mistake names file, key and remedy; secrets come from closed files and the environment alone."""

from pathlib import Path
from typing import Any

import pytest

from data.channels.shared.masking import mask_numbers
from data.channels.shared.secrets import Secret, scrub
from data.channels.shared.settings import load_channels
from data.domain.errors import SettingsError
from data.domain.tables import Unit
from data.init import init_home
from data.settings import load
from data.words import Words

HOOK = {"name": "a", "kind": "webhook", "url": "https://example.org/in", "json": {"text": "$text"}}
ROBOT = {"name": "a", "kind": "wecom", "url_env": "ROBOT"}
SMS = {"name": "a", "kind": "sms", "url": "https://example.org/sms", "form": {"to": "$phone", "text": "$text"}}
PRINTER = {"name": "a", "kind": "printer", "path": "/dev/usb/lp0"}


@pytest.mark.parametrize("row", [HOOK, ROBOT, SMS, PRINTER, {"name": "p", "kind": "phone"}, {"name": "mqtt", "kind": "mqtt"}])
def test_good_tables(tmp_path: Path, row: dict[str, Any]) -> None:
    """Beside them there is always the broker and the telephone."""
    assert set(load_channels(tmp_path / "paidan.toml", [row], {})) == {row["name"], "mqtt", "phone"}


@pytest.mark.parametrize(
    ("row", "key", "remedy"),
    [
        (HOOK | {"nope": 1}, "nope", "field"),
        (HOOK | {"deadline_s": "soon"}, "deadline_s", "field"),
        (HOOK | {"deadline_s": 0}, "deadline_s", "field"),
        (HOOK | {"name": "a b"}, "channel.name", "id"),
        (HOOK | {"kind": "pigeon"}, "pigeon", "channel_kind"),
        (HOOK | {"url": "http://example.org"}, "url", "https"),
        (HOOK | {"url": "https://u:p@example.org"}, "url", "url"),
        (HOOK | {"url": "https://example.org/?key=1"}, "url", "url_secret"),
        (HOOK | {"url_file": "f"}, "url", "one"),
        (HOOK | {"form": {}}, "json, form", "one"),
        (HOOK | {"method": "GET"}, "json", "form"),
        (HOOK | {"json": {"text": ["$txet"]}}, "$txet", "template"),
        (HOOK | {"headers": {"Authorization": "$secret"}}, "$secret", "template"),
        (HOOK | {"secret_file": "f", "secret_env": "E"}, "secret_file, secret_env", "one"),
        (ROBOT | {"url": "https://example.org/"}, "url", "url_secret"),
        ({"name": "a", "kind": "feishu"}, "url_file, url_env", "given"),
        (SMS | {"form": {"text": "$text"}}, "$phone", "given"),
        (SMS | {"idempotent": True}, "$id", "given"),
        (PRINTER | {"host": "printer"}, "path, host", "one"),
        (PRINTER | {"path": "slips"}, "path", "absolute"),
        ({"name": "b", "kind": "mqtt"}, "name", "mqtt_name"),
    ],
)
def test_mistakes(tmp_path: Path, row: dict[str, Any], key: str, remedy: str) -> None:
    """File, key and remedy, as a sentence in both languages."""
    with pytest.raises(SettingsError) as error:
        load_channels(tmp_path / "paidan.toml", [row], {})
    args = dict(error.value.reason.args)
    assert (str(tmp_path / "paidan.toml"), f"@settings_want_{remedy}") == (args["file"], args["remedy"])
    assert key in str(args["key"])
    for language in ("zh", "en"):
        assert Words(language).has(f"settings_want_{remedy}")


def test_a_name_twice(tmp_path: Path) -> None:
    """A unit could mean either."""
    with pytest.raises(SettingsError, match="settings_want_unique"):
        load_channels(tmp_path / "paidan.toml", [HOOK, ROBOT], {})


def test_a_unit_names_only_what_there_is(tmp_path: Path) -> None:
    """The mistake is in units.toml."""
    units = {"yang": Unit(id="yang", name="杨", kind="leader", channels=("a", "pigeon"))}
    with pytest.raises(SettingsError) as error:
        load_channels(tmp_path / "paidan.toml", [HOOK], units)
    assert dict(error.value.reason.args)["file"] == str(tmp_path / "units.toml")


def test_a_home_with_channels(tmp_path: Path) -> None:
    """The whole folder is read; no secret is needed for that, so a seat reads it too."""
    init_home(tmp_path / "home", "street", broker="mqtt://127.0.0.1:1")
    file = tmp_path / "home" / "paidan.toml"
    file.write_text(file.read_text("utf-8") + '\n[[channel]]\nname = "wx"\nkind = "wecom"\nurl_file = "wx.url"\n', "utf-8")
    settings = load(tmp_path / "home")
    assert settings.channels["wx"].config.per_minute == 20
    fault = settings.channels["wx"].opened(tmp_path / "home").fault
    assert fault is not None
    assert dict(fault.args)["remedy"] == "@settings_want_file"


@pytest.mark.parametrize(("mode", "text", "remedy"), [(0o644, "x", "0600"), (0o620, "x", "0600"), (0o600, " \n", "secret"), (0o600, "\xff", None)])
def test_secret_files(tmp_path: Path, mode: int, text: str, remedy: str | None) -> None:
    """Closed to others and not empty."""
    (tmp_path / "k").write_text(text, encoding="utf-8")
    (tmp_path / "k").chmod(mode)
    row = {"name": "a", "kind": "wecom", "url_file": "k"}
    opened = load_channels(tmp_path / "paidan.toml", [row], {})["a"].opened(tmp_path)
    assert (dict(opened.fault.args)["remedy"] if opened.fault else None) == (f"@settings_want_{remedy}" if remedy else None)


def test_a_secret_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not set the fault names the variable."""
    channel = load_channels(tmp_path / "paidan.toml", [ROBOT], {})["a"]
    fault = channel.opened(tmp_path).fault
    assert fault is not None
    assert "ROBOT" in str(dict(fault.args)["key"])
    monkeypatch.setenv("ROBOT", "https://example.org/key")
    assert channel.opened(tmp_path).secrets["url"].reveal() == "https://example.org/key"


def test_scrub() -> None:
    """The whole, its key, its path, as they are or percent-encoded."""
    secret = Secret("https://example.org/robot/hook-77712345?key=abc/def-9999")
    said = "POST https://example.org/robot/hook-77712345?key=abc/def-9999 | /robot/hook-77712345 | hook-77712345 | abc%2Fdef-9999"
    assert scrub(said, [secret]) == "POST *** | *** | *** | ***"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13812345678。", "电话138****5678。"),
        ("138-1234-5678，138 1234 5678", "138****5678，138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("110101199003071234 与 11010119900307123X", "110101********1234 与 110101********123X"),
        ("单号20260721130000123，回执码4821", "单号20260721130000123，回执码4821"),
        ("星都会６号楼", "星都会６号楼"),
    ],
)
def test_mask_numbers(text: str, masked: str) -> None:
    """Telephone and identity numbers, and nothing else."""
    assert mask_numbers(text) == masked

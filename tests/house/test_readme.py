"""The README's examples are read by the program itself: what it shows is true."""

import os
import re
from pathlib import Path

import pytest

from data.init import init_home
from data.settings import load

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A street's settings, with the secrets that the examples name."""
    init_home(tmp_path / "pailou", "street")
    for name in ("hook.key", "wecom.url"):
        (tmp_path / "pailou" / name).write_text("https://qyapi.example/robot\n", encoding="utf-8")
        os.chmod(tmp_path / "pailou" / name, 0o600)
    return tmp_path / "pailou"


def test_the_class_of_the_readme_is_a_class(home: Path) -> None:
    """Put into the home's classes/, it is there."""
    [block] = [block for block in BLOCKS if block.startswith("code")]
    (home / "classes").mkdir(exist_ok=True)
    (home / "classes" / "lights.toml").write_text(block, encoding="utf-8")
    assert load(home).tables.classes["0110"].name == "道路照明"


def test_the_channels_and_sources_of_the_readme_load(home: Path) -> None:
    """Appended to paidan.toml, they are taken."""
    [block] = [block for block in BLOCKS if "[[channel]]" in block]
    file = home / "paidan.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n" + block, encoding="utf-8")
    settings = load(home)
    assert {"hook", "group", "mqtt", "phone"} <= set(settings.channels)
    assert [source.name for source in settings.file.source] == ["zigbee"]


def test_both_commands_stand_in_the_readme_and_ci_calls_the_second() -> None:
    """One line each, to be copied."""
    first = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/paidan demo"
    second = "python3 -m venv .venv && .venv/bin/pip install -q '.[test]' && .venv/bin/pytest"
    assert first in README
    assert second in README
    assert second in (ROOT / ".ci" / "run").read_text(encoding="utf-8")

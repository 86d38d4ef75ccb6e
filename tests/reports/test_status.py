"""`paidan status` answers while the settings are being mended: that is when it is asked."""

import json
from pathlib import Path

from click.testing import CliRunner

from console.command_line import group as main
from data.init import init_home
from tests.helpers import brokers
from tests.helpers.homes import CentreProcess


def status(home: Path, *more: str) -> str:
    done = CliRunner().invoke(main, ["status", "--home", str(home), *more], env={"PAIDAN_LANG": "zh"})
    assert 0 == done.exit_code, done.output
    return done.stdout


def test_a_class_file_that_is_broken_is_named_and_the_centre_answers(tmp_path: Path) -> None:
    """It runs on with its old tables; mended, nothing is said to be wrong."""
    home, broker = tmp_path / "pailou", brokers.make("nats", tmp_path / "nats")
    broker.start()
    init_home(home, "street", broker=broker.url)
    centre = CentreProcess(home)
    try:
        centre.start()
        (home / "classes").mkdir(exist_ok=True)
        (home / "classes" / "own.toml").write_text('code = "0199"\nname = \n', encoding="utf-8")
        state = json.loads(status(home, "--json"))
        assert (True, True, "pailou") == (state["running"], state["answers"], state["centre"])
        assert f"{home}/classes/own.toml" in state["settings_fault"]
        assert any(line.startswith("设置有误") and "own.toml" in line for line in status(home).splitlines())
        (home / "classes" / "own.toml").unlink()
        assert json.loads(status(home, "--json"))["settings_fault"] is None
        assert "设置有误  无" in status(home).splitlines()
    finally:
        centre.stop()
        broker.stop()

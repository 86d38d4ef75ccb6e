"""`paidan init --check`: every mistake of a folder at once, with file, key and remedy, and nothing that is none."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from console.command_line import group as main
from data.check import Finding, check
from data.init import SAMPLES, samples
from data.words import Words
from tests.helpers.clock import at

NOW = at("2026-11-24 12:00")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The street's settings, to be spoilt."""
    shutil.copytree(SAMPLES / "street", tmp_path / "pailou")
    (tmp_path / "pailou" / "classes").mkdir(exist_ok=True)
    return tmp_path / "pailou"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(found: list[Finding]) -> set[tuple[str, str]]:
    return {(one.file, one.remedy) for one in found}


@pytest.mark.parametrize("sample", samples())
def test_the_samples_have_no_mistake(sample: str) -> None:
    """What `init` writes passes its own check."""
    assert [] == [one for one in check(SAMPLES / sample, NOW) if one.is_error]


def test_every_mistake_of_every_file_is_named_at_once(home: Path) -> None:
    """Nine mistakes in five files, two of them in one row: all nine are found in one run, by line and column."""
    change(home / "units.toml", 'kind = "department"', 'knd = "department"')
    change(home / "units.toml", 'channels = ["mqtt"]', 'channels = ["pigeon"]')
    change(home / "grids.csv", "DHG-02,大河沟二网格,dahegou,,", "DHG-02,大河沟二网格,nowhere,nobody,")
    change(home / "grids.csv", "BP-02,北坡二网格,beipo,,", "BP-02,北坡二网格,,,")
    with (home / "roster.csv").open("a", encoding="utf-8") as file:
        file.write("dahegou,甲,1,2026-11-24 08:00,yesterday\nghost,乙,1,2026-11-24 08:00,2026-11-24 20:00\n")
    change(home / "operators.csv", "auditor", "boss")
    change(home / "paidan.toml", "grace_s = 5.0", 'grace_s = "five"')
    found = check(home, NOW)
    named = {(one.file, one.key.split(" = ")[0].split(",")[0] if one.file != "grids.csv" else one.key, one.remedy) for one in found if one.is_error}
    assert {
        ("units.toml", "unit[5].kind", "settings_want_this_key"),
        ("units.toml", "unit[5].knd", "settings_want_known_key"),
        ("units.toml", "unit dahegou: channels", "settings_want_channel"),
        ("grids.csv", "line 3, centre = 'nowhere'", "settings_want_unit"),
        ("grids.csv", "line 3, unit = 'nobody'", "settings_want_unit"),
        ("grids.csv", "grid BP-02 北坡二网格", "settings_want_grid_owner"),
        ("roster.csv", "line 2", "settings_want_time"),
        ("roster.csv", "line 3", "settings_want_unit"),
        ("operators.csv", "line 4", "settings_want_role"),
        ("paidan.toml", "dispatch.grace_s", "settings_want_type"),
    } <= named


def test_a_mistake_brings_no_others_with_it(home: Path) -> None:
    """A unit file that cannot be read at all is one mistake, not one for each line that names a unit."""
    (home / "units.toml").write_text("[[unit]\nid = 1", encoding="utf-8")
    assert [("units.toml", "settings_want_toml")] == [
        (one.file, one.remedy) for one in check(home, NOW) if one.is_error and one.file != "sensors.csv"
    ]


def test_units_without_channel_classes_without_unit_and_rosters_that_are_over(home: Path) -> None:
    """What loads and cannot work: each is named; a roster that is over is a note, not an error."""
    text = (home / "units.toml").read_text(encoding="utf-8")
    (home / "units.toml").write_text(text.replace('channels = ["mqtt"]', 'channels = ["mqtt"]\nclasses = ["0102"]'), encoding="utf-8")
    change(home / "units.toml", 'channels = ["mqtt"]', "channels = []")
    with (home / "roster.csv").open("a", encoding="utf-8") as file:
        file.write("hongxing,甲,1,2026-01-01 08:00,2026-01-02 08:00\n")
    found = check(home, NOW)
    assert {("units.toml", "settings_want_some_channel"), ("classes", "settings_want_class_unit")} <= told([one for one in found if one.is_error])
    assert ("roster.csv", "settings_want_future_roster") in told([one for one in found if not one.is_error])
    assert not any("0102" in one.key for one in found if one.remedy == "settings_want_class_unit")


def test_sensors_of_unknown_kind_or_grid(home: Path) -> None:
    """Each by its line or id; the rows after a wrong one are still looked at."""
    lines = (home / "sensors.csv").read_text(encoding="utf-8").splitlines()
    columns = lines[0].split(",")
    for line, column, value in ((1, "kind", "telepathy"), (2, "grid", "XX-99"), (3, "unit", "ghost")):
        cells = lines[line].split(",")
        cells[columns.index(column)] = value
        lines[line] = ",".join(cells)
    (home / "sensors.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = {one.remedy for one in check(home, NOW) if one.file == "sensors.csv"}
    assert {"settings_want_kind", "settings_want_grid", "settings_want_unit"} == found


def test_the_command_says_each_in_words_and_exits_one(home: Path) -> None:
    """A line for each, the count at the end; exit 0 when there is no error; exit 1 and a remedy for an empty folder."""
    run = CliRunner().invoke
    assert 0 == run(main, ["init", "--check", str(home)], env={"PAIDAN_LANG": "zh"}).exit_code
    change(home / "operators.csv", "auditor", "boss")
    change(home / "grids.csv", "BP-02,北坡二网格,beipo,,", "BP-02,北坡二网格,,,")
    done = run(main, ["init", "--check", str(home)], env={"PAIDAN_LANG": "zh"})
    assert 1 == done.exit_code
    assert 3 == len(done.stdout.splitlines())
    assert "operators.csv" in done.stdout
    assert Words("zh")("settings_want_grid_owner") in done.stdout
    empty = run(main, ["init", "--check", str(home / "classes")], env={"PAIDAN_LANG": "en"})
    assert (1, True) == (empty.exit_code, "paidan init" in empty.stdout)


def test_assisting_units_that_a_home_lacks_are_remarks(home: Path) -> None:
    """Shipped scenarios name a street's units: a community is told of each, and nothing is wrong; a class's own the same, the street lacks none."""
    assert [] == [one for one in check(home, NOW) if one.remedy == "settings_no_assist"]
    lacking = [one for one in check(SAMPLES / "community", NOW) if one.remedy == "settings_no_assist"]
    assert {("scenarios/bridge_tunnel.toml", "assists = 'jiaojing'"), ("scenarios/waterlogging.toml", "assists = 'jiaojing'")} <= {
        (one.file, one.key) for one in lacking
    }
    own = (SAMPLES.parent / "classes" / "bridge.toml").read_text(encoding="utf-8")
    (home / "classes" / "bridge.toml").write_text(own + '\nassists = ["ghost"]\n', encoding="utf-8")
    lacking += [one for one in check(home, NOW) if "ghost" in one.key]
    assert ("classes", "settings_no_assist") == (lacking[-1].file, lacking[-1].remedy)
    assert {False} == {one.is_error for one in lacking}

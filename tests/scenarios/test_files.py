"""Scenario files: all that ship are sound, and a mistake is named with file, key and remedy."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from console.commands.scenario import command
from data.acts import proposal
from data.domain.case import case_from
from data.domain.errors import SettingsError
from data.init import init_home
from data.kinds import load_kinds
from data.scenarios import load_scenarios, missing_units
from data.settings import load
from data.words import Words
from tests.helpers.clock import FakeClock, at
from tests.helpers.office import open_centre

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "scenarios"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A street's settings."""
    init_home(tmp_path / "pailou", "street")
    return tmp_path / "pailou"


def scenarios(home: Path) -> dict[str, object]:
    return dict(load_scenarios(home, load_kinds(home), load(home).tables))


def test_every_shipped_scenario_is_sound(home: Path) -> None:
    """Classes, kinds and rules that they name exist, and so do the sample's units."""
    found = load_scenarios(home, load_kinds(home), load(home).tables)
    assert sorted(found) == sorted(path.stem for path in SHIPPED.glob("*.toml"))
    assert {name: missing_units(scenario, load(home).tables) for name, scenario in found.items()} == {name: [] for name in found}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('class = "0501"', 'class = "9999"', "class"),
        ('kind = "noise"', 'kind = "nois"', "trigger[0].kind"),
        ("after_s = 300", 'after_s = "soon"', "open.after_s"),
        ('what = "warn"', 'what = "shout"', "step[0].what"),
        ("until_min = 5", "minutes = 5", "minutes"),
        ('key = "place"', 'key = "moon"', "key"),
    ],
)
def test_a_mistake_is_named(home: Path, old: str, new: str, key: str) -> None:
    """The sentence has the file and the key, and says what to write."""
    text = (SHIPPED / "square_noise.toml").read_text(encoding="utf-8")
    assert old in text
    (home / "scenarios").mkdir(exist_ok=True)
    (home / "scenarios" / "mine.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        scenarios(home)
    said = Words("zh").say(caught.value.reason)
    assert "mine.toml" in said
    assert key in said


TELL = '[[step]]\nwhat = "tell"\nto = "duty"\ntext = "{plaec}"\nsource = "x"\n'
MANHOLE = (SHIPPED / "manhole.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said_zh", "said_en"),
    [
        ("accept_min", "acept_min", "open.acept_min 有误：没有这一项", "open.acept_min is wrong: there is no such key"),
        ("accept_min = 5", 'accept_min = "5"', "open.accept_min 有误：要写整数", "open.accept_min is wrong: write a whole number"),
        ('key = "sensor"', 'key = "town"', "key 有误：不在可选的词里", "key is wrong: not one of the words"),
        ('needs = ["cleared"]', 'needs = "cleared"', "close.needs 有误：要写成列表", "close.needs is wrong: write a list"),
        ('needs = ["cleared"]\nsource = "本项目判断"', "needs = []", "close.source 有误：缺这一项", "close.source is wrong: this key is missing"),
        ('class = "0301"', "class = \u201c0301\u201d", "line 2: class = \u201c0301\u201d 有误", "line 2: class = \u201c0301\u201d is wrong"),
        ("confirmed = false", "confirmed = yes", "line 5: confirmed = yes 有误", "straight quotes"),
        ("[close]", f"{TELL}[close]", "{plaec} 有误：花括号", "{plaec} is wrong: in braces"),
    ],
)
def test_a_mistake_of_somebody_who_is_no_programmer(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said_zh: str, said_en: str
) -> None:
    """The line as he wrote it or the key, and what to do, in both languages."""
    assert old in MANHOLE
    (tmp_path / "mine.toml").write_text(MANHOLE.replace(old, new, 1), encoding="utf-8")
    for language, said in (("zh", said_zh), ("en", said_en)):
        monkeypatch.setenv("PAIDAN_LANG", language)
        run = CliRunner().invoke(command, ["check", str(tmp_path / "mine.toml"), "--home", str(home)])
        assert (run.exit_code, said in run.stderr) == (1, True), run.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_of_an_editor_of_here_is_read(home: Path, tmp_path: Path, encoding: str) -> None:
    """With a BOM, or as GBK."""
    (tmp_path / "mine.toml").write_text(MANHOLE, encoding=encoding)
    assert CliRunner().invoke(command, ["check", str(tmp_path / "mine.toml"), "--home", str(home)]).exit_code == 0


def test_the_list_says_whose_and_whether_confirmed(home: Path) -> None:
    """A line each, to be read."""
    (home / "scenarios").mkdir(exist_ok=True)
    (home / "scenarios" / "manhole.toml").write_text(MANHOLE.replace("confirmed = false", "confirmed = true", 1), encoding="utf-8")
    lines = CliRunner().invoke(command, ["list", "--home", str(home)]).stdout.splitlines()
    assert ["manhole", "井盖", "0301", "本区", "已确认"] == next(line for line in lines if line.startswith("manhole")).split()[:5]
    assert ["shore", "岸线环境", "0108", "自带", "参考值"] == next(line for line in lines if line.startswith("shore")).split()[:5]


def test_a_home_adds_and_overrides(home: Path) -> None:
    """The same name takes the place of the shipped one."""
    text = (SHIPPED / "square_noise.toml").read_text(encoding="utf-8").replace("after_s = 300", "after_s = 60", 1)
    (home / "scenarios").mkdir(exist_ok=True)
    (home / "scenarios" / "square_noise.toml").write_text(text, encoding="utf-8")
    found = load_scenarios(home, load_kinds(home), load(home).tables)
    assert found["square_noise"].open.after_s == 60


def test_check_names_every_mistake_and_what_is_worth_knowing(home: Path, tmp_path: Path) -> None:
    """`paidan scenario check`: all mistakes at once, exit 1; a sound file says so and exits 0."""
    text = (SHIPPED / "square_noise.toml").read_text(encoding="utf-8")
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace('class = "0501"', 'class = "9999"').replace('kind = "noise"', 'kind = "nois"'), encoding="utf-8")
    run = CliRunner().invoke(command, ["check", str(broken), "--home", str(home)])
    assert (run.exit_code, run.stderr.count("broken.toml")) == (1, 3)
    sound = CliRunner().invoke(command, ["check", str(SHIPPED / "square_noise.toml"), "--home", str(home)])
    assert (sound.exit_code, "可用" in sound.stdout, "参考值" in sound.stdout) == (0, True, True)


def test_an_assisting_unit_that_a_home_lacks_is_a_remark_and_no_warning(tmp_path: Path) -> None:
    """At a community the shipped waterlogging file is sound, what it lacks is told; the case of one is planned without it, and without a word."""
    community = open_centre(tmp_path / "dahegou", "community", FakeClock(at("2026-07-21 09:00")))
    done = CliRunner().invoke(command, ["check", str(SHIPPED / "waterlogging.toml"), "--home", str(tmp_path / "dahegou")])
    assert (0, True) == (done.exit_code, Words("zh")("reason.scenario_no_assist", unit="jiaojing") in done.output)
    community.report(text="路面积水很深", grid=next(iter(community.settings.tables.grids)))
    tables = community.settings.tables
    with community.desk.transaction() as tx:
        case = case_from(tx.one("SELECT * FROM cases"))
        shipped = replace(case, assists=load_scenarios(None, load_kinds(), tables)["waterlogging"].open.assists)
        made, named = (proposal(tx, shipped, tables, assists) for assists in (None, ("jiaojing",)))
    assert [] == [warning for warning in made.warnings if warning.code == "assist_unknown"]
    assert ["assist_unknown"] == [warning.code for warning in named.warnings if warning.code == "assist_unknown"]
    assert () == made.assists

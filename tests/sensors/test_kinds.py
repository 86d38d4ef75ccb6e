"""Kinds and the register: what ships is sound, what a home adds is checked with file, key and remedy."""

from pathlib import Path

import pytest

from data.domain.errors import SettingsError
from data.kinds import Kind, load_kinds
from data.kinds.register import load_sensors
from data.rules import Absence, Threshold
from data.words import Words

HEAD = "id,kind,name,place,grid,area_class,lat,lon,parent,unit\n"


@pytest.mark.parametrize("kind", load_kinds().values(), ids=lambda kind: kind.name)
def test_built_in_kind(kind: Kind) -> None:
    """Every kind has names, a sane scale and staleness, and a source for every number."""
    assert kind.label.zh
    assert kind.plausible.low <= kind.scale.low < kind.scale.high <= kind.plausible.high
    assert kind.timing.interval_s < kind.timing.stale_s
    assert all(Words("zh").has(state) for state in kind.states)
    for rule in kind.rules:
        sources = [row.source for row in (*rule.limits, *rule.steps)] if isinstance(rule, Threshold) else []
        assert all([kind.plausible.source, kind.scale.source, kind.timing.source, rule.source, *sources])
        assert rule.label is not None
        assert all([rule.label.zh, rule.label.en])


def test_all_kinds_of_the_domain_ship() -> None:
    """Everything that a district hangs up, each label once."""
    wanted = {"noise", "rain_gauge", "water_level", "road_water", "crack", "tilt", "shock", "gnss", "soil_moisture", "soil_relative", "pest"}
    wanted |= {"temperature", "humidity", "air", "pm10", "o3", "no2", "bridge_deflection", "bridge_strain", "bridge_vibration", "manhole"}
    wanted |= {"manhole_water", "manhole_gas", "smoke", "co", "lift_trapped", "lift_stopped", "call_button", "bed", "motion", "battery", "rssi"}
    kinds = load_kinds()
    assert set() == wanted - set(kinds)
    assert len(kinds) == len({kind.label.zh for kind in kinds.values()})


def test_a_case_class_for_every_kind_that_opens_one() -> None:
    """What an alarm opens is a class that ships."""
    from data.settings.classes import load_classes

    assert set() == {kind.opens for kind in load_kinds().values() if kind.opens} - set(load_classes(None))


def test_silence_goes_by_the_staleness_of_the_kind() -> None:
    """A rule of absence that names no time takes the kind's own; a quiet call button is level 2."""
    button = load_kinds()["call_button"]
    (silent,) = [rule for rule in button.rules if isinstance(rule, Absence)]
    assert (2, button.timing.stale_s) == (silent.level, silent.after_s)


def test_a_cover_is_tilted_for_half_a_minute_and_ended_by_a_person() -> None:
    """On after 30 s, by time alone as it is sent once; never off by itself. A water level is lost after 2.5 intervals."""
    kinds = load_kinds()
    (tilt,) = kinds["manhole"].rules
    assert isinstance(tilt, Threshold)
    assert (30, True, True) == (tilt.on_delay_s, tilt.holds, tilt.latched)
    assert 2.5 == kinds["water_level"].timing.stale_s / kinds["water_level"].timing.interval_s


def test_judgements_are_not_law() -> None:
    """Only figures of a standard whose text was read are shown without 参考值."""
    confirmed = {
        row.source
        for kind in load_kinds().values()
        for rule in kind.rules
        if isinstance(rule, Threshold)
        for row in rule.limits
        if row.confirmed
    }
    assert {"GB 3096-2008 表1"} == confirmed


def _home(tmp_path: Path, name: str, old: str, new: str) -> Path:
    (tmp_path / "kinds").mkdir()
    text = (Path(load_kinds.__code__.co_filename).parent / "noise.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "kinds" / name).write_text(text.replace(old, new, 1), "utf-8")
    return tmp_path


def test_home_overrides_and_adds(tmp_path: Path) -> None:
    """A file of the same name replaces a kind, one of another name adds one."""
    home = _home(tmp_path, "noise.toml", "precision = 1", "precision = 2")
    (home / "kinds" / "buzz.toml").write_text((home / "kinds" / "noise.toml").read_text("utf-8"), "utf-8")
    kinds = load_kinds(home)
    assert (2, "buzz") == (kinds["noise"].precision, kinds["buzz"].name)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("precision = 1", "precison = 1", "precison"),
        ("precision = 1", "precision = 9", "precision"),
        ("low = 20", "low = 'x'", "plausible.low"),
        ("low = 20", "low = 200", "plausible"),
        ('type = "threshold"', 'type = "guess"', "rules[0].type"),
        ("night = 40, ", "", "rules.over.limits[0]"),
        ("day = 50, night = 40", 'day = "none", night = "none"', "rules.over.limits[0]"),
        ("day = 50", 'day = "never"', "rules[0].limits[0].day"),
        ("level = 2", "level = 7", "rules[0].steps[0].level"),
        ("[plausible]", "[plausible", "line"),
    ],
)
def test_mistakes_name_file_and_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    """A wrong file is refused by its name and the place in it."""
    with pytest.raises(SettingsError) as caught:
        load_kinds(_home(tmp_path, "noise.toml", old, new))
    args = dict(caught.value.reason.args)
    assert str(args["file"]).endswith("noise.toml")
    assert key in f"{args['key']} {args['remedy']}"
    assert args["remedy"]


@pytest.mark.parametrize(("before", "encoding"), [(b"", "utf-8"), (b"", "utf-8-sig"), (b"", "gbk"), (b"\xef\xbb\xbf", "gbk")])
def test_register_in_any_usual_encoding(tmp_path: Path, before: bytes, encoding: str) -> None:
    """Spreadsheets write UTF-8 with or without BOM, or GBK; also GBK after the BOM of UTF-8."""
    path = tmp_path / "sensors.csv"
    path.write_bytes(before + (HEAD + "p1,noise,广场噪声,江南广场,JN-01,2,29.6,106.5,,jiangnan\r\n\r\n").encode(encoding))
    (sensor,) = load_sensors(path, load_kinds()).values()
    assert ("p1", "江南广场", "2", 29.6, "jiangnan") == (sensor.id, sensor.where, sensor.area_class, sensor.lat, sensor.unit)


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("p 1,noise,,,,,,,,", "line 3, id = 'p 1'"),
        ("ok,noise,,,,,,,,", "line 3, id = 'ok'"),
        ("p2,nose,,,,,,,,", "line 3, kind = 'nose'"),
        ("p2,noise,,,,,north,,,", "line 3, lat = 'north'"),
        ("p2,noise,,,,,nan,,,", "line 3, lat = 'nan'"),
        ("p2,noise,,,,,1,999,,", "line 3, lon = '999'"),
    ],
)
def test_register_mistakes_name_line_and_column(tmp_path: Path, line: str, where: str) -> None:
    """A wrong row is refused by file, line and column."""
    path = tmp_path / "sensors.csv"
    path.write_text(HEAD + "ok,noise,,,,,,,,\n" + line + "\n", "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_sensors(path, load_kinds())
    assert where == dict(caught.value.reason.args)["key"]


def test_no_register_no_sensors(tmp_path: Path) -> None:
    """A home without sensors.csv has none."""
    assert {} == load_sensors(tmp_path / "sensors.csv")

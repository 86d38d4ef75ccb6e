"""`paidan init` and the samples it writes."""

from pathlib import Path

import pytest

from data.centre import broker
from data.init import SAMPLES, init_home, samples
from data.kinds import load_kinds
from data.kinds.register import load_sensors
from data.settings import load
from data.settings.classes import load_classes
from tests.helpers.homes import paidan


@pytest.mark.parametrize("sample", samples())
def test_every_sample_loads_as_it_is(sample: str) -> None:
    """A sample folder is itself a home without a mistake, sensors included."""
    settings = load(SAMPLES / sample)
    sensors = load_sensors(SAMPLES / sample / "sensors.csv", load_kinds(SAMPLES / sample))
    assert {sensor.grid for sensor in sensors.values()} <= set(settings.tables.grids)
    assert {sensor.unit for sensor in sensors.values()} <= set(settings.tables.units)


def test_people_are_marked_as_samples() -> None:
    """Where a sample has people, its files say that they are invented."""
    for sample in ("street", "community"):
        for name in ("paidan.toml", "units.toml", "operators.csv"):
            assert "样例" in (SAMPLES / sample / name).read_text(encoding="utf-8"), (sample, name)


def test_kinds_of_the_board_are_all_there() -> None:
    """The street has a score of sensors, of each of the seven kinds, and the square of the newspaper."""
    sensors = load_sensors(SAMPLES / "street" / "sensors.csv")
    assert {"noise", "rain", "water_level", "crack", "manhole", "air", "call_button"} == {one.kind for one in sensors.values()}
    assert len(sensors) >= 20
    assert ("江南广场", "2") == (sensors["jn-plaza-noise"].place, sensors["jn-plaza-noise"].area_class)


def test_grid_leads_from_street_to_community_to_leader() -> None:
    """DHG-03 is the community's for the street and the area leader's for the community."""
    street, community = load(SAMPLES / "street").tables, load(SAMPLES / "community").tables
    assert "dahegou" == street.grids["DHG-03"].centre
    assert ("dahegou", "yangjianhong") == (community.grids["DHG-03"].centre, community.grids["DHG-03"].leader)


def test_no_keyword_belongs_to_two_classes() -> None:
    """A keyword decides: it may not lead to two classes."""
    owners: dict[str, list[str]] = {}
    for row in load_classes(None).values():
        for word in row.keywords:
            owners.setdefault(word, []).append(row.code)
    assert {} == {word: codes for word, codes in owners.items() if len(codes) > 1}


def test_every_class_says_where_its_numbers_come_from() -> None:
    """No deadline without a source; none is called confirmed before a district has confirmed it."""
    for row in load_classes(None).values():
        assert row.source, row.code
        assert not row.confirmed, row.code
        assert row.ask, row.code
        assert row.results, row.code


def test_exposed_garbage_is_as_the_newspaper_has_it() -> None:
    """0102 暴露垃圾: level 3, 15 minutes to accept, 240 to finish."""
    row = load_classes(None)["0102"]
    assert ("暴露垃圾", 3, 15, 240) == (row.name, row.level, row.accept_min, row.done_min)


def test_sample_reports_go_where_a_person_would_send_them() -> None:
    """Each sample text that has a keyword gets the class that a person would choose."""
    from data.dispatch import guess_class

    tables = load(SAMPLES / "street").tables
    texts = {
        "星都会小区6号楼车库垃圾堵门，气温升高，异味难闻": "0102",
        "工地门口建筑垃圾堆了半条街": "0103",
        "红星桥下穿道积水，小车过不去": "0603",
        "大河沟路口井盖破了，晚上看不见很危险": "0301",
        "楼上装音响到半夜，太吵睡不着": "0501",
        "后山步道有落石，石头比拳头大": "0601",
        "楼道口堆着旧沙发和床垫，没人搬走": None,
    }
    assert texts == {text: guess_class(text, tables) for text in texts}


def test_init_keeps_what_is_there(tmp_path: Path) -> None:
    """A second init changes nothing, exits 1 and names the file."""
    assert 0 == paidan("init", str(tmp_path / "a")).returncode
    before = (tmp_path / "a" / "paidan.toml").read_bytes()
    again = paidan("init", str(tmp_path / "a"), "--sample", "empty")
    assert 1 == again.returncode
    assert str(tmp_path / "a" / "paidan.toml") in again.stderr
    assert before == (tmp_path / "a" / "paidan.toml").read_bytes()


def test_init_takes_another_port_when_1883_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With somebody on the usual port the embedded broker gets one of its own, which is free and written down."""
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr("data.init.MQTT_PORT", other.getsockname()[1])
        init_home(tmp_path / "a", "street")
        port = load(tmp_path / "a").file.broker_port
        assert port != other.getsockname()[1]
        assert broker.is_free(port)


def test_init_writes_broker_and_clock(tmp_path: Path) -> None:
    """A broker's address and a fast clock end up in the settings; two homes with one anchor have one clock."""
    for name in ("a", "b"):
        init_home(tmp_path / name, "community", broker="mqtt://127.0.0.1:21883", clock_rate=60, anchor=1_795_000_000_000)
    a, b = load(tmp_path / "a"), load(tmp_path / "b")
    assert "mqtt://127.0.0.1:21883" == a.file.broker
    assert (60, 1_795_000_000_000) == (a.clock.rate, a.clock.anchor)
    assert a.clock == b.clock


def test_unknown_sample_names_the_known_ones(tmp_path: Path) -> None:
    """A wrong `--sample` is refused and says which there are."""
    done = paidan("init", str(tmp_path / "a"), "--sample", "moon")
    assert done.returncode != 0
    assert all(name in done.stderr for name in samples())
    assert not (tmp_path / "a").exists()

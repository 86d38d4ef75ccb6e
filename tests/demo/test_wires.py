"""The street of the demo: sensors of all kinds, each sent in the wire shape of a codec and read back by that codec."""

import json
import random
from math import log10
from pathlib import Path

import pytest

from data.centre.resolve import Resolver, Strangers
from data.centre.source_settings import checked
from data.codecs import codecs
from data.domain.units import convert
from data.init import init_home
from data.kinds import load_kinds
from data.kinds.register import load_sensors
from data.settings import load
from data.simulate.agenda import Agenda
from data.simulate.devices import LOUD, device
from data.simulate.district import dress
from data.simulate.instruments import FIRST_S, Instruments, devices
from data.simulate.wires import COLUMNS, TABLE, Stamp, boxes, rows, wire
from tests.helpers.clock import FakeClock


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A street as the demo has it."""
    init_home(tmp_path / "pailou", "street", broker="mqtt://127.0.0.1:1")
    dress(tmp_path / "pailou")
    return tmp_path / "pailou"


class FarSide:
    """A line that keeps what is sent, in its order."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, object, bool]] = []

    def send(self, topic: str, message: object, *, retain: bool = False) -> None:
        self.sent.append((topic, message, retain))


def test_every_kind_has_a_sensor(home: Path) -> None:
    """All 43 kinds that shipped with it; some sixty sensors. A kind that comes later is one file and need not be played."""
    kinds, sensors = load_kinds(home), load_sensors(home / "sensors.csv")
    assert len(kinds.keys() & {sensor.kind for sensor in sensors.values()}) >= 43
    assert 55 <= len(sensors) <= 75


def test_every_codec_is_spoken(home: Path) -> None:
    """Each codec that ships has devices of the demo: the others as sources, our own topics for the rest."""
    spoken = {box.codec for box in boxes(load(home), load_sensors(home / "sensors.csv"))}
    assert sorted(spoken) == sorted(codecs())


def test_places_parents_and_units_are_the_streets(home: Path) -> None:
    """Grids and units of the sample; whoever hangs on a gateway names one that is there."""
    tables, sensors = load(home).tables, load_sensors(home / "sensors.csv")
    assert {sensor.grid for sensor in sensors.values()} <= tables.grids.keys()
    assert {sensor.unit for sensor in sensors.values()} <= tables.units.keys()
    parents = {sensor.parent for sensor in sensors.values()} - {""}
    assert {sensors[parent].kind for parent in parents} == {"gateway"}
    assert len(parents) >= 3


def test_the_table_of_wires_holds(home: Path) -> None:
    """Its columns; sources that the home has; sensors of the register, each once."""
    table = rows()
    assert TABLE.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
    assert {row["source"] for row in table} == {source.name for source in load(home).file.source}
    named = [row["sensor"] for row in table]
    assert (sorted(set(named)), set(named) <= load_sensors(home / "sensors.csv").keys()) == (sorted(named), True)


def test_values_come_back_as_they_were_measured(home: Path) -> None:
    """Every wire, both ends without a broker: what is sent is what the source's own codec and map read, in the kind's unit."""
    settings, kinds, sensors = load(home), load_kinds(home), load_sensors(home / "sensors.csv")
    clock, line = FakeClock(), FarSide()
    played = devices(sensors, random.Random(1))
    agenda = Agenda(clock)
    Instruments(settings, agenda, played, line, random.Random(2))  # type: ignore[arg-type]  # a line of the same words
    read = {place: checked(settings, place) for place in range(len(settings.file.source))}
    configs = {topic: body for topic, body, retain in line.sent if retain}
    assert [topic for topic in configs if not topic.startswith("homeassistant/")] == []
    found: dict[str, float] = {}
    wanted: dict[str, float] = {}
    for box in boxes(settings, sensors):
        if box.codec == "own":
            continue
        values = {part.field: part.said(value) for part in box.parts if (value := _sample(sensors[part.sensor].kind)) is not None}
        wanted |= {part.sensor: _sample(sensors[part.sensor].kind) for part in box.parts}
        body = wire(box.codec).body(box, values, Stamp(at=clock.now(), zone=settings.zone, number=3))
        place = next(n for n, source in enumerate(settings.file.source) if source.codec == box.codec)
        decode, zone = read[place]
        for topic, config in configs.items() if box.codec == "homeassistant" else ():
            decode(topic, _bytes(config), received_at=clock.now(), zone=zone, retained=True)
        resolver = Resolver("x", settings.file.source[place].map, sensors, kinds, Strangers())
        for one in decode(box.topic, _bytes(body), received_at=clock.now(), zone=zone):
            if (reading := resolver(one)) is not None:
                found[reading.sensor] = reading.value
                assert abs(reading.at - clock.now()) < 1000, reading
    assert {sensor: pytest.approx(value) for sensor, value in wanted.items()} == found


def _sample(kind: str) -> float:
    """A value that tells by itself which kind it is of, and that two words can say too."""
    return 1.0 if len(load_kinds()[kind].states) == 2 else 41.0 + len(kind)


def _bytes(body: object) -> bytes:
    return body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()


def test_a_home_without_sources_hears_its_own_topics(tmp_path: Path) -> None:
    """`paidan simulate` in a plain street: no other shapes than ours."""
    init_home(tmp_path / "a", "street", broker="mqtt://127.0.0.1:1")
    settings, sensors = load(tmp_path / "a"), load_sensors(tmp_path / "a" / "sensors.csv")
    spoken = boxes(settings, sensors)
    assert ({box.codec for box in spoken}, sorted(box.device for box in spoken)) == ({"own"}, sorted(sensors))
    assert all(box.topic == f"paidan/pailou/sensor/{box.device}" for box in spoken)


def test_dressing_writes_settings_that_hold(home: Path) -> None:
    """The sources load, each with a decoder; a second dressing adds no second ones."""
    before = (home / "paidan.toml").read_text(encoding="utf-8")
    dress(home)
    settings = load(home)
    assert (home / "paidan.toml").read_text(encoding="utf-8") == before
    assert [source.name for source in settings.file.source if source.url != "mqtt://127.0.0.1:1"] == []
    assert len([checked(settings, place) for place in range(len(settings.file.source))]) == 8


def test_everybody_has_spoken_soon(home: Path) -> None:
    """Within `FIRST_S` of the street's time, and the messages of a minute are few: the demo stays light."""
    settings, sensors = load(home), load_sensors(home / "sensors.csv")
    clock, line = FakeClock(), FarSide()
    agenda = Agenda(clock)
    instruments = Instruments(settings, agenda, devices(sensors, random.Random(1)), line, random.Random(2))  # type: ignore[arg-type]  # as above
    for _ in range(int(FIRST_S) + 4):
        clock.pass_s(1)
        agenda.run(iter((False, True)).__next__)
    assert {topic for topic, _, _ in line.sent} >= {box.topic for box in boxes(settings, sensors)}
    assert instruments.readings >= len(sensors)
    before = len(line.sent)
    for _ in range(60):
        clock.pass_s(1)
        agenda.run(iter((False, True)).__next__)
    assert len(line.sent) - before <= 120


@pytest.mark.parametrize("hour", [0.5, 6.0, 12.0, 15.5, 22.5])
def test_walks_stay_plausible(home: Path, hour: float) -> None:
    """At any hour of the day what a device says lies within what its kind can measure."""
    kinds = load_kinds(home)
    for sensor in load_sensors(home / "sensors.csv").values():
        played = device(sensor, random.Random(3))
        assert played is not None, sensor.id
        kind = kinds[sensor.kind]
        values = [played.walk(second, hour) for second in range(180, 700, 5)]
        assert kind.plausible.low <= min(values), sensor.id
        assert max(values) <= kind.plausible.high, sensor.id


def test_the_signal_of_a_gateway_fits_its_kind(home: Path) -> None:
    """What LoRaWAN servers call dBm is the unit of kind `rssi`, whichever way it is spelled."""
    assert convert(-84, "dBm", load_kinds(home)["rssi"].unit) == -84


def test_the_clock_of_a_stamp() -> None:
    """UTC and local time of one instant, as servers and devices write them."""
    from zoneinfo import ZoneInfo

    stamp = Stamp(at=1_795_000_000_123, zone=ZoneInfo("Asia/Shanghai"), number=1)
    assert (stamp.utc, stamp.local) == ("2026-11-18T11:06:40.123000000Z", "2026-11-18T19:06:40")


def test_nobody_is_too_loud_by_night(home: Path) -> None:
    """Ten minutes before the night's limit begins and all night, every meter but the dancers' is below it by the three dB that clear an alarm."""
    limits = {"1": 45, "2": 50, "4a": 55, "site": 55}
    for sensor in load_sensors(home / "sensors.csv").values():
        if sensor.kind in {"noise", "noise_site"} and sensor.id != LOUD:
            played = device(sensor, random.Random(3))
            assert played is not None
            for hour in (21.8, 23.0, 5.9):
                levels = [played.walk(second, hour) for second in range(0, 600, 5)]
                assert 10 * log10(sum(10 ** (level / 10) for level in levels) / len(levels)) < limits[sensor.area_class] - 3, (sensor.id, hour)

"""U12 on a real desk: 200 alarms in a minute from one community are one row a kind and one ring; level 1 is never folded, and what is new rings."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.acts import perform
from data.centre.scenes import on_alarm
from data.centre.stories import Stage
from data.domain.sensor import Sensor
from data.kinds import load_kinds
from data.kinds.register import sync_sensors
from data.office import Office
from data.scenarios import load_scenarios
from data.store.history.writer import open_writer
from data.store.journal import verify
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive
from tests.sensors.conftest import Stand

PEAK = {"road_water": (30.0, 20.0), "manhole": (50.0, 35.0)}
"""Values of two kinds beyond their limits, by turns at levels 2 and 3 where there are two."""


class Town(Stand):
    """The sensor half of a centre, with its real intake and scenarios."""

    def __post_init__(self) -> None:
        self.register: dict[str, Sensor] = {}

    def play_with(self, street: Centre) -> None:
        tables = street.settings.tables
        stage = Stage(scenarios=load_scenarios(None, self.kinds, tables), tables=tables, sensors=self.sensors, kinds=self.kinds)
        self.open_case = partial(on_alarm, stage)  # type: ignore[method-assign]


@pytest.fixture
def town(street: Centre, tmp_path: Path) -> Iterator[Town]:
    kinds = dict(load_kinds())
    # Covers that filter the passing cars themselves, so that a storm of them is there at once.
    rules = tuple(replace(rule, on_delay_s=0, latched=False) for rule in kinds["manhole"].rules)
    kinds["manhole"] = replace(kinds["manhole"], rules=rules)
    made = Town(desk=street.desk, history=open_writer(tmp_path / "pailou"), clock=street.clock, kinds=kinds, sensors={})
    made.play_with(street)
    yield made
    made.history.close()


def hang(town: Town, kind: str, n: int, grid: str, *, prefix: str = "") -> list[str]:
    """`n` sensors of a kind, each at a place of its own."""
    sensors = [Sensor(id=f"{prefix}{kind}-{number}", kind=kind, place=f"{prefix}{number}号路口", grid=grid) for number in range(n)]
    town.sensors |= {sensor.id: sensor for sensor in sensors}
    with town.desk.transaction() as tx:
        sync_sensors(tx, town.sensors)
    return [sensor.id for sensor in sensors]


def storm(town: Town, sensors: list[str], kind: str) -> None:
    """One alarm each, all in one batch."""
    town.take(*(town.reading(one, PEAK[kind][number % 2]) for number, one in enumerate(sensors)))


async def see(seat: Seat, beeps_s: float = 0.1) -> int:
    """The seat looks at the store; how often it rings within `beeps_s` (of level 1 it takes 0.8 s)."""
    before = len(seat.beeps)
    seat.app._look()
    seat.clock.time += 1
    await seat.pilot.pause(beeps_s)
    return len(seat.beeps) - before


def test_u12_two_hundred_alarms_in_a_minute(town: Town, street: Centre, office: Office) -> None:
    """Twenty batches of ten from two kinds: one ring, one row a kind, as urgent as its worst; a call at home is a row of its own."""
    waters, covers = hang(town, "road_water", 100, "HX-01"), hang(town, "manhole", 100, "HX-02")
    hang(town, "call_button", 1, "HX-01")

    async def work(seat: Seat) -> None:
        storm(town, waters, "road_water")
        street.clock.pass_s(600)
        await see(seat)
        assert [] == street.all("alarms")
        rang = 0
        for part in range(0, 100, 10):
            storm(town, waters[part : part + 10], "road_water")
            storm(town, covers[part : part + 10], "manhole")
            rang += await see(seat)
            street.clock.pass_s(6)
        alarms = street.all("alarms")
        assert 200 == len(alarms)
        assert 1 == rang
        assert "泛报中" in seat.app.desk.rows.title
        rows = [row for row in office.cases.incidents() if row.count > 1]
        assert [100, 100] == [row.count for row in rows]
        assert [2, 2] == [row.level for row in rows]
        assert {2, 3} == {case["level"] for case in street.all("cases") if case["class"] == "0603"}
        town.send("call_button-0", 1)
        assert 3 == await see(seat, 1.5)
        assert 1 == len([row for row in office.cases.incidents() if row.level == 1 and row.count == 1])

    drive(work, office=office)
    assert verify(street.desk.conn) is None


def test_an_incident_rings_once_and_again_where_somebody_knew(town: Town, street: Centre, office: Office) -> None:
    """The second alarm of a place rings nothing; another place rings, in the flood too; after 知道了 the next one rings again."""
    here, there = hang(town, "manhole", 60, "HX-01"), hang(town, "manhole", 3, "DHG-01", prefix="d")

    async def work(seat: Seat) -> None:
        rang: list[int] = []

        async def look(*sensors: str) -> None:
            storm(town, list(sensors), "manhole")
            street.clock.pass_s(2)
            rang.append(await see(seat))

        await see(seat)
        await look(here[0])
        await look(here[1])
        await look(*here[2:20])
        await look(there[0])
        await look(there[1])
        assert [1, 0, 0, 1, 0] == rang
        for case in street.all("cases"):
            if case["class"] == "0301" and case["grid"] == "HX-01":
                perform(street.desk, street.settings.tables, "acknowledge", case["id"], operator="王梅", seat="t")
        await see(seat)
        await look(here[20])
        await look(here[21])
        assert [1, 0] == rang[5:]

    drive(work, office=office)


def test_one_more_call_rings_though_the_first_is_known(town: Town, street: Centre, office: Office) -> None:
    """A button pressed again after 知道了 rings three times; what a person noted stays."""
    hang(town, "call_button", 1, "HX-01")

    async def work(seat: Seat) -> None:
        await see(seat)
        town.send("call_button-0", 1)
        assert 3 == await see(seat, 1.5)
        case = street.all("cases")[-1]
        perform(street.desk, street.settings.tables, "acknowledge", case["id"], operator="王梅", seat="t")
        street.clock.pass_s(20)
        await see(seat)
        town.send("call_button-0", 1)
        assert 3 == await see(seat, 1.5)
        assert "王梅" == street.all("cases")[-1]["acknowledged_by"]

    drive(work, office=office)


def test_a_second_wave_into_a_known_case_rings(town: Town, street: Centre, office: Office) -> None:
    """Another alarm that joins a case which somebody knows of is a fresh occurrence; into one that nobody knows of it is not."""
    (first, second) = hang(town, "road_water", 2, "HX-01")
    town.sensors[second] = Sensor(id=second, kind="road_water", place=town.sensors[first].place, grid="HX-01")

    async def work(seat: Seat) -> None:
        storm(town, [first, second], "road_water")
        street.clock.pass_s(60)
        await see(seat)
        storm(town, [first], "road_water")
        await see(seat)
        case = street.all("alarms")[0]["case_id"]
        perform(street.desk, street.settings.tables, "acknowledge", case, operator="王梅", seat="t")
        await see(seat)
        town.take(town.reading(second, 20.0))
        assert [case, case] == [alarm["case_id"] for alarm in street.all("alarms")]
        assert 1 == await see(seat)

    drive(work, office=office)


def test_an_incident_leaves_with_its_cases(town: Town, street: Centre, office: Office) -> None:
    """Two closed of four: two rows of their own; all closed: no row; nobody has to take it off."""
    covers = hang(town, "manhole", 4, "HX-01")
    storm(town, covers, "manhole")

    def folded() -> list[int]:
        return [row.count for row in office.cases.incidents() if row.class_name and row.count > 1]

    assert [4] == folded()
    cases = [case["id"] for case in street.all("cases") if case["class"] == "0301"]
    for n, left in ((1, [3]), (2, [])):
        with street.desk.transaction() as tx, tx.entry("close", subject=cases[n], operator="王梅", seat="t") as entry:
            entry.update("cases", cases[n], {"state": "closed", "closed_at": tx.now})
        assert left == folded()
    assert 2 == len([row for row in office.cases.incidents() if row.id in cases])


def test_level_1_rings_out_of_a_storm_longer_than_a_look(town: Town, street: Centre, office: Office) -> None:
    """A call at home, then more journal than a seat looks through at once: it rings as level 1."""
    hang(town, "call_button", 1, "HX-01")
    covers = hang(town, "manhole", 500, "HX-02")
    cursor = office.news.arrivals(None).cursor
    town.send("call_button-0", 1)
    storm(town, covers, "manhole")
    assert 2_000 < street.desk.conn.execute("SELECT max(seq) FROM journal").fetchone()[0] - cursor
    news = office.news.arrivals(cursor)
    assert (True, 1) == (news.critical > 0, news.best)


def test_what_becomes_level_1_rings_at_once(town: Town, street: Centre, office: Office) -> None:
    """A known case whose water rises beyond the last limit rings three times, and not after a minute only."""
    (water,) = hang(town, "road_water", 1, "HX-01")

    async def work(seat: Seat) -> None:
        town.send(water, 20.0)
        street.clock.pass_s(60)
        town.send(water, 20.0)
        await see(seat)
        perform(street.desk, street.settings.tables, "acknowledge", street.all("alarms")[0]["case_id"], operator="王梅", seat="t")
        street.clock.pass_s(60)
        await see(seat)
        town.send(water, 60.0)
        street.clock.pass_s(60)
        town.send(water, 60.0)
        assert 1 == street.all("alarms")[0]["level"]
        assert 3 == await see(seat, 1.5)

    drive(work, office=office)

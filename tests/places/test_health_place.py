"""6 运行: the silent sensors under the rows, the worst twenty of them and the number of the rest; the log of self-tests beside them."""

import pytest

from console.places.base import Room
from console.places.health import HealthPage
from data.clock import real_ms
from data.domain.reading import Reading
from data.domain.sensor import Sensor
from data.kinds import load_kinds
from data.kinds.register import sync_sensors
from data.office import Office
from data.self_tests import HOUR, KEPT, keep_one
from data.store.history import History
from data.store.history.writer import open_writer
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive

MINUTE = 60_000


def silence(street: Centre, noises: int) -> None:
    """So many noise meters silent for a day and more, and one call button for two hours less than any of them."""
    home, now, kinds = street.settings.home, street.clock.now(), load_kinds(street.settings.home)
    noisy = [Sensor(id=f"zs-{n:03d}", kind="noise", place=f"{n}号") for n in range(noises)]
    button = Sensor(id="button-1", kind="call_button", place="陈秀英家")
    with street.desk.transaction() as tx:
        sync_sensors(tx, {each.id: each for each in (*noisy, button)})
    history = open_writer(home)
    days = 60 * 24 * MINUTE
    history.append([Reading(sensor=each.id, value=50, received_at=now - 5 * days - n * MINUTE) for n, each in enumerate(noisy)])
    history.append([Reading(sensor="button-1", value=0, received_at=now - 4 * days)])
    by_id = {each.id: each.kind for each in (*noisy, button)}
    history.stale_s = lambda sensor: kinds[by_id[sensor]].timing.stale_s
    history.sweep(now)
    history.close()


@pytest.mark.parametrize(("noises", "more"), [(19, 0), (20, 1), (50, 31)])
def test_twenty_are_told_and_the_rest_counted(street: Centre, office: Office, noises: int, more: int) -> None:
    """The call button first though silent for less, then the longest; all are in the figures."""
    silence(street, noises)
    found = office.status.health().silences
    longest = [f"zs-{n:03d}" for n in range(noises - 1, -1, -1)]
    assert ["button-1", *longest[:19]] == [each.sensor for each in found.worst]
    assert (noises + 1, 1) == (found.total, found.lives)

    async def work(seat: Seat) -> None:
        await seat.press("6", "end")
        await seat.until(lambda: seat.shows(f"还有 {more} 个失联") if more else seat.shows(longest[-1]))
        page = seat.app.keys.pages.of("health")
        assert isinstance(page, HealthPage)
        assert seat.app.keys.picture is not None
        ids = [each.id for each in page.entries(seat.app.keys.picture, Room(80, 20)) if each.id.startswith("silent")]
        assert 20 + (more > 0) == len(ids)

    drive(work, office=office)


def test_only_the_told_ones_are_looked_up(street: Centre, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are silent, the history is asked for the newest value of twenty."""
    silence(street, 80)
    asked: list[int] = []
    latest = History.latest

    def counted(history: History, sensors: list[str]) -> object:
        asked.append(len(sensors))
        return latest(history, sensors)

    monkeypatch.setattr(History, "latest", counted)
    office.status.health()
    assert [20] == asked


def test_where_all_speak_there_is_no_list(street: Centre, office: Office) -> None:
    """No heading without a sensor under it."""
    assert office.status.health().silences.worst == ()

    async def work(seat: Seat) -> None:
        await seat.press("6")
        await seat.until(lambda: seat.shows("没有失联的感知"))
        assert not seat.shows("失联的感知 0 个")

    drive(work, office=office)


def tested(street: Centre, office: Office) -> None:
    """What a heartbeat of the centre does at this moment."""
    kinds = load_kinds(street.settings.home)
    with street.desk.transaction() as tx:
        keep_one(tx, street.settings.home, office._held.history, kinds, street.settings.tables, None)


def test_a_self_test_an_hour_is_kept_and_twelve_of_them(street: Centre, office: Office) -> None:
    """Within an hour there is one; after fifteen hours the newest twelve are there, newest first, each with what was wrong."""
    times = []
    for _ in range(15):
        tested(street, office)
        times.append(street.clock.now())
        street.clock.pass_s(600)
        tested(street, office)
        street.clock.pass_s(3000)
    log = office.status.health().log
    assert times[: -KEPT - 1 : -1] == [each.at for each in log]
    assert {"health_cannot"} == {each.conclusion.code for each in log}
    assert all(("centre", "", "down") in each.wrong and ("backup", "", "attention") in each.wrong for each in log)
    assert 0 == times[0] % HOUR


def test_a_centre_that_has_just_started_keeps_none(street: Centre, office: Office) -> None:
    """It has not reached its broker yet; half a minute later it says how it is."""
    for started, count in ((real_ms(), 0), (real_ms() - 31_000, 1)):
        street.desk.conn.execute("UPDATE lease SET started_at=?", (started,))
        tested(street, office)
        assert count == len(office.status.health().log)


def test_a_clock_that_was_set_back_goes_on(street: Centre, office: Office) -> None:
    """One more a new hour, not one a heartbeat."""
    tested(street, office)
    street.clock.pass_s(-7200)
    tested(street, office)
    tested(street, office)
    assert [street.clock.now(), street.clock.now() + 2 * HOUR] == [each.at for each in office.status.health().log]


@pytest.mark.parametrize(("width", "is_shown"), [(80, False), (109, False), (110, True), (120, True)])
def test_the_log_stands_beside_the_rows_where_there_is_room(street: Centre, office: Office, width: int, is_shown: bool) -> None:
    """When, what came of it and what was wrong; the rows at its left are those of a small screen."""
    tested(street, office)

    async def work(seat: Seat) -> None:
        await seat.press("6")
        await seat.until(lambda: seat.shows("坏了会怎样"))
        assert is_shown == seat.shows("前 1 次自检")
        assert is_shown == seat.shows("14:00 不能派单：治理中心断")

    drive(work, office=office, size=(width, 40))


def test_an_empty_log_says_so(street: Centre, office: Office) -> None:
    """Not a blank half of the screen."""

    async def work(seat: Seat) -> None:
        await seat.press("6")
        await seat.until(lambda: seat.shows("还没有自检记录"))

    drive(work, office=office, size=(120, 40))

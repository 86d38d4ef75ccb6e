"""6 运行: the silent sensors under the rows, the worst twenty of them and the number of the rest."""

import pytest

from console.places.base import Room
from console.places.health import HealthPage
from data.domain.reading import Reading
from data.domain.sensor import Sensor
from data.kinds import load_kinds
from data.kinds.register import sync_sensors
from data.office import Office
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

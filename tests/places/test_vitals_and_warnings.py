"""8 城市体征 and 9 上级预警: reached by digit and palette, a level of the board; each number opens to what it counts."""

import pytest

import console.places.vitals
import data.views.vitals
from data.domain.reading import Reading
from data.kinds import load_kinds
from data.kinds.register import load_sensors, sync_sensors
from data.office import Office
from data.store.history.writer import open_writer
from tests.banners.conftest import cap
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive

MINUTE = 60_000


def test_every_indicator_with_value_goal_week_and_formula(street: Centre, office: Office) -> None:
    """By digit; the formula of the one at the cursor stands below, its goal called a reference value; Esc goes back to the board."""

    async def look(seat: Seat) -> None:
        await seat.press("8")
        for sign in office.vitals.signs():
            assert any(line[1:].startswith(f"{sign.label} ") for line in seat.text()), sign.label
        assert seat.shows("不低于95%") and seat.shows("近7天")
        assert seat.shows("算法 期内结案中") and seat.shows("参考值 本项目判断")
        await seat.press("down")
        assert seat.shows("算法 期内立案到受理的分钟数")
        assert " 1态势 " in seat.text()[0]
        await seat.press("escape")
        assert seat.app.desk.place == "board"

    drive(look, office=office)


def test_a_number_opens_to_the_cases_it_counts(street: Centre, office: Office) -> None:
    """All of them, or those of one community."""

    async def look(seat: Seat) -> None:
        await seat.press("8", "down", "down")
        assert seat.shows(">在办                         2")
        await seat.press("enter")
        assert seat.app.desk.place == "cases"
        assert seat.shows("在办 全部  2 件")
        await seat.press("8", "g")
        assert seat.shows(">全部")
        await seat.press("down")
        assert seat.shows(">大河沟")
        await seat.press("enter")
        assert seat.shows("在办 大河沟  1 件")

    drive(look, office=office)


def test_a_list_that_was_cut_says_so(street: Centre, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are counted and one is listed, where a list holds one; a list that is whole says nothing."""

    async def look(seat: Seat) -> None:
        await seat.press("8", "down", "down", "enter")
        assert seat.shows("在办 全部  2 件")
        for module in (data.views.vitals, console.places.vitals):
            monkeypatch.setattr(module, "MOST", 1)
        await seat.press("8", "enter")
        assert seat.shows("在办 全部 前1件  1 件")

    drive(look, office=office)


def test_a_silent_sensor_is_listed_and_leads_to_its_trend(street: Centre, office: Office) -> None:
    """Sensors online opens to those that are not."""
    home = street.settings.home
    kinds = load_kinds(home)
    sensors = load_sensors(home / "sensors.csv", kinds)
    with street.desk.transaction() as tx:
        sync_sensors(tx, sensors)
    history, now = open_writer(home), street.clock.now()
    history.append([Reading(sensor="xdh-noise", value=50, observed_at=now - 3_600_000, received_at=now - 3_600_000)])
    history.stale_s = lambda sensor: kinds[sensors[sensor].kind].timing.stale_s
    history.sweep(now)
    history.close()

    async def look(seat: Seat) -> None:
        await seat.press("8", "end", "enter")
        assert any("xdh-noise" in line and line.startswith(">") for line in seat.text())
        await seat.press("enter")
        assert (seat.app.desk.place, seat.app.desk.sensor) == ("trends", "xdh-noise")
        await seat.press("8", "escape")
        assert seat.shows(">感知在线率")

    drive(look, office=office)


def test_the_page_and_the_command_say_the_same(street: Centre, office: Office) -> None:
    """One source for both; the command's now is the real one, so only what does not hang on it is compared."""
    from click.testing import CliRunner

    from console.commands.report import command

    ran = CliRunner().invoke(command, ["vitals", "--home", str(street.settings.home), "--csv"])
    told = {line.split(",")[0]: line.split(",")[2] for line in ran.stdout.splitlines()[1:] if ",全部," in line}
    assert told["在办"] == "2.0"

    async def look(seat: Seat) -> None:
        await seat.press("8")
        for sign in office.vitals.signs():
            if sign.name in {"on_time", "first_response", "open", "online"}:
                assert (float(told[sign.label]) if told[sign.label] else None) == sign.value
        assert seat.shows("在办                         2 ")

    drive(look, office=office)


@pytest.mark.parametrize("way", [("9",), ("colon", *"warnings", "enter")])
def test_the_whole_text_of_a_warning(street: Centre, office: Office, way: tuple[str, ...]) -> None:
    """By digit or by name; who is to be called up stands with it."""
    now = street.clock.now()
    assert street.hear("paidan/pailou/in/cap", cap("a", now, expires=now + 60 * MINUTE))

    async def look(seat: Seat) -> None:
        await seat.press(*way)
        for text in ("橙色预警", "预计三小时五十毫米以上", "请做好转移准备", "万州区气象台", "待叫岗", "13800000023"):
            assert seat.shows(text), text

    drive(look, office=office)


def test_without_a_warning_the_page_says_so(street: Centre, office: Office) -> None:
    """And stays empty."""

    async def look(seat: Seat) -> None:
        await seat.press("9")
        assert seat.shows("没有上级预警")

    drive(look, office=office)

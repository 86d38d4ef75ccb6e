"""`/` on board, trends and areas, and `:t`: every sensor by code, name, place, any signs and pinyin; the seat reads the store itself."""

import subprocess
import sys

import pytest

from data.catalogue.index import catch_up
from data.office import Office
from data.words import Words
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive
from tests.places.stand_in import StandIn, StandInSensors

BRIDGE, PLAZA = "YW-0007", "jn-plaza-noise"


@pytest.fixture
def known(street: Centre) -> Centre:
    """Three sensors with names, indexed as an import leaves them."""
    rows = [(BRIDGE, "water_level", "一号水位", "大河沟桥"), ("YW-0008", "water_level", "二号水位", "大河沟桥"), (PLAZA, "noise", "", "江南广场")]
    street.desk.conn.executemany("INSERT OR REPLACE INTO sensors (id, kind, name, place) VALUES (?,?,?,?)", rows)
    catch_up(street.settings.home)
    return street


@pytest.mark.parametrize("typed", ["yw-0007", "0007", "一号", "沟桥 一", "yhsw dhg", "dahegouqiao yi", "号水"])
@pytest.mark.parametrize("place", ["1", "3", "g"])
def test_found_and_opened(known: Centre, office: Office, place: str, typed: str) -> None:
    """Where sensors are looked at `/` lists them with name, place and value; Enter opens the trend of the one at the cursor."""

    async def work(seat: Seat) -> None:
        await seat.press("1", *([place] if place != "1" else []), "/", *typed)
        assert seat.shows("一号水位")
        assert seat.shows("大河沟桥")
        assert seat.shows("未报 -")
        await seat.press("enter")
        assert ("trends", BRIDGE, None) == (seat.app.desk.place, seat.app.desk.sensor, seat.app.desk.overlay)

    drive(work, office=office)


def test_escape_gives_back_what_was(known: Centre, office: Office) -> None:
    """Place, depth of the areas, case and sensor under the cursor: nothing has moved."""

    async def work(seat: Seat) -> None:
        desk = seat.app.desk
        await seat.press("1", "down")
        before = (desk.place, desk.cursor, desk.line, desk.rows.title, desk.sensor, desk.area)
        await seat.press("/", *"dhg", "down", "escape")
        assert before == (desk.place, desk.cursor, desk.line, desk.rows.title, desk.sensor, desk.area)
        await seat.press("g", "/", *"dhg", "escape")
        assert ("board", ("",)) == (desk.place, desk.area)
        await seat.press("3")
        shown = seat.text()[2:-4]
        await seat.press("/", *"dhg", "escape")
        assert shown == seat.text()[2:-4]

    drive(work, office=office)


def test_the_arrows_choose_and_the_choice_stays(known: Centre, office: Office) -> None:
    """Down to the second; what is typed anew begins at the first again."""

    async def work(seat: Seat) -> None:
        await seat.press("1", "/", *"dhg", "down", "down", "enter")
        assert "YW-0008" == seat.app.desk.sensor
        await seat.press("/", *"dhg", "down", "q", "backspace", "enter")
        assert BRIDGE == seat.app.desk.sensor
        await seat.press("/", *"nowhere")
        assert seat.shows("没有含「nowhere」的感知")
        await seat.press("enter")
        assert seat.app.desk.overlay is not None

    drive(work, office=office)


def test_tab_goes_on_among_the_cases(known: Centre, office: Office) -> None:
    """The same text, in the list of cases; on cases `/` is for cases from the start."""

    async def work(seat: Seat) -> None:
        await seat.press("3", "/", *"dhg", "tab")
        assert ("cases", "查「dhg」开着的") == (seat.app.desk.place, seat.app.desk.rows.title)
        await seat.press("escape", "/", *"jn")
        assert "查「jn」开着的" == seat.app.desk.rows.title

    drive(work, office=office)


def test_the_palette_offers_sensors(known: Centre, office: Office) -> None:
    """`t` and initials; a case of that number comes first, since `t` is a key of cases too."""

    async def work(seat: Seat) -> None:
        await seat.press("2", ":", *"t dhgq")
        assert (seat.shows("一号水位"), seat.shows("YW-0008")) == (True, True)
        await seat.press("down", "enter")
        assert ("trends", "YW-0008") == (seat.app.desk.place, seat.app.desk.sensor)
        await seat.press("2", ":", *"t 2")
        assert seat.shows("#2")
        await seat.press("enter")
        assert "cases" == seat.app.desk.place

    drive(work, office=office)


def test_no_key_is_lost_while_a_search_is_slow() -> None:
    """Keys that come while the store is read are in the text when it is done."""
    searched = []

    class SlowSensors(StandInSensors):
        def find(self, text: str, limit: int) -> tuple[()]:
            import time

            time.sleep(0.15)
            searched.append(text)
            return ()

    class Slow(StandIn):
        @property
        def sensors(self) -> StandInSensors:
            return SlowSensors(self.board_panels)

    async def work(seat: Seat) -> None:
        await seat.press("1", "/")
        await seat.pilot.press(*"dahegou 42")
        await seat.until(lambda: bool(searched) and searched[-1] == "dahegou 42")
        assert "dahegou 42" == seat.app.desk.overlay.field.text  # type: ignore[union-attr]

    drive(work, office=Slow())


def test_a_search_at_a_seat_loads_no_pypinyin(known: Centre) -> None:
    """The whole seat with both ways of searching: the readings are in the index already."""
    code = (
        "import sys, pathlib, console.app, console.sensing, console.palette; from data.office import Office; "
        "office = Office.open(pathlib.Path(sys.argv[1]), '王梅'); "
        f"assert '{BRIDGE}' == office.sensors.find('dahegou', 5)[0].sensor; assert 'pypinyin' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(known.settings.home)], check=True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_lines_are_as_wide_as_the_screen(known: Centre, office: Office, language: str) -> None:
    """At 80 and 120 columns, in both languages."""
    from wcwidth import wcswidth

    from widgets.found_line import found_heading, found_line
    from widgets.lines import pieces_width

    words = Words(language)
    for found in office.sensors.find("dhg", 5):
        for width in (80, 120):
            lines = (found_heading(words, width), found_line(found, old=True, here=True, words=words, width=width))
            assert [True, True] == [pieces_width(each.pieces) <= width for each in lines]
            assert all(wcswidth(text) >= 0 for each in lines for text, _ in each.pieces)

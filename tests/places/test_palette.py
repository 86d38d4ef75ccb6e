"""The palette's grammar: an act, a case and a word; a sensor by its beginning; what is not possible here is grey and says where it is."""

from pathlib import Path

import pytest

from data.office import Office
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive


def test_a_note_is_written_on_a_named_case(street: Centre, office: Office) -> None:
    """`b 2 门已开`: on #2, wherever the cursor is."""

    async def work(seat: Seat) -> None:
        await seat.press(":", *"b 2 门已开", "enter")
        noted = [row for row in street.all("journal") if row["act"] == "note"]
        assert [street.case(2)["id"]] == [row["subject"] for row in noted]
        assert any("门已开" in str(value) for value in noted[0].values())

    drive(work, office=office)


@pytest.mark.parametrize("typed", ["t JN-PLAZA-NOISE", "t jn-plaza-n"])
def test_a_sensor_is_named_by_its_beginning_in_any_case(street: Centre, office: Office, typed: str) -> None:
    """`t` and the id or a beginning: the sensors that have it, and Enter the trend of the chosen one."""
    street.desk.conn.execute("INSERT OR IGNORE INTO sensors (id, kind, name, place) VALUES ('jn-plaza-noise', 'noise', '', '江南广场')")
    street.desk.conn.execute("INSERT OR IGNORE INTO sensors (id, kind, name, place) VALUES ('jn-plaza-smoke', 'smoke', '', '江南广场')")

    async def work(seat: Seat) -> None:
        await seat.press(":", *typed, "enter")
        assert ("trends", "jn-plaza-noise") == (seat.app.desk.place, seat.app.desk.sensor)
        await seat.press(":", *"t jn-plaza-")
        assert (seat.shows("jn-plaza-noise"), seat.shows("jn-plaza-smoke")) == (True, True)
        await seat.press("down", "enter")
        assert ("trends", "jn-plaza-smoke") == (seat.app.desk.place, seat.app.desk.sensor)
        await seat.press(":", *"t jn-nowhere", "enter")
        assert seat.shows("找不到「jn-nowhere」")

    drive(work, office=office)


def test_a_key_of_other_places_is_grey_and_names_them(street: Centre, office: Office) -> None:
    """导出 on the board: where it works; on the handover it does."""

    async def work(seat: Seat) -> None:
        await seat.press("1", ":", *"导出")
        assert seat.shows("里用")
        await seat.press("enter")
        assert seat.app.desk.said is not None
        assert "在 3 趋势, 6 运行, 7 交班 里用" == seat.app.desk.said.text
        await seat.press("7", ":", *"导出", "enter")
        (sheet,) = (Path(street.settings.home) / "exports").iterdir()
        assert "必须口头交代" in sheet.read_text(encoding="utf-8")
        assert sheet.name.startswith("交班_王梅_")

    drive(work, office=office)


def test_a_question_mark_is_any_letter(street: Centre, office: Office) -> None:
    """`/d?g` finds 大河沟; a filter that finds nothing says so, not that nothing waits."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "/", *"d?g")
        picture = seat.app.keys.picture
        assert picture is not None
        assert ["大河沟"] == [each.place for each in picture.page.rows]
        await seat.press("q")
        assert seat.shows("没有符合的案件")
        assert not seat.shows("现在没有待办")

    drive(work, office=office)


def test_the_neighbours_of_an_open_case(street: Centre, office: Office) -> None:
    """`]` and `[` go on and back inside the detail, which says which of how many it is."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "home", "enter")
        first = seat.app.desk.cursor
        assert seat.shows("案 1/2 [ ]前后")
        await seat.press("]")
        assert seat.shows("案 2/2")
        await seat.press("[")
        assert (first, True) == (seat.app.desk.cursor, seat.app.desk.opened)
        await seat.press("escape", "]")
        assert seat.shows("在这里用不上")

    drive(work, office=office)


def test_the_strip_says_how_many_a_case_may_repeat(street: Centre, office: Office) -> None:
    """The same trouble told again: 并案 names how many are alike before `m` is pressed."""
    street.report(id="again", text="车库门口堆满垃圾，臭得很", grid="DHG-03")
    street.report(id="again-2", text="6号楼车库的垃圾没有人清理", grid="DHG-03")
    alike = next((case for case in street.all("cases") if case["maybe"]), None)
    assert alike is not None

    async def work(seat: Seat) -> None:
        seat.app.desk.set_cursor(alike["id"])
        await seat.press("2")
        assert seat.shows("并案(疑重")

    drive(work, office=office, size=(120, 40))

"""7 交班 on a wide screen: the report beside the sheet, as it would be printed."""

import pytest

from data.office import Office
from data.settings import Settings
from data.views.reports import report
from data.words import Words
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive
from widgets.cells import cut
from widgets.printed import printed_lines


@pytest.fixture(autouse=True)
def _one_clock(street: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the seat's."""
    monkeypatch.setattr(Settings, "clock", property(lambda _: street.clock))


def printed(street: Centre) -> list[str]:
    """The lines of `paidan report handover` at this moment."""
    made = report(street.desk.conn, street.settings, "handover", Words("zh"), None, None)
    return list(printed_lines(made.heads, made.columns, made.rows))


@pytest.mark.parametrize(("width", "is_shown"), [(80, False), (109, False), (110, True), (120, True)])
def test_the_report_stands_beside_the_sheet_where_there_is_room(street: Centre, office: Office, width: int, is_shown: bool) -> None:
    """Every line of it from 110 columns on, cut where the screen ends, and the sheet with its figures whole; nothing of it on a smaller one."""
    street.desk.conn.execute("UPDATE cases SET level = 1 WHERE number = 1")
    expected = [cut(each, width - width * 3 // 5 - 1).rstrip() for each in printed(street)]

    async def work(seat: Seat) -> None:
        await seat.press("7")
        await seat.until(lambda: seat.shows("[ ]"))
        text = "\n".join(seat.text())
        assert is_shown == seat.shows("paidan report handover 所印")
        assert not is_shown or [True] * len(expected) == [line in text for line in expected]
        assert seat.shows("最长")

    drive(work, office=office, size=(width, 40))


def test_what_has_no_room_is_counted(street: Centre, office: Office) -> None:
    """A report longer than the body ends in how many more lines it has and where they are."""
    for n in range(30):
        office.shift.leave(f"第 {n} 条留言")
    total = len(printed(street))

    async def work(seat: Seat) -> None:
        await seat.press("7")
        await seat.until(lambda: seat.shows("paidan report handover 所印"))
        shown = sum("王梅: 第" in each and "条留言" in each.split("王梅: ", 1)[1] for each in seat.text())
        assert shown > 0
        [more] = [each for each in seat.text() if "全文: paidan report handover" in each]
        left = int(more.split("还有 ")[-1].split(" ")[0])
        assert 0 < left < total

    drive(work, office=office, size=(120, 24))


def test_a_tick_changes_the_report_too(street: Centre, office: Office) -> None:
    """The two halves are of the same moment."""
    street.desk.conn.execute("UPDATE cases SET level = 1 WHERE number = 1")

    async def work(seat: Seat) -> None:
        await seat.press("7", "y")
        await seat.until(lambda: seat.shows("[x]"))
        page = seat.app.keys.pages.of("handover")
        assert [line.rstrip() for line in page._printed[1]] == printed(street)

    drive(work, office=office, size=(200, 40))

"""U1 to U25 as far as the seat alone decides them, each named after its number; bytes (U17 to U23) are in tests/terminal, U26 has a file."""

import pytest
from msgspec.structs import replace
from wcwidth import wcswidth

from data.domain.vocabulary import Level
from data.office import Office
from data.views.models.seat import Arrivals
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive
from tests.places.stand_in import GOOD, StandIn, row


def test_u01_one_key_dispatches(street: Centre, office: Office) -> None:
    """One waiting case, F2: 已派 and an outbox row that may not leave before its grace."""

    async def work(seat: Seat) -> None:
        await seat.press("f2")
        assert seat.shows("已派 #1")
        assert [street.clock.now() + 5000] == [row["next_at"] for row in street.all("outbox")]

    drive(work, office=office)


def test_u03_one_key_tells_what_happened_meanwhile(street: Centre, office: Office) -> None:
    """0: new by name; once left, it is no longer news."""

    async def work(seat: Seat) -> None:
        await seat.press("0")
        assert seat.shows("新到 2")
        assert seat.shows("6号楼车库垃圾堵门")
        await seat.press("2", "0")
        assert seat.shows("没有你没看过的")

    drive(work, office=office)


@pytest.mark.parametrize("typed", ["的派单，", "你好世界"])
def test_u08_text_of_an_input_method_does_nothing(street: Centre, office: Office, typed: str) -> None:
    """Neither outbox nor journal, on any place."""

    async def work(seat: Seat) -> None:
        before = len(street.all("journal"))
        for place in "1234567":
            await seat.press(place, *typed)
            assert seat.shows("输入法开着")
        assert ([], before) == (street.all("outbox"), len(street.all("journal")))

    drive(work, office=office)


def test_u09_a_full_width_question_mark_opens_the_help() -> None:
    """？ can only mean ?."""

    async def work(seat: Seat) -> None:
        await seat.press("？")
        assert seat.shows("这里能按的键")

    drive(work)


def test_u10_an_unsent_case_cannot_be_closed_but_declined(street: Centre, office: Office) -> None:
    """`c`: the same words in strip, help and palette; only the reasons of 不予立案 are offered, and 已解决 is not among them."""

    async def work(seat: Seat) -> None:
        refused = office.words.say(office.acts.why_not("close", street.case(1)["id"]) or pytest.fail("it could be closed"))
        await seat.press("c")
        assert seat.shows(refused)
        assert seat.shows("误报")
        assert not seat.shows("已解决")
        await seat.press("escape", "f1")
        assert seat.shows(refused)
        await seat.press("escape", ":", *"close")
        assert seat.shows(refused)
        await seat.press("escape", "c", "1")
        assert "declined" == street.case(1)["state"]

    drive(work, office=office)


def test_u11_filter_by_initials_and_give_back(street: Centre, office: Office) -> None:
    """`/dhg`: only 大河沟; Esc gives back view and case."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "down")
        before = seat.app.desk.cursor
        await seat.press("/", *"dhg")
        picture = seat.app.keys.picture
        assert picture is not None
        assert ["大河沟"] == [each.place for each in picture.page.rows]
        await seat.press("escape")
        assert (before, "", None) == (seat.app.desk.cursor, seat.app.desk.rows.title, seat.app.desk.overlay)

    drive(work, office=office)


def test_u11_a_filter_stays_after_enter_and_tab_looks_at_all(street: Centre, office: Office) -> None:
    """Enter keeps it until Esc; Tab finds finished cases too."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "c", "1", "/", *"dhg")
        assert seat.app.desk.rows.page(9).total == 0
        await seat.press("tab")
        assert seat.app.desk.rows.page(9).total == 1
        await seat.press("enter")
        assert seat.shows("查「dhg」全部")
        await seat.press("escape")
        assert seat.app.desk.rows.title == ""

    drive(work, office=office)


def test_u12_a_flood_is_seen_as_incidents(street: Centre, office: Office) -> None:
    """Many cases of a kind at a place are one row with their count; level 1 stays unfolded; Enter opens the members."""
    words = ("井盖破了", "路灯不亮", "树枝断了", "烧烤油烟", "楼道堆物", "狗没拴绳")
    for n, text in enumerate(words):
        street.report(id=f"flood-{n}", text=text, grid="HX-01")
    street.desk.conn.execute("UPDATE cases SET class = (SELECT class FROM cases WHERE number = 1), unit = 'hongxing', level = 3 WHERE number > 2")

    async def work(seat: Seat) -> None:
        before = seat.app.desk.rows.page(99).total
        assert before > 4
        await seat.press("2", "g")
        assert seat.shows(f"事件 {before - 2} 处")
        assert seat.app.desk.rows.page(99).total == 3
        while (seat.app.keys.picture.cursor or pytest.fail("no cursor")).count == 1:  # type: ignore[union-attr]
            await seat.press("down")
        await seat.press("enter")
        assert seat.app.desk.rows.page(99).total == before - 2

    drive(work, office=office)


def test_u14_a_broken_broker_is_told_with_since_when() -> None:
    """The banner names since when; F2 still dispatches."""
    office = StandIn(link_now=replace(GOOD, broker_up=False, broker_down_since=StandIn().now() - 138_000))

    async def work(seat: Seat) -> None:
        await seat.until(lambda: seat.shows("14:29:50 起收不到新读数"))
        assert seat.shows("~52.0毫米")
        await seat.press("f2")
        assert [each[0] for each in office.acted] == ["dispatch"]

    drive(work, office=office)


def test_u24_nobody_signs_a_shift_with_level_1_unsaid(street: Centre, office: Office) -> None:
    """`7 Enter` refuses and names both; ticked, it signs."""
    for number in (1, 2):
        street.desk.conn.execute("UPDATE cases SET level = 1 WHERE number = ?", (number,))

    async def work(seat: Seat) -> None:
        await seat.press("7", "enter")
        assert seat.shows("#1")
        assert [] == street.all("handovers")
        reason = seat.app.desk.said
        assert reason is not None
        assert ("#1" in reason.text, "#2" in reason.text) == (True, True)
        items = len(office.shift.sheet().must_say)
        await seat.press(*["y"] * items, "enter")
        assert 1 == len(street.all("handovers"))

    drive(work, office=office)


@pytest.mark.parametrize("place", ["1", "2", "3", "4", "5", "6", "7", "0", "g", ":", "/", "i", "f1"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_u19_every_line_of_every_place_is_as_wide_as_the_screen(street: Centre, office: Office, size: tuple[int, int], place: str) -> None:
    """No line is torn, at any size, and none fails to be drawn."""

    async def work(seat: Seat) -> None:
        await seat.press(place)
        seat.app.redraw()
        await seat.pilot.pause()
        strips = seat.app.screen._compositor.render_strips()
        assert {size[0]} == {wcswidth(strip.text) for strip in strips}

    drive(work, office=office, size=size)


def test_marked_cases_are_done_by_one_key(street: Centre, office: Office) -> None:
    """Space twice, then F2: both, each by itself; the strip says how many."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "space", "space")
        assert seat.shows("x 2 件")
        await seat.press("f2")
        assert {"sending"} == {row["state"] for row in street.all("cases")}

    drive(work, office=office)


def test_more_than_ten_marked_want_enter() -> None:
    """Eleven at once are asked for first; Esc does none."""

    async def work(seat: Seat) -> None:
        await seat.press("2", *["space"] * 11, "home", "f2")
        assert seat.office.acted == []
        assert seat.shows("Enter 照办")
        await seat.press("enter")
        assert len(seat.office.acted) == 11

    many = StandIn(lines=[row(4000 + n, 3, n, "open", "垃圾", "一处", "红星社区") for n in range(14)])
    drive(work, office=many)


def test_the_palette_dispatches_a_named_case_to_a_named_unit(street: Centre, office: Office) -> None:
    """`d 2 红星`: unit and order in one line."""

    async def work(seat: Seat) -> None:
        await seat.press(":", *"d 2 红星", "enter")
        assert ["hongxing"] == [order["unit"] for order in street.all("orders")]

    drive(work, office=office)


def test_a_report_is_filed_with_one_key(street: Centre, office: Office) -> None:
    """`i`: the cursor starts in what happened, class and place are guessed as one types, F2 files it."""

    async def work(seat: Seat) -> None:
        await seat.press("i", *"三栋楼顶有人私搭雨棚")
        assert seat.shows("猜的")
        await seat.press("tab", *"大河沟二网格", "f2")
        filed = [each for each in street.all("cases") if "雨棚" in each["text"]]
        assert ["DHG-02"] == [each["grid"] for each in filed]

    drive(work, office=office)


def test_what_was_written_is_not_thrown_away_by_one_escape(street: Centre, office: Office) -> None:
    """The second Esc does; nothing is filed."""

    async def work(seat: Seat) -> None:
        await seat.press("i", "x", "escape")
        assert seat.app.desk.overlay is not None
        await seat.press("escape")
        assert seat.app.desk.overlay is None
        assert 2 == len(street.all("cases"))

    drive(work, office=office)


def test_new_cases_in_a_flood_are_noticed() -> None:
    """More than ten in ten minutes are called a flood."""

    async def work(seat: Seat) -> None:
        seat.app.desk.arrived(Arrivals(cursor=5, cases=11, critical=0, best=Level.MEDIUM))
        assert seat.app.desk.flood.on
        seat.clock.time += 601
        assert not seat.app.desk.flood.on

    drive(work)


def test_a_small_window_shows_what_was_opened() -> None:
    """At 60x15 Enter shows the case itself, since it counts as seen; F1 shows the keys; Esc gives the list back."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "enter")
        assert seat.office.seen
        assert seat.shows("石峡子沟左岸"), seat.text()
        assert not seat.shows("陈秀英")
        await seat.press("escape", "f1")
        assert seat.shows("F2 d")
        await seat.press("escape")
        assert seat.shows("陈秀英")

    drive(work, size=(60, 15))

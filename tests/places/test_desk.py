"""The desk by its keys: what one press does, what it must never do."""

import pytest
from msgspec.structs import replace

from data.acts import Done, Refused
from data.domain.reason import because
from data.domain.vocabulary import Level
from data.store.sqlite import sqlite3
from data.views.models.seat import Arrivals
from tests.places.driving import Seat, drive
from tests.places.stand_in import StandIn, row

NOT_SENT = because("wrong_state", act="@act.close", state="@state.open")


def test_f2_dispatches_what_the_strip_shows_and_goes_on() -> None:
    """U1: one key; the cursor goes to the most urgent case that waits on this desk; the receipt counts down."""

    async def work(seat: Seat) -> None:
        await seat.press("f2")
        assert seat.office.acted == [("dispatch", "case-2041", {})]
        assert seat.app.desk.cursor == "case-2042"
        assert seat.shows("已派 #2041 山洪 -> 红星社区")

    drive(work)


def test_undo_in_grace_brings_the_case_back_under_the_cursor() -> None:
    """U4: F8 takes the newest dispatch back, wherever the cursor is."""

    async def work(seat: Seat) -> None:
        await seat.press("f2", "down", "f8")
        assert seat.app.desk.cursor == "case-2041"
        assert seat.office.acts.grace() is None

    drive(work)


def test_a_key_on_an_unread_step_does_nothing() -> None:
    """A step must have been on the screen for 250 ms before a key counts for it."""

    async def work(seat: Seat) -> None:
        await seat.pilot.press("down")
        await seat.pilot.pause()
        await seat.pilot.press("d")
        assert seat.office.acted == []
        assert seat.shows("看清了再按一次")

    drive(work)


def test_a_held_key_acts_once() -> None:
    """U7: however long it is held, repeats 33 ms apart are one press."""

    async def work(seat: Seat) -> None:
        for _ in range(60):
            await seat.pilot.press("d")
            await seat.pilot.pause()
            seat.clock.time += 0.033
        assert len(seat.office.acted) == 1

    drive(work)


def test_text_of_an_input_method_is_never_obeyed() -> None:
    """U8: Han signs and full-width punctuation do nothing but say so."""

    async def work(seat: Seat) -> None:
        for sign in "的派单，":
            await seat.press(sign)
        assert seat.office.acted == []
        assert seat.shows("输入法开着")
        seat.clock.time += 10
        await seat.until(lambda: not seat.shows("输入法开着"))

    drive(work)


@pytest.mark.parametrize("key", ["f1", "?", "question_mark"])
def test_help_opens_by_any_of_its_keys(key: str) -> None:
    """U9: each key says whether it can act, in the words of the refusal."""

    async def work(seat: Seat) -> None:
        await seat.press(key)
        assert seat.shows("这里能按的键")
        reason = seat.app.desk.words.say(NOT_SENT)
        assert seat.shows(reason)

    drive(work)


@pytest.mark.parametrize("key", ["ｄ", "d"])
def test_a_full_width_letter_is_its_key(key: str) -> None:
    """One-to-one forms are folded, since they can mean nothing else."""

    async def work(seat: Seat) -> None:
        await seat.press(key)
        assert len(seat.office.acted) == 1

    drive(work)


def test_a_refused_key_says_the_reason_and_beeps_once() -> None:
    """A key that cannot act now says why in the strip."""

    async def work(seat: Seat) -> None:
        await seat.press("u")
        assert seat.shows(seat.app.desk.words.say(because("no_order")))
        assert seat.app.desk.question is None
        await seat.until(lambda: len(seat.beeps) == 1)

    drive(work)


def test_the_cursor_stays_on_its_case_and_line() -> None:
    """U6: fifty cases inserted above and ten deleted leave the same id on the same screen line, and are told as news."""

    async def work(seat: Seat) -> None:
        await seat.press("2", *["down"] * 5)
        before = seat.app.desk.cursor, seat.app.desk.line
        seat.office.lines[0:0] = [row(3000 + n, 1, -5, "sent", "山洪", "新到", "红星社区") for n in range(50)]
        del seat.office.lines[5:15]
        seat.office.dirty = True
        await seat.until(lambda: seat.shows("上方新到 40"))
        assert before == (seat.app.desk.cursor, seat.app.desk.line)
        await seat.press("home")
        assert not seat.shows("上方新到")

    drive(work)


def test_a_case_that_left_is_replaced_by_its_neighbour() -> None:
    """When others close the case under the cursor, the one now in its place gets the cursor, and must be read first."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "down", "down")
        del seat.office.lines[2]
        seat.office.dirty = True
        await seat.until(lambda: seat.app.desk.cursor == "case-2044")
        assert seat.app.desk.line == 2

    drive(work)


def test_news_takes_the_cursor_only_after_quiet() -> None:
    """A more urgent arrival never moves the cursor within ten seconds of a key; later it may."""

    async def work(seat: Seat) -> None:
        await seat.press("2", *["down"] * 4)
        _arrive(seat, 1)
        await seat.until(lambda: seat.shows("上方新到 1(特急 1)"))
        assert seat.app.desk.cursor == "case-2045"
        seat.clock.time += 11
        _arrive(seat, 2)
        await seat.until(lambda: seat.app.desk.cursor == "case-4002")

    drive(work)


def _arrive(seat: Seat, number: int) -> None:
    seat.office.lines.insert(0, row(4000 + number, 1, 1, "open", "山洪", "新到", "红星社区"))
    seat.office.arrived = Arrivals(cursor=number + 1, cases=1, critical=1, best=Level.CRITICAL)
    seat.office.dirty = True


def test_a_critical_arrival_rings_three_times_even_when_muted() -> None:
    """Level 1 is never muted; the word 滴 doubles the sound; level 3 is silent while muted, and the end is shown."""

    async def work(seat: Seat) -> None:
        await seat.press("f12")
        assert seat.shows("静音到")
        seat.office.arrived = Arrivals(cursor=2, cases=1, critical=0, best=Level.MEDIUM)
        seat.office.dirty = True
        await seat.pilot.pause(0.5)
        assert seat.beeps == []
        _arrive(seat, 2)
        await seat.until(lambda: len(seat.beeps) == 3)
        assert seat.shows("滴")

    drive(work)


def test_warnings_want_the_key_twice() -> None:
    """The first press shows that they were read, the second sends with `confirm`."""

    async def work(seat: Seat) -> None:
        await seat.press("f2")
        assert seat.office.acted == []
        assert seat.shows("再按一次即办")
        await seat.press("f2")
        assert seat.office.acted == [("dispatch", "case-2041", {})]

    drive(work, office=StandIn(warnings=(because("alarm_stands"),)))


def test_classify_picks_field_after_field_by_digit() -> None:
    """F2 on a case without class and unit opens the picker; 0 turns its page."""

    async def work(seat: Seat) -> None:
        await seat.press("2", *["down"] * 13, "f2")
        assert seat.shows("3树障")
        await seat.press("3", "0", "2")
        assert seat.office.acted == [("classify", "case-2054", {"class": "c2", "unit": "u10"})]

    drive(work)


def test_a_note_is_typed_in_a_field() -> None:
    """Letters are text there, Han too; Enter saves, Esc drops; the hardware cursor stands at the caret."""

    async def work(seat: Seat) -> None:
        await seat.press("b")
        assert seat.shows("输入中 Enter 存 Esc 弃")
        for sign in "水退d":
            await seat.press(sign)
        assert tuple(seat.app.cursor_position) == (1 + 5, 21)
        await seat.press("backspace", "了", "enter")
        assert seat.office.acted == [("note", "case-2041", {"text": "水退了"})]
        assert seat.app.desk.cursor == "case-2041"
        await seat.press("b", "x", "escape")
        assert len(seat.office.acted) == 1

    drive(work)


def test_withdrawing_asks_for_a_reason_and_never_says_undone() -> None:
    """U5: nothing in grace: F8 offers a compensating step with three reasons."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "down", "down", "u")
        assert seat.shows("补发「撤销派单」原因")
        await seat.press("2")
        assert seat.office.acted == [("withdraw", "case-2043", {"reason": "重复"})]

    drive(work)


def test_close_by_digit_or_in_own_words() -> None:
    """C offers results; 0 opens the text field."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "down", "down", "f9", "1")
        assert seat.office.acted == [("close", "case-2043", {"result": "已解决"})]
        await seat.press("2", "down", "down", "down", "down", "down", "c", "0", "好", "enter")
        assert (seat.office.acted[-1][0], seat.office.acted[-1][2]) == ("close", {"result": "好"})

    drive(work)


def test_opening_tells_who_ordered_and_esc_returns() -> None:
    """Enter shows the case in the list's place at 80 columns and calls `see`; Esc brings the list back, never leaves."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "enter")
        assert seat.office.seen == ["case-2041"]
        assert not seat.shows("138****0117")
        await seat.press("pagedown")
        assert seat.shows("138****0117")
        await seat.press("escape")
        assert seat.shows("事由")
        await seat.press("escape", "escape", "escape")
        assert seat.app.is_running

    drive(work)


def test_the_detail_stands_beside_where_there_is_room() -> None:
    """At 120 columns list and detail are on the screen together."""

    async def work(seat: Seat) -> None:
        await seat.press("2")
        assert seat.shows("事由")
        assert seat.shows("138****0117")

    drive(work, size=(120, 40))


def test_minus_goes_back_to_the_last_place() -> None:
    """From the board to the queue and back."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "-")
        assert seat.app.desk.place == "board"

    drive(work)


def test_an_unreadable_store_keeps_the_last_picture_and_says_so() -> None:
    """The seat lives on; the picture is marked old until the store answers again."""

    async def work(seat: Seat) -> None:
        seat.office.broken = sqlite3.OperationalError("disk I/O error")
        await seat.until(lambda: seat.shows("本地库读不了"))
        assert seat.shows("旧画面")
        assert seat.shows("石峡子沟2号雨量")
        seat.office.broken = None
        await seat.until(lambda: seat.shows("链路好"))

    drive(work)


def test_a_stopped_centre_is_told_and_dispatch_goes_on() -> None:
    """The banner says that orders are stored; F2 still stores them."""

    async def work(seat: Seat) -> None:
        seat.office.link_now = replace(seat.office.link_now, running=False, waiting=1)
        seat.office.dirty = True
        await seat.until(lambda: seat.shows("引擎停 -- 工单已存"))
        await seat.press("f2")
        assert len(seat.office.acted) == 1

    drive(work)


def test_only_changed_lines_are_painted_again() -> None:
    """A cursor step repaints the old and the new line of the list, not the rest."""

    async def work(seat: Seat) -> None:
        await seat.press("2")
        lists = seat.app._places["cases"]._list  # type: ignore[attr-defined]  # the place's own list
        before = lists.lines
        await seat.press("down")
        changed = [y for y, (one, two) in enumerate(zip(before, lists.lines, strict=True)) if one != two]
        assert changed == [0, 1]

    drive(work)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (40, 5), (79, 24), (80, 23), (200, 60)])
def test_any_size_draws_to_the_cell(size: tuple[int, int]) -> None:
    """U19: each line on the screen is exactly as wide as the screen; below 80x24 the line says what is wanted."""

    async def work(seat: Seat) -> None:
        await seat.press("2", "down", "f1", "escape")
        strips = seat.app.screen._compositor.render_strips()
        assert {size[0]} == {strip.cell_length for strip in strips}
        assert size[1] == len(strips)

    drive(work, size=size)


def test_no_act_on_a_screen_too_small_to_read() -> None:
    """Where the strip has no room the key says nothing and sends nothing."""

    async def work(seat: Seat) -> None:
        await seat.press("f2")
        assert seat.office.acted == []

    drive(work, size=(20, 3))


def test_a_click_moves_the_cursor_and_never_acts() -> None:
    """The mouse is a pointer only; the wheel steps."""

    async def work(seat: Seat) -> None:
        await seat.press("2")
        await seat.pilot.click("#queue", offset=(10, 4))
        assert "case-2044" == seat.app.desk.cursor
        assert [] == seat.office.acted

    drive(work)


def test_a_store_unreadable_from_the_start_is_told() -> None:
    """Even without a first picture the screen is not silent, and the seat comes up when the store does."""
    office = StandIn(broken=sqlite3.OperationalError("unable to open database file"))

    async def work(seat: Seat) -> None:
        assert seat.shows("本地库读不了")
        office.broken = None
        await seat.until(lambda: seat.shows("链路好"))

    drive(work, office=office, ready=False)


def test_a_key_that_fails_is_told_and_the_seat_lives() -> None:
    """An error in an act stands on the strip; nothing is called done."""

    class Failing(StandIn):
        def do(self, act: str, case_id: str, **_: object) -> Done | Refused:
            raise OSError("no space left")

    async def work(seat: Seat) -> None:
        await seat.press("f2")
        assert seat.shows("这一步没办成: OSError no space left")
        assert not seat.shows("已派")

    drive(work, office=Failing())


def test_level_one_rings_again_each_minute_until_taken() -> None:
    """As long as a level-1 case waits on this desk, three beeps a minute."""

    async def work(seat: Seat) -> None:
        await seat.pilot.pause(1.1)
        seat.clock.time += 61
        await seat.until(lambda: len(seat.beeps) == 3)
        for number in (2041, 2042):
            seat.office.acts.do("dispatch", f"case-{number}")
        await seat.pilot.pause(1.1)
        seat.clock.time += 61
        await seat.pilot.pause(1.6)
        assert len(seat.beeps) == 3

    drive(work)

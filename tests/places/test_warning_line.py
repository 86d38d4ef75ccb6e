"""上级预警 on the seat: one line while it stands, grey when over, marked when not in earnest, gone by itself; no row is lost without one."""

import pytest

from data.office import Office
from data.views.models.seat import Banner
from data.views.warnings import GREY_MS
from data.words import Words
from tests.banners.conftest import cap
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive
from tests.places.stand_in import NOW, StandIn
from widgets.theme import Depth, Theme, Tone
from widgets.warning_line import SCALE_TONES, warning_line

MINUTE = 60_000
ZONE = "Asia/Shanghai"


def banner(**changes: object) -> Banner:
    values: dict[str, object] = {
        "id": "w", "state": "standing", "status": "Actual", "severity": "Severe", "level": 2, "event": "暴雨",
        "headline": "万州区气象台发布暴雨橙色预警信号", "text": "预计三小时五十毫米以上。", "instruction": "请做好转移准备。",
        "sender_name": "万州区气象台", "area": "万州区", "sent": NOW, "onset": None, "expires": NOW + 90 * MINUTE, "ends": NOW + 90 * MINUTE,
    }  # fmt: skip
    return Banner(**(values | changes))  # type: ignore[arg-type]  # by name


def said(*banners: Banner, width: int = 80) -> str:
    found = warning_line(banners, NOW, ZONE, Words("zh"), width)
    assert found is not None
    return "".join(text for text, _ in found.pieces)


def test_level_word_headline_area_and_end_in_one_line() -> None:
    """In eighty cells; the key that opens it stands at the end."""
    assert said(banner()).split() == ["橙色预警", "万州区气象台发布暴雨橙色预警信号", "万州区", "至16:02", "9"]


def test_a_long_headline_gives_way_to_area_and_end() -> None:
    """Where and until when are never what is cut."""
    line = said(banner(headline="很长的标题" * 20, expires=NOW + 24 * 60 * MINUTE), banner())
    assert line.split()[-4:] == ["万州区", "至11-26", "14:32", "另1条"] or line.split()[-5:] == ["万州区", "至11-26", "14:32", "另1条", "9"]


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_each_colour_has_its_word(level: int) -> None:
    """Four words, four looks at every depth but mono, where the words are enough."""
    assert {1: "红色", 2: "橙色", 3: "黄色", 4: "蓝色"}[level] in said(banner(level=level))
    looks = {Theme(Depth.TRUE).style(tone, ground) for tone in SCALE_TONES.values() for ground in ["bar"]}  # type: ignore[arg-type]  # a StrEnum
    assert len(looks) == 4


def test_what_is_over_is_grey_and_says_so_first() -> None:
    """No colour is left on it."""
    found = warning_line([banner(state="cancelled")], NOW, ZONE, Words("zh"), 80)
    assert found is not None
    assert "".join(text for text, _ in found.pieces).split()[:2] == ["已解除", "橙色预警"]
    assert {tone for text, tone in found.pieces if text.strip() and text.strip() != "9"} == {Tone.DIM}


def test_an_exercise_is_marked_before_all_else() -> None:
    """演练 first."""
    assert said(banner(status="Exercise")).split()[:2] == ["演练", "橙色预警"]


def test_without_a_warning_no_row_is_lost_and_with_one_exactly_one() -> None:
    """At 80x24."""
    rows: dict[bool, int] = {}

    async def count(seat: Seat) -> None:
        await seat.press("2")
        assert seat.app.keys.picture is not None
        rows[bool(seat.office.above)] = len(seat.app.keys.picture.page.rows)
        assert seat.shows("橙色预警") == bool(seat.office.above)

    drive(count)
    drive(count, office=StandIn(above=(banner(),)))
    assert rows[False] - rows[True] == 1


@pytest.mark.parametrize("size", [(80, 24), (79, 14), (60, 6)])
def test_it_is_there_on_every_screen_that_has_room_for_a_case(size: tuple[int, int]) -> None:
    """Small windows too."""

    async def look(seat: Seat) -> None:
        assert seat.shows("橙色预警")
        assert seat.app.keys.picture is not None
        assert seat.app.keys.picture.page.rows

    drive(look, office=StandIn(above=(banner(),)), size=size)


def test_on_the_thin_view_too() -> None:
    """Under its head."""

    async def look(seat: Seat) -> None:
        await seat.press("L")
        assert seat.text()[1].split()[0] == "橙色预警"

    drive(look, office=StandIn(above=(banner(),)))


def test_a_red_one_rings_three_times_an_exercise_never() -> None:
    """Once; a rise rings again."""

    async def hear(seat: Seat) -> None:
        for above, beeps in (((banner(level=1, status="Exercise"),), 0), ((banner(level=2),), 1), ((banner(level=2),), 1), ((banner(level=1),), 4)):
            seat.office.above, seat.office.dirty = above, True
            await seat.until(lambda: not seat.office.dirty)
            await seat.until(lambda beeps=beeps: len(seat.beeps) == beeps)  # type: ignore[misc]  # bound
            await seat.pilot.pause(0.05)
            assert len(seat.beeps) == beeps

    drive(hear)


def test_update_cancel_and_expiry_take_it_away_by_themselves(street: Centre, office: Office) -> None:
    """A real desk: nobody presses anything."""
    start = street.clock.now()

    async def live(seat: Seat) -> None:
        assert not seat.shows("预警")
        assert street.hear("paidan/pailou/in/cap", cap("a", start, expires=start + 60 * MINUTE))
        await seat.until(lambda: seat.shows("橙色预警"))
        update = cap("b", start + MINUTE, kind="Update", severity="Extreme", about="a", old=start, headline="升级为红色", expires=start + 60 * MINUTE)
        assert street.hear("paidan/pailou/in/cap", update)
        await seat.until(lambda: seat.shows("升级为红色") and seat.shows("红色预警") and not seat.shows("橙色预警"))
        assert street.hear("paidan/pailou/in/cap", cap("c", start + 2 * MINUTE, kind="Cancel", about="b", old=start + MINUTE))
        await seat.until(lambda: seat.shows("已解除 红色预警"))
        street.clock.pass_s(GREY_MS / 1000)
        seat.clock.time += 10
        await seat.until(lambda: not seat.shows("预警"))

    drive(live, office=office)


def test_on_a_thin_line_it_comes_and_expires_without_a_key(street: Centre, office: Office) -> None:
    """Where no clock ticks on the screen."""
    now = street.clock.now()

    async def wait(seat: Seat) -> None:
        await seat.press("L")
        assert street.hear("paidan/pailou/in/cap", cap("a", now, expires=now + MINUTE))
        await seat.until(lambda: seat.shows("橙色预警"))
        street.clock.pass_s(60)
        seat.clock.time += 10
        await seat.until(lambda: seat.shows("已过期 橙色预警"))

    drive(wait, office=office)

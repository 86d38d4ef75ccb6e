"""A warning is one banner: changed and ended by reference, grey when over, marked when it is none in earnest, and it orders nobody."""

import itertools
import json

import pytest
from click.testing import CliRunner

from console.commands.warnings import command
from data.callbacks import due
from data.clock import RealClock
from data.settings import load
from data.views.models.seat import Banner
from data.views.warnings import banners
from tests.banners.conftest import cap
from tests.helpers.office import Centre

MINUTE = 60_000


def hear(desk: Centre, body: bytes) -> None:
    assert desk.hear("paidan/pailou/in/cap", body)


def shown(desk: Centre) -> list[Banner]:
    return list(banners(desk.desk.conn, desk.clock.now()))


@pytest.mark.parametrize(("severity", "level"), [("Extreme", 1), ("Severe", 2), ("Moderate", 3), ("Minor", 4), ("Unknown", 3)])
def test_severity_is_level(desk: Centre, severity: str, level: int) -> None:
    """Red, orange, yellow, blue; what says nothing is yellow."""
    hear(desk, cap("a", desk.clock.now(), severity=severity))
    assert [(one.level, one.event, one.area, one.state) for one in shown(desk)] == [(level, "暴雨", "万州区", "standing")]


def test_update_and_cancel_change_the_same_banner(desk: Centre) -> None:
    """Orange becomes red becomes over: one row all the time."""
    start = desk.clock.now()
    hear(desk, cap("a", start))
    first = shown(desk)[0].id
    desk.clock.pass_s(600)
    hear(desk, cap("b", desk.clock.now(), kind="Update", severity="Extreme", about="a", old=start, headline="升级为红色"))
    assert [(one.id, one.level, one.headline) for one in shown(desk)] == [(first, 1, "升级为红色")]
    desk.clock.pass_s(600)
    hear(desk, cap("c", desk.clock.now(), kind="Cancel", about="b", old=start + 600_000))
    assert [(one.id, one.state, one.is_over) for one in shown(desk)] == [(first, "cancelled", True)]
    desk.clock.pass_s(7 * 3600)
    assert shown(desk) == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_any_order_and_any_repetition_give_the_same_banner(desk: Centre, order: tuple[int, ...]) -> None:
    """Alert, Update and Update's repetition, however they arrive: one banner, the newest words."""
    at = desk.clock.now() - 30 * MINUTE
    messages = [
        cap("a", at), cap("b", at + MINUTE, kind="Update", about="a", old=at, headline="二"),
        cap("c", at + 2 * MINUTE, kind="Update", about="b", old=at + MINUTE, headline="三"),
    ]  # fmt: skip
    for number in (*order, *order):
        hear(desk, messages[number])
    assert [one.headline for one in shown(desk)] == ["三"]


def test_a_cancel_that_is_faster_than_its_alert(desk: Centre) -> None:
    """The alert then comes to nothing, and calls nobody."""
    at = desk.clock.now()
    hear(desk, cap("b", at + MINUTE, kind="Cancel", about="a", old=at))
    hear(desk, cap("a", at))
    assert [one.state for one in shown(desk)] == ["cancelled"]
    assert due(desk.desk.conn) == ()


def test_it_turns_grey_when_it_expires(desk: Centre) -> None:
    """By the clock alone; nobody says so."""
    now = desk.clock.now()
    hear(desk, cap("a", now, expires=now + 30 * MINUTE))
    assert [one.is_over for one in shown(desk)] == [False]
    desk.clock.pass_s(1800)
    assert [(one.is_over, one.state) for one in shown(desk)] == [(True, "expired")]


def test_one_in_earnest_calls_up_the_roster_once_and_again_when_it_rises(desk: Centre) -> None:
    """Each number once; red is to be spoken; repetition and a fall call nobody; no case, no order."""
    start = desk.clock.now()
    hear(desk, cap("a", start))
    called = [(row.phone, row.number) for row in due(desk.desk.conn)]
    assert ("13800000023", 0) in called
    assert len(called) == len(set(called))
    hear(desk, cap("b", start + MINUTE, kind="Update", about="a", old=start))
    assert len(due(desk.desk.conn)) == len(called)
    hear(desk, cap("c", start + 2 * MINUTE, kind="Update", severity="Extreme", about="a", old=start))
    hear(desk, cap("d", start + 3 * MINUTE, kind="Update", severity="Moderate", about="a", old=start))
    assert len(due(desk.desk.conn)) == 2 * len(called)
    assert [row["tells"] for row in desk.all("callbacks")].count(2) == len(called)
    assert (desk.all("cases"), desk.all("orders"), desk.all("outbox")) == ([], [], [])


@pytest.mark.parametrize("status", ["Exercise", "Test", "System", "Draft"])
def test_what_is_not_in_earnest_is_shown_as_such_and_calls_nobody(desk: Centre, status: str) -> None:
    """However severe."""
    hear(desk, cap("a", desk.clock.now(), status=status, severity="Extreme"))
    assert [one.status for one in shown(desk)] == [status]
    assert (due(desk.desk.conn), desk.all("cases"), desk.all("outbox")) == ((), [], [])


def test_only_our_areas_where_the_settings_name_them(desk: Centre) -> None:
    """A national feed has the whole country."""
    path = desk.settings.home / "paidan.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\n[warnings]\nareas = ["万州"]\n', encoding="utf-8")
    desk.settings = load(desk.settings.home)
    hear(desk, cap("a", desk.clock.now(), area="云阳县"))
    hear(desk, cap("b", desk.clock.now(), area="重庆市万州区"))
    assert [one.area for one in shown(desk)] == ["重庆市万州区"]


def test_what_is_no_cap_is_kept_aside(desk: Centre) -> None:
    """In quarantine, with its reason."""
    assert not desk.hear("paidan/pailou/in/cap", b"<alert/>")
    assert len(desk.all("quarantine")) == 1


def test_the_command_lists_them(desk: Centre) -> None:
    """`paidan warnings --json`: an exercise is marked, times are ISO."""
    now = RealClock().now()
    desk.clock.time = now
    hear(desk, cap("a", now, status="Exercise", expires=now + 3_600_000))
    run = CliRunner().invoke(command, ["--home", str(desk.settings.home), "--json"])
    rows = json.loads(run.stdout)
    assert [(row["mark"], row["colour"], row["is"], row["headline"][:3]) for row in rows] == [("演练", "橙色", "生效", "万州区")]
    assert rows[0]["expires"].endswith("+08:00")

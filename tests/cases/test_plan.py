"""The plan, pure: unit, channel, deadline, text, assists, and why and against what."""

from typing import Any

import pytest
from msgspec.structs import replace

from data.dispatch import MAX_ORDER_TEXT, Around, order_text, plan
from data.domain.case import Case
from data.domain.tables import CaseClass, Grid, Shift, Tables, Unit
from data.domain.vocabulary import Level, State
from tests.helpers.clock import at

NOW = at("2026-07-21 14:00")
HOUR = 3_600_000


def unit(id: str, **fields: Any) -> Unit:
    return Unit(**{"id": id, "name": f"{id}名", "kind": "leader", "parent": "me"} | fields)


def tables(**fields: Any) -> Tables:
    units = {each.id: each for each in (unit("a"), unit("b"), unit("c", kind="department"), unit("up", kind="centre", parent=""))}
    classes = {
        "0102": CaseClass(code="0102", name="暴露垃圾", short="垃圾", level=3, accept_min=15, done_min=240, ask="请清运并回传照片", source="本表"),
    }
    grids = {
        "G-1": Grid(id="G-1", name="一网格", centre="me", unit="", leader="a"),
        "G-2": Grid(id="G-2", name="二网格", centre="me", unit="", leader=""),
    }
    return Tables(**{"centre": "me", "centre_name": "我", "units": units, "classes": classes, "grids": grids} | fields)


def case(**fields: Any) -> Case:
    empty = dict.fromkeys(Case.__struct_fields__)
    known = {
        "id": "me-2041", "number": 2041, "version": 1, "state": State.OPEN, "class_code": "0102", "level": Level.MEDIUM, "text": "车库垃圾堵门",
        "grid": "G-1", "unit": "a", "unit_chosen": False, "source": "report", "opened_at": NOW, "round": 1, "failed": False, "exercise": False,
        "waits": 0, "done_by_chosen": False, "extensions": 0,
    }  # fmt: skip
    return Case(**(empty | known | fields))


def codes(reasons: tuple[Any, ...]) -> list[str]:
    return [reason.code for reason in reasons]


def test_a_clear_plan_has_a_reason_for_everything_and_no_warning() -> None:
    made = plan(case(), tables(), NOW)
    assert (made.unit and made.unit.id, made.channel, made.accept_by, made.done_by) == ("a", "mqtt", NOW + 15 * 60_000, NOW + 4 * HOUR)
    assert (codes(made.why), made.warnings, made.problem) == (["why_grid", "why_deadline"], (), None)


def with_unit(made: Tables, id: str, **fields: Any) -> dict[str, Unit]:
    return {**made.units, id: replace(made.units[id], **fields)}


@pytest.mark.parametrize(
    ("classes_of", "grid", "wanted", "why"),
    [
        ({}, "G-1", "a", "why_grid"),
        ({"c": ("0102",)}, "G-1", "c", "why_class_grid"),
        ({"a": ("0102",), "c": ("0102",)}, "G-1", "a", "why_class_grid"),
        ({"a": ("0501",), "b": ("0102",)}, "G-1", "b", "why_class_grid"),
        ({"a": ("0501",)}, "G-1", None, "grid_without_unit"),
        ({}, "G-2", None, "grid_without_unit"),
        ({}, "G-9", None, "unknown_grid"),
        ({}, None, None, "no_grid"),
    ],
)
def test_the_unit_by_class_and_grid(classes_of: dict[str, tuple[str, ...]], grid: str | None, wanted: str | None, why: str) -> None:
    """By class in the grid, else the grid's own who may take it, else the one department that names it; never a default."""
    from data.dispatch import owner

    made = tables()
    for id, its in classes_of.items():
        made = tables(units=with_unit(made, id, classes=its))
    found, reason = owner(made, "0102", grid)
    assert (found, reason.code) == (wanted, why)


def test_where_nobody_is_named_it_goes_up_with_a_warning() -> None:
    made = plan(case(grid="G-2", unit="up"), tables(parent="up"), NOW)
    assert (made.unit and made.unit.id, codes(made.why)[0], codes(made.warnings)) == ("up", "why_parent", ["nobody_here"])


def test_off_duty_goes_to_the_deputy_with_a_warning() -> None:
    """A roster that speaks of the unit and names nobody now."""
    roster = (Shift(unit="a", person="杨", phone="", start=NOW - 9 * HOUR, end=NOW - HOUR),)
    made = tables(units=with_unit(tables(), "a", deputy="b"), roster=roster)
    assert (plan(case(), made, NOW).unit or unit("x")).id == "b"
    assert codes(plan(case(), made, NOW).warnings) == ["off_duty_deputy"]


@pytest.mark.parametrize(
    ("down", "channel", "warning"), [((), "wecom", []), (("wecom",), "sms", ["channel_detour"]), (("wecom", "sms"), "wecom", ["channels_down"])]
)
def test_the_first_healthy_channel(down: tuple[str, ...], channel: str, warning: list[str]) -> None:
    made = plan(case(), tables(units=with_unit(tables(), "a", channels=("wecom", "sms"))), NOW, Around(down=frozenset(down)))
    assert (made.channel, codes(made.warnings)) == (channel, warning)


@pytest.mark.parametrize(("kind", "orders", "warned"), [("leader", 7, []), ("leader", 8, ["unit_loaded"]), ("community", 80, [])])
def test_load_warns_from_a_stated_number_on_and_only_of_persons(kind: str, orders: int, warned: list[str]) -> None:
    made = plan(case(), tables(units=with_unit(tables(), "a", kind=kind)), NOW, Around(load={"a": orders}))
    assert codes(made.warnings) == warned


def test_back_to_who_sent_it_wants_a_second_look() -> None:
    assert codes(plan(case(order_in="o", order_from="a"), tables(), NOW).warnings) == ["back_to_sender"]


def test_assists_once_each_never_the_lead_and_unknown_ones_warned() -> None:
    made = plan(case(), tables(), NOW, assists=("b", "a", "b", "c", "nobody"))
    assert ([each.unit.id for each in made.assists], codes(made.warnings)) == (["b", "c"], ["assist_unknown"])


def test_an_assist_that_only_the_files_name_and_this_home_lacks_is_left_out() -> None:
    """Of a class, and of a scenario: nobody here can do something about it at the press, so there is no warning; a named one stays a mistake."""
    row = tables().classes["0102"]
    made = plan(case(), tables(classes={"0102": replace(row, assists=("jiaojing", "b"))}), NOW)
    assert ([each.unit.id for each in made.assists], made.warnings) == (["b"], ())


def test_the_text_says_what_where_until_when_and_how_to_answer() -> None:
    text = order_text(case(address="星都会6号楼"), tables(), done_by=NOW + 4 * HOUR, now=NOW)
    assert text == "垃圾：星都会6号楼 车库垃圾堵门。请清运并回传照片。限18:00办结。回执码2041"


def test_a_later_day_is_named_and_a_second_dispatch_has_its_own_code() -> None:
    assert order_text(case(), tables(), done_by=NOW + 24 * HOUR, now=NOW, attempt=2).endswith("限7月22日14:00办结。回执码2041-2")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("length", [1, 60, 120, 4000])
def test_no_text_is_longer_than_two_sms(language: str, length: int) -> None:
    """What happened gives way; deadline and code are always there."""
    text = order_text(case(text="满" * length, address="址" * 80), tables(language=language), done_by=NOW + 99 * HOUR, now=NOW, attempt=12)
    assert len(text) <= MAX_ORDER_TEXT
    assert "2041-12" in text


def test_the_digest_names_what_is_sent_and_not_the_moment() -> None:
    """The same a minute later; another when unit, words, channel, assists or warnings are."""
    late = case(done_by=NOW - HOUR)
    assert plan(late, tables(), NOW).digest == plan(late, tables(), NOW + 60_000).digest
    others = {
        plan(case(), tables(), NOW).digest, plan(case(unit="b"), tables(), NOW).digest, plan(case(text="x"), tables(), NOW).digest,
        plan(case(), tables(), NOW, assists=("b",)).digest, plan(case(), tables(), NOW, Around(load={"a": 9})).digest,
        plan(case(), tables(units=with_unit(tables(), "a", channels=("sms",))), NOW).digest,
    }  # fmt: skip
    assert len(others) == 6

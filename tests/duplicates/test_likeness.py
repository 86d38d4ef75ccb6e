"""The score of two troubles: what raises it, what lowers it, and that it says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from data.duplicates import ATTACH, SUGGEST, Trouble, buildings, distance, likeness, places, raised
from data.duplicates import score as points

HOUR = 3_600_000
GARBAGE = Trouble(
    class_code="0102", group="市容环境", text="星都会小区6号楼车库垃圾堵门", grid="DHG-03", address=None, lat=None, lon=None, at=100 * HOUR
)


def score(**other: object) -> float:
    return likeness(GARBAGE, replace(GARBAGE, **other)).score  # type: ignore[arg-type]


def test_the_same_words_at_the_same_building_join() -> None:
    like = likeness(GARBAGE, replace(GARBAGE, text="星都会小区6栋垃圾堵了车库门", at=101 * HOUR))
    assert like.score >= ATTACH
    assert [reason.code for reason in like.reasons] == ["alike_building", "alike_class", "alike_time", "alike_text"]


@pytest.mark.parametrize(
    "other",
    [
        {"text": "星都会小区8号楼车库垃圾堵门"},
        {"grid": "DHG-01"},
        {"text": "星都会小区6号楼楼顶垃圾袋没人收"},
        {"class_code": "0104", "at": 160 * HOUR, "text": "星都会小区6号楼下脏得很"},
    ],
    ids=["another building", "another grid", "other words", "another class, days later"],
)
def test_a_doubt_is_for_a_person(other: dict[str, object]) -> None:
    """Between the two thresholds it is only said."""
    assert SUGGEST <= score(**other) < ATTACH


def test_one_grid_alone_is_no_likeness() -> None:
    assert score(text="菜市场后门泔水桶翻了", at=102 * HOUR) < SUGGEST


def test_fifty_metres_are_one_spot_and_sixty_are_not() -> None:
    here = replace(GARBAGE, lat=29.5, lon=106.5, grid=None, text="垃圾成堆")
    near, far = replace(here, lat=29.5 + 49 / 111_320), replace(here, lat=29.5 + 60 / 111_320)
    assert round(distance(here, near) or 0) == 49
    assert likeness(here, near).score >= ATTACH
    assert "alike_near" not in [reason.code for reason in likeness(here, far).reasons]


def test_an_alarm_and_a_neighbours_call_at_one_place_are_one() -> None:
    noise = replace(GARBAGE, class_code="0501", group="噪声扰民", text="江南广场 噪声 70 分贝", is_alarm=True)
    assert likeness(noise, replace(noise, text="楼下跳舞太吵", is_alarm=False)).score == 1.0
    assert likeness(noise, replace(noise, text="楼下跳舞太吵", grid="JN-02", is_alarm=False)).score < SUGGEST


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("星都会小区6号楼", [("星都会小区", "6栋")]), ("我们在星都会小区６栋", [("星都会小区", "6栋")]), ("6幢", [("", "6栋")]),
        ("滨江花园十二号楼", [("滨江花园", "12栋")]), ("B座", [("", "B栋")]), ("滨江路22号", []), ("二十一栋", [("", "21栋")]),
    ],
)  # fmt: skip
def test_a_building_is_read_however_it_is_written(text: str, found: list[tuple[str, str]]) -> None:
    assert list(buildings(text)) == found


@given(st.builds(Trouble, class_code=st.sampled_from([None, "0102"]), group=st.just("x"), text=st.text(max_size=40),
                 grid=st.sampled_from([None, "a"]),
                 address=st.none() | st.text(max_size=20), lat=st.none() | st.floats(-90, 90), lon=st.none() | st.floats(-180, 180),
                 at=st.integers(0, 10**13)))  # fmt: skip
def test_any_two_troubles_have_a_score_with_reasons(other: Trouble) -> None:
    assert 0 <= likeness(GARBAGE, other).score <= 1
    assert likeness(GARBAGE, other).reasons


@given(st.floats(-60, 60), st.floats(-179, 179), st.floats(-49, 49), st.floats(-49, 49))
def test_whoever_is_near_shares_a_key(lat: float, lon: float, north: float, east: float) -> None:
    """The keys around one position hold the cell of every position within 50 m."""
    import math

    if math.hypot(north, east) > 50:
        return
    there = (lat + north / 111_320, lon + east / (111_320 * math.cos(math.radians(lat))))
    assert set(places(None, "", *there)) <= set(places(None, "", lat, lon, around=True))


def test_numbers_make_a_case_more_urgent_at_three_and_ten_but_never_critical() -> None:
    assert [raised(4, supports) for supports in (1, 2, 3, 4, 10)] == [4, 4, 3, 4, 3]
    assert [raised(level, 3) for level in (1, 2, 3)] == [1, 2, 2]


_PARTS = ("星都会小区", "滨江花园", "6号楼", "六栋", "8号楼", "垃圾堵门", "车库", "广场舞太吵", "我们在", "路灯不亮", " ")
_TROUBLES = st.builds(
    Trouble,
    class_code=st.sampled_from([None, "0102", "0104"]), group=st.just("g"), text=st.lists(st.sampled_from(_PARTS), max_size=5).map("".join),
    grid=st.sampled_from([None, "a", "b"]), address=st.sampled_from([None, "星都会小区6栋", "滨江花园"]),
    lat=st.sampled_from([None, 29.5, 29.5003, 29.51]), lon=st.sampled_from([None, 106.5]), at=st.integers(0, 100 * HOUR), is_alarm=st.booleans(),
)  # fmt: skip


@given(_TROUBLES, _TROUBLES)
def test_the_score_alone_is_the_score_that_is_explained(one: Trouble, other: Trouble) -> None:
    assert points(one, other) == likeness(one, other).score

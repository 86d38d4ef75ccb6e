"""Initials of pinyin: from GB 2312's order, with a list for what it does not hold, and doubt that matches."""

import pytest

from data.pinyin import initials, matches


@pytest.mark.parametrize(
    ("name", "letters"), [("大河沟", "dhg"), ("望江路", "wjl"), ("牌楼街道", "pljd"), ("阿坝", "ab"), ("G3高速", "g3gs"), ("垭口", "yk"), ("", "")]
)
def test_initials_of_a_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("typed", "name", "yes"),
    [
        ("dhg", "大河沟社区", True), ("hgs", "大河沟社区", True), ("DHG", "大河沟", True), ("cq", "重庆", True), ("zq", "重庆", True),
        ("dh", "红星", False), ("dhgx", "大河沟", False), ("", "大河沟", False), ("大河", "大河沟", False), ("qk", "龘口", True),
        ("d-h", "大河", False),
    ],
)  # fmt: skip
def test_typed_letters_match_a_run_of_initials(typed: str, name: str, yes: bool) -> None:
    """Two readings match either; a sign that nobody knows matches any letter."""
    assert matches(typed, name) is yes

"""Terminal cells: widths, cutting, folding."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from widgets import cells
from widgets.spark import spark

SCALE = st.floats(allow_nan=False, allow_infinity=False)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=60)


@given(ANY_TEXT, st.integers(0, 60), st.sampled_from(["left", "right", "centre"]))
def test_fit_is_exactly_as_wide_as_asked(text: str, width: int, align: str) -> None:
    """Whatever the text, `fit` fills its cells to the cell, by the count of an independent library."""
    assert width == wcswidth(cells.fit(text, width, align))


@given(ANY_TEXT)
def test_plain_text_has_one_certain_width(text: str) -> None:
    """No character that some terminal draws wider, and no control, survives; folding again changes nothing."""
    folded = cells.plain(text)

    assert set() == {sign for sign in folded if unicodedata.east_asian_width(sign) == "A"}
    assert folded.isprintable() or folded == ""
    assert cells.plain(folded) == folded
    assert cells.width(text) == wcswidth(folded)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("等…", "等~"),
        ("“水”—5℃", "「水」--5度"),
        ("3×4 → 12", "3x4 -> 12"),
        ("a·b ≥ ≤ ±", "a.b >= <= +-"),
        ("红\x1b[2J线\u202e", "红?[2J线?"),
        ("快😀", "快??"),
        ("café", "cafe"),
        ("，。：；！？（）《》「」、％￥", "，。：；！？（）《》「」、％￥"),
        ("⣀⣿", "⣀⣿"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    """Forbidden characters are folded as the design lists them; the safe set is left alone."""
    assert folded == cells.plain(text)


@pytest.mark.parametrize(("text", "width", "fitted"), [("红星社区", 5, "红星~"), ("红星社区", 6, "红星~ "), ("ab", 4, "ab  ")])
def test_a_cut_is_marked_and_no_sign_is_halved(text: str, width: int, fitted: str) -> None:
    """`~` stands where something was cut; a half sign becomes a blank."""
    assert fitted == cells.fit(text, width)


@given(ANY_TEXT, st.integers(2, 40))
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    """All signs are on the lines, in order, and no line is too wide."""
    lines = cells.wrap(text, width)

    assert "".join(lines) == cells.plain(text.replace("\n", ""))
    assert all(wcswidth(line) <= width for line in lines)


def test_spark_draws_two_samples_a_cell_on_a_fixed_scale() -> None:
    """The newest sample is at the right; values beyond the scale stand at its end."""
    assert spark((0, 0, 25, 25, 50, 50, 75, 999), 4, 0, 100) == "⣀⣤⣶⣿"


def test_spark_shows_gaps_as_nothing() -> None:
    """A gap is blank, an empty cell a space and never U+2800; too few samples leave the left empty."""
    assert spark((None, 0, None, None, 0, None), 5, 0, 1) == "  ⢀ ⡀"


@given(st.lists(st.one_of(st.none(), st.floats())), st.integers(0, 30), SCALE, SCALE)
def test_spark_survives_any_number(samples: list[float | None], width: int, low: float, high: float) -> None:
    """No number, however odd, changes the width or leaves the screen's characters."""
    assert width == wcswidth(spark(samples, width, low, high))

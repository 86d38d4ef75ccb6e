"""The phone-taker's form: what is guessed, what stays as chosen, and one call to file it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.guess import guess
from data.office import Office
from data.settings import load
from tests.helpers.clock import FakeClock
from tests.helpers.homes import paidan, paidan_json
from tests.helpers.office import Centre, open_centre


@pytest.fixture
def street(tmp_path: Path, clock: FakeClock) -> Iterator[Centre]:
    centre = open_centre(tmp_path / "pailou", "street", clock)
    yield centre
    centre.desk.conn.close()


@pytest.mark.parametrize(
    ("text", "address", "found"),
    [
        ("星都会6号楼垃圾堵门", "", ("0102", 3, "DHG-03", "星都会小区")),
        ("垃圾堵门", "江南广场", ("0102", 3, "JN-01", "滨江路江南广场")),
        ("大河沟一网格井盖破了", "", ("0301", 2, "DHG-01", None)),
        ("喂喂喂", "", (None, None, None, None)),
        ("星都会和江南广场都有垃圾", "", ("0102", 3, "JN-01", "滨江路江南广场")),
        ("星都会", "", (None, None, "DHG-03", "星都会小区")),
    ],
)
def test_class_and_place_are_guessed_as_one_types(street: Centre, text: str, address: str, found: tuple[object, ...]) -> None:
    """By keywords, alias table (longest name first) and grid table; nothing between two equals; and it says why."""
    told = guess(text, address, street.settings.tables)
    assert (told.class_code, told.level, told.grid, told.place) == found
    assert told.why


def test_one_call_files_it_and_what_was_chosen_stays(street: Centre) -> None:
    office = Office.open(street.settings.home, "王梅")
    first = office.phone.file(text="星都会6号楼垃圾堵门", name="周女士", phone="13800000076")
    second = office.phone.file(text="星都会6号楼垃圾堵门", grid="HX-02", **{"class": "0103"})
    assert (first.said.code, second.said.code) == ("did_file", "did_file")
    assert [(row["class"], row["grid"], row["address"], row["unit"]) for row in street.all("cases")] == [
        ("0102", "DHG-03", "星都会小区", "dahegou"), ("0103", "HX-02", None, "hongxing"),
    ]  # fmt: skip
    assert [(row["inlet"], row["phone"]) for row in street.all("reports")] == [("form", "13800000076"), ("form", None)]
    assert street.all("journal")[0]["operator"] == "王梅"
    third = office.phone.file(text="星都会小区六号楼门口垃圾堵门", address="星都会")
    assert (third.case_id, third.said.code) == ("pailou-1", "did_support")
    office.close()


@pytest.mark.parametrize("fields", [{"text": " "}, {"text": "a", "class": "9999"}, {"text": "a", "grid": "nowhere"}, {"text": "a", "lat": "north"}])
def test_what_cannot_be_filed_is_refused_with_the_reason(street: Centre, fields: dict[str, str]) -> None:
    office = Office.open(street.settings.home, "王梅")
    assert office.phone.file(**fields).reason.code == "file_failed"
    assert street.all("reports") == []
    office.close()


def test_the_command_line_files_and_guesses(street: Centre) -> None:
    home = load(street.settings.home).home
    assert paidan_json("file", "星都会6号楼垃圾堵门", "--guess", home=home)["grid"] == "DHG-03"
    assert paidan_json("file", "星都会6号楼垃圾堵门", "--phone", "13800000076", "--id", "x-1", home=home)["number"] == 1
    assert "#1" in paidan("file", "星都会6号楼垃圾堵门", "--id", "x-1", home=home).stdout
    assert [row["number"] for row in paidan_json("cases", "--find", "垃圾", home=home)] == [1]
    refused = paidan("file", "a", "--class", "9999", home=home)
    assert (refused.returncode, "9999" in refused.stderr) == (1, True)

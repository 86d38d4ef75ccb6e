"""An English seat reads English: the classes that come with the program have English names wherever a case is named."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.domain.tables import english_names
from data.kinds import load_kinds
from data.office import Office
from data.settings.classes import load_classes
from data.store.desk import Desk
from data.store.history import open_reader
from data.store.schema import open_desk
from data.words import Words
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive
from widgets.cells import width


@pytest.fixture
def mei(street: Centre, tmp_path: Path) -> Iterator[Office]:
    """A seat of somebody who reads English."""
    home = tmp_path / "pailou"
    with (home / "operators.csv").open("a", encoding="utf-8") as operators:
        operators.write("Mei,clerk supervisor,en,sample\n")
    from data.settings import load

    seated = Office(load(home), Desk(open_desk(home / "desk.db"), street.clock), open_reader(home), load_kinds(home), "Mei")
    seated.ensure_centre = lambda: False  # type: ignore[method-assign]  # the test carries the messages
    yield seated
    seated.close()


def test_every_class_has_an_english_name_that_fits_its_column() -> None:
    """Name and short name of each, in its own file; the short one within the eight cells of the queue."""
    classes = load_classes(None).values()
    words = Words("en", english_names(classes))
    assert [] == [name for each in classes for name in (each.name, each.label) if not words.named(name).isascii()]
    assert [] == [each.label for each in classes if width(words.named(each.label)) > 8]
    assert "自家一类" == words.named("自家一类")


@pytest.mark.parametrize("keys", [("1",), ("2",), ("2", "enter"), ("0",)])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_case_is_called_garbage_on_every_place(mei: Office, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    """Board, queue, detail, since: no Chinese class name beside the reporter's own words."""

    async def work(seat: Seat) -> None:
        await seat.press(*keys)
        seat.app.redraw()
        await seat.pilot.pause()
        assert seat.shows("Garbage")
        assert not any(re.search(r"\s垃圾\s", line) for line in seat.text())

    drive(work, office=mei, size=size)

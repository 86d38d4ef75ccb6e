"""U26: a new person's tutorial."""

from pathlib import Path

import pytest

from console.tutorial import STEPS, Lesson
from data.practice import practice_desk
from tests.helpers.office import Centre
from tests.places.driving import Seat, drive

KEYS = (
    ("down",), ("f2",), ("f8",), ("f5",), ("b", "x", "enter"), ("f9", "1"), ("f4", "d", "h", "g", "enter"), ("escape",),
    ("merge",), ("space", "space"), ("escape", "x"), ("L", "L"), ("7",),
)  # fmt: skip
"""The keys of each step."""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_u26_every_key_once_on_invented_cases(street: Centre, tmp_path: Path, language: str) -> None:
    """Step after step is done with the keys it names, and the real desk's outbox and journal stay as they were."""
    before = street.all("outbox"), street.all("journal")

    async def work(seat: Seat) -> None:
        lesson = Lesson(seat.app.keys, seat.app.ringer)
        for at, keys in enumerate(KEYS):
            assert (at, STEPS[at].name) == (lesson.at, STEPS[lesson.at].name)
            assert seat.shows(seat.app.desk.words(f"tutorial.{STEPS[at].name}")[:12]) or at == 0
            if keys == ("merge",):
                seat.app.desk.set_cursor(office.cases.find("4"))
                seat.app.redraw()
                await seat.press("m")
                question = seat.app.desk.question
                assert question is not None
                await seat.press(*([] if question.typed is not None else ["0"]), "1", "enter")
            else:
                await seat.press(*keys)
        assert lesson.finished
        assert seat.shows(seat.app.desk.words("tutorial.done"))

    with practice_desk("新人", language, tmp_path / "practice") as office:
        drive(work, office=office)
    assert before == (street.all("outbox"), street.all("journal"))

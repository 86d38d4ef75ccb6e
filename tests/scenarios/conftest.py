"""Desks for stories; each is closed, and its journal verified, at the end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.clock import at
from tests.scenarios.timeline import Story, begin


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Callable[..., Story]]:
    """`play("2026-07-21 08:00")` begins a story in the demo's district."""
    made: list[Story] = []

    def start(when: str, **more: bool) -> Story:
        made.append(begin(tmp_path / str(len(made)), at(when), dressed=True, **more))
        return made[-1]

    yield start
    for story in made:
        story.close()

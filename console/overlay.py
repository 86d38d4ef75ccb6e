"""What lies over the desk while a line is being typed: it takes all keys, shows its line in the strip and may fill the body."""

from typing import Protocol

from data.words import Words
from widgets.lines import Line
from widgets.strip import Ask


class Overlay(Protocol):
    """A line being typed, and what it is for."""

    covers: bool
    """Whether it fills the body; else the place stays in sight."""

    def text(self, signs: str) -> None:
        """Signs typed or pasted."""

    def key(self, name: str) -> None:
        """A key other than a sign."""

    def ask(self, words: Words, room: int) -> Ask:
        """Its line in the strip."""

    def lines(self, words: Words, width: int, height: int) -> list[Line]:
        """The body, if it covers it."""

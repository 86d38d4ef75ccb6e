"""`/` where sensors are looked at: found as one types by code, name, place and pinyin; Enter opens the trend, Esc changes nothing."""

from collections.abc import Callable

from console import text_field
from console.desk import Desk
from console.pages import Kept
from console.text_field import TextField
from data.views.models.sensors import FoundSensor
from data.words import Words
from widgets.found_line import found_heading, found_line
from widgets.lines import Line, gap, line
from widgets.strip import Ask
from widgets.theme import Tone

MOST = 100
"""Sensors listed; who has more writes one sign more (judgement)."""


class SensorHits:
    """What the store has for a text. Asked anew for another text, and every few seconds for the values."""

    def __init__(self, desk: Desk, most: int = MOST) -> None:
        self._desk, self._most = desk, most
        self._kept: Kept[tuple[FoundSensor, ...]] = Kept(least_s=2.0, most_s=10.0)

    def of(self, text: str) -> tuple[FoundSensor, ...]:
        """The first of them; none for an empty text."""
        return self._kept.get(self._desk, text, lambda: self._desk.office.sensors.find(text, self._most)) if text else ()

    def count(self, text: str) -> str:
        """How many, as far as they were counted."""
        found = len(self.of(text))
        return f"{found}+" if found == self._most else str(found)

    def are_old(self) -> bool:
        """Whether nothing can come in now, so that values are marked."""
        link = self._desk.office.status.link()
        return not link.broker_up or not link.running


class SensorFinder:
    """A search being typed, over the list of what it finds. The place under it stays as it was."""

    covers = True

    def __init__(self, desk: Desk, find_cases: Callable[[str], None]) -> None:
        """`find_cases` goes on with this text among the cases."""
        self._desk, self._find_cases = desk, find_cases
        self._hits = SensorHits(desk)
        self.field = TextField()
        self.cursor = ""
        self._page = 1

    def text(self, signs: str) -> None:
        """More of the text."""
        self._change(text_field.put(self.field, signs, 80))

    def key(self, name: str) -> None:
        """Enter opens the trend, Esc leaves, Tab looks among the cases; arrows move."""
        moves = {"up": -1, "down": 1, "pageup": -self._page, "pagedown": self._page}
        if name == "escape":
            self._desk.overlay = None
        elif name == "enter":
            self._open()
        elif name == "tab":
            self._desk.overlay = None
            self._find_cases(self.field.text)
        elif name in moves:
            self._move(moves[name])
        else:
            self._change(text_field.edit(self.field, name))

    def _change(self, field: TextField) -> None:
        if field.text.strip() != self._text:
            self.cursor = ""
        self.field = field

    @property
    def _text(self) -> str:
        return self.field.text.strip()

    def _at(self) -> int:
        """Index of the cursor's sensor, which it stays on while others come and go; else the first."""
        return next((at for at, found in enumerate(self._hits.of(self._text)) if found.sensor == self.cursor), 0)

    def _move(self, steps: int) -> None:
        hits = self._hits.of(self._text)
        if hits:
            self.cursor = hits[min(max(self._at() + steps, 0), len(hits) - 1)].sensor

    def _open(self) -> None:
        hits = self._hits.of(self._text)
        if hits:
            open_trend(self._desk, hits[self._at()].sensor)
        elif not self._text:
            self._desk.overlay = None

    def ask(self, words: Words, room: int) -> Ask:
        """The line being typed."""
        shown, caret = text_field.around_caret(self.field, room)
        return Ask(title=words("sensors.asking", n=self._hits.count(self._text)), hint=words("sensors.hint"), typed=shown, caret=caret)

    def lines(self, words: Words, width: int, height: int) -> list[Line]:
        """The part of the hits that holds the cursor."""
        hits, at = self._hits.of(self._text), self._at()
        if not hits:
            return [line(gap(), (words("sensors.none" if self._text else "sensors.how", text=self._text), Tone.STRONG))]
        self._page = max(height - 1, 1)
        top = max(min(at - self._page // 2, len(hits) - self._page), 0)
        old = self._hits.are_old()
        shown = enumerate(hits[top : top + self._page], top)
        return [found_heading(words, width), *(found_line(each, old=old, here=n == at, words=words, width=width) for n, each in shown)]


def open_trend(desk: Desk, sensor: str) -> None:
    """Go to this sensor's trend."""
    desk.overlay = None
    desk.go("trends")
    desk.sensor = sensor

"""What a larger screen adds to the board: areas by level beside the panels, kinds with their hour and the last events under the list."""

from itertools import zip_longest

from console.desk import Desk
from console.pages import Kept
from console.places.base import WIDE, Room
from data.domain.vocabulary import Level
from data.views.models.past import JournalPage
from data.views.models.sensors import AreaCount, Areas, KindCount
from widgets.case_list import LEVEL_TONES
from widgets.cells import fit
from widgets.lines import Line, Piece, cell, cut_pieces, gap, line, pieces_width
from widgets.sensor_panel import cells_beside
from widgets.spark import spark
from widgets.theme import Tone
from widgets.times import clock

TALL = 30
"""Lines of a body from which there is room under the list."""
_EVENTS = 6
_KINDS = 60
"""Cells of the kinds' half."""
_KIND = 24
"""Cells of a kind's name in it: the longest English one that ships is 22."""


class Around:
    """Both, read every few seconds and only when somebody has room for them."""

    def __init__(self) -> None:
        self._areas: Kept[Areas] = Kept(least_s=2.0, most_s=10.0)
        self._events: Kept[JournalPage] = Kept(least_s=1.0, most_s=5.0)

    def _read(self, desk: Desk) -> Areas:
        return self._areas.get(desk, None, desk.office.alarms.areas)

    def beside(self, desk: Desk, panels: list[Line], room: Room) -> list[Line]:
        """The panels' lines, each with a line of the areas at its right."""
        rows = [self._heading(desk), *(self._area(each, desk) for each in self._read(desk).rows)]
        # Not on the last two lines, which are a blank and the heading of the list.
        together = zip_longest(panels[:-2], rows[: len(panels) - 2], fillvalue=None)
        return [*(_joined(panel or Line(), row, room) for panel, row in together), *panels[-2:]]

    def _heading(self, desk: Desk) -> tuple[Piece, ...]:
        words = desk.words
        levels = (cell(words(f"level.{int(level)}"), 5, Tone.DIM, "right") for level in Level)
        return (cell(words("areas.name"), 14, Tone.DIM), *levels, cell(words("areas.lost"), 5, Tone.DIM, "right"))

    def _area(self, each: AreaCount, desk: Desk) -> tuple[Piece, ...]:
        name = cell(each.name or desk.words("areas.no_area"), 14, Tone.TEXT)
        counts = zip(Level, each.levels, strict=True)
        levels = (cell(str(n) if n else "-", 5, _tone(level) if n else Tone.DIM, "right") for level, n in counts)
        return (name, *levels, cell(str(each.lost) if each.lost else "-", 5, Tone.TEXT if each.lost else Tone.DIM, "right"))

    def foot_height(self, room: Room) -> int:
        """Lines that the foot takes: a blank, its headings, five kinds and the rest."""
        return _EVENTS + 2 if room.height >= TALL else 0

    def foot(self, desk: Desk, room: Room) -> list[Line]:
        """Kinds at the left, and where there is room the last events at the right."""
        if not self.foot_height(room):
            return []
        kinds = self._kinds(desk)
        events = self._latest(desk) if room.width >= WIDE else []
        both = zip_longest(kinds, events, fillvalue=())
        lines = [line(*cut_pieces(left, _KINDS), gap(_KINDS - pieces_width(cut_pieces(left, _KINDS))), *right) for left, right in both]
        return [Line(), *lines[: _EVENTS + 1], *[Line()] * (_EVENTS + 1 - len(lines))]

    def _kinds(self, desk: Desk) -> list[tuple[Piece, ...]]:
        words, kinds = desk.words, self._read(desk).kinds
        if not kinds:
            return [(gap(), (words("areas.none"), Tone.DIM))]
        numbers = (cell(words(f"areas.{name}"), 9, Tone.DIM, "right") for name in ("abnormal", "lost"))
        head = (gap(), cell(words("areas.kind"), _KIND, Tone.DIM), *numbers, gap(3), (words("areas.hour"), Tone.DIM))
        return [head, *(_kind(each) for each in kinds)]

    def _latest(self, desk: Desk) -> list[tuple[Piece, ...]]:
        """The newest first, without what only says that a recipe's time went on."""
        words, zone = desk.words, desk.office.info.zone
        page = self._events.get(desk, None, lambda: desk.office.journal.page(_EVENTS * 3))
        told = [each for each in reversed(page.lines) if each.act != "story_turn"][:_EVENTS]
        about = ((each, f"#{each.number}" if each.number else each.subject) for each in told)
        said = ((each.at, f"{name} {words.say(each.what)}".strip()) for each, name in about)
        steps = [((f"{clock(at, zone)} ", Tone.DIM), (text, Tone.TEXT)) for at, text in said]
        return [((words("board.latest"), Tone.DIM),), *steps]


def _joined(panel: Line, row: tuple[Piece, ...] | None, room: Room) -> Line:
    if row is None:
        return panel
    cells = cells_beside(room.width)
    left = cut_pieces(panel.pieces, cells)
    return Line((*left, gap(cells - pieces_width(left)), *cut_pieces(row, room.width - cells)), panel.ground)


def _kind(each: KindCount) -> tuple[Piece, ...]:
    abnormal = cell(str(each.abnormal) if each.abnormal else "-", 9, Tone.STRONG if each.abnormal else Tone.DIM, "right")
    lost = cell(str(each.lost) if each.lost else "-", 9, Tone.TEXT if each.lost else Tone.DIM, "right")
    hour = fit(spark([n or None for n in each.hour], 6, 0, max(*each.hour, 4)), 6)
    return (gap(), cell(each.name, _KIND, Tone.TEXT), abnormal, lost, gap(3), (hour, Tone.DIM))


def _tone(level: Level) -> Tone:
    """A number is no badge: level 1 is red, not on red."""
    return Tone.LATE if level is Level.CRITICAL else LEVEL_TONES[level]

"""6 运行: everything that can break, how it is, and what its breaking means; read anew while one looks."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from console.desk import Desk, Picture
from console.keys import Key
from console.pages import Entry, Kept, ListPage
from console.places.base import WIDE, Room
from data.views.models.handover import SilentSensor
from data.views.models.health import Health, HealthRow, SelfTest
from widgets.lines import Line, Piece, cell, gap, line, spread
from widgets.theme import Ground, Tone
from widgets.times import clock, short_clock, span

if TYPE_CHECKING:
    from console.desk_keys import DeskKeys

_ITEM = 13
"""Cells of what is tested, a blank behind it."""
_ROWS = 80
"""Cells of the rows where the log stands beside them."""
_CONCLUSIONS = {"health_can": Tone.STRONG, "health_cannot": Tone.LATE}
_TONES = {"ok": Tone.TEXT, "slow": Tone.LEVEL2, "attention": Tone.LEVEL2, "down": Tone.LATE}


class HealthPage(ListPage):
    """Rows of the self-test."""

    meanings: ClassVar[Mapping[Key, str]] = {Key.RETRY: "health.again", Key.OUTPUT: "page.export"}

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._kept: Kept[Health] = Kept(least_s=2.0, most_s=3.0)

    def _read(self) -> Health:
        return self._kept.get(self.desk, None, lambda: self.desk.office.status.health(*self.desk.line_figures()))

    def lines(self, picture: Picture, room: Room) -> list[Line]:
        """At the right, where there is room, what the self-tests of the last hours said."""
        if room.width < WIDE:
            return super().lines(picture, room)
        left = super().lines(picture, Room(_ROWS, room.height))
        log = [line(gap(), *each) for each in self._log()][: len(left) - 2]
        beside = [Line(one.pieces, one.ground, (_ROWS, more)) for one, more in zip_longest(left[1:-1], log, fillvalue=Line())]
        return [self.head(picture, room)[0], *beside, left[-1]]

    def _log(self) -> list[tuple[Piece, ...]]:
        words, found = self.desk.words, self._read().log
        title = words("health.log", n=len(found)) if found else words("health.no_log")
        return [((title, Tone.DIM),), *(self._tested(each) for each in found)]

    def _tested(self, each: SelfTest) -> tuple[Piece, ...]:
        words = self.desk.words
        at = (f"{short_clock(each.at, self.desk.office.info.zone)} ", Tone.DIM)
        wrong = ", ".join(f"{self._name(name, which)} {words(f'health.state_{state}')}" for name, which, state in each.wrong)
        return (at, (words.say(each.conclusion), _CONCLUSIONS.get(each.conclusion.code, Tone.LEVEL2)), gap(2), (wrong, Tone.DIM))

    def _name(self, name: str, which: str) -> str:
        words = self.desk.words
        channel = words(f"channel.{which}") if which and words.has(f"channel.{which}") else which
        return f"{words(f'health.{name}')} {channel}".strip()

    def head(self, picture: Picture, room: Room) -> list[Line]:
        """The conclusion, then the names of the columns."""
        words, found = self.desk.words, self._read()
        at = words("health.tested", at=clock(found.at, self.desk.office.info.zone))
        said = (words.say(found.conclusion), _CONCLUSIONS.get(found.conclusion.code, Tone.LEVEL2))
        names = (("item", _ITEM), ("state", 6), ("figures", _figures(room) + 1), ("breaks", 16))
        columns = [cell(words(f"health.{name}"), size, Tone.DIM) for name, size in names]
        title = spread((gap(), (words("place.health"), Tone.STRONG), gap(2), said), ((at, Tone.DIM), gap()), room.width, Ground.SCREEN)
        return [title, line(gap(), *columns)]

    def entries(self, picture: Picture, room: Room) -> list[Entry]:
        """One thing a line, then the worst of the silent ones and how many more there are."""
        words, found = self.desk.words, self._read()
        rows = [Entry(f"{row.name}/{row.which}", self._pieces(row, room)) for row in found.rows]
        silent = [Entry(f"silent/{each.sensor}", self._silent(each)) for each in found.silences.worst]
        title = [Entry("", ((words("health.silences", n=found.silences.total), Tone.DIM),))] if silent else []
        left = found.silences.total - len(silent)
        more = [Entry("silent", ((words("health.more_silent", n=left), Tone.DIM),))] if left else []
        return [*rows, *title, *silent, *more]

    def _silent(self, each: SilentSensor) -> tuple[Piece, ...]:
        hours = "-" if each.silent_s is None else span(round(each.silent_s * 1000), self.desk.words)
        return (cell(each.sensor, 2 * _ITEM, Tone.LATE if each.life_safety else Tone.TEXT), gap(), cell(hours, 9, Tone.TEXT), (each.place, Tone.DIM))

    def _pieces(self, row: HealthRow, room: Room) -> tuple[Piece, ...]:
        words = self.desk.words
        name = self._name(row.name, row.which)
        state = words(f"health.state_{row.state}")
        figures = cell(words.say(row.figures), _figures(room), Tone.TEXT)
        how = cell(state, 6, _TONES.get(row.state, Tone.TEXT))
        return (cell(name, _ITEM - 1, Tone.TEXT), gap(), how, figures, gap(), (words(row.breaks), Tone.DIM))

    def foot(self, picture: Picture, room: Room) -> list[Line]:
        """The silence that matters most."""
        silent, words = self._read().silent, self.desk.words
        if silent is None:
            return [line(gap(), (words("health.all_speak"), Tone.DIM))]
        hours = "-" if silent.silent_s is None else span(round(silent.silent_s * 1000), words)
        said = words("health.silent", sensor=silent.sensor, place=silent.place, span=hours)
        return [line(gap(), (said, Tone.LATE if silent.life_safety else Tone.TEXT))]

    def press(self, key: Key, keys: "DeskKeys") -> bool:
        """`r` tests at once, `o` keeps the test as a file."""
        if key is Key.RETRY:
            self._kept = Kept(least_s=2.0, most_s=3.0)
            return True
        if key is Key.OUTPUT and keys.picture is not None:
            self.save(keys.picture, self.desk.words("place.health"))
            return True
        return super().press(key, keys)


def _figures(room: Room) -> int:
    return max(room.width - 48, 24)


PAGE = HealthPage

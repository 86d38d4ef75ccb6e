"""6 运行: everything that can break, how it is, and what its breaking means; read anew while one looks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from console.desk import Desk, Picture
from console.keys import Key
from console.pages import Entry, Kept, ListPage
from console.places.base import Room
from data.views.models.handover import SilentSensor
from data.views.models.health import Health, HealthRow
from widgets.lines import Line, Piece, cell, gap, line, spread
from widgets.theme import Ground, Tone
from widgets.times import clock, span

if TYPE_CHECKING:
    from console.desk_keys import DeskKeys

_ITEM = 13
"""Cells of what is tested, a blank behind it."""
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
        channel = words(f"channel.{row.which}") if row.which and words.has(f"channel.{row.which}") else row.which
        name = f"{words(f'health.{row.name}')} {channel}".strip()
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

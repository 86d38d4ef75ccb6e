"""Under 1 态势: where it is abnormal, by community, then grid, then sensor; Enter goes deeper, Esc up. Only exceptions are listed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from console.desk import Desk, Picture
from console.keys import Key
from console.pages import Entry, Kept, ListPage
from console.places.base import Room
from console.sensor_acts import SensorActs
from data.domain.reason import Reason
from data.domain.vocabulary import Level
from data.views.models.sensors import AreaCount, Areas, AreaSensor, KindCount
from widgets.case_list import LEVEL_TONES, badge, no_badge
from widgets.cells import fit
from widgets.lines import Line, Piece, cell, gap, line
from widgets.spark import spark
from widgets.theme import Tone
from widgets.times import age, short_clock

if TYPE_CHECKING:
    from console.desk_keys import DeskKeys

_NONE = "-"
"""Stands for an area without an id, which could not be a cursor's."""


class AreasPage(ListPage):
    """One level of the drill-down."""

    meanings: ClassVar[Mapping[Key, str]] = {
        Key.OPEN: "areas.down", Key.ACKNOWLEDGE: "key.acknowledge", Key.HOLD: "areas.shelve", Key.GROUP: "place.board", Key.FIND: "sensors.find",
    }  # fmt: skip

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._counts: Kept[Areas] = Kept(least_s=2.0, most_s=10.0)
        self._sensors: Kept[tuple[AreaSensor, ...]] = Kept(least_s=2.0, most_s=10.0)
        self._why: Kept[tuple[Reason, ...]] = Kept(least_s=2.0, most_s=10.0)
        self._names: dict[str, str] = {}
        self._acts = SensorActs(desk)

    def _areas(self) -> Areas:
        path = self.desk.area
        community = path[1] if len(path) > 1 else None
        return self._counts.get(self.desk, community, lambda: self.desk.office.alarms.areas(community))

    def head(self, picture: Picture, room: Room) -> list[Line]:
        """Where one is, then the names of the columns."""
        words, path = self.desk.words, self.desk.area
        trail = " > ".join([words("areas.title"), *(self._names.get(each, each) or words("areas.no_area") for each in path[1:])])
        hint = line(gap(), (trail, Tone.STRONG), gap(3), (words("areas.hint"), Tone.DIM))
        if len(path) > 2:
            names = (("column.level", 6), ("areas.kind", 9), ("areas.sensor", 14), ("areas.place", max(room.width - 66, 12)))
            columns = [cell(words(name), size, Tone.DIM) for name, size in names]
            more = (cell(words("areas.value"), 12, Tone.DIM, "right"), cell(words("areas.age"), 8, Tone.DIM, "right"), gap(2))
            return [hint, line(gap(), *columns, *more, (words("areas.state"), Tone.DIM))]
        levels = [cell(words(f"level.{int(level)}"), 8, Tone.DIM, "right") for level in Level]
        return [hint, line(gap(), cell(words("areas.name"), 24, Tone.DIM), *levels, cell(words("areas.lost"), 8, Tone.DIM, "right"))]

    def entries(self, picture: Picture, room: Room) -> list[Entry]:
        """Communities, grids, or the sensors of one grid."""
        if len(self.desk.area) > 2:
            return [Entry(each.sensor, self._sensor(each, room)) for each in self._found()]
        return [self._area(each) for each in self._areas().rows]

    def _found(self) -> tuple[AreaSensor, ...]:
        grid = self.desk.area[2]
        return self._sensors.get(self.desk, grid, lambda: self.desk.office.alarms.in_grid(grid))

    def _area(self, each: AreaCount) -> Entry:
        none = self.desk.words("areas.no_area" if len(self.desk.area) == 1 else "areas.no_grid")
        self._names[each.id] = each.name or none
        levels = [cell(str(n) if n else "-", 8, LEVEL_TONES[level] if n else Tone.DIM, "right") for level, n in zip(Level, each.levels, strict=True)]
        lost = cell(str(each.lost) if each.lost else "-", 8, Tone.STRONG if each.lost else Tone.DIM, "right")
        return Entry(each.id or _NONE, (cell(each.name or none, 24, Tone.TEXT), *levels, lost))

    def _sensor(self, each: AreaSensor, room: Room) -> tuple[Piece, ...]:
        words = self.desk.words
        level = badge(each.level, words)[0] if each.level else no_badge(words, words("areas.loses"))
        blank = " " if each.unit_name[:1].isascii() and each.unit_name else ""
        value = "-" if each.value is None else f"{each.value:.{each.precision}f}{blank}{each.unit_name}"
        place = cell(each.place, max(room.width - 66, 12), Tone.TEXT)
        facts = (cell(value, 12, Tone.STRONG, "right"), cell(age(each.age_s, words), 8, Tone.TEXT, "right"), gap(2))
        return (level, gap(), cell(each.kind_name, 9, Tone.TEXT), cell(each.sensor, 14, Tone.DIM), place, *facts, (self._state(each), Tone.TEXT))

    def _state(self, each: AreaSensor) -> str:
        """What is most worth knowing of it, in a few cells."""
        words = self.desk.words
        if each.shelved_until is not None:
            return words("areas.shelved", at=short_clock(each.shelved_until, self.desk.office.info.zone), name=each.shelved_by)
        if each.suppresses:
            return words("areas.suppressed", n=each.suppresses)
        if each.chattering:
            return words("areas.chattering", n=each.chattering)
        if each.case_number is not None:
            return words("areas.case", number=each.case_number)
        if each.level is None:
            return ""
        return words("areas.acknowledged", name=each.acknowledged_by) if each.acknowledged_by else words("areas.unacknowledged")

    def foot(self, picture: Picture, room: Room) -> list[Line]:
        """Kinds with their hour; under the sensors why the one at the cursor alarms or does not."""
        words = self.desk.words
        if len(self.desk.area) > 2:
            return self._explained(room)
        kinds = self._areas().kinds
        if not kinds:
            return [line(gap(), (words("areas.none"), Tone.STRONG))]
        names = (("areas.kind", 24, "left"), ("areas.abnormal", 8, "right"), ("areas.lost", 8, "right"))
        head = line(gap(), *(cell(words(name), size, Tone.DIM, align) for name, size, align in names), gap(2), (words("areas.hour"), Tone.DIM))
        return [Line(), head, *(self._kind(each) for each in kinds)]

    def _explained(self, room: Room) -> list[Line]:
        sensor = self.cursor
        if not sensor:
            return []
        words, found = self.desk.words, self._why.get(self.desk, sensor, lambda: self.desk.office.alarms.explain(sensor))
        said = [line(gap(3), (words.say(each), Tone.TEXT)) for each in found[: max(room.height // 3, 3)]]
        return [Line(), line(gap(), (f"{words('areas.why')} {sensor}", Tone.DIM)), *said]

    def _kind(self, each: KindCount) -> Line:
        numbers = [cell(str(n) if n else "-", 8, Tone.TEXT, "right") for n in (each.abnormal, each.lost)]
        hour = fit(spark([n or None for n in each.hour], 6, 0, max(*each.hour, 4)), 6)
        return line(gap(), cell(each.name, 24, Tone.TEXT), *numbers, gap(2), (hour, Tone.DIM))

    def press(self, key: Key, keys: "DeskKeys") -> bool:
        """Enter deeper, Esc up, `g` out."""
        desk = self.desk
        if key is Key.OPEN:
            self._open()
        elif key is Key.BACK:
            self.cursor = desk.area[-1] or _NONE
            desk.area = desk.area[:-1]
        elif key is Key.GROUP:
            desk.area = ()
        elif key in {Key.ACKNOWLEDGE, Key.HOLD} and (here := self._here()) is not None:
            (self._acts.acknowledge if key is Key.ACKNOWLEDGE else self._acts.shelve)(here, here.sensor)
        else:
            return super().press(key, keys)
        return True

    def _here(self) -> AreaSensor | None:
        """The sensor at the cursor, where sensors are listed."""
        return next((each for each in self._found() if each.sensor == self.cursor), None) if len(self.desk.area) > 2 else None

    def _open(self) -> None:
        """A community's grids, a grid's sensors, a sensor's trend."""
        desk = self.desk
        if not self.cursor:
            return
        if len(desk.area) > 2:
            sensor = self.cursor
            desk.go("trends")
            desk.sensor = sensor
        else:
            desk.area = (*desk.area, "" if self.cursor == _NONE else self.cursor)
            self.cursor = ""


PAGE = AreasPage

"""3 趋势: one sensor large with its limits and gaps, its neighbours as sparklines; or four charts where there is room."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from console.desk import Desk, Picture
from console.keys import Key
from console.pages import Kept, Page
from console.places.base import WIDE, Room
from data.views.models.sensors import Trend
from data.words import Words
from widgets.cells import fit, width
from widgets.lines import Line, Piece, cell, gap, line, pieces_width, spread
from widgets.spark import spark
from widgets.theme import Ground, Tone
from widgets.times import short_clock

if TYPE_CHECKING:
    from console.desk_keys import DeskKeys

SPANS = ("1h", "6h", "1d", "7d", "30d")
_DAY = 86_400_000
_SPARK = 24
_TRENDS = {1: "up", 0: "flat", -1: "down"}
_MOST_NEIGHBOURS = 6


class TrendsPage(Page):
    """A sensor and its neighbours over one stretch of time. The cursor is a sensor; Enter makes it the large one."""

    meanings: ClassVar[Mapping[Key, str]] = {
        Key.SPAN: "trends.span",
        Key.PHONED: "trends.yesterday",
        Key.GROUP: "trends.four",
        Key.EARLIER: "trends.earlier",
        Key.LATER: "trends.later",
        Key.OUTPUT: "trends.export",
        Key.OPEN: "trends.enlarge",
        Key.FIND: "sensors.find",
    }

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.span = 1
        self.yesterday = False
        self.four = True
        self.back = 0
        """Stretches that the end lies before now."""
        self._chosen = 0
        self._large = ""
        self._shown: tuple[str, ...] = ()
        self._case: str | None = None
        self._trends: Kept[list[Trend]] = Kept(least_s=5.0, most_s=15.0)
        self._other: Kept[tuple[float | None, ...]] = Kept(least_s=15.0, most_s=60.0)

    # --- what is shown

    def _sensor(self) -> str | None:
        """The one asked for by name, else that of the case under the cursor, else the worst of all."""
        desk = self.desk
        if desk.sensor is None and desk.cursor is not None:
            desk.sensor = desk.office.trends.of_case(desk.cursor)
        if desk.sensor is None:
            panels = desk.office.sensors.board(1, 1).panels
            desk.sensor = panels[0].sensor if panels else None
        return desk.sensor

    def _read(self, sensor: str, columns: int) -> list[Trend]:
        office, name = self.desk.office, SPANS[self.span]
        ids = (sensor, *office.trends.neighbours(sensor, _MOST_NEIGHBOURS))
        found = (office.trends.one(each, name, columns, back=self._back_ms()) for each in ids)
        return [trend for trend in found if trend is not None]

    def _back_ms(self) -> int:
        hours = {"1h": 1, "6h": 6, "1d": 24, "7d": 168, "30d": 720}[SPANS[self.span]]
        return self.back * hours * 3_600_000 // 2

    def lines(self, picture: Picture, room: Room) -> list[Line]:
        """One large chart with the neighbours under it, or four."""
        sensor = self._sensor()
        if sensor is None:
            return [line(gap(), (self.desk.words("trends.none"), Tone.STRONG))]
        if sensor != self._large:
            self._large, self._chosen, self.back = sensor, 0, 0
        columns = room.width - 10
        trends = self._trends.get(self.desk, (sensor, self.span, self.back, columns), lambda: self._read(sensor, columns))
        if not trends:
            return [line(gap(), (self.desk.words("trends.none"), Tone.STRONG))]
        self._shown = tuple(trend.sensor for trend in trends)
        self._case = trends[0].case_id or None
        self._chosen = min(self._chosen, len(trends) - 1)
        if room.width >= WIDE and self.four and len(trends) > 1:
            return self._four(trends, room)
        return self._one(trends, room)

    def _one(self, trends: list[Trend], room: Room) -> list[Line]:
        near = min(len(trends) - 1, 4)
        height = max(room.height - near - 4, 8)
        chart = self._chart(trends[0], room.width, height)
        under = [self._near_title(), *(self._near(trend, at) for at, trend in enumerate(trends[1 : near + 1], 1))] if near else []
        return [self._title(trends[0], room.width), *chart, *under, self._figures(trends[0]), self._raised(trends[0])]

    def _four(self, trends: list[Trend], room: Room) -> list[Line]:
        """Two by two, with one and the same time axis."""
        left = room.width // 2
        height = max((room.height - 2) // 2, 8)
        lines: list[Line] = []
        for pair in (trends[:2], trends[2:4]):
            if pair:
                one, *more = ([self._title(trend, left - 1), *self._chart(trend, left - 1, height - 1)] for trend in pair)
                lines += [_beside(*both, left) for both in zip(one, more[0] if more else [Line()] * height, strict=True)]
        return [*lines, self._figures(trends[0]), self._raised(trends[0])][: room.height]

    def _chart(self, trend: Trend, width: int, height: int) -> list[Line]:
        from widgets.chart import chart_lines

        other: tuple[float | None, ...] = ()
        if self.yesterday and trend.sensor == self._shown[0]:
            of = (trend.sensor, self.span, self.back, len(trend.values))
            other = self._other.get(self.desk, of, lambda: self._before(trend))
        return chart_lines(trend, other, zone=self.desk.office.info.zone, words=self.desk.words, width=width, height=height)

    def _before(self, trend: Trend) -> tuple[float | None, ...]:
        found = self.desk.office.trends.one(trend.sensor, SPANS[self.span], len(trend.values), back=self._back_ms() + _DAY)
        return found.values if found else ()

    def _title(self, trend: Trend, cells: int) -> Line:
        words = self.desk.words
        span = words(f"trends.span_{SPANS[self.span]}")
        known = [value for value in trend.values if value is not None]
        high = "" if trend.states else words("trends.high", value=f"{max(known):.{trend.precision}f}") if known else words("trends.empty")
        now = words("trends.now", value=_value(trend, words)) if trend.value is not None else words("board.lost")
        name = ((trend.place, Tone.STRONG), (f" {trend.sensor} ", Tone.DIM), (f"{trend.kind_name} {trend.unit_name}".strip(), Tone.TEXT))
        limits = () if trend.states else tuple(f"{words(f'line.{int(level)}')}{limit:g}" for level, limit in trend.limits)
        compare = words("trends.with_yesterday") if self.yesterday else ""
        facts = " ".join(part for part in (span, high, now, compare) if part)
        left: tuple[Piece, ...] = (gap(), *name, gap(2), (facts, Tone.TEXT))
        # Half a line holds fewer limits; each stands at its own height of the chart too, and half a number would be a wrong one.
        room = cells - pieces_width(left) - 2
        return spread(left, ((_fitting(limits, room), Tone.DIM), gap()), cells, Ground.SCREEN)

    def _near_title(self) -> Line:
        words = self.desk.words
        return line(gap(), (words("trends.near"), Tone.DIM), gap(2), (words("trends.near_hint"), Tone.DIM))

    def _near(self, trend: Trend, at: int) -> Line:
        words, here = self.desk.words, at == self._chosen
        thin = trend.values[:: max(len(trend.values) // (_SPARK * 2), 1)][-_SPARK * 2 :]
        pieces: tuple[Piece, ...] = (
            (">", Tone.KEY) if here else gap(),
            cell(trend.place, 16, Tone.TEXT),
            gap(),
            cell(trend.kind_name, 16, Tone.DIM),
            cell(_value(trend, words), 12, Tone.STRONG, "right"),
            gap(2),
            (fit(spark(thin, _SPARK, trend.low, trend.high), _SPARK), Tone.LATE if trend.level == 1 else Tone.DIM),
            gap(2),
            (words(f"trend.{_TRENDS[trend.trend]}"), Tone.TEXT),
        )
        return Line(pieces, Ground.CURSOR if here else Ground.SCREEN)

    def _figures(self, trend: Trend) -> Line:
        words, zone = self.desk.words, self.desk.office.info.zone
        minutes = (trend.end - trend.start) / len(trend.values) / 60_000
        each = words("trends.each_min", n=f"{minutes:.0f}") if minutes >= 1 else words("trends.each_s", n=f"{minutes * 60:.0f}")
        said = words("trends.figures", n=f"{trend.readings:,}", gaps=trend.gaps, each=each, at=short_clock(trend.end, zone))
        return line(gap(), (said, Tone.DIM))

    def _raised(self, trend: Trend) -> Line:
        if trend.case_number is None:
            return Line()
        return line(gap(), (self.desk.words("trends.raised", number=trend.case_number), Tone.STRONG))

    # --- keys

    def press(self, key: Key, keys: "DeskKeys") -> bool:
        """The keys of the place."""
        near = len(self._shown)
        if key is Key.SPAN:
            self.span, self.back = (self.span + 1) % len(SPANS), 0
        elif key is Key.PHONED:
            self.yesterday = not self.yesterday
        elif key is Key.GROUP:
            self.four = not self.four
        elif key in {Key.EARLIER, Key.LATER}:
            self.back = max(self.back + (1 if key is Key.EARLIER else -1), 0)
        elif key in {Key.UP, Key.DOWN} and near:
            self._chosen = (self._chosen + (1 if key is Key.DOWN else -1)) % near
        elif key is Key.OPEN:
            self._open(keys)
        elif key is Key.OUTPUT:
            self._export()
        else:
            return False
        return True

    def _open(self, keys: "DeskKeys") -> None:
        """A neighbour becomes the large one; the large one opens the case that it raised."""
        if self._chosen:
            self.desk.sensor, self._chosen = self._shown[self._chosen], 0
        elif self._case is not None:
            self.desk.cut(None)
            self.desk.go("cases")
            self.desk.set_cursor(self._case)

    def _export(self) -> None:
        desk = self.desk
        if self._shown:
            path = desk.office.trends.export(self._shown[0], SPANS[self.span])
            desk.say(desk.words("trends.exported", path=str(path)))


def _fitting(parts: tuple[str, ...], cells: int) -> str:
    """As many of the parts, from the first, as `cells` hold whole."""
    shown = ""
    for part in parts:
        more = f"{shown}  {part}" if shown else part
        if width(more) > cells:
            break
        shown = more
    return shown


def _value(trend: Trend, words: Words) -> str:
    if trend.value is None:
        return "-"
    if trend.states:
        return words(trend.states[min(max(int(trend.value), 0), len(trend.states) - 1)])
    blank = " " if trend.unit_name[:1].isascii() and trend.unit_name else ""
    return f"{trend.value:.{trend.precision}f}{blank}{trend.unit_name}"


def _beside(one: Line, other: Line, at: int) -> Line:
    """Two lines in one, the second from `at` on."""
    rest = at - pieces_width(one.pieces)
    return Line((*one.pieces, gap(max(rest, 1)), *other.pieces))


PAGE = TrendsPage

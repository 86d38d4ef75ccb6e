"""What one seat remembers between keys, and one picture of everything its screen shows. Knows no widget."""

from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec import Struct

from console.act_guard import Clock
from console.flood import Flood
from console.from_above import FromAbove
from console.overlay import Overlay
from console.question import Question
from console.rows import Cut, Queue, Rows
from data.office import Office
from data.views.group import Group
from data.views.models.cases import CaseDetail, CaseRow, Grace, OrderFacts, Proposal, QueuePage
from data.views.models.seat import Arrivals, Counts, Link
from data.views.models.sensors import AreaSensor, Board
from data.words import Words
from widgets.case_list import window
from widgets.strip import Said

SAID_S = 6.0
_FOLLOWED_S = 60.0
_QUIET_S = 10.0
_REPEAT_S = 0.15
"""Keyboards repeat every 33 ms or so; judgement."""


class Wanted(Struct, frozen=True, kw_only=True):
    """How much of everything the screen has room for."""

    rows: int
    panels: int
    """0 when the board is not shown."""
    spark: int
    detail: bool


class Picture(Struct, frozen=True, kw_only=True):
    """All that was read from the store for one drawing."""

    now: int
    link: Link
    counts: Counts
    page: QueuePage
    cursor: CaseRow | None
    proposal: Proposal | None
    grace: Grace | None
    followed: OrderFacts | None
    board: Board | None
    detail: CaseDetail | None


@dataclass(slots=True)
class Desk:
    """Cursor, place, words last said, question open; all of it survives a redraw."""

    office: Office
    words: Words
    clock: Clock
    place: str = "board"
    last_place: str = "cases"
    cursor: str | None = None
    line: int = 0
    opened: bool = False
    """The case's detail has the body (or, beside the list, the page keys)."""
    helping: bool = False
    scroll: int = 0
    rested: bool = True
    """The cursor has stood still for a moment: only then is it worth sending what belongs to its case."""
    question: Question | None = None
    overlay: Overlay | None = None
    """A text field with a page of its own: find, palette, report form."""
    marks: dict[str, int] = field(default_factory=dict)
    """Marked cases and their numbers, in the order of marking: the next act is done to all of them."""
    group: Group | None = None
    """How the marked cases go as one order, where a row of an incident was marked."""
    sensor: str | None = None
    """The sensor that the trends show; None: that of the case under the cursor."""
    panel: str = ""
    """The sensor on the board that the cursor is on; "" while it is on a case."""
    panel_alarm: AreaSensor | None = None
    """What that sensor is in alarm for, as it was last drawn."""
    area: tuple[str, ...] = ()
    """How deep the board is gone into: "" for all, then a community's id, then a grid's."""
    acted: float = float("-inf")
    """When this seat last did something: what is held from before is read anew."""
    line_figures: Callable[[], tuple[float | None, float | None, int]] = lambda: (None, None, 0)
    """Of this seat's own line: round trip in ms, bytes a second, sequences kept back."""
    lesson: str = ""
    """What the tutorial says; "" outside of it."""
    revision: int = 0
    """Counts changes of the store that this seat has noticed."""
    warned: str = ""
    """Digest of the proposal whose warnings were pressed away once."""
    above: int = 0
    above_critical: int = 0
    followed_case: str | None = None
    said: Said | None = None
    position: int = 0
    rows: Rows = field(init=False)
    above_us: FromAbove = field(init=False)
    """Warnings from above."""
    flood: Flood = field(init=False)
    _said_until: float = 0.0
    _followed_until: float = 0.0
    _pressed: float = field(default=float("-inf"))
    _repeated: bool = False
    """The key before came so shortly ago that a finger may be resting on it."""
    _panel_at: int = 0

    def __post_init__(self) -> None:
        self.rows = Queue(self.office)
        self.above_us, self.flood = FromAbove(self), Flood(self)

    @property
    def grouped(self) -> Group | None:
        """The group, while what is marked is that and nothing else."""
        group = self.group
        return group if group is not None and self.marks.keys() == {group.head, *group.joins} else None

    def changed(self) -> None:
        """The store has changed: what is held of it is read anew."""
        self.revision += 1
        self.rows.refresh()

    def did(self) -> None:
        """This seat has changed the store itself."""
        self.acted = self.clock()
        self.changed()

    def cut(self, rows: Cut | None) -> None:
        """Show a cut of the queue, or all of it again; the cursor stays on its case if that is in it."""
        self.rows = rows or Queue(self.office)
        self.above = self.above_critical = 0
        where = self.rows.position(self.cursor) if self.cursor else None
        if where is None:
            self.line = 0
            self.cursor = self.rows.first_mine()
            where = self.rows.position(self.cursor) if self.cursor else None
        self.position = where or 0

    def say(self, text: str, *, bad: bool = False) -> None:
        """Put a sentence on the third line for a while."""
        self.said, self._said_until = Said(text=text, bad=bad), self.clock() + SAID_S

    def hush(self) -> None:
        """Take the sentence off."""
        self.said = None

    def pressed(self) -> None:
        """A key was pressed: nothing may move the cursor by itself for a while."""
        self._repeated = self.clock() - self._pressed < _REPEAT_S
        self._pressed = self.clock()

    @property
    def at_top(self) -> bool:
        """On the topmost case of the board, and not by a held arrow, which stops there."""
        return self.place == "board" and not self.area and self.free and self.position == 0 and not self._repeated

    def follow(self, case_id: str) -> None:
        """Show how far this case's order comes, for a while."""
        self.followed_case, self._followed_until = case_id, self.clock() + _FOLLOWED_S

    def go(self, place: str) -> None:
        """Change the place; the cursor goes along."""
        if place != self.place:
            self.last_place, self.place = self.place, place
        self.opened = self.helping = False
        self.sensor, self.panel = self.panel or None, ""
        self.scroll = 0

    def set_cursor(self, case_id: str | None) -> None:
        """Put the cursor on a case by a person's will; what is above it is no longer news."""
        self.cursor, self.panel = case_id, ""
        self.scroll = 0
        self.above = self.above_critical = 0
        self.position = (self.rows.position(case_id) or 0) if case_id else 0

    def move(self, steps: int) -> None:
        """Move the cursor by so many cases."""
        where = self.rows.position(self.cursor) if self.cursor else None
        page = self.rows.page(1, max((where if where is not None else self.position) + steps, 0))
        if not page.rows and page.total:
            page = self.rows.page(1, page.total - 1)
        if page.rows:
            self.line += page.offset - (where or 0)
            self.set_cursor(page.rows[0].id)

    def arrived(self, news: Arrivals) -> None:
        """New cases: after ten quiet seconds the cursor may go to one that is more urgent or the only one to act on, else they are only counted."""
        self.flood.came(news.cases)
        here = self.office.cases.row_of(self.cursor) if self.cursor else None
        urgent = here is None or not here.waits_on_me or (news.best is not None and news.best < here.level)
        if news.cases and urgent and self.free and self.quiet:
            self.set_cursor(self.rows.first_mine() or self.cursor)
        else:
            self.above_critical += news.critical

    @property
    def free(self) -> bool:
        """Nobody is reading one case or answering a question."""
        return self.question is None and self.overlay is None and not self.opened and not self.helping

    @property
    def quiet(self) -> bool:
        """No key has been pressed for a while."""
        return self.clock() - self._pressed > _QUIET_S

    def read(self, wanted: Wanted) -> Picture:
        """One picture of the store as it is now."""
        office, now = self.office, self.office.now()
        page = self._page(max(wanted.rows, 1))
        board = office.sensors.board(wanted.panels, wanted.spark) if wanted.panels else None
        self._settle_panel(board)
        cursor = self._of_panel() if self.panel else next((row for row in page.rows if row.id == self.cursor), None)
        shown = (group.head, ",".join(group.joins)) if (group := self.grouped) else (cursor.id if cursor else "",)
        return Picture(
            now=now,
            link=office.status.link(),
            counts=office.status.counts(),
            page=page,
            cursor=cursor,
            proposal=office.acts.proposal(*shown) if cursor else None,
            grace=office.acts.grace(),
            followed=self._followed(),
            board=board,
            detail=office.cases.detail(cursor.id) if cursor and wanted.detail else None,
        )

    def _settle_panel(self, board: Board | None) -> None:
        """The cursor stays on its sensor; one that is gone from the board leaves it on what is now in its place."""
        ids = [panel.sensor for panel in board.panels] if board else []
        if self.panel in ids:
            self._panel_at = ids.index(self.panel)
        elif self.panel:
            self.panel = ids[min(self._panel_at, len(ids) - 1)] if ids else ""
        self.panel_alarm = self.office.alarms.of(self.panel) if self.panel else None

    def _of_panel(self) -> CaseRow | None:
        """The case that the sensor's alarm opened, while it is open."""
        return self.office.cases.row_of(self.panel_alarm.case_id) if self.panel_alarm and self.panel_alarm.case_id else None

    def tick(self) -> None:
        """Forget what has been on the screen long enough."""
        now = self.clock()
        if self.said is not None and now >= self._said_until:
            self.said = None
        if now >= self._followed_until:
            self.followed_case = None
        self.flood.tick()

    def _followed(self) -> OrderFacts | None:
        if self.followed_case is None:
            return None
        proposal = self.office.acts.proposal(self.followed_case)
        return proposal.awaited if proposal else None

    def _page(self, height: int) -> QueuePage:
        """The page in which the cursor's case keeps its screen line, however the rows moved."""
        where = self._find()
        page = self.rows.page(height, max(where - min(self.line, height - 1), 0))
        top = window(where, self.line, height, page.total).top
        if top != page.offset:
            page = self.rows.page(height, top)
        return self._settle(page, where)

    def _find(self) -> int:
        """Index of the cursor's case. A case that left the queue is replaced by the one now in its place."""
        if self.cursor is None:
            self.set_cursor(self.rows.first_mine())
        where = self.rows.position(self.cursor) if self.cursor else None
        if where is None:
            self._take(self.position)
            return self.position
        if where > self.position:
            self.above += where - self.position
        self.position = where
        return where

    def _take(self, position: int) -> None:
        rows = self.rows.page(1, position).rows or self.rows.page(1, max(position - 1, 0)).rows or self.rows.page(1).rows
        self.cursor = rows[0].id if rows else None
        self.position = (self.rows.position(self.cursor) or 0) if self.cursor else 0

    def _settle(self, page: QueuePage, where: int) -> QueuePage:
        """Remember the screen line; count as news only what is more urgent than the cursor's case."""
        ids = [row.id for row in page.rows]
        self.line = ids.index(self.cursor) if self.cursor in ids else max(where - page.offset, 0)
        if self.position == 0:
            self.above = self.above_critical = 0
        self.above_critical = min(self.above_critical, self.above)
        return page

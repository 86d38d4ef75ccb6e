"""The seat: one frame whose body changes. Attributes go down, messages come up; nothing here reads or writes but the Office."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from console import seat

PROFILE = seat.prepare_environment()

# ruff: noqa: E402 — Textual reads its settings from the environment when it is first imported, so they come first.

from textual import events
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Offset, Size
from textual.timer import Timer

from console import guard
from console.act_guard import ActGuard, Clock
from console.acting import shown_key
from console.bell import BEEP_APART_S, Bell
from console.desk import Desk, Picture
from console.desk_keys import DeskKeys
from console.first_run import begins_with_lesson
from console.frame import Frame
from console.keys import Keymap
from console.opening import release_collector
from console.pages import Pages
from console.places.base import FRAME, MIN_HEIGHT, MIN_WIDTH, Place, Room
from console.places.board import BoardPlace
from console.places.cases import CasesPlace
from console.places.page import PagePlace
from console.places.small import READABLE, SmallPlace
from console.seat_line import SeatLine
from console.terminal.choice import pick
from data.office import Office
from data.words import Words
from widgets.case_list import CaseList
from widgets.cells import plain
from widgets.theme import Depth, Theme

_POLL_S = 0.2
_GIVE_UP_S = 3
_REST_S = 0.06
"""Longer than between two repeats of a held key; judgement."""
TEACH = -1
"""Result of a seat that is left for the tutorial."""
_MOVES = frozenset({"up", "down", "k", "j", "pageup", "pagedown"})


class ConsoleApp(App[int], inherit_bindings=False):
    """One operator's screen over one `Office`, which belongs to this thread."""

    CSS = """
    Screen { background: ansi_default; layout: vertical; overflow: hidden; }
    Place { height: 1fr; width: 100%; }
    Container { background: ansi_default; }
    #cases { layout: horizontal; }
    #queue { width: 1fr; height: 100%; }
    Pane { background: ansi_default; width: 100%; height: 1fr; scrollbar-size: 0 0; }
    .bar { height: 1; }
    #strip { height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(self, office: Office, *, depth: Depth = PROFILE.depth, clock: Clock = time.monotonic) -> None:
        guard.install(ascii_only=PROFILE.ascii_only)
        super().__init__(driver_class=pick(), ansi_color=True)
        self.theme_tokens = Theme(depth)
        self._clock = clock
        self._office = office
        self.desk = Desk(office, Words(office.info.language, dict(office.info.names)), clock)
        self._guard, self.ringer = ActGuard(clock), Bell()
        self.keys = DeskKeys(self.desk, self._guard, self.ringer, keymap=Keymap(dict(office.info.keys)))
        self.line = SeatLine(PROFILE.link)
        self.desk.line_figures = self.line.figures
        self.keys.quit, self.keys.thin = lambda: self.exit(0), self.line.turn
        self.keys.teach = lambda: self.exit(TEACH)
        self._frame = Frame(self.theme_tokens, self.desk, self.ringer, self.line, self.keys.keymap, self.keys.pages)
        self._places: dict[str, Place] = {
            "board": BoardPlace(self.theme_tokens, id="board"),
            "cases": CasesPlace(self.theme_tokens, id="cases"),
            "page": PagePlace(self.theme_tokens, self.keys.pages, id="page"),
            "small": SmallPlace(self.theme_tokens, self.keys.pages, id="small"),
        }
        self._arrivals: int | None = None
        self._error = ""
        self._title = ""
        self._resting: Timer | None = None
        self._drawn = Size(0, 0)
        self.lost = False
        """Whether a signal ended it: then nothing else may open on this terminal."""

    # --- life

    def compose(self) -> ComposeResult:
        """The frame, and all bodies; one of them is displayed."""
        yield from self._frame.above
        for place in self._places.values():
            place.display = False
            yield place
        yield from self._frame.below

    def on_mount(self) -> None:
        """Signals end the seat as Ctrl+Q does; two timers move the screen."""
        for name in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(name, self._leave)
        self.line.attach(self._driver, self.redraw)
        # Before the first paint, so that the first one is the whole screen.
        self.redraw()
        self.set_interval(_POLL_S, lambda: self._bounded(self._look))
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self._first)

    def _first(self) -> None:
        """After the first paint: what is new counts from here; start a centre if none runs."""
        release_collector()
        self._bounded(self._look)
        self.run_worker(self._ensure_centre(), name="ensure-centre", exit_on_error=False)

    async def _ensure_centre(self) -> None:
        try:
            if await asyncio.to_thread(self._office.ensure_centre):
                self.desk.say(self.desk.words("seat.starting"))
        except Exception as error:  # noqa: BLE001 — boundary: a seat without a centre still shows and stores
            self.desk.say(self.desk.words("seat.failed", error=str(error)), bad=True)
        self.redraw()

    def _leave(self) -> None:
        """SIGTERM or a lost terminal: out, and out by force if the terminal takes nothing any more."""
        self.lost = True
        signal.alarm(_GIVE_UP_S)
        self.exit(0)

    # --- the store moves

    def _look(self) -> None:
        if not self._office.changed() and not self._error and self._arrivals is not None:
            # Where nothing ticks, a warning still ends by the clock.
            if not self.line.pace.ticks and self.desk.above_us.moved():
                self._draw()
            return
        arrivals = self._office.news.arrivals(self._arrivals)
        if self._arrivals is not None:
            loud = not self.desk.flood.was_on or bool(arrivals.critical or arrivals.fresh or arrivals.calls) or not arrivals.cases
            self.desk.arrived(arrivals)
            beeps = self.ringer.arrived(arrivals, self._clock())
            self._ring(beeps if loud else 0)
        first, self._arrivals = self._arrivals is None, arrivals.cursor
        self.desk.changed()
        self._ring(self.ringer.warned(self.desk.above_us.new(), self._clock()))
        if first or self.line.pace.ticks or arrivals.critical or self.desk.above_us.moved():
            self._draw()

    def _tick(self) -> None:
        """Once a second: clock, ages, what has been said long enough."""
        self.desk.tick()
        if self.keys.picture is not None:
            self._ring(self.ringer.waiting(self.keys.picture.counts.critical_waiting, self._clock()))
        if self.line.pace.ticks:
            self.redraw()

    def _bounded(self, work: Callable[[], None]) -> None:
        """The boundary of the seat: what fails in here is said on the screen, which stays, marked old."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 — boundary: a store that cannot be read must not take the seat with it
            self._error = f"{type(error).__name__} {error}"[:120]
            self._frame.show_old(self._error, self.size.width)

    def _obey(self, order: Callable[[], None]) -> None:
        """The same boundary for what a person asked for: he is told that it was not done."""
        try:
            order()
        except Exception as error:  # noqa: BLE001 — boundary: one failed key must not end the seat
            self.desk.say(self.desk.words("seat.failed", error=f"{type(error).__name__} {error}"[:80]), bad=True)

    # --- drawing

    def redraw(self) -> None:
        """Read and draw everything once; panes repaint only what changed."""
        self._bounded(self._draw)

    def on_resize(self, _: events.Resize) -> None:
        """Everything is laid out anew for the new size. At the start Textual tells it twice more after the first drawing."""
        if self.size != self._drawn:
            self.redraw()

    def _draw(self) -> None:
        size = self._drawn = self.size
        name = _place_name(self.desk, self.keys.pages, size, thin=self.line.thin_wanted and not self.desk.opened)
        room = Room(size.width, size.height if name == "small" else size.height - FRAME - self._frame.extra)
        place = self._places[name]
        if isinstance(place, SmallPlace):
            place.thin_word = self.desk.words("speed.thin") if self.line.thin_wanted else ""
        picture = self.desk.read(place.wanted(self.desk, room))
        self.keys.drawn(picture, max(room.height - 2, 1))
        self._error = ""
        if self._frame.needs(picture) != self._frame.extra and name != "small":
            self._frame.grow(picture)
            self._draw()
            return
        self._show(name)
        if isinstance(place, SmallPlace):
            place.show(self.desk, picture, room, self._frame.strip_view(picture))
        else:
            place.draw(self.desk, picture, room)
            self._frame.draw(picture, size.width)
        self._place_caret(size)
        self._set_title(picture)
        self.call_after_refresh(self._guard.painted, shown_key(picture.proposal) if self.desk.rested and _legible(name, size) else None)

    def _show(self, name: str) -> None:
        for each, place in self._places.items():
            place.display = each == name
        self._frame.display(shown=name != "small")

    def _place_caret(self, size: Size) -> None:
        """The hardware cursor stands at the caret, where input methods open their window."""
        caret = self._frame.caret
        self.cursor_position = Offset(0, size.height - 1) if caret is None else Offset(1 + caret, max(size.height - 3, 0))
        self.line.place_caret(None if caret is None else self.cursor_position)

    def _set_title(self, picture: Picture) -> None:
        words, name = self.desk.words, self._office.info.short_name
        n = picture.counts.critical_waiting
        title = plain(words("seat.title_critical", n=n, name=name) if n else words("seat.title", name=name))
        if title != self._title and self._driver is not None and not self.is_headless:
            self._driver.write(f"\x1b]2;{title}\x1b\\")
        self._title = title

    def _ring(self, beeps: int) -> None:
        for number in range(beeps):
            self.set_timer(number * BEEP_APART_S + 0.01, self.bell)

    # --- keys

    def on_key(self, event: events.Key) -> None:
        """All keys come here: no widget has the focus."""
        event.stop()
        event.prevent_default()
        self.desk.pressed()
        self.line.used(self._clock())
        before = self.desk.cursor
        self._obey(lambda: self.keys.key(event.key, event.character))
        self._rest(moving=event.key in _MOVES and before != self.desk.cursor and self.desk.question is None)
        self._ring(self.ringer.refused(self.keys.acting.take_refusals(), self._clock()))
        self.redraw()

    def _rest(self, *, moving: bool) -> None:
        """What belongs to the cursor's case is sent when the cursor rests: a held arrow costs its own few bytes a step."""
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST_S, self._rested) if moving else None
        self.desk.rested = not moving

    def _rested(self) -> None:
        self._rest(moving=False)
        self.redraw()

    def on_case_list_pointed(self, message: CaseList.Pointed) -> None:
        """The mouse moves the cursor; it never acts."""
        self._look_at(lambda: self.keys.looking.point(message.line))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the cursor down."""
        event.stop()
        self._look_at(lambda: self.keys.looking.move(1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the cursor up."""
        event.stop()
        self._look_at(lambda: self.keys.looking.move(-1))

    def _look_at(self, move: Callable[[], None]) -> None:
        self.desk.pressed()
        if self.desk.question is None:
            self._obey(move)
        self.redraw()

    def on_paste(self, event: events.Paste) -> None:
        """A paste is text for the field that is open, and nothing else ever."""
        event.stop()
        self._obey(lambda: self.keys.paste(event.text))
        self.redraw()


def _place_name(desk: Desk, pages: Pages, size: Size, *, thin: bool) -> str:
    if size.width < MIN_WIDTH or size.height < MIN_HEIGHT or (thin and not pages.name):
        return "small"
    return "page" if pages.name else desk.place


def _legible(name: str, size: Size) -> bool:
    """Whether the strip is on the screen at all: what cannot be read cannot be sent."""
    return name != "small" or (size.height >= READABLE + 1 and size.width >= 40)


def teach(operator: str, language: str, *, unasked: bool = False) -> bool:
    """The tutorial, at a desk of its own: nothing of the real one is open meanwhile. False when the terminal is lost."""
    from console.tutorial import Lesson
    from data.practice import practice_desk

    with practice_desk(operator, language) as office:
        app = ConsoleApp(office)
        app.desk.go("cases")
        app.desk.set_cursor(office.cases.first_mine())
        Lesson(app.keys, app.ringer)
        if unasked:
            app.desk.say(app.desk.words("tutorial.unasked"))
        sit(app)
        return not app.lost


def sit(app: ConsoleApp) -> int:
    """Run the seat in this terminal until the operator leaves or the terminal is lost; the exit code."""
    app.run(mouse=PROFILE.mouse)
    signal.alarm(0)
    return app.return_code or 0


def run_seat(home: Path, operator: str, *, lesson: bool = True) -> int:
    """Sit down at the desk in `home` until the operator leaves; the process's exit code. `lesson`: one may come first by itself.

    Raises: `PaidanError` when the desk cannot be opened.
    """
    first = True
    while True:
        office = Office.open(home, operator)
        try:
            unasked = first and lesson and begins_with_lesson(office)
            code = TEACH if unasked else _sit_at(office)
        finally:
            office.close()
        if code != TEACH or not teach(operator, office.info.language, unasked=unasked):
            return max(code, 0)
        first = False


def _sit_at(office: Office) -> int:
    app = ConsoleApp(office)
    if office.news.is_new_here():
        app.desk.say(app.desk.words("tutorial.offer"))
    return sit(app)

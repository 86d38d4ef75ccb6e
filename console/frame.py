"""The frame around every place: places and counts above, strip and keys below, a banner when something does not work."""

from console.bell import Bell
from console.desk import Desk, Picture
from console.keys import Key, Keymap
from console.looking import READY
from console.pages import Pages
from console.question import as_ask
from console.seat_line import SeatLine
from data.words import Words
from widgets.bars import Signs, banner, counts_bar, key_line, lesson, places_bar
from widgets.cells import fit, width
from widgets.pane import Pane
from widgets.strip import StripView, strip_lines
from widgets.theme import Ground, Theme
from widgets.warning_line import warning_line

_KEYS = (Key.UNDO, Key.OPEN, Key.HELP, Key.FIND, Key.PALETTE, Key.MARK, Key.MUTE)
_PAGE_KEYS = (Key.HELP, Key.BACK)
_ENTER = frozenset({Key.OPEN})


class Frame:
    """Owns the panes of the frame and what they show. Not a widget: the app composes its panes around the body."""

    def __init__(self, theme: Theme, desk: Desk, bell: Bell, line: SeatLine, keymap: Keymap, pages: Pages) -> None:
        self._theme, self._desk, self._bell, self._line = theme, desk, bell, line
        self._keymap, self._pages = keymap, pages
        self._places = _bar(theme, Ground.BAR, "places")
        self._counts = _bar(theme, Ground.PANEL, "counts")
        self._banner = _bar(theme, Ground.BAR, "banner")
        self._warning = _bar(theme, Ground.BAR, "warning")
        self._strip = Pane(theme, ground=Ground.STRIP, id="strip")
        self._keys = _bar(theme, Ground.BAR, "keys")
        self._banner.display = self._warning.display = False
        self._picture: Picture | None = None
        self.caret: int | None = None
        """Cells from the strip's left edge to the caret of the text field, or None when none is open."""

    @property
    def above(self) -> tuple[Pane, ...]:
        """Panes over the body."""
        return self._places, self._counts, self._banner, self._warning

    @property
    def below(self) -> tuple[Pane, ...]:
        """Panes under it."""
        return self._strip, self._keys

    @property
    def extra(self) -> int:
        """Lines that banner and warning take from the body now."""
        return int(self._banner.display) + int(self._warning.display)

    def needs(self, picture: Picture) -> int:
        """Lines that they should take."""
        return int(self._is_faulty(picture)) + int(bool(self._desk.above_us.banners))

    def _is_faulty(self, picture: Picture) -> bool:
        return bool(self._desk.lesson) or not picture.link.running or not picture.link.broker_up

    def grow(self, picture: Picture) -> None:
        """Make or give back their lines."""
        self._banner.display = self._is_faulty(picture)
        self._warning.display = bool(self._desk.above_us.banners)

    def display(self, *, shown: bool) -> None:
        """Show the frame, or leave the screen to a small window's place."""
        for pane in (self._places, self._counts, *self.below):
            pane.display = shown
        if not shown:
            self._banner.display = self._warning.display = False

    def draw(self, picture: Picture, width: int) -> None:
        """Draw all of it."""
        self._picture = picture
        words, zone = self._desk.words, self._desk.office.info.zone
        if self._desk.rested:
            # The clock waits for the cursor too: a step is never sent together with a tick.
            self._draw_places(picture, width, old=False)
        self._counts.show([counts_bar(picture.counts, self._signs(), words, width)])
        line = lesson(self._desk.lesson) if self._desk.lesson else banner(picture.link, "", picture.now, picture.now, zone, words)
        self._banner.show([line] if line else [])
        above = warning_line(self._desk.above_us.banners, picture.now, zone, words, width)
        self._warning.show([above] if above else [])
        if self._desk.rested:
            self._draw_foot(picture, width)

    def _draw_foot(self, picture: Picture, width: int) -> None:
        words, zone = self._desk.words, self._desk.office.info.zone
        view = self.strip_view(picture)
        self._strip.show(strip_lines(view, now=picture.now, zone=zone, words=words, width=width, theme=self._theme))
        self._keys.show([key_line(self._key_names(picture, words), self._muted_until(picture.now), zone, words, width)])

    def show_old(self, error: str, width: int) -> None:
        """The store cannot be read: the last picture stays, if there is one, and is called old."""
        words, zone = self._desk.words, self._desk.office.info.zone
        at = self._picture.now if self._picture else 0
        if self._picture is not None:
            self._draw_places(self._picture, width, old=True)
        line = banner(None, error, at, at, zone, words)
        self._banner.display = True
        self._banner.show([line] if line else [])

    def strip_view(self, picture: Picture) -> StripView:
        """What the strip has to show, and where its caret is."""
        desk = self._desk
        ask = as_ask(desk.question, desk.words, 78) if desk.question else None
        if ask is None and desk.overlay is not None:
            ask = desk.overlay.ask(desk.words, 78)
        self.caret = ask.caret if ask is not None and ask.typed is not None else None
        warned = picture.proposal is not None and desk.warned == picture.proposal.digest != ""
        return StripView(
            proposal=picture.proposal,
            grace=picture.grace,
            followed=picture.followed,
            said=desk.said,
            ask=ask,
            warned=warned,
            nothing=desk.words("board.sensor_alone", sensor=desk.panel) if desk.panel else "",
            others=desk.words("board.sensor_keys", sensor=desk.panel) if desk.panel else "",
            marked=len(desk.marks),
            as_one=desk.grouped is not None,
        )

    def _draw_places(self, picture: Picture, width: int, *, old: bool) -> None:
        desk = self._desk
        line = places_bar(
            current=desk.place,
            ready=READY,
            info=desk.office.info,
            link=None if old else picture.link,
            now=picture.now,
            words=desk.words,
            width=width,
            theme=self._theme,
            speed=self._line.speed,
        )
        self._places.show([line])

    def _key_names(self, picture: Picture, words: Words) -> list[tuple[str, str]]:
        """The keys of the place, else F2 called by what it does now and those of the list; none while the strip asks, which names its own."""
        if self._desk.question is not None or self._desk.overlay is not None:
            return []
        page = self._pages.current
        if page is not None and self._pages.name not in {"help", "overlay"}:
            own = [(self._cap(key, words), words(word)) for key, word in page.meanings.items()]
            return [*own, *((self._cap(key, words), words(f"key.{key}")) for key in _PAGE_KEYS)]
        step = picture.proposal.step if picture.proposal else None
        # Always as wide as the longest, so that the other keys stand still.
        named = fit(words(f"act.{step}" if step else "key.step"), max(width(words("key.step")), 6))
        return [(self._keymap.of(Key.STEP).shown.split()[0], named), *((self._cap(key, words), words(f"key.{key}")) for key in _KEYS)]

    def _cap(self, key: Key, words: Words) -> str:
        """What is printed for a key: the one that no input method eats, where there is one."""
        return words("key.enter") if key in _ENTER else self._keymap.of(key).shown.split()[0]

    def _signs(self) -> Signs:
        desk = self._desk
        return Signs(above=desk.above, above_critical=desk.above_critical, rang=self._bell.word(desk.clock()))

    def _muted_until(self, now: int) -> int | None:
        until, clock = self._bell.muted_until, self._desk.clock()
        if until is None or until <= clock:
            return None
        return now + round((until - clock) * 1000)


def _bar(theme: Theme, ground: Ground, name: str) -> Pane:
    pane = Pane(theme, ground=ground, id=name)
    pane.add_class("bar")
    return pane

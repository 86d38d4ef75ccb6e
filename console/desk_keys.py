"""Which part of the desk each key goes to: an open question first, then a line being typed, then the place, then the desk."""

from collections.abc import Callable

from console.act_guard import ActGuard
from console.acting import Acting
from console.answering import Answering
from console.bell import Bell
from console.desk import Desk, Picture
from console.keys import Key, Keymap, digit, folded, is_foreign, written
from console.looking import Looking
from console.marking import Marking
from console.overlay import Overlay
from console.pages import Pages
from console.panels import Panels
from console.question import Question


class DeskKeys:
    """Acting, looking and answering at one desk, by key."""

    def __init__(self, desk: Desk, guard: ActGuard, bell: Bell, *, keymap: Keymap | None = None) -> None:
        self.desk = desk
        self.keymap = keymap or Keymap()
        self.pages = Pages(desk)
        self.acting = acting = Acting(desk, guard)
        self.looking = looking = Looking(desk, self.acting, bell, self.pages)
        self.marking = marking = Marking(desk)
        self.panels = Panels(desk, acting)
        self.answering = Answering(desk, self.acting)
        self.quit: Callable[[], None] = lambda: None
        self.thin: Callable[[], bool] = lambda: False
        self.teach: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        """Set by whoever can: leaving, the thin line by hand (True: thin now), the tutorial, what looks on after each key."""
        self._handlers: dict[Key, Callable[[], None]] = {
            Key.STEP: acting.step,
            Key.UNDO: acting.undo,
            Key.OPEN: looking.open,
            Key.UP: lambda: looking.move(-1),
            Key.DOWN: lambda: looking.move(1),
            Key.HOME: looking.home,
            Key.END: looking.end,
            Key.PAGE_UP: lambda: looking.turn(-1),
            Key.PAGE_DOWN: lambda: looking.turn(1),
            Key.EARLIER: lambda: looking.neighbour(-1),
            Key.LATER: lambda: looking.neighbour(1),
            Key.MARK: marking.mark,
            Key.MARK_GROUP: marking.mark_group,
            Key.FIND: self._find,
            Key.PALETTE: self._palette,
            Key.REPORT: self._report,
            Key.FAULTS: looking.faults,
            Key.GROUP: looking.group,
            Key.MUTE: looking.mute,
            Key.THIN: self._thin,
            Key.TUTORIAL: self._teach,
            Key.HELP: self._help,
            Key.BACK: looking.back,
            Key.LAST: looking.last,
            Key.QUIT: self._leave,
        }

    @property
    def picture(self) -> Picture | None:
        """What is on the screen now."""
        return self.acting.picture

    def drawn(self, picture: Picture, page: int) -> None:
        """This is on the screen from now on; the page keys move by `page` lines."""
        self.acting.picture, self.looking.page = picture, page

    def key(self, name: str, character: str | None) -> None:
        """A key was pressed."""
        desk, before, character = self.desk, self.pages.name, written(name, character)
        if name == "ctrl+q":
            self._leave()
        elif desk.question is not None:
            self._answer(name, character)
        elif desk.overlay is not None:
            self._type(name, character)
        elif is_foreign(character):
            desk.say(desk.words("seat.input_method"), bad=True)
        elif (key := self.keymap.meaning(name, character)) is Key.PLACE:
            self.looking.place(digit(name, character) or 0)
        elif key is not None:
            self.press(key)
        if before and self.pages.name not in {before, "help", "overlay"}:
            self.pages.of(before).leave()
        self.after()

    def press(self, key: Key) -> None:
        """Do what this key means here."""
        page = self.pages.current
        if page is not None and page.press(key, self):
            return
        if page is None and self.panels.press(key):
            return
        if key in self._handlers:
            self._handlers[key]()
        elif acts := self.keymap.of(key).acts:
            self.acting.start(*acts)
        else:
            self.desk.say(self.desk.words("key.not_here", key=self.desk.words(f"key.{key}")), bad=True)

    def paste(self, text: str) -> None:
        """A paste is text for the field that is open, and nothing else ever."""
        desk = self.desk
        if desk.question is not None and desk.question.typed is not None:
            self.answering.text(text)
        elif desk.overlay is not None:
            desk.overlay.text(" ".join(text.split()))
        else:
            desk.say(desk.words("seat.paste"), bad=True)

    def _answer(self, name: str, character: str | None) -> None:
        question = self.desk.question
        assert question is not None
        if question.typed is not None and character is not None and character.isprintable():
            self.answering.text(character)
        elif question.typed is None and (pressed := digit(name, folded(character))) is not None:
            self.answering.digit(pressed)
        else:
            self.answering.key(name)

    def _type(self, name: str, character: str | None) -> None:
        overlay = self.desk.overlay
        assert overlay is not None
        if character is not None and character.isprintable():
            overlay.text(character)
        else:
            overlay.key(name)

    def _leave(self) -> None:
        """Out; with something unsent or a shift unsigned it is asked for, and Ctrl+Q again is a yes."""
        doubt = self._doubt() if self.desk.question is None or self.desk.question.act != "leave" else ""
        if doubt:
            self.desk.question = Question(act="leave", title=doubt, confirming=doubt, then=lambda _: self._go())
        else:
            self._go()

    def _doubt(self) -> str:
        words, waiting = self.desk.words, self.picture.link.waiting if self.picture else 0
        if waiting:
            return words("seat.leave_unsent", n=waiting)
        return words("seat.leave_unhanded") if self.desk.office.shift.is_unhanded() else ""

    def _go(self) -> None:
        """A place that notes what was read is left first."""
        try:
            if page := self.pages.current:
                page.leave()
        finally:
            self.quit()

    def _teach(self) -> None:
        self.teach()

    def _thin(self) -> None:
        self.desk.say(self.desk.words("speed.said_thin" if self.thin() else "speed.said_normal"))

    def _help(self) -> None:
        from console.places.help import HelpPage

        page = self.pages.of("help")
        assert isinstance(page, HelpPage)
        page.keymap, page.pages = self.keymap, self.pages
        self.looking.help()

    def _find(self) -> None:
        """Sensors where sensors are looked at, else cases; the lesson is about cases."""
        if self.desk.place not in {"board", "trends"} or self.desk.lesson:
            self.find_cases()
            return
        from console.sensing import SensorFinder

        self._open(SensorFinder(self.desk, self.find_cases))

    def find_cases(self, text: str = "") -> None:
        """Filter the list of cases, from `text` on."""
        from console.finding import Finder

        if self.pages.name:
            self.desk.go("cases")
        finder = Finder(self.desk)
        self._open(finder)
        if text:
            finder.text(text)

    def _palette(self) -> None:
        from console.palette import Palette

        self._open(Palette(self.desk, self.acting, self.keymap, self.pages, self.press, self.looking.place))

    def _report(self) -> None:
        from console.form import Form

        self._open(Form(self.desk))

    def _open(self, overlay: Overlay) -> None:
        """What was said before is not about what is typed now."""
        self.desk.hush()
        self.desk.overlay = overlay

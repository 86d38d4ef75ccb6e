"""Which part of the desk each key goes to."""

from collections.abc import Callable

from console.act_guard import ActGuard
from console.acting import Acting
from console.answering import Answering
from console.bell import Bell
from console.desk import Desk, Picture
from console.keys import Key
from console.looking import Looking


class DeskKeys:
    """Acting, looking and answering at one desk, by key."""

    def __init__(self, desk: Desk, guard: ActGuard, bell: Bell) -> None:
        self.acting = Acting(desk, guard)
        self.looking = looking = Looking(desk, self.acting, bell)
        self.answering = Answering(desk, self.acting)
        self._handlers: dict[Key, Callable[[], None]] = {
            Key.STEP: self.acting.step,
            Key.UNDO: self.acting.undo,
            Key.REASSIGN: self.acting.reassign,
            Key.NOTE: self.acting.note,
            Key.CLOSE: self.acting.close,
            Key.OPEN: looking.open,
            Key.UP: lambda: looking.move(-1),
            Key.DOWN: lambda: looking.move(1),
            Key.HOME: looking.home,
            Key.PAGE_UP: lambda: looking.turn(-1),
            Key.PAGE_DOWN: lambda: looking.turn(1),
            Key.MUTE: looking.mute,
            Key.HELP: looking.help,
            Key.BACK: looking.back,
            Key.LAST: looking.last,
        }

    @property
    def picture(self) -> Picture | None:
        """What is on the screen now."""
        return self.acting.picture

    def drawn(self, picture: Picture, page: int) -> None:
        """This is on the screen from now on; the page keys move by `page` lines."""
        self.acting.picture, self.looking.page = picture, page

    def press(self, key: Key) -> None:
        """Do what this key means; quit and places are told apart by the app."""
        self._handlers[key]()

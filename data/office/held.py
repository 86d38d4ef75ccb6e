"""What every service of one seat works with."""

from collections.abc import Mapping

from data.centre.reload import Watcher
from data.domain.tables import Tables, english_names
from data.kinds import Kind
from data.settings import Settings
from data.store.desk import Desk
from data.store.history import History
from data.words import Words


class Held:
    """One operator at one seat: his files, who he is, in which language. Belongs to one thread."""

    __slots__ = ("desk", "history", "kinds", "names", "operator", "seat", "watcher", "words")

    def __init__(self, settings: Settings, desk: Desk, history: History, kinds: Mapping[str, Kind], operator: str, seat: str) -> None:
        self.watcher = Watcher(settings)
        self.desk, self.history, self.kinds = desk, history, kinds
        self.operator, self.seat = operator, seat
        known = settings.tables.operators.get(operator)
        language = (known.language if known else "") or settings.centre.language
        self.names = english_names(settings.tables.classes.values()) if language == "en" else {}
        self.words = Words(language, self.names)

    @property
    def settings(self) -> Settings:
        """As they are now: they may be read anew at any `changed()`."""
        return self.watcher.settings

    @property
    def tables(self) -> Tables:
        """As they are now."""
        return self.watcher.settings.tables

    def now(self) -> int:
        """The desk's time, UTC ms."""
        return self.desk.clock.now()


class Service:
    """One subject's services over what the seat holds. A plain class: each dataclass costs a start a third of a millisecond."""

    __slots__ = ("_held",)

    def __init__(self, held: Held) -> None:
        self._held = held

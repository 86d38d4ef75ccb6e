"""More cases than one person can take one by one: the list shows incidents meanwhile, and no case is dropped."""

from collections import deque
from typing import TYPE_CHECKING

from console.rows import Cut

if TYPE_CHECKING:
    from console.desk import Desk

FLOOD = 10
"""New cases in ten minutes from which the list shows incidents; ISA-18.2's figure for one person."""
_FLOOD_S = 600.0


class Flood:
    """Held by a desk; all in the app's thread."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._came: deque[tuple[float, int]] = deque(maxlen=64)
        self._list: Cut | None = None
        """The list that it turned to, until it is over."""
        self.was_on = False
        """Whether the last news came in a flood already: a flood rings and turns the list once."""

    @property
    def on(self) -> bool:
        """More cases have come in ten minutes than one person can take one by one."""
        since = self._desk.clock() - _FLOOD_S
        return sum(cases for at, cases in self._came if at > since) > FLOOD

    def came(self, cases: int) -> None:
        """So many new cases; the one that makes it a flood turns the list, once: `g` or Esc gives the cases back and it stays so."""
        desk = self._desk
        if cases:
            self._came.append((desk.clock(), cases))
        if self.on and not self.was_on and not desk.rows.title:
            self._list = Cut(title=desk.words("rows.flood"), load=lambda: desk.office.cases.incidents(desk.cursor or ""), kind="groups")
            desk.cut(self._list)
        self.was_on = self.on

    def tick(self) -> None:
        """Over: the cases come back by themselves, unless somebody is just reading or chose the incidents himself."""
        desk = self._desk
        if self._list is None or self.on:
            return
        self.was_on = False
        if desk.free and desk.quiet:
            if desk.rows is self._list:
                desk.cut(None)
            self._list = None

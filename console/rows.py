"""Which cases the list shows: the whole queue, or a cut of it that somebody asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from data.office import Office
from data.views.models.cases import CaseRow, QueuePage


class Rows(Protocol):
    """A list of cases in an order, read by pages."""

    title: str
    """What was cut out, for the list's heading; "" for the whole queue."""

    def page(self, limit: int, offset: int = 0) -> QueuePage:
        """A page."""

    def position(self, case_id: str) -> int | None:
        """Index of a case, or None when it is not in the list."""

    def first_mine(self) -> str | None:
        """The most urgent case that waits on this desk."""

    def refresh(self) -> None:
        """The store has changed."""


@dataclass(slots=True)
class Queue:
    """The whole queue, one query a page."""

    office: Office
    title: str = ""

    def page(self, limit: int, offset: int = 0) -> QueuePage:
        """A page."""
        return self.office.cases.queue(limit, offset)

    def position(self, case_id: str) -> int | None:
        """Index of a case in the queue."""
        return self.office.cases.position(case_id)

    def first_mine(self) -> str | None:
        """The most urgent case that waits on this desk."""
        return self.office.cases.first_mine()

    def refresh(self) -> None:
        """Nothing is kept."""


@dataclass(slots=True)
class Cut:
    """Few enough cases to be held: a filter's, a number's, those that went wrong, incidents."""

    title: str
    load: Callable[[], Sequence[CaseRow]]
    kind: str = ""
    """faults, groups, or "" for others: so that the key that made it can undo it."""
    _rows: tuple[CaseRow, ...] | None = field(default=None)

    @property
    def rows(self) -> tuple[CaseRow, ...]:
        """All of it."""
        if self._rows is None:
            self._rows = tuple(self.load())
        return self._rows

    def page(self, limit: int, offset: int = 0) -> QueuePage:
        """A page."""
        return QueuePage(rows=self.rows[offset : offset + limit], offset=offset, total=len(self.rows))

    def position(self, case_id: str) -> int | None:
        """Index of a case."""
        return next((at for at, row in enumerate(self.rows) if row.id == case_id), None)

    def first_mine(self) -> str | None:
        """The first that waits on this desk, else the first."""
        mine = next((row.id for row in self.rows if row.waits_on_me), None)
        return mine or next((row.id for row in self.rows), None)

    def refresh(self) -> None:
        """Read anew when next asked."""
        self._rows = None

"""The queue's cases as a seat reads them: in order, by name, by their words, in cuts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from data.late import late
from data.office.held import Service
from data.store import search as full_text
from data.views import board as board_view
from data.views import queue as queue_view
from data.views import rows as rows_view
from data.views.models.cases import CaseDetail, CaseRow, Duplicate, QueuePage

if TYPE_CHECKING:
    from data.views import duplicates as duplicates_view
else:
    duplicates_view = late("data.views.duplicates")


class Cases(Service):
    """Reads; never waits for a writer."""

    def queue(self, limit: int, offset: int = 0) -> QueuePage:
        """A page of the queue."""
        return queue_view.page(self._held.desk.conn, self._held.tables, limit, offset)

    def row_of(self, case_id: str) -> CaseRow | None:
        """One case as a line, wherever it stands."""
        row = self._held.desk.conn.execute("SELECT * FROM cases WHERE id=?", (case_id,)).fetchone()
        return queue_view.case_row(row, self._held.tables) if row else None

    def rows_of(self, ids: Sequence[str]) -> tuple[CaseRow, ...]:
        """These cases as lines, in this order."""
        return rows_view.by_ids(self._held.desk.conn, self._held.tables, ids)

    def position(self, case_id: str) -> int | None:
        """Index of a case in the queue's order."""
        return queue_view.position(self._held.desk.conn, case_id)

    def first_mine(self) -> str | None:
        """The most urgent case that waits on this desk."""
        return queue_view.first_mine(self._held.desk.conn)

    def find(self, text: str) -> str | None:
        """The case that an id or number names."""
        return queue_view.find(self._held.desk.conn, text)

    def search(self, text: str, everything: bool = False, limit: int = 50, offset: int = 0) -> QueuePage:
        """Cases that hold every word of `text`, newest first; open ones, or all. `total` counts to 1,000 and no further."""
        rows, total = full_text.search(self._held.desk.conn, self._held.tables, text, everything=everything, limit=limit, offset=offset)
        return QueuePage(rows=tuple(queue_view.case_row(row, self._held.tables) for row in rows), offset=offset, total=total)

    def faults(self) -> tuple[CaseRow, ...]:
        """Cases that are late or failed."""
        return rows_view.faults(self._held.desk.conn, self._held.tables, self._held.now())

    def incidents(self, keep: str = "") -> tuple[CaseRow, ...]:
        """The queue by incidents; `keep` stands for its own."""
        return rows_view.incidents(self._held.desk.conn, self._held.tables, self._held.now(), keep)

    def members(self, case_id: str) -> tuple[CaseRow, ...]:
        """The cases of the incident that this case belongs to."""
        return rows_view.members(self._held.desk.conn, self._held.tables, case_id)

    def duplicates(self, case_id: str) -> tuple[Duplicate, ...]:
        """Cases that this one may be a duplicate of, with score and reasons, likest first."""
        return duplicates_view.duplicates(self._held.desk.conn, self._held.tables, case_id, self._held.now())

    def detail(self, case_id: str) -> CaseDetail | None:
        """Everything about a case."""
        found, now = queue_view.detail(self._held.desk.conn, self._held.tables, case_id, self._held.now()), self._held.now()
        zone, words = self._held.settings.zone, self._held.words
        panel = board_view.panel_of_case(self._held.desk.conn, self._held.history, self._held.kinds, case_id, now, zone=zone, words=words)
        return replace(found, panel=panel) if found and panel else found

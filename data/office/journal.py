"""The journal as a seat pages through it."""

from data.office.held import Service
from data.views import journal as journal_view
from data.views.models.past import JournalPage


class Journal(Service):
    """Lines as a person reads them."""

    def page(self, limit: int, *, until: int | None = None, case_id: str = "") -> JournalPage:
        """The newest lines of the journal up to the row `until`, oldest first; of one case if named."""
        return journal_view.page(self._held.desk.conn, self._held.tables, limit, until=until, case_id=case_id)

    def step(self, seq: int, lines: int, case_id: str = "") -> int | None:
        """The row so many lines before (negative) or after `seq`."""
        return journal_view.step(self._held.desk.conn, seq, lines, case_id)

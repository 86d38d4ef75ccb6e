"""What a seat is told: what came just now, warnings from above, and what happened while nobody looked."""

from data.office.held import Service
from data.views import arrivals as arrivals_view
from data.views import since as since_view
from data.views import warnings as warnings_view
from data.views.models.past import Since
from data.views.models.seat import Arrivals, Banner


class News(Service):
    """Of this operator."""

    def arrivals(self, cursor: int | None) -> Arrivals:
        """What to ring for since `cursor`; None only sets it."""
        return arrivals_view.arrivals(self._held.desk.conn, self._held.tables, self._held.operator, cursor)

    def banners(self) -> tuple[Banner, ...]:
        """Warnings from above: those that stand, then those that ended in the last hours."""
        return warnings_view.banners(self._held.desk.conn, self._held.now())

    def since(self) -> Since:
        """What happened since this operator last looked."""
        return since_view.since(self._held.desk.conn, self._held.tables, self._held.operator, self._held.now())

    def is_new_here(self) -> bool:
        """Whether this operator has never looked at the news of this desk."""
        return self._held.desk.conn.execute("SELECT 1 FROM looked WHERE operator=?", (self._held.operator,)).fetchone() is None

    def looked(self) -> None:
        """The operator has read the news: call it when he leaves that place."""
        since_view.looked(self._held.desk, self._held.operator)

"""The handover between shifts at a seat."""

from typing import TYPE_CHECKING

from data import handover as shifts
from data.acts import Done, Refused
from data.late import late
from data.office.held import Service
from data.views import handover as handover_view
from data.views.models.handover import Handover

if TYPE_CHECKING:
    from data.views import reports
else:
    reports = late("data.views.reports")


class Shift(Service):
    """The sheet of the shift that runs, its ticks, lines and signatures."""

    def sheet(self) -> Handover:
        """The handover sheet of the shift that runs."""
        return handover_view.sheet(self._held.desk.conn, self._held.history, self._held.kinds, self._held.tables, self._held.now())

    def printed(self, found: Handover) -> "reports.Report":
        """That sheet as `paidan report handover` prints it."""
        return reports.handover_report(found, self._held.settings, self._held.words)

    def is_unhanded(self) -> bool:
        """Whether a shift is over by the roster and nobody has signed for it."""
        return self.sheet().overdue_since is not None

    def say(self, item: str, *, said: bool = True) -> Done | Refused:
        """Tick an item of the sheet as said, or take the tick back."""
        return self._shift().say(item, said=said)

    def leave(self, text: str) -> Done | Refused:
        """Leave a line for the next shift."""
        return self._shift().leave(text)

    def sign(self, incoming: str = "") -> Done | Refused:
        """Sign as the outgoing; with the name of the incoming who signs at this very seat, both."""
        return self._shift().sign(incoming)

    def take(self) -> Done | Refused:
        """Sign as the incoming."""
        return self._shift().take()

    def _shift(self) -> shifts.Shift:
        return shifts.Shift(
            self._held.desk, self._held.tables, self._held.history, self._held.kinds, operator=self._held.operator, seat=self._held.seat
        )

"""The supervisor's figures."""

from data.office.held import Service
from data.views import figures as figures_view
from data.views import supervision as supervision_view
from data.views.models.supervision import AlarmLoad
from data.views.models.supervision import Supervision as Figures


class Supervision(Service):
    """By unit, what they count, and how many alarms a person must bear."""

    def units(self, since: int | None = None) -> Figures:
        """Figures by unit; orders count from `since`, else from midnight of the desk's zone."""
        now = self._held.now()
        return supervision_view.supervision(self._held.desk.conn, self._held.tables, now, self._from(since, now))

    def behind(self, figure: str, unit: str = "", since: int | None = None) -> tuple[str, ...]:
        """Ids of the cases that a number of the supervision counts; `unit` empty: of all units."""
        now = self._held.now()
        return supervision_view.cases_behind(self._held.desk.conn, self._held.tables, figure, unit, now, self._from(since, now))

    def alarm_load(self) -> AlarmLoad:
        """The alarms of the last 24 hours against what a person can deal with."""
        now = self._held.now()
        return figures_view.alarm_load(self._held.desk.conn, self._held.tables, now - figures_view.DAY, now + 1)

    def _from(self, since: int | None, now: int) -> int:
        return supervision_view.midnight(now, self._held.settings.zone) if since is None else since

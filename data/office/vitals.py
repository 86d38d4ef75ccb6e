"""城市体征 at a seat."""

from collections.abc import Sequence

from data.office.held import Service
from data.views import vitals as vitals_view
from data.views.models.vitals import CountedSensor, VitalSign


class Vitals(Service):
    """The indicators and what they count."""

    def signs(self, since: int | None = None) -> tuple[VitalSign, ...]:
        """城市体征: the indicators since `since`, else of the last thirty days."""
        now = self._held.now()
        return vitals_view.vitals(self._place(now), self._since(since, now), now + 1, self._held.words.language)

    def behind(self, name: str, group: str = "", since: int | None = None) -> tuple[str, tuple[str, ...]]:
        """What a number of the indicators counts: cases, alarms or sensors, and their ids, of one community or kind, or of all."""
        now = self._held.now()
        return vitals_view.behind(self._place(now), name, self._since(since, now), now + 1, group)

    def counted(self, what: str, ids: Sequence[str]) -> tuple[CountedSensor, ...]:
        """Alarms or sensors that a number counts, as they are listed."""
        return vitals_view.counted(self._place(self._held.now()), what, ids, self._held.words.language)

    def _since(self, since: int | None, now: int) -> int:
        return vitals_view.month(now, self._held.settings.zone) if since is None else since

    def _place(self, now: int) -> vitals_view.Place:
        return vitals_view.Place(
            conn=self._held.desk.conn,
            history=self._held.history,
            kinds=self._held.kinds,
            tables=self._held.tables,
            zone=self._held.settings.zone,
            now=now,
        )

"""One sensor over time."""

from pathlib import Path

from data.office.held import Service
from data.views import trends as trends_view
from data.views.models.sensors import Trend


class Trends(Service):
    """Of a sensor and what stands near it."""

    def one(self, sensor: str, span: str, n: int, *, back: int = 0) -> Trend | None:
        """`n` columns of a sensor over the stretch named `span`, ended `back` ms ago."""
        now, length = self._held.now(), trends_view.SPANS[span]
        # To whole columns, so that a curve moves a column at a time and not with every second.
        end = now - back - (now - back) % max(length // n, 1) + length // n
        return trends_view.one(
            self._held.desk.conn, self._held.history, self._held.kinds, sensor,
            end=end, now=now, span=length, n=n, zone=self._held.settings.zone, words=self._held.words,
        )  # fmt: skip

    def neighbours(self, sensor: str, limit: int) -> tuple[str, ...]:
        """Sensors near one, nearest in kind first."""
        return trends_view.neighbours(self._held.desk.conn, sensor, limit)

    def of_case(self, case_id: str) -> str | None:
        """The sensor that raised a case, else one near it."""
        return trends_view.of_case(self._held.desk.conn, case_id)

    def named(self, text: str) -> str | None:
        """The sensor that a person means."""
        return trends_view.named(self._held.desk.conn, text)

    def export(self, sensor: str, span: str) -> Path:
        """Write a stretch of a sensor as CSV; the file's path."""
        end = self._held.now() + 1
        start = end - trends_view.SPANS[span]
        return trends_view.export(self._held.history, self._held.settings.home, sensor, start=start, end=end, zone=self._held.settings.zone)

"""How the desk, the centre behind it and this seat's line are doing."""

from typing import TYPE_CHECKING

from data.clock import real_ms
from data.domain.vocabulary import State
from data.late import late
from data.office.held import Service
from data.views import board as board_view
from data.views import queue as queue_view
from data.views import since as since_view
from data.views.models.health import Health
from data.views.models.seat import Counts, Link

if TYPE_CHECKING:
    from data.views import health as health_view
else:
    health_view = late("data.views.health")

HEARTBEAT_LATE_S = 5.0
"""A centre whose heart has not beaten for this long (real time) is shown as not answering; `faults.md` row 5."""


class Status(Service):
    """Read for every picture, so each is a few short queries."""

    def link(self) -> Link:
        """How the centre behind the desk is doing."""
        row = self._held.desk.conn.execute("SELECT * FROM lease").fetchone()
        waiting = self._held.desk.conn.execute(
            "SELECT count(*) FROM outbox WHERE kind='order' AND state IN ('ready', 'sending') AND next_at < ?", (self._held.now(),)
        ).fetchone()[0]
        age = (real_ms() - row["renewed_at"]) / 1000 if row["renewed_at"] else None
        reading_age = (self._held.now() - row["reading_at"]) / 1000 if row["reading_at"] else None
        return Link(
            running=age is not None and age < HEARTBEAT_LATE_S,
            heartbeat_age_s=age,
            broker_up=row["broker_down_since"] is None,
            broker_down_since=row["broker_down_since"],
            waiting=waiting,
            reading_age_s=reading_age,
        )

    def counts(self) -> Counts:
        """The counts bar."""
        now = self._held.now()
        by_state = queue_view.state_counts(self._held.desk.conn, now)
        sensors = board_view.sensor_counts(self._held.desk.conn, self._held.history, self._held.kinds, now)
        return Counts(
            open=sum(by_state.get(state, 0) for state in (State.TRIAGE, State.OPEN, State.RETURNED)),
            sent=by_state.get(State.SENDING, 0) + by_state.get(State.SENT, 0),
            working=by_state.get(State.WORKING, 0),
            to_verify=by_state.get(State.TO_VERIFY, 0),
            late=by_state["late"],
            sensors=sensors.total,
            abnormal=sensors.abnormal,
            lost=sensors.lost,
            critical_waiting=by_state["critical"],
            shelved=sensors.shelved,
            suppressed=sensors.suppressed,
            news=since_view.news(self._held.desk.conn, self._held.operator, now),
        )

    def health(self, rtt_ms: float | None = None, bytes_s: float | None = None, dropped: int = 0) -> Health:
        """Everything that can break; of this seat's own line, where they are known, round trip, bytes a second and sequences kept back."""
        place = health_view.Place(
            home=self._held.settings.home, conn=self._held.desk.conn, history=self._held.history, kinds=self._held.kinds, tables=self._held.tables,
            now=self._held.now(), fault=self._held.watcher.fault, rtt_ms=rtt_ms, bytes_s=bytes_s, dropped=dropped,
        )  # fmt: skip
        return health_view.health(place)

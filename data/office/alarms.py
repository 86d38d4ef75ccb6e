"""What is abnormal or silent, why, and the shelf."""

from data import alarms as shelving
from data.acts import Done, Refused
from data.domain.reason import Reason, because
from data.office.held import Service
from data.views import areas as areas_view
from data.views import board as board_view
from data.views import explain as explain_view
from data.views.models.sensors import Areas, AreaSensor


class Alarms(Service):
    """By community, grid and sensor."""

    def areas(self, community: str | None = None) -> Areas:
        """What is abnormal or silent, by community, or of one community by grid."""
        now = self._held.now()
        return areas_view.areas(self._held.desk.conn, self._held.kinds, self._held.tables, self._lost(now), now, community, self._held.words)

    def in_grid(self, grid: str) -> tuple[AreaSensor, ...]:
        """What is abnormal or silent in a grid."""
        now = self._held.now()
        return areas_view.sensors(self._held.desk.conn, self._held.history, self._held.kinds, self._lost(now), now, grid, self._held.words)

    def of(self, sensor: str) -> AreaSensor | None:
        """What one sensor is in alarm for or silent since; None when all is well with it."""
        now = self._held.now()
        return areas_view.one(self._held.desk.conn, self._held.history, self._held.kinds, self._lost(now), now, sensor, self._held.words)

    def explain(self, sensor: str) -> tuple[Reason, ...]:
        """Why a sensor alarms, or why it does not."""
        return explain_view.explain(
            self._held.desk.conn, self._held.history, self._held.kinds, sensor, self._held.now(), self._held.settings.zone, self._held.words.language
        )

    def shelf_hours(self) -> tuple[int, ...]:
        """For how many hours this operator may shelve an alarm, as they are offered."""
        return shelving.shelf_hours(self._held.tables.roles_of(self._held.operator))

    def act(self, act: str, sensor: str, *, hours: int = 0, reason: str = "") -> Done | Refused:
        """Shelve a sensor's alarms for so many hours with a reason, or take them off the shelf (`unshelve`); the first refusal ends it."""
        rows = self._held.desk.conn.execute(
            "SELECT a.id, s.kind FROM alarms a JOIN sensors s ON s.id = a.sensor WHERE a.sensor=? AND cleared_at IS NULL"
            " AND suppressed_by IS NULL AND (shelved_until IS NULL) = ? ORDER BY level", (sensor, act == "shelve"),
        ).fetchall()  # fmt: skip
        outcome: Done | Refused = Refused(because("no_such_alarm", alarm=sensor))
        for row in rows:
            outcome = self._one(act, row["id"], row["kind"], hours, reason)
            if isinstance(outcome, Refused):
                break
        return outcome

    def _one(self, act: str, alarm: str, kind_name: str, hours: int, reason: str) -> Done | Refused:
        kind = self._held.kinds.get(kind_name)
        known = self._held.tables.classes.get(kind.opens or "") if kind else None
        args = {"until": self._held.now() + hours * 3_600_000, "reason": reason} if hours else {}
        return shelving.perform(
            self._held.desk,
            self._held.tables,
            act,
            alarm,
            operator=self._held.operator,
            seat=self._held.seat,
            saves_lives=bool(known and known.life_safety),
            **args,
        )

    def _lost(self, now: int) -> list[str]:
        return board_view.lost(self._held.desk.conn, self._held.history, self._held.kinds, now)

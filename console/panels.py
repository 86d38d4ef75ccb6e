"""The cursor among the sensors of the board: Up from the topmost case goes there, Down comes back. There `y` and `s` are for the sensor."""

from console.acting import Acting
from console.desk import Desk
from console.keys import Key
from console.sensor_acts import SensorActs
from data.views.models.sensors import SensorPanel

_LEAVING = frozenset({Key.BACK, Key.HOME, Key.END, Key.PAGE_DOWN})


class Panels:
    """Keys of the board's sensor rows. The strip shows the case that the sensor's alarm opened, so F2 is for no other."""

    def __init__(self, desk: Desk, acting: Acting) -> None:
        self._desk, self._acting = desk, acting
        self._acts = SensorActs(desk)

    def press(self, key: Key) -> bool:
        """Whether this key was for the sensors."""
        desk = self._desk
        if not desk.panel:
            return key is Key.UP and desk.at_top and self._enter()
        if key in {Key.UP, Key.DOWN}:
            self._move(-1 if key is Key.UP else 1)
        elif key in _LEAVING:
            self._leave()
            return key in {Key.BACK, Key.HOME}
        elif key is Key.OPEN:
            desk.go("trends")
        elif key is Key.ACKNOWLEDGE:
            self._acts.acknowledge(desk.panel_alarm, desk.panel)
        elif key is Key.HOLD:
            self._acts.shelve(desk.panel_alarm, desk.panel)
        else:
            return False
        return True

    def _shown(self) -> tuple[SensorPanel, ...]:
        picture = self._acting.picture
        return picture.board.panels if picture is not None and picture.board is not None else ()

    def _enter(self) -> bool:
        """On the lowest that is abnormal, else on the lowest."""
        shown = self._shown()
        abnormal = [panel for panel in shown if panel.level is not None]
        if shown:
            self._go((abnormal or shown)[-1].sensor)
        return bool(shown)

    def _move(self, steps: int) -> None:
        ids = [panel.sensor for panel in self._shown()]
        at = ids.index(self._desk.panel) + steps if self._desk.panel in ids else len(ids)
        if at >= len(ids):
            self._leave()
        else:
            self._go(ids[max(at, 0)])

    def _go(self, sensor: str) -> None:
        """The list's cursor goes along to the case of its alarm, so that every key and place means that one."""
        desk = self._desk
        alarm = desk.office.alarms.of(sensor)
        if alarm is not None and alarm.case_id and desk.office.cases.row_of(alarm.case_id) is not None:
            desk.set_cursor(alarm.case_id)
        desk.panel = sensor

    def _leave(self) -> None:
        """To the topmost case, which was come from."""
        rows = self._desk.rows.page(1).rows
        self._desk.line = 0
        self._desk.set_cursor(rows[0].id if rows else None)

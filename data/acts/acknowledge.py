"""确认: a person knows of it. The bell stops; nothing is closed, and time runs on."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import FINISHED, State
from data.store.desk import Entry

ROW = Row(states=frozenset(State) - FINISHED, any_version=True)


def guard(scene: Scene) -> Reason | None:
    """Once is enough."""
    known = scene.case.acknowledged_by
    return because("acknowledged_already", name=known) if known is not None else None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Note who and when, on the case and on its alarm."""
    who = {"acknowledged_at": scene.now, "acknowledged_by": scene.operator}
    entry.update("cases", scene.case.id, who)
    alarm = scene.case.alarm
    if alarm and scene.tx.one("SELECT 1 FROM alarms WHERE id=? AND acknowledged_at IS NULL", alarm):
        entry.update("alarms", alarm, who)
    return because("did_acknowledge", number=scene.case.number)

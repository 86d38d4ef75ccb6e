"""确认: a person knows of it. The bell stops; nothing is closed, and time runs on."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import FINISHED, State
from data.store.desk import Entry

ROW = Row(states=frozenset(State) - FINISHED, any_version=True)


def guard(scene: Scene) -> Reason | None:
    """Once is enough, unless another alarm has joined the case since."""
    known = scene.case.acknowledged_by
    return because("acknowledged_already", name=known) if known is not None and not _unknown(scene) else None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Note who and when, on the case and on all its alarms."""
    who = {"acknowledged_at": scene.now, "acknowledged_by": scene.operator}
    if scene.case.acknowledged_by is None:
        entry.update("cases", scene.case.id, who)
    for alarm in _unknown(scene):
        entry.update("alarms", alarm, who)
    return because("did_acknowledge", number=scene.case.number)


def _unknown(scene: Scene) -> list[str]:
    """Its alarms that nobody has said he knows of."""
    sql = "SELECT id FROM alarms WHERE (id=? OR case_id=?) AND acknowledged_at IS NULL"
    return [row["id"] for row in scene.tx.conn.execute(sql, (scene.case.alarm, scene.case.id))]

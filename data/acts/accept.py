"""签收: this desk takes the case; for an order, the sender is told `accepted`."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import ReceiptKind, State
from data.store.desk import Entry
from data.store.replies import reply

ROW = Row(states=frozenset({State.OPEN, State.RETURNED}))


def guard(scene: Scene) -> Reason | None:
    """Once is enough."""
    return because("taken_already", name=scene.case.taken_by or "") if scene.case.taken_at is not None else None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Note who took it and when; the bell for it stops."""
    entry.update("cases", scene.case.id, {"taken_at": scene.now, "taken_by": scene.operator}, expect=scene.expected())
    reply(scene.tx, scene.case, ReceiptKind.ACCEPTED, by=scene.operator, me=scene.tables.centre)
    return because("did_accept", number=scene.case.number)

"""阅知: a seat opened the case for the first time; the centre that ordered it is told `seen`."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import ReceiptKind, Role, State
from data.store.desk import Entry
from data.store.replies import reply

ROW = Row(states=frozenset(State), roles=frozenset(Role), any_version=True)


def guard(scene: Scene) -> Reason | None:
    """Only the first time counts."""
    return because("seen_already") if scene.case.seen_at is not None else None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Note the moment and tell the sender."""
    entry.update("cases", scene.case.id, {"seen_at": scene.now})
    reply(scene.tx, scene.case, ReceiptKind.SEEN, by=scene.operator, me=scene.tables.centre)
    return because("did_see", number=scene.case.number)

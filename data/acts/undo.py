"""撤回: take a dispatch back within its grace, as if it never was. Only who gave it may, and only while it is still here."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import State
from data.store import outbox
from data.store.desk import Conflict, Entry

ROW = Row(states=frozenset({State.SENDING}))


def guard(scene: Scene) -> Reason | None:
    """The order must be one's own and must not have left."""
    order = scene.live_order()
    if order is None or order["released_at"] is not None:
        return because("already_left")
    if order["issued_by"] != scene.operator:
        return because("not_yours", name=order["issued_by"])
    return None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Cancel the order and its message; the case is open again."""
    order = scene.live_order()
    if order is None or not outbox.cancel(scene.tx, order["id"]):
        raise Conflict(f"order of {scene.case.id}")
    entry.update("orders", order["id"], {"cancelled_at": scene.now})
    entry.update("cases", scene.case.id, {"state": "open"}, expect=scene.expected())
    return because("did_undo", number=scene.case.number)

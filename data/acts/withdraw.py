"""补发撤销: the order has left, so a cancel follows it. This is never called an undo."""

from data.acts import Row, Scene
from data.clock import iso
from data.domain.messages import CancelMessage
from data.domain.reason import Reason, because
from data.domain.text import one_line
from data.domain.vocabulary import State
from data.store import outbox
from data.store.desk import Entry

ROW = Row(states=frozenset({State.SENT, State.WORKING}), fields=("reason",))


def guard(scene: Scene) -> Reason | None:
    """A reason is wanted, and an order to withdraw."""
    if scene.live_order() is None:
        return because("no_order")
    return None if one_line(scene.args.get("reason", "")) else because("no_reason")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Send the cancel; the case is open again, here."""
    order = scene.live_order()
    assert order is not None  # the guard saw to it
    withdraw(scene, entry, order["id"], order["unit"], one_line(scene.args["reason"], 100))
    entry.update("cases", scene.case.id, {"state": "open"}, expect=scene.expected())
    return because("did_withdraw", number=scene.case.number)


def withdraw(scene: Scene, entry: Entry, order_id: str, unit: str, reason: str) -> None:
    """Cancel an order that has left: stop repeating it and send the cancel message."""
    outbox.stop(scene.tx, order_id)
    entry.update("orders", order_id, {"cancelled_at": scene.now})
    entry.remark(reason=reason)
    id = f"{order_id}-cancel"
    message = CancelMessage(id=id, order=order_id, reason=reason, time=iso(scene.now), from_=scene.tables.centre)
    outbox.enqueue(scene.tx, what="cancel", to=unit, id=id, message=message, case_id=scene.case.id, order_id=order_id)

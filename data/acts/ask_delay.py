"""申请延期: ask the centre whose order it is for more time; it decides."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import ReceiptKind, State
from data.store.desk import Entry
from data.store.replies import reply

ROW = Row(
    states=frozenset({State.OPEN, State.RETURNED, State.SENT, State.WORKING}), fields=("reason",), asks=frozenset({"no_reason"})
)


def guard(scene: Scene) -> Reason | None:
    """Only of an order that was accepted, and with a reason."""
    if scene.case.order_in is None:
        return because("not_an_order")
    if scene.case.is_untaken_order:
        return because("accept_first")
    if scene.is_life_safety:
        return because("life_safety")
    return None if scene.text("reason") else because("no_reason")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Send the request up."""
    entry.update("cases", scene.case.id, {}, expect=scene.expected())
    entry.remark(reason=scene.text("reason"))
    reply(scene.tx, scene.case, ReceiptKind.DELAY_REQUEST, by=scene.operator, me=scene.me, note=scene.text("reason"))
    return because("did_ask_delay", number=scene.case.number)

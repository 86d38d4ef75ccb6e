"""补发撤销: the orders have left, so a cancel follows them. This is never called an undo."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import State
from data.store.desk import Entry
from data.store.orders import take_back

ROW = Row(states=frozenset({State.SENT, State.WORKING}), fields=("reason",), dangerous=True, asks=frozenset({"no_reason"}))


def guard(scene: Scene) -> Reason | None:
    """A reason is wanted, and an order to withdraw."""
    if not scene.working():
        return because("no_order")
    return None if scene.text("reason") else because("no_reason")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Send the cancels; the case is open again, here."""
    withdraw_all(scene, entry, scene.text("reason", 100))
    entry.update("cases", scene.case.id, {"state": "open", "failed": 0}, expect=scene.expected())
    return because("did_withdraw", number=scene.case.number)


def withdraw_all(scene: Scene, entry: Entry, reason: str) -> None:
    """Take back every order that works on the case."""
    for order in scene.working():
        take_back(scene.tx, entry, order, reason=reason, me=scene.me)
    entry.remark(reason=reason)


def offers(scene: Scene) -> dict[str, tuple[tuple[str, str], ...]]:
    """Why, by digit."""
    return {"reason": tuple((f"@withdraw.{n}", f"@withdraw.{n}") for n in (1, 2, 3))}

"""已电话: somebody was told by telephone, who and when; as good as an acceptance by message, and as fast."""

from data.acts import Row, Scene
from data.acts._on_behalf import choose, keep
from data.acts.dispatch import next_attempt
from data.domain.reason import Reason, because
from data.domain.vocabulary import ReceiptKind, State
from data.store.desk import Entry
from data.store.orders import issue
from data.store.outbox import told
from data.store.sqlite import sqlite3

_NEW = frozenset({State.OPEN, State.RETURNED})
ROW = Row(
    states=_NEW | {State.SENDING, State.SENT, State.WORKING}, fields=("name",), optional=("unit", "note"), asks=frozenset({"no_name"})
)


def guard(scene: Scene) -> Reason | None:
    """Whom; and there is an order that nobody has accepted, or a plan for one."""
    if not scene.text("name", 40):
        return because("no_name")
    if scene.case.is_untaken_order:
        return because("accept_first")
    if scene.case.state in _NEW:
        return scene.plan.problem
    return None if choose(scene, "accepted_at") is not None else because("no_order")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Note the acceptance; where nothing was ordered yet, the call was the order."""
    name = scene.text("name", 40)
    if scene.case.state in _NEW:
        order = scene.tx.one("SELECT * FROM orders WHERE id=?", _order(scene, entry))
    else:
        order = choose(scene, "accepted_at")
        entry.update("cases", scene.case.id, {"failed": int(_others_failed(scene, order))}, expect=scene.expected())
    assert order is not None  # the guard saw to it
    entry.update("orders", order["id"], {"phoned_to": name, "sent_at": order["sent_at"] or scene.now})
    if order["channel"] != "mqtt":  # a desk at the other end still wants the order itself
        told(scene.tx, order["id"])
    keep(scene, entry, order, ReceiptKind.ACCEPTED, by=name, note=scene.text("note", 500))
    entry.remark(text=name)
    return because("did_phone", number=scene.case.number, name=name)


def _others_failed(scene: Scene, told_now: sqlite3.Row | None) -> bool:
    """Whether the order to another unit of the case is still stuck: then it stays on top for that one."""
    others = (order["id"] for order in scene.working() if told_now is None or order["id"] != told_now["id"])
    stuck = "SELECT 1 FROM outbox WHERE order_id=? AND kind='order' AND (state='failed' OR state='waiting' AND reason IS NOT NULL)"
    return any(scene.tx.one(stuck, id) for id in others)


def _order(scene: Scene, entry: Entry) -> str:
    plan, case, id = scene.plan, scene.case, scene.new_id()
    assert plan.unit is not None  # the guard saw to it
    entry.update(
        "cases",
        case.id,
        {
            "state": "sent", "unit": plan.unit.id, "accept_by": plan.accept_by, "done_by": plan.done_by,
            "taken_at": case.taken_at or scene.now, "taken_by": case.taken_by or scene.operator, "failed": 0,
        },
        expect=scene.expected(),
    )  # fmt: skip
    issue(
        scene.tx, entry, case, scene.tables, id=id, attempt=next_attempt(scene), unit=plan.unit.id, channel="phone", text=plan.text,
        accept_by=plan.accept_by, done_by=plan.done_by, by=scene.operator, not_before=scene.now, told=True,
    )  # fmt: skip
    return id

"""返工: the check failed. The units that worked on it go on, as a new round; the old deadline stands."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import NoteKind, State
from data.store.desk import Entry
from data.store.orders import ring, tell

ROW = Row(states=frozenset({State.TO_VERIFY}), fields=("reason",), asks=frozenset({"no_reason"}))


def guard(scene: Scene) -> Reason | None:
    """What is wrong must be said, and there must be somebody to say it to."""
    if not scene.working():
        return because("no_order")
    return None if scene.text("reason") else because("no_reason")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Tell the units; their `done` is wanted once more."""
    case, reason, round = scene.case, scene.text("reason"), scene.case.round + 1
    for order in scene.working():
        entry.update("orders", order["id"], {"round": round, "arrived_at": None, "done_at": None})
        tell(scene.tx, order, NoteKind.REWORK, reason, id=f"{order['id']}-rework-{round}", me=scene.me)
    entry.update("cases", case.id, {"state": "working", "round": round, "result": None}, expect=scene.expected())
    entry.remark(reason=reason)
    ring(scene.tx, entry, case.id, "rework", f"{case.id}/rework/{round}", role="supervisor")
    return because("did_rework", number=case.number, round=round)

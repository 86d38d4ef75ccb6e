"""作废: test or wrong data. Not for what somebody else sent or waits for."""

from data.acts import SUPERVISORS, Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import State
from data.store.desk import Entry
from data.store.orders import family

ROW = Row(
    states=frozenset({State.TRIAGE, State.OPEN}), roles=SUPERVISORS, fields=("reason",), dangerous=True, asks=frozenset({"no_reason"})
)


def guard(scene: Scene) -> Reason | None:
    """A reason; an order is declined instead, and who was merged into it must be split off first."""
    if scene.case.order_in is not None:
        return because("decline_instead")
    if len(family(scene.tx, scene.case.id)) > 1:
        return because("split_first")
    return None if scene.text("reason") else because("no_reason")


def effect(scene: Scene, entry: Entry) -> Reason:
    """End it; nobody is told."""
    entry.update("cases", scene.case.id, {"state": "void", "closed_at": scene.now, "closed_by": scene.operator}, expect=scene.expected())
    entry.remark(reason=scene.text("reason"))
    return because("did_void", number=scene.case.number)

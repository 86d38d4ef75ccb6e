"""到场: the unit told a clerk that it is there."""

from data.acts import Row, Scene
from data.acts._on_behalf import objection, receipt
from data.domain.reason import Reason
from data.domain.vocabulary import ReceiptKind, State
from data.store.desk import Entry

ROW = Row(
    states=frozenset({State.SENT, State.WORKING}),
    optional=("unit", "name", "note"),
    confirms=frozenset({"answers_itself"}),
)


def guard(scene: Scene) -> Reason | None:
    """There must be an order that it is said of."""
    return objection(scene, "arrived_at")


def effect(scene: Scene, entry: Entry) -> Reason:
    """The same as the unit's own receipt."""
    return receipt(scene, entry, ReceiptKind.ARRIVED, "arrived_at", "did_arrive")

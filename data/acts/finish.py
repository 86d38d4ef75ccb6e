"""办结: the unit told a clerk that it is done."""

from data.acts import Row, Scene
from data.acts._on_behalf import objection, receipt
from data.domain.reason import Reason, because
from data.domain.vocabulary import ReceiptKind, State
from data.store.desk import Entry

ROW = Row(
    states=frozenset({State.SENT, State.WORKING}),
    fields=("note",),
    optional=("unit", "name"),
    asks=frozenset({"no_note"}),
    confirms=frozenset({"answers_itself"}),
)


def guard(scene: Scene) -> Reason | None:
    """What it said is wanted too."""
    if not scene.text("note", 500):
        return because("no_note")
    return objection(scene, "done_at")


def effect(scene: Scene, entry: Entry) -> Reason:
    """The same as the unit's own receipt."""
    return receipt(scene, entry, ReceiptKind.DONE, "done_at", "did_finish")

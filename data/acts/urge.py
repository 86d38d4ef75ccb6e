"""催办: a supervisor presses. The units that have it are told, this desk rings, and it is in the history."""

from data.acts import SUPERVISORS, Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import FINISHED, NoteKind, State
from data.store.desk import Entry
from data.store.orders import ring, tell
from data.words import Words

ROW = Row(states=frozenset(State) - FINISHED - {State.HELD}, roles=SUPERVISORS, optional=("text",), any_version=True)
AGAIN_MS = 600_000
"""A second urging within ten minutes says nothing new; judgement."""


def guard(scene: Scene) -> Reason | None:
    """Once in ten minutes."""
    at = scene.case.urged_at
    if at is not None and scene.now - at < AGAIN_MS:
        return because("urged_already", minutes=-(-(AGAIN_MS - scene.now + at) // 60_000))
    return None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Note to each unit that is not finished; ring here."""
    case, text = scene.case, scene.text("text") or Words(scene.tables.language)("act.urge")
    entry.update("cases", case.id, {"urged_at": scene.now})
    entry.remark(text=text)
    ring(scene.tx, entry, case.id, "urge", f"{case.id}/urge/{scene.now}")
    for order in scene.working():
        if order["done_at"] is None and order["released_at"] is not None:
            tell(scene.tx, order, NoteKind.URGE, text, id=f"{order['id']}-urge-{scene.now}", me=scene.me)
    return because("did_urge", number=case.number)

"""恢复: a held case goes on where it was; its deadlines are later by as long as it rested."""

from data.acts import SUPERVISORS, Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import NoteKind, State
from data.store.desk import Entry
from data.store.orders import tell
from data.words import Words

ROW = Row(states=frozenset({State.HELD}), roles=SUPERVISORS)


def guard(scene: Scene) -> Reason | None:
    """Nothing stands against it."""
    return None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Shift what is still to come, of the case and of its orders."""
    case = scene.case
    rested = scene.now - (case.held_at or scene.now)
    later = {name: at + rested for name, at in (("accept_by", case.accept_by), ("done_by", case.done_by)) if at is not None}
    entry.update(
        "cases", case.id, {"state": case.former or "open", "former": None, "held_at": None, "held_until": None, **later}, expect=scene.expected()
    )
    text = Words(scene.tables.language)("note.resumed")
    for order in scene.working():
        done_by = order["done_by"] + rested
        entry.update("orders", order["id"], {"accept_by": order["accept_by"] + rested, "done_by": done_by})
        tell(scene.tx, order, NoteKind.DEADLINE, text, id=f"{order['id']}-deadline-{scene.now}", me=scene.me, done_by=done_by)
    return because("did_resume", number=case.number)

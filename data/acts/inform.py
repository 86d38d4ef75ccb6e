"""告知: words to the units that work on it, and to the centre that sent it. They change nothing else."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import FINISHED, NoteKind, State
from data.store.desk import Entry
from data.store.orders import tell
from data.store.replies import tell_sender

ROW = Row(states=frozenset(State) - FINISHED, fields=("text",), asks=frozenset({"no_text"}), any_version=True)


def guard(scene: Scene) -> Reason | None:
    """There must be words, and somebody to read them."""
    if not scene.working() and scene.case.order_in is None:
        return because("nobody_to_tell")
    return None if scene.text("text", 500) else because("no_text")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Send them both ways."""
    text, id = scene.text("text", 500), scene.new_id()
    entry.remark(text=text)
    for order in scene.working():
        tell(scene.tx, order, NoteKind.INFO, text, id=f"{id}-{order['unit']}", me=scene.me)
    tell_sender(scene.tx, scene.case, text, id=f"{id}-up", me=scene.me)
    return because("did_inform", number=scene.case.number)

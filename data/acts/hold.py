"""挂起: the case rests until a stated time and its clock pauses. Never where a life may hang on it."""

from data.acts import SUPERVISORS, Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import NoteKind, State
from data.store.desk import Entry
from data.store.orders import tell
from data.words import Words

ROW = Row(
    states=frozenset({State.OPEN, State.RETURNED, State.SENT, State.WORKING}),
    roles=SUPERVISORS,
    fields=("until", "reason"),
    asks=frozenset({"no_until", "no_reason"}),
)


def guard(scene: Scene) -> Reason | None:
    """Until when, and why; the clock of an order is its sender's."""
    if scene.is_life_safety:
        return because("life_safety")
    if scene.case.order_in is not None:
        return because("clock_above")
    until = scene.moment("until")
    if until is None:
        return because("no_until")
    if until <= scene.now:
        return because("time_passed")
    return None if scene.text("reason") else because("no_reason")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Remember what it interrupts; the units hear why."""
    case, until, reason = scene.case, scene.moment("until"), scene.text("reason")
    entry.update(
        "cases", case.id, {"state": "held", "former": str(case.state), "held_at": scene.now, "held_until": until}, expect=scene.expected()
    )
    entry.remark(reason=reason)
    text = Words(scene.tables.language)("note.held", reason=reason)
    for order in scene.working():
        tell(scene.tx, order, NoteKind.INFO, text, id=f"{order['id']}-held-{scene.now}", me=scene.me)
    return because("did_hold", number=case.number)


def offers(scene: Scene) -> dict[str, tuple[tuple[str, str], ...]]:
    """Times and the usual reasons by digit."""
    until = tuple((value, f"@until.{value.strip('+')}") for value in ("+2h", "+4h", "+8h", "+1d", "+3d"))
    return {"until": until, "reason": tuple((f"@hold.{n}", f"@hold.{n}") for n in (1, 2, 3, 4))}

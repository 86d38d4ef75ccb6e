"""延期: a supervisor gives more time, once; never where a life may hang on it. The units are told."""

from data.acts import SUPERVISORS, Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import NoteKind, State
from data.store.desk import Entry
from data.store.orders import tell
from data.words import Words

ROW = Row(
    states=frozenset({State.SENT, State.WORKING}),
    roles=SUPERVISORS,
    fields=("until",),
    optional=("reason",),
    asks=frozenset({"no_until"}),
)


def guard(scene: Scene) -> Reason | None:
    """Later than now and than before; of an order the sender decides."""
    case, until = scene.case, scene.moment("until")
    if scene.is_life_safety:
        return because("life_safety")
    if case.order_in is not None:
        return because("clock_above")
    if case.extensions >= scene.tables.max_extensions:
        return because("extended_already", times=case.extensions)
    if until is None:
        return because("no_until")
    return because("not_later") if until <= max(scene.now, case.done_by or 0) else None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Set the new deadline here and at the units."""
    case, until, reason = scene.case, scene.moment("until"), scene.text("reason")
    assert until is not None  # the guard saw to it
    entry.update(
        "cases", case.id, {"done_by": until, "done_by_chosen": 1, "extensions": case.extensions + 1, "rung": 0}, expect=scene.expected()
    )
    entry.remark(reason=reason)
    text = reason or Words(scene.tables.language)("act.extend")
    for order in scene.working():
        entry.update("orders", order["id"], {"done_by": until})
        tell(scene.tx, order, NoteKind.DEADLINE, text, id=f"{order['id']}-deadline-{scene.now}", me=scene.me, done_by=until)
    return because("did_extend", number=case.number)


def offers(scene: Scene) -> dict[str, tuple[tuple[str, str], ...]]:
    """Times by digit."""
    return {"until": tuple((value, f"@until.{value.strip('+')}") for value in ("+2h", "+4h", "+8h", "+1d", "+3d"))}

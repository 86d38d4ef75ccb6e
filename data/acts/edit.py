"""修改: the words of the case, its address, or its deadline. What a person entered, nothing else changes."""

from typing import Any

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import State
from data.store.desk import Entry

_HERE = frozenset({State.TRIAGE, State.OPEN, State.RETURNED})
ROW = Row(
    states=_HERE | {State.SENDING, State.SENT, State.WORKING, State.TO_VERIFY},
    optional=("text", "address", "done_by"),
    asks=frozenset({"nothing_given"}),
)


def guard(scene: Scene) -> Reason | None:
    """A deadline only before it is dispatched, and only forward of now; later it is extended, and an order's is its sender's."""
    if not any(scene.text(name) for name in ("text", "address", "done_by")):
        return because("nothing_given")
    return _bad_deadline(scene) if scene.text("done_by") else None


def _bad_deadline(scene: Scene) -> Reason | None:
    case, at = scene.case, scene.moment("done_by")
    if case.order_in is not None:
        return because("clock_above")
    if case.state not in _HERE:
        return because("extend_instead")
    if at is None:
        return because("bad_time", value=scene.text("done_by", 40))
    if at <= scene.now:
        return because("time_passed")
    if scene.is_life_safety and case.done_by is not None and at > case.done_by:
        return because("life_safety")
    return None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Change what was given."""
    values: dict[str, Any] = {name: scene.text(name, limit) for name, limit in (("text", 120), ("address", 80)) if scene.text(name)}
    if scene.text("done_by"):
        values |= {"done_by": scene.moment("done_by"), "done_by_chosen": 1, "rung": 0}
    entry.update("cases", scene.case.id, values, expect=scene.expected())
    return because("did_edit", number=scene.case.number)

"""上报: pass a case that cannot be solved here to the centre above, as an order. It stays in this queue until the answer is back."""

from data.acts import Row, Scene
from data.acts.dispatch import grace_ms, next_attempt
from data.dispatch import limits, order_text
from data.domain.reason import Reason, because
from data.domain.vocabulary import State
from data.store.desk import Entry
from data.store.orders import issue

_HERE = frozenset({State.TRIAGE, State.OPEN, State.RETURNED})
ROW = Row(states=_HERE | {State.SENT, State.WORKING}, fields=("reason",), asks=frozenset({"no_reason"}))


def guard(scene: Scene) -> Reason | None:
    """There must be a centre above that has not got it yet and did not send it."""
    if not scene.tables.parent:
        return because("no_parent")
    if scene.case.is_untaken_order:
        return because("accept_first")
    if scene.case.order_from == scene.tables.parent:
        return because("came_from_above")
    if any(order["unit"] == scene.tables.parent for order in scene.working()):
        return because("escalated_already")
    return None if scene.text("reason") else because("no_reason")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Order it to the parent: as the one who leads where nobody works on it yet, else beside those who do.

    A rule of the centre never takes a case from its owner: then the parent's order is always beside.
    """
    case, reason = scene.case, scene.text("reason")
    leads = case.state in _HERE and not scene.by_system
    accept_by, done_by = limits(scene.tables, case.class_code, case.level, scene.now)
    done_by = case.done_by if case.done_by is not None and case.done_by > scene.now else done_by
    accept_by = min(accept_by, done_by)
    values: dict[str, object] = {"escalated_at": scene.now}
    if leads:
        values |= {
            "state": "sending", "unit": scene.tables.parent, "accept_by": accept_by, "done_by": done_by,
            "taken_at": case.taken_at or scene.now, "taken_by": case.taken_by or scene.operator, "failed": 0,
        }  # fmt: skip
    entry.update("cases", case.id, values, expect=scene.expected())
    entry.remark(reason=reason)
    attempt = next_attempt(scene)
    issue(
        scene.tx, entry, case, scene.tables, id=scene.new_id(), attempt=attempt, unit=scene.tables.parent, channel="mqtt",
        text=order_text(case, scene.tables, done_by=done_by, now=scene.now, attempt=attempt, asks=reason),
        accept_by=accept_by, done_by=done_by, by=scene.operator, not_before=scene.now + (grace_ms(scene) if leads else 0),
        lead=leads, required=leads,
    )  # fmt: skip
    return because("did_escalate", number=case.number)

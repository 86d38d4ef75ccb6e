"""研判: a person sets what is missing or wrong, class or unit. What a person set, nothing else changes."""

from data.acts import Row, Scene
from data.dispatch import limits, missing, owner
from data.domain.case import keep_reason
from data.domain.reason import Reason, because
from data.domain.vocabulary import State
from data.store.desk import Entry

ROW = Row(states=frozenset({State.TRIAGE, State.OPEN, State.RETURNED}), fields=("class", "unit"))


def guard(scene: Scene) -> Reason | None:
    """Class and unit must be in the tables."""
    if scene.case.is_untaken_order:
        return because("accept_first")
    class_code, unit = scene.args.get("class"), scene.args.get("unit")
    if class_code and class_code not in scene.tables.classes:
        return because("unknown_class", value=class_code)
    if unit and unit not in scene.tables.units:
        return because("unknown_unit", value=unit)
    return None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Set class and unit; the case leaves triage when nothing is missing any more."""
    case, tables = scene.case, scene.tables
    class_code = scene.args.get("class") or case.class_code
    unit = scene.args.get("unit") or case.unit or owner(tables, class_code, case.grid)[0]
    still = missing(tables, class_code, unit, case.grid)
    values = {
        "class": class_code,
        "unit": unit,
        "unit_chosen": int(bool(scene.args.get("unit")) or case.unit_chosen),
        "triage": keep_reason(still),
        "state": "triage" if still and case.order_in is None else "open",
        **_deadlines(scene, class_code),
    }
    entry.update("cases", case.id, values, expect=scene.expected())
    return still or because("did_classify", number=case.number)


def _deadlines(scene: Scene, class_code: str | None) -> dict[str, int]:
    """A new class brings its level and times, counted from the arrival; an order's deadlines stay the sender's."""
    case, row = scene.case, scene.tables.classes.get(class_code or "")
    if row is None or class_code == case.class_code or case.order_in is not None:
        return {}
    accept_by, done_by = limits(scene.tables, row.code, case.level, case.opened_at)
    return {
        "level": min(int(case.level), row.level) if case.class_code else row.level,
        "accept_by": accept_by,
        **({} if case.done_by_chosen else {"done_by": done_by}),
    }

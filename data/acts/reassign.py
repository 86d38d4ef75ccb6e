"""改派: another unit. What was sent is withdrawn; the next key dispatches to the new one."""

from data.acts import Row, Scene
from data.acts.withdraw import withdraw_all
from data.dispatch import missing
from data.domain.case import keep_reason
from data.domain.reason import Reason, because
from data.domain.vocabulary import State
from data.store.desk import Entry
from data.words import Words

_OUT = frozenset({State.SENDING, State.SENT, State.WORKING})
ROW = Row(
    states=frozenset({State.TRIAGE, State.OPEN, State.RETURNED}) | _OUT,
    fields=("unit",),
    optional=("reason",),
    asks=frozenset({"no_unit_given"}),
    confirms=frozenset({"at_work"}),
)


def guard(scene: Scene) -> Reason | None:
    """The unit must be in the tables and another; who has accepted is not sent home by one key."""
    unit = scene.text("unit")
    if scene.case.is_untaken_order:
        return because("accept_first")
    if not unit:
        return because("no_unit_given")
    if unit not in scene.tables.units:
        return because("unknown_unit", value=unit)
    if scene.case.state in _OUT and unit == scene.case.unit:
        return because("same_unit", name=scene.tables.units[unit].name)
    if scene.case.state is State.WORKING and not scene.confirm:
        return because("at_work")
    return None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Withdraw, choose, and wait for the key."""
    case, unit = scene.case, scene.text("unit")
    if case.state in _OUT:
        withdraw_all(scene, entry, scene.text("reason", 100) or Words(scene.tables.language)("act.reassign"))
    lack = missing(scene.tables, case.class_code, unit, case.grid)
    entry.update(
        "cases", case.id, {"unit": unit, "unit_chosen": 1, "state": "triage" if lack else "open", "triage": keep_reason(lack), "failed": 0},
        expect=scene.expected(),
    )  # fmt: skip
    return because("did_reassign", number=case.number, name=scene.tables.units[unit].name)


def offers(scene: Scene) -> dict[str, tuple[tuple[str, str], ...]]:
    """All units but the present one."""
    return {"unit": tuple((unit.id, unit.name) for unit in scene.tables.units.values() if unit.id != scene.case.unit)}

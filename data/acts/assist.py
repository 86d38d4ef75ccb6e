"""协办: order another unit to help with a case that is at work; its `done` is wanted too. It replaces an assist that refused."""

from data.acts import Row, Scene
from data.acts.dispatch import grace_ms, next_attempt
from data.domain.reason import Reason, because
from data.domain.vocabulary import State
from data.store.desk import Entry
from data.store.orders import issue

ROW = Row(states=frozenset({State.SENT, State.WORKING}), fields=("unit",), asks=frozenset({"no_unit_given"}))


def guard(scene: Scene) -> Reason | None:
    """A unit of the tables, with a channel, that is not at it already."""
    known = scene.tables.units.get(scene.text("unit"))
    if not scene.text("unit"):
        return because("no_unit_given")
    if known is None:
        return because("unknown_unit", value=scene.text("unit"))
    if not known.channels:
        return because("no_channel", name=known.name)
    at_it = known.id in {order["unit"] for order in scene.working()}
    return because("same_unit", name=known.name) if at_it else None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Order it, with the lead's words and deadline."""
    case, unit = scene.case, scene.tables.units[scene.text("unit")]
    lead = scene.working()[0]
    for refused in scene.tx.conn.execute(
        "SELECT id FROM orders WHERE case_id=? AND round=? AND lead=0 AND refused_at IS NOT NULL AND cancelled_at IS NULL", (case.id, case.round)
    ).fetchall():
        entry.update("orders", refused["id"], {"cancelled_at": scene.now})
    entry.update("cases", case.id, {}, expect=scene.expected())
    accept_by = min(scene.now + max(lead["accept_by"] - lead["issued_at"], 60_000), lead["done_by"])
    issue(
        scene.tx, entry, case, scene.tables, id=scene.new_id(), attempt=next_attempt(scene), unit=unit.id, channel=unit.channels[0],
        text=lead["text"], accept_by=accept_by, done_by=lead["done_by"], by=scene.operator, not_before=scene.now + grace_ms(scene), lead=False,
    )  # fmt: skip
    return because("did_assist", number=case.number, name=unit.name)


def offers(scene: Scene) -> dict[str, tuple[tuple[str, str], ...]]:
    """Units that are not at it."""
    at_it = {order["unit"] for order in scene.working()}
    return {"unit": tuple((unit.id, unit.name) for unit in scene.tables.units.values() if unit.id not in at_it)}

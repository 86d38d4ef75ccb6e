"""What a clerk records for a unit that told him: the same facts as its receipts, signed by who said so."""

from data.acts import Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import ReceiptKind
from data.store.desk import Entry
from data.store.facts import Fact, record
from data.store.orders import working
from data.store.sqlite import sqlite3


def choose(scene: Scene, lacks: str) -> sqlite3.Row | None:
    """The order that is meant: of the named unit, else the first that lacks this fact, the lead's before others."""
    unit = scene.text("unit")
    rows = [order for order in working(scene.tx, scene.case) if order[lacks] is None and (not unit or order["unit"] == unit)]
    return rows[0] if rows else None


def objection(scene: Scene, lacks: str) -> Reason | None:
    """There is such an order; a unit that answers itself is spoken for only after a second look."""
    order = choose(scene, lacks)
    if order is None:
        return because("no_order")
    known = scene.tables.units.get(order["unit"])
    if known is not None and order["channel"] == "mqtt" and not scene.confirm:
        return because("answers_itself", name=known.name)
    return None


def receipt(scene: Scene, entry: Entry, kind: ReceiptKind, lacks: str, said: str) -> Reason:
    """Keep the fact and move the case as the unit's own receipt would."""
    order = choose(scene, lacks)
    assert order is not None  # the guard saw to it
    entry.update("cases", scene.case.id, {}, expect=scene.expected())
    keep(scene, entry, order, kind, by=scene.text("name", 40) or scene.operator, note=scene.text("note", 500))
    entry.remark(text=scene.text("note", 500))
    return because(said, number=scene.case.number)


def keep(scene: Scene, entry: Entry, order: sqlite3.Row, kind: ReceiptKind, *, by: str, note: str) -> None:
    """Record one fact; its sender is this centre."""
    fact = Fact(id=f"{scene.me}/{scene.new_id()}", kind=kind, at=scene.now, by=by, sender=scene.me, note=note)
    record(scene.tx, entry, order, fact, scene.me)

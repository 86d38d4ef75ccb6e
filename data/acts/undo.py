"""撤回: take a dispatch back within its grace, as if it never was. Only who gave it may, and only while it is still here."""

import json
from typing import Any

from data.acts import SYSTEM, Row, Scene, _group
from data.domain.reason import Reason, because
from data.domain.vocabulary import State
from data.store.desk import Conflict, Entry
from data.store.orders import take_back
from data.store.sqlite import sqlite3

ROW = Row(states=frozenset({State.SENDING}))


def guard(scene: Scene) -> Reason | None:
    """The orders must be one's own, or the centre's, and none may have left."""
    orders = _orders(scene)
    if not orders or any(order["released_at"] is not None for order in orders):
        return because("already_left")
    if orders[0]["issued_by"] not in {scene.operator, SYSTEM}:
        return because("not_yours", name=orders[0]["issued_by"])
    return None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Cancel the orders and their messages; the case stands where it stood, and what the press joined into it stands by itself again."""
    for order in _orders(scene):
        if not take_back(scene.tx, entry, order, reason="", me=scene.me):
            raise Conflict(f"order of {scene.case.id}")
    entry.update("cases", scene.case.id, _before(scene), expect=scene.expected())
    if parted := _group.part(scene):
        return because("did_undo_group", number=scene.case.number, n=parted + 1)
    return because("did_undo", number=scene.case.number)


def _orders(scene: Scene) -> list[sqlite3.Row]:
    """The orders of the newest press."""
    newest = scene.live_order()
    return [order for order in scene.working() if newest is not None and order["attempt"] == newest["attempt"]]


def _before(scene: Scene) -> dict[str, Any]:
    """State, unit and flag as they were before the press, by the journal. What was sent automatically then waits for a person."""
    row = scene.tx.one(
        "SELECT act, before FROM journal WHERE subject=? AND act IN ('dispatch', 'escalate') ORDER BY seq DESC LIMIT 1", scene.case.id
    )
    was = json.loads(row["before"]).get("cases", {}).get(scene.case.id, {}) if row else {}
    kept = {name: was[name] for name in ("state", "unit", "escalated_at") if name in was}
    return {"state": "open", **kept} | ({"auto": 0} if was.get("auto", 0) is None else {})

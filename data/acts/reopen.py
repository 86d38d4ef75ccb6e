"""重开: a finished case comes back as a new round, to the same unit, and the supervisor hears of it."""

from data.acts import Row, Scene
from data.dispatch import missing
from data.domain.reason import Reason, because
from data.domain.vocabulary import NoteKind, State
from data.store.desk import Entry
from data.store.orders import ring, tell

ROW = Row(states=frozenset({State.CLOSED, State.DECLINED}), fields=("reason",), asks=frozenset({"no_reason"}))
DAYS = 15
"""How long after its end a case may come back; judgement, `domain.md` §6b."""
DAY_MS = 86_400_000


def guard(scene: Scene) -> Reason | None:
    """Not too old; one that came as an order comes back by its sender's rework."""
    case = scene.case
    if case.order_in is not None:
        return because("reopen_above")
    if case.closed_at is not None and scene.now - case.closed_at > DAYS * DAY_MS:
        return because("too_old", days=DAYS)
    return None if scene.text("reason") else because("no_reason")


def effect(scene: Scene, entry: Entry) -> Reason:
    """Open it anew; earlier orders count no more."""
    case, reason = scene.case, scene.text("reason")
    lack = missing(scene.tables, case.class_code, case.unit, case.grid)
    entry.update(
        "cases",
        case.id,
        {
            "state": "triage" if lack else "open", "round": case.round + 1, "result": None, "closed_at": None, "closed_by": None,
            "escalated_at": None, "auto": 0, "rung": 0,
        },
        expect=scene.expected(),
    )  # fmt: skip
    entry.remark(reason=reason)
    ring(scene.tx, entry, case.id, "reopened", f"{case.id}/reopened/{case.round}", role="supervisor")
    closed = "SELECT * FROM orders WHERE case_id=? AND round=? AND closed_at IS NOT NULL"
    for order in scene.tx.conn.execute(closed, (case.id, case.round)).fetchall():
        tell(scene.tx, order, NoteKind.INFO, reason, id=f"{order['id']}-reopen-{case.round}", me=scene.me)
    return because("did_reopen", number=case.number)

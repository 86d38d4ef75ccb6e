"""结案: verify and end the case with a result; who ordered it hears `done`, whom we ordered hears `closed`."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import ReceiptKind, Role, State
from data.store import orders
from data.store.desk import Entry
from data.store.replies import reply_all

ROW = Row(
    states=frozenset({State.SENT, State.WORKING, State.TO_VERIFY}),
    fields=("result",),
    asks=frozenset({"no_result"}),
    confirms=frozenset({"no_feedback", "alarm_stands", "needs_first", "no_feedback_needs", "alarm_stands_needs"}),
)


def guard(scene: Scene) -> Reason | None:
    """A result is wanted; without the units' word, or while its alarm stands, the key is wanted again.

    Of several units all must have finished, or a supervisor does without them.
    """
    if not _result(scene):
        return because("no_result")
    if scene.case.state is not State.TO_VERIFY:
        done, wanted = orders.progress(scene.tx.conn, scene.case.id, scene.case.round)
        if wanted > 1 and Role.SUPERVISOR not in scene.roles:
            return because("units_missing", done=done, wanted=wanted)
    return None if scene.confirm else _doubt(scene)


def _doubt(scene: Scene) -> Reason | None:
    """Why the key is wanted again. A need that is not met is said with the rest: a second press is a yes to all of it."""
    doubt = "" if scene.case.state is State.TO_VERIFY else "no_feedback"
    doubt = doubt or ("alarm_stands" if _alarm_stands(scene) else "")
    if unmet := _unmet(scene):
        return because(f"{doubt}_needs" if doubt else "needs_first", what=f"@need.{unmet}")
    return because(doubt) if doubt else None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Close, answer upward, and tell the units."""
    case, result = scene.case, _result(scene)
    orders.end(scene.tx, entry, case, result, scene.me)
    entry.update(
        "cases",
        case.id,
        {"state": "closed", "result": result, "closed_at": scene.now, "closed_by": scene.operator, "failed": 0},
        expect=scene.expected(),
    )
    reply_all(scene.tx, case, ReceiptKind.DONE, by=scene.operator, me=scene.me, note=result)
    return because("did_close", number=case.number, result=result)


def _result(scene: Scene) -> str:
    return scene.text("result") or scene.case.result or ""


_MET = {
    "photo": (
        "SELECT 1 FROM receipts r JOIN orders o ON o.id = r.order_id WHERE o.case_id=:case AND r.media IS NOT NULL"
        " UNION SELECT 1 FROM receipts r JOIN orders o ON o.id = r.order_id WHERE o.case_id=:case AND r.note LIKE '%http%'"
        " UNION SELECT 1 FROM journal WHERE subject=:case AND act='note' AND after LIKE '%http%'"
    ),
    "visit": "SELECT 1 FROM orders WHERE case_id=:case AND arrived_at IS NOT NULL",
}
"""How it is seen that a need of the scenario is met: a link in a receipt or note, an `arrived`."""


def _unmet(scene: Scene) -> str:
    """The first need that is not met, or ""."""
    for need, sql in _MET.items():
        if need in scene.case.needs and scene.tx.conn.execute(sql, {"case": scene.case.id}).fetchone() is None:
            return need
    return ""


def _alarm_stands(scene: Scene) -> bool:
    """Whether one of its alarms stands. A recipe that does not want them cleared is not asked; a press ends with its case and never before."""
    wants = scene.tx.one("SELECT needs FROM cases WHERE id=?", scene.case.id)
    if wants is not None and wants["needs"] is not None and "cleared" not in scene.case.needs:
        return False
    sql = "SELECT 1 FROM alarms WHERE (id=? OR case_id=?) AND cleared_at IS NULL AND rule != 'press'"
    return scene.tx.one(sql, scene.case.alarm, scene.case.id) is not None

"""结案: verify and end the case with a result; who ordered it hears `done`, whom we ordered hears `closed`."""

from data.acts import Row, Scene
from data.clock import iso
from data.domain.messages import NoteMessage
from data.domain.reason import Reason, because
from data.domain.text import one_line
from data.domain.vocabulary import NoteKind, ReceiptKind, State
from data.store import outbox
from data.store.desk import Entry
from data.store.replies import reply

ROW = Row(states=frozenset({State.SENT, State.WORKING, State.TO_VERIFY}), fields=("result",))


def guard(scene: Scene) -> Reason | None:
    """A result is wanted; without the unit's word, or while its alarm stands, the key is wanted again."""
    if not _result(scene):
        return because("no_result")
    if scene.case.state is not State.TO_VERIFY and not scene.confirm:
        return because("no_feedback")
    if _alarm_stands(scene) and not scene.confirm:
        return because("alarm_stands")
    return None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Close, answer upward, and tell the unit."""
    case, result = scene.case, _result(scene)
    order = scene.live_order()
    entry.update(
        "cases",
        case.id,
        {"state": "closed", "result": result, "closed_at": scene.now, "closed_by": scene.operator, "failed": 0},
        expect=scene.expected(),
    )
    reply(scene.tx, case, ReceiptKind.DONE, by=scene.operator, me=scene.tables.centre, note=result)
    if order is not None:
        _tell(scene, order["id"], order["unit"], result)
    return because("did_close", number=case.number, result=result)


def _result(scene: Scene) -> str:
    return one_line(scene.args.get("result") or scene.case.result or "", 200)


def _alarm_stands(scene: Scene) -> bool:
    alarm = scene.case.alarm
    return bool(alarm) and scene.tx.one("SELECT 1 FROM alarms WHERE id=? AND cleared_at IS NULL", alarm) is not None


def _tell(scene: Scene, order_id: str, unit: str, result: str) -> None:
    outbox.stop(scene.tx, order_id)
    id = f"{order_id}-closed"
    note = NoteMessage(
        id=id, order=order_id, kind=NoteKind.CLOSED, text=result, time=iso(scene.now), from_=scene.tables.centre
    )
    outbox.enqueue(scene.tx, what="note", to=unit, id=id, message=note, case_id=scene.case.id, order_id=order_id)

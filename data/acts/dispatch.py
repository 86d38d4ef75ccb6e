"""派单: order the proposed unit to handle the case. Durable here; leaves after the grace."""

from data.acts import Row, Scene
from data.clock import iso
from data.domain.messages import OrderMessage, Place, Reporter
from data.domain.reason import Reason, because
from data.domain.vocabulary import Level, State
from data.store import outbox
from data.store.desk import Entry

ROW = Row(states=frozenset({State.OPEN, State.RETURNED}))


def guard(scene: Scene) -> Reason | None:
    """A plan must exist and be the one that was shown; any warning wants the key again."""
    if scene.case.is_untaken_order:
        return because("accept_first")
    plan = scene.plan
    if plan.problem:
        return plan.problem
    if not plan.channel:
        return because("no_channel", name=plan.unit.name if plan.unit else "")
    if scene.shown and scene.shown != plan.digest:
        return because("proposal_changed")
    if plan.warnings and not scene.confirm:
        return because("warned")
    return None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Write the order, put its message into the outbox and start the grace."""
    plan, case = scene.plan, scene.case
    assert plan.unit is not None  # the guard saw to it
    order_id, not_before = scene.new_id(), scene.now + _grace_ms(scene)
    last = scene.tx.one("SELECT max(attempt) AS attempt FROM orders WHERE case_id=?", case.id)
    attempt = ((last["attempt"] if last else None) or 0) + 1
    entry.update(
        "cases",
        case.id,
        {
            "state": "sending", "unit": plan.unit.id, "accept_by": plan.accept_by, "done_by": plan.done_by,
            "taken_at": case.taken_at or scene.now, "taken_by": case.taken_by or scene.operator, "failed": 0,
        },
        expect=scene.expected(),
    )  # fmt: skip
    entry.insert(
        "orders",
        {
            "id": order_id, "case_id": case.id, "attempt": attempt, "unit": plan.unit.id, "channel": plan.channel, "lead": 1,
            "text": plan.text, "accept_by": plan.accept_by, "done_by": plan.done_by,
            "issued_at": scene.now, "issued_by": scene.operator, "not_before": not_before,
        },
    )  # fmt: skip
    outbox.enqueue(
        scene.tx, what="order", to=plan.unit.id, id=order_id, message=_message(scene, order_id, attempt),
        case_id=case.id, order_id=order_id, not_before=not_before,
    )  # fmt: skip
    return because("did_dispatch", number=case.number, name=plan.unit.name)


def _grace_ms(scene: Scene) -> int:
    seconds = scene.tables.grace_critical_s if scene.case.level == Level.CRITICAL else scene.tables.grace_s
    return round(seconds * 1000)


def _message(scene: Scene, order_id: str, attempt: int) -> OrderMessage:
    plan, case, me = scene.plan, scene.case, scene.tables.centre
    report = scene.tx.one("SELECT * FROM reports WHERE case_id=? ORDER BY at LIMIT 1", case.id)
    return OrderMessage(
        id=order_id, case=case.id, attempt=attempt, level=int(case.level), class_=case.class_code, text=plan.text,
        place=Place(grid=case.grid, address=case.address, lat=case.lat, lon=case.lon), number=case.number,
        reporter=Reporter(kind=report["kind"], name=report["name"], phone=report["phone"]) if report else None,
        report=report["text"] if report else case.text, lead=True,
        accept_by=iso(plan.accept_by), done_by=iso(plan.done_by), reply_to=outbox.topic(me, "receipt"),
        issued_at=iso(scene.now), issued_by=scene.operator, from_=me, exercise=case.exercise,
    )  # fmt: skip

"""派单: order the proposed unit, and who assists it, to handle the case. Durable here; leaves after the grace."""

from msgspec.structs import replace

from data.acts import Row, Scene, _group
from data.dispatch import Plan
from data.domain.reason import Reason, because
from data.domain.vocabulary import Level, State
from data.store.desk import Entry
from data.store.orders import issue

ROW = Row(states=frozenset({State.OPEN, State.RETURNED}), optional=("assists", "group"))


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
    return _group.guard(scene) if scene.args.get("group") else None


def effect(scene: Scene, entry: Entry) -> Reason:
    """Write the orders, put their messages into the outbox and start the grace; the cases of a `group` are joined into this one first."""
    size = len(_group.named(scene))
    if size:
        scene = replace(scene, case=_group.join(scene, entry), args={name: value for name, value in scene.args.items() if name != "group"})
    plan, case = scene.plan, scene.case
    assert plan.unit is not None  # the guard saw to it
    still_at_it = {order["unit"] for order in scene.working()}
    entry.update("cases", case.id, _values(scene, plan), expect=scene.expected())
    send_order(scene, entry, plan, plan.unit.id, plan.channel, lead=True)
    for assist in plan.assists:
        if assist.channel and assist.unit.id not in still_at_it:
            send_order(scene, entry, plan, assist.unit.id, assist.channel, lead=False)
    if size:
        return because("did_group", number=case.number, name=plan.unit.name, n=size + 1)
    return because("did_dispatch", number=case.number, name=plan.unit.name)


def _values(scene: Scene, plan: Plan) -> dict[str, object]:
    case = scene.case
    assert plan.unit is not None  # the guard saw to it
    return {
        "state": "sending", "unit": plan.unit.id, "accept_by": plan.accept_by, "done_by": plan.done_by,
        "taken_at": case.taken_at or scene.now, "taken_by": case.taken_by or scene.operator, "failed": 0,
        **({"auto": 1} if scene.by_system else {}), **({"rung": 0} if plan.done_by != case.done_by else {}),
    }  # fmt: skip


def send_order(scene: Scene, entry: Entry, plan: Plan, unit: str, channel: str, *, lead: bool) -> str:
    """Write one order of a plan; its id."""
    id, attempt = scene.new_id(), _attempt(scene, entry)
    issue(
        scene.tx, entry, scene.case, scene.tables, id=id, attempt=attempt, unit=unit, channel=channel, text=plan.text,
        accept_by=plan.accept_by, done_by=plan.done_by, by=scene.operator, not_before=scene.now + grace_ms(scene), lead=lead,
    )  # fmt: skip
    return id


def _attempt(scene: Scene, entry: Entry) -> int:
    """All orders of one press are one attempt."""
    made = entry.after.get("orders", {})
    ours = [order["attempt"] for order in made.values() if "attempt" in order]
    return int(ours[0]) if ours else next_attempt(scene)


def next_attempt(scene: Scene) -> int:
    """Number of the next dispatch of the case."""
    last = scene.tx.one("SELECT max(attempt) AS attempt FROM orders WHERE case_id=?", scene.case.id)
    return ((last["attempt"] if last else None) or 0) + 1


def grace_ms(scene: Scene) -> int:
    """How long an order stays here before it leaves."""
    seconds = scene.tables.grace_critical_s if scene.case.level == Level.CRITICAL else scene.tables.grace_s
    return round(seconds * 1000)

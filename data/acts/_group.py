"""A group dispatched as one order: which cases may be joined into one, joining them, and taking that back."""

import json

from msgspec import Struct
from msgspec.structs import replace

from data.acts import Scene, merge, split, why_not
from data.domain.case import Case, case_from
from data.domain.reason import Reason, because
from data.domain.vocabulary import Level, State
from data.store.desk import Entry

_BEFORE_WORK = frozenset({State.OPEN, State.RETURNED})


class Group(Struct, frozen=True, kw_only=True):
    """Cases that one order can stand for: the most urgent, those that join it, and those that stay by themselves, with the reason."""

    head: str
    joins: tuple[str, ...]
    apart: tuple[tuple[int, Reason], ...]
    """Case number and why."""


def group_of(scenes: tuple[Scene, ...]) -> Group | None:
    """The group of these cases, the most urgent first; None when no two of them can go as one."""
    head = next((scene for scene in scenes if _can_lead(scene)), None)
    if head is None:
        return None
    reasons = [(scene.case, unfit(head, scene)) for scene in scenes if scene is not head]
    joins = tuple(case.id for case, reason in reasons if reason is None)
    apart = tuple((case.number, reason) for case, reason in reasons if reason is not None)
    return Group(head=head.case.id, joins=joins, apart=apart) if joins else None


def _can_lead(scene: Scene) -> bool:
    reason = why_not("dispatch", scene)
    return scene.case.level != Level.CRITICAL and (reason is None or reason.code == "warned")


def unfit(head: Scene, other: Scene) -> Reason | None:
    """Why a case keeps an order of its own. Never joined: level 1, where a life may hang on it, what is at work, another unit's."""
    if other.case.level == Level.CRITICAL:
        return because("group_critical")
    if other.case.state not in _BEFORE_WORK:
        return because("wrong_state", act="@act.dispatch", state=f"@state.{other.case.state}")
    if refusal := why_not("merge", replace(other, args={"into": head.case.id})):
        return refusal
    if other.case.exercise != head.case.exercise:
        return because("group_exercise")
    return _other_unit(head, other)


def _other_unit(head: Scene, other: Scene) -> Reason | None:
    mine, its = head.plan, other.plan
    if its.problem or its.unit is None:
        return its.problem or because("no_unit")
    return None if mine.unit is not None and its.unit.id == mine.unit.id else because("group_unit", name=its.unit.name)


def named(scene: Scene) -> tuple[str, ...]:
    """Ids of the cases that the press joins into this one."""
    return tuple(id for id in (scene.args.get("group") or "").split(",") if id)


def guard(scene: Scene) -> Reason | None:
    """All named cases must still fit; a press is never for fewer than were shown."""
    head = replace(scene, args={})
    for id in named(scene):
        other = _other(head, id)
        if other is None:
            return because("no_such_case", case=id)
        if id == scene.case.id:
            return because("same_case")
        if unfit(head, other):
            return because("group_unfit", number=other.case.number)
    return None


def _other(scene: Scene, id: str) -> Scene | None:
    case = merge.target_of(scene.tx, id)
    return replace(scene, case=case, args={}) if case is not None else None


def join(scene: Scene, entry: Entry) -> Case:
    """Merge the named cases into this one; the case as it is then."""
    joined: list[str] = []
    for id in named(scene):
        other = _other(scene, id)
        assert other is not None  # the guard saw to it
        with scene.tx.entry("merge", subject=other.case.id, operator=scene.operator, seat=scene.seat) as own:
            merge.effect(replace(other, args={"into": scene.case.id}), own)
            own.remark(group=scene.case.number)
        joined.append(other.case.id)
    entry.remark(group=joined)
    return case_from(scene.tx.one("SELECT * FROM cases WHERE id=?", scene.case.id))  # type: ignore[arg-type]  # the caller has it


def part(scene: Scene) -> int:
    """Split what the newest press joined and is still joined, the last first; how many."""
    row = scene.tx.one(
        "SELECT after FROM journal WHERE subject=? AND act IN ('dispatch', 'escalate') ORDER BY seq DESC LIMIT 1", scene.case.id
    )
    joined = json.loads(row["after"]).get("", {}).get("", {}).get("group", []) if row else []
    parted = 0
    for id in reversed(joined):
        if scene.tx.one("SELECT 1 FROM cases WHERE id=? AND state='merged' AND merged_into=?", id, scene.case.id) is None:
            continue  # somebody has split it already
        with scene.tx.entry("split", subject=id, operator=scene.operator, seat=scene.seat) as entry:
            split.restore(scene.tx, entry, id, operator=scene.operator, seat=scene.seat)
        parted += 1
    return parted

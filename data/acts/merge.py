"""并案: two cases are one trouble. The other goes on for both, with the earliest time, the highest level and all reporters."""

from data.acts import Row, Scene
from data.acts.withdraw import withdraw_all
from data.domain.case import Case, case_from
from data.domain.reason import Reason, because
from data.domain.tables import Tables
from data.domain.vocabulary import State
from data.store.desk import Entry, Transaction
from data.words import Words

ROW = Row(
    states=frozenset({State.TRIAGE, State.OPEN, State.RETURNED, State.SENT, State.WORKING}),
    fields=("into",),
    asks=frozenset({"no_target"}),
    confirms=frozenset({"at_work"}),
)


def guard(scene: Scene) -> Reason | None:
    """Never away where a life may hang on it; only into an unfinished case of the same class group."""
    if not scene.text("into"):
        return because("no_target")
    if scene.is_life_safety:
        return because("life_safety")
    if scene.case.is_untaken_order:
        return because("accept_first")
    target = target_of(scene.tx, scene.text("into"))
    if target is None:
        return because("no_such_case", case=scene.text("into"))
    return _unfit(scene, target)


def _unfit(scene: Scene, target: Case) -> Reason | None:
    if target.id == scene.case.id:
        return because("same_case")
    if target.is_finished:
        return because("wrong_state", act="@act.merge", state=f"@state.{target.state}")
    if not same_group(scene.tables, scene.case.class_code, target.class_code):
        return because("other_group")
    if scene.working() and not scene.confirm:
        return because("at_work")
    return None


def target_of(tx: Transaction, named: str) -> Case | None:
    """The case that an id or a number names."""
    digits = named.lstrip("#")
    number = int(digits) if digits.isdigit() and len(digits) < 16 else -1
    row = tx.one("SELECT * FROM cases WHERE id=? OR number=? ORDER BY id=? DESC LIMIT 1", named, number, named)
    return case_from(row) if row else None


def same_group(tables: Tables, one: str | None, other: str | None) -> bool:
    """Whether two classes are of one group; a class that is not known yet stands against nothing."""
    if not one or not other or one == other:
        return True
    groups = [tables.classes[code].group or code[:2] if code in tables.classes else code[:2] for code in (one, other)]
    return groups[0] == groups[1]


def effect(scene: Scene, entry: Entry) -> Reason:
    """Withdraw what works on this one, move its reporters, and raise the other."""
    case, target = scene.case, target_of(scene.tx, scene.text("into"))
    assert target is not None  # the guard saw to it
    text = Words(scene.tables.language)("note.merged", number=target.number)
    former = "open" if scene.working() else str(case.state)
    withdraw_all(scene, entry, text)
    entry.update(
        "cases", case.id, {"state": "merged", "former": former, "merged_into": target.id, "closed_at": scene.now, "closed_by": scene.operator},
        expect=scene.expected(),
    )  # fmt: skip
    entry.remark(text=text)
    with scene.tx.entry("joined", subject=target.id, operator=scene.operator, seat=scene.seat) as other:
        other.update("cases", target.id, _raised(case, target))
        for report in scene.tx.conn.execute("SELECT id, filed_as FROM reports WHERE case_id=?", (case.id,)).fetchall():
            other.update("reports", report["id"], {"case_id": target.id, "filed_as": report["filed_as"] or case.id})
        other.remark(case=case.id, text=f"#{case.number}")
    return because("did_merge", number=case.number, into=target.number)


def _raised(case: Case, target: Case) -> dict[str, object]:
    """Earliest time, highest level, and the earlier deadline unless an operator chose the other's."""
    deadlines = [at for at in (case.done_by, target.done_by) if at is not None]
    keep = target.done_by_chosen or target.order_in is not None
    return {
        "opened_at": min(case.opened_at, target.opened_at), "level": min(int(case.level), int(target.level)),
        "done_by": target.done_by if keep else min(deadlines, default=None),
    }  # fmt: skip

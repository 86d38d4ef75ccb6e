"""不予立案: no case is made of it, for one of four reasons. Who sent or reported it is told."""

from data.acts import Row, Scene
from data.domain.reason import Reason, because
from data.domain.vocabulary import ReceiptKind, Role, State
from data.store.desk import Entry
from data.store.orders import take_back
from data.store.replies import reply_all
from data.words import LANGUAGES, Words

ROW = Row(
    states=frozenset({State.TRIAGE, State.OPEN, State.RETURNED}),
    fields=("reason",),
    dangerous=True,
    asks=frozenset({"no_reason"}),
    confirms=frozenset({"alarm_stands"}),
)
REASONS = ("false_alarm", "duplicate", "not_ours", "nothing_found")
"""误报, 重复, 非本辖区, 无此事: the words are `decline.<name>`."""


def guard(scene: Scene) -> Reason | None:
    """One of the four; where a life may hang on it only a supervisor decides, and nobody while its alarm stands without a second look."""
    if scene.is_life_safety and Role.SUPERVISOR not in scene.roles:
        return because("supervisor_only")
    if _reason(scene) is None:
        return because("no_reason") if not scene.text("reason") else because("reason_of_list")
    if not scene.confirm and _alarm_stands(scene):
        return because("alarm_stands")
    return None


def _alarm_stands(scene: Scene) -> bool:
    sql = "SELECT 1 FROM alarms WHERE (id=? OR case_id=?) AND cleared_at IS NULL"
    return scene.tx.one(sql, scene.case.alarm, scene.case.id) is not None


def _reason(scene: Scene) -> str | None:
    """The code of the reason, given as code or as its word in any language."""
    given = scene.text("reason").removeprefix("@decline.")
    catalogues = [Words(language) for language in LANGUAGES]
    return next((code for code in REASONS if given == code or given in {words(f"decline.{code}") for words in catalogues}), None)


def effect(scene: Scene, entry: Entry) -> Reason:
    """End it; a centre that ordered it hears `refused` with the reason."""
    case, reason = scene.case, Words(scene.tables.language)(f"decline.{_reason(scene)}")
    entry.update(
        "cases", case.id, {"state": "declined", "result": reason, "closed_at": scene.now, "closed_by": scene.operator, "failed": 0},
        expect=scene.expected(),
    )  # fmt: skip
    entry.remark(reason=reason)
    for order in scene.working():  # an assist of a returned case may still be at work
        take_back(scene.tx, entry, order, reason=reason, me=scene.me)
    reply_all(scene.tx, case, ReceiptKind.REFUSED, by=scene.operator, me=scene.me, note=reason)
    return because("did_decline", number=case.number, text=reason)


def offers(scene: Scene) -> dict[str, tuple[tuple[str, str], ...]]:
    """The four reasons."""
    return {"reason": tuple((code, f"@decline.{code}") for code in REASONS)}

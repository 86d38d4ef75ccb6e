"""What an act wants to know, as a question for the strip: read from the case table and from what the desk offers."""

from collections.abc import Sequence

from console.desk import Desk
from console.question import Question, opened
from data import acts
from data.domain.reason import Reason
from data.views.models.cases import Choice, Proposal

Fields = tuple[tuple[str, tuple[Choice, ...]], ...]
"""Fields to fill, each with what may be picked."""
_PICKED = frozenset({"class", "unit"})
"""Fields that are picked from a table and never written."""
_TITLES = {"withdraw": "strip.withdraw"}
_MOST_CHOICES = 99


def first_possible(desk: Desk, names: Sequence[str], case_id: str) -> tuple[str, Reason | None]:
    """The first of these acts that can be done to a case; when none can, the first with its reason."""
    known = [name for name in names if name.partition(".")[0] in acts.table()]
    reasons = [(name, desk.office.acts.why_not(name.partition(".")[0], case_id)) for name in known]
    possible = next((name for name, reason in reasons if not blocks(reason)), None)
    if possible is not None:
        return possible, None
    return reasons[0] if reasons else (names[0], desk.office.acts.why_not(names[0], case_id))


def blocks(reason: Reason | None) -> bool:
    """Whether this reason keeps the key from doing anything; a field that is missing is asked for, a doubt confirmed."""
    return reason is not None and reason.code not in acts.asking() | acts.confirmable()


def fields_of(desk: Desk, act: str, proposal: Proposal) -> Fields:
    """The fields that a person must fill for an act on this case; of `edit.text` only that one."""
    act, _, field = act.partition(".")
    offered = dict(desk.office.acts.choices(act, proposal.case_id))
    if field:
        return ((field, tuple(offered.get(field, ()))),)
    if act == "classify":
        # What is missing; when nothing is, the other unit that the key is for.
        return tuple(offered.items()) if proposal.problem else tuple(offered.items())[-1:]
    if act == "merge":
        return (("into", _likest(desk, proposal)),)
    known = acts.table().get(act)
    return tuple((name, tuple(offered.get(name, ())[:_MOST_CHOICES])) for name in (known.row.fields if known else ()))


def _likest(desk: Desk, proposal: Proposal) -> tuple[Choice, ...]:
    """The cases that this one may be a duplicate of, likest first; another number may be written."""
    found = desk.office.cases.duplicates(proposal.case_id)
    return tuple(Choice(value=one.case_id, name=desk.words("ask.like", number=one.number, score=round(one.score * 100))) for one in found)


def question(desk: Desk, act: str, proposal: Proposal, *, because: Reason | None = None) -> Question | str:
    """The question for an act, answered already when it needs nothing; or why it cannot even be asked.

    `because`: why the key's first act is not possible, said before what it does instead.
    """
    words = desk.words
    fields = fields_of(desk, act, proposal)
    act = act.partition(".")[0]
    empty = next((name for name, choices in fields if name in _PICKED and not choices), None)
    if empty is not None or (act == "classify" and not fields):
        name = words(f"field.{empty}") if empty else words(f"act.{act}")
        return words("strip.no_field", field=name)
    said = f"{words.say(because)} " if because else ""
    free = frozenset(name for name, _ in fields) - _PICKED
    prefill = _prefill(desk, act, proposal)
    return opened(Question(act=act, title=said + title(desk, act, proposal), proposal=proposal, fields=fields, free=free, prefill=prefill))


def title(desk: Desk, act: str, proposal: Proposal) -> str:
    """What is about to be done, and to what."""
    words, number = desk.words, proposal.number
    key = _TITLES.get(act, f"ask.{act}")
    said = words(key, number=number) if words.has(key) else words("ask.act", act=words(f"act.{act}"), number=number)
    return words("ask.many", title=words(f"act.{act}"), n=len(desk.marks)) if desk.marks else said


def _prefill(desk: Desk, act: str, proposal: Proposal) -> tuple[tuple[str, str], ...]:
    row = desk.office.cases.row_of(proposal.case_id) if act == "edit" else None
    known = {"result": proposal.result, "text": row.text if row else ""}
    return tuple((name, text) for name, text in known.items() if text and not desk.marks)

"""A question in the strip: choices by digit, nine a page, field after field; or a text. Pure: a press gives a new question."""

from dataclasses import dataclass, field, replace

from data.views.models import Choice, Proposal
from data.words import Words
from widgets.cells import width
from widgets.strip import Ask

_PAGE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is being asked for an act on one case, as it stood when the question was opened."""

    act: str
    title: str
    proposal: Proposal
    fields: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    """Fields still to be picked, the first one now."""
    picked: tuple[tuple[str, str], ...] = ()
    page: int = 0
    text_field: str = ""
    """Field that a written text fills; "" when only digits will do."""
    typed: str | None = None
    """The text so far while one is being written."""
    caret: int = field(default=0)
    """Characters before the caret."""
    confirming: str = ""
    """The consequence that must be read before the act is done anyway; Enter does it, everything else does not."""

    @property
    def answered(self) -> bool:
        """All fields are filled."""
        return not self.fields and self.typed is None

    @property
    def args(self) -> dict[str, str]:
        """What was picked."""
        return dict(self.picked)


def press_digit(question: Question, digit: int) -> Question:
    """Pick the choice with this digit on this page; 0 turns the page, or begins a text after the last one."""
    if question.confirming:
        return question
    name, choices = question.fields[0]
    if digit == 0:
        return _turned(question, len(choices))
    place = question.page * _PAGE + digit - 1
    if digit > _PAGE or place >= len(choices):
        return question
    return replace(question, fields=question.fields[1:], page=0, picked=(*question.picked, (name, choices[place].value)))


def _turned(question: Question, size: int) -> Question:
    if (question.page + 1) * _PAGE < size:
        return replace(question, page=question.page + 1)
    if question.text_field:
        return replace(question, fields=(), typed="", caret=0)
    return replace(question, page=0)


def typed(question: Question, text: str) -> Question:
    """Put `text` in at the caret."""
    before = question.typed or ""
    at = question.caret
    return replace(question, typed=before[:at] + text + before[at:], caret=at + len(text))


def edit(question: Question, key: str) -> Question:
    """Backspace, delete, left, right, home, end."""
    text, at = question.typed or "", question.caret
    moves = {"left": max(at - 1, 0), "right": min(at + 1, len(text)), "home": 0, "end": len(text)}
    if key in moves:
        return replace(question, caret=moves[key])
    if key == "backspace" and at:
        return replace(question, typed=text[: at - 1] + text[at:], caret=at - 1)
    if key == "delete":
        return replace(question, typed=text[:at] + text[at + 1 :])
    return question


def written(question: Question) -> Question:
    """The text is finished."""
    return replace(question, typed=None, picked=(*question.picked, (question.text_field, (question.typed or "").strip())))


def as_ask(question: Question, words: Words, room: int) -> Ask:
    """How the strip shows it; of a long text the part around its caret, in `room` cells."""
    if question.confirming:
        return Ask(title=question.confirming, hint=words("strip.confirm"))
    if question.typed is not None:
        shown, caret = _around_caret(question.typed, question.caret, room)
        return Ask(title=question.title, hint=words("strip.typing"), typed=shown, caret=caret)
    name, choices = question.fields[0]
    here = choices[question.page * _PAGE : (question.page + 1) * _PAGE]
    pages = -(-len(choices) // _PAGE)
    hints = [words("strip.pages", page=question.page + 1, pages=pages)] if pages > 1 else []
    if question.text_field and question.page + 1 == pages:
        hints = [words("strip.or_text")]
    hints.append(words("strip.escape"))
    title = question.title if len(question.fields) + len(question.picked) == 1 else f"{question.title} {words(f'field.{name}')}"
    return Ask(title=title, hint="  ".join(hints), choices=tuple(choice.name for choice in here))


def _around_caret(text: str, caret: int, room: int) -> tuple[str, int]:
    start = 0
    while width(text[start:caret]) > room - 2:
        start += 1
    return text[start:], width(text[start:caret])

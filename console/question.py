"""A question in the strip: choices by digit, nine a page, field after field; or a text. Pure: a press gives a new question."""

from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace

from console import text_field
from console.text_field import TextField
from data.views.models.cases import Choice, Proposal
from data.words import Words
from widgets.strip import Ask

_PAGE = 9


class Question(Struct, frozen=True, kw_only=True):
    """What is being asked for an act on one case, as it stood when the question was opened."""

    act: str
    title: str
    proposal: Proposal | None = None
    """The case as it was shown; None when it is about none."""
    then: Callable[[dict[str, str]], None] | None = None
    """What is done with the answer instead of an act on a case."""
    fields: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    """Fields still to be filled, the first one now; one without choices is written."""
    picked: tuple[tuple[str, str], ...] = ()
    page: int = 0
    free: frozenset[str] = frozenset()
    """Fields with choices that may be written as well, after the last of them."""
    text_field: str = ""
    """Field that is being written."""
    typed: str | None = None
    """The text so far while one is being written."""
    caret: int = field(default=0)
    """Characters before the caret."""
    prefill: tuple[tuple[str, str], ...] = ()
    """Fields that are written, with what stands in them at first."""
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


def opened(question: Question) -> Question:
    """The question with its first field ready: one without choices begins as a text."""
    if question.typed is not None or not question.fields or question.fields[0][1]:
        return question
    name = question.fields[0][0]
    text = dict(question.prefill).get(name, "")
    return replace(question, fields=question.fields[1:], text_field=name, typed=text, caret=len(text), page=0)


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
    return opened(replace(question, fields=question.fields[1:], page=0, picked=(*question.picked, (name, choices[place].value))))


def _turned(question: Question, size: int) -> Question:
    if (question.page + 1) * _PAGE < size:
        return replace(question, page=question.page + 1)
    if (name := question.fields[0][0]) in question.free:
        return replace(question, fields=question.fields[1:], text_field=name, typed="", caret=0)
    return replace(question, page=0)


def typed(question: Question, text: str) -> Question:
    """Put `text` in at the caret."""
    return _with(question, text_field.put(_field(question), text))


def edit(question: Question, key: str) -> Question:
    """Backspace, delete, left, right, home, end."""
    return _with(question, text_field.edit(_field(question), key))


def _field(question: Question) -> TextField:
    return TextField(question.typed or "", question.caret)


def _with(question: Question, field: TextField) -> Question:
    return replace(question, typed=field.text, caret=field.caret)


def written(question: Question) -> Question:
    """The text is finished."""
    picked = (*question.picked, (question.text_field, (question.typed or "").strip()))
    return opened(replace(question, typed=None, text_field="", picked=picked))


def as_ask(question: Question, words: Words, room: int) -> Ask:
    """How the strip shows it; of a long text the part around its caret, in `room` cells."""
    if question.confirming:
        return Ask(title=question.confirming, hint=words("strip.confirm"))
    if question.typed is not None:
        shown, caret = text_field.around_caret(_field(question), room)
        return Ask(title=_titled(question, question.text_field, words), hint=words("strip.typing"), typed=shown, caret=caret)
    name, choices = question.fields[0]
    here = choices[question.page * _PAGE : (question.page + 1) * _PAGE]
    pages = -(-len(choices) // _PAGE)
    hints = [words("strip.pages", page=question.page + 1, pages=pages)] if pages > 1 else []
    if name in question.free and question.page + 1 == pages:
        hints = [words("strip.or_text")]
    hints.append(words("strip.escape"))
    return Ask(title=_titled(question, name, words), hint="  ".join(hints), choices=tuple(choice.name for choice in here))


def _titled(question: Question, name: str, words: Words) -> str:
    """The act, and the field when there is more than one."""
    if len(question.fields) + len(question.picked) + (question.typed is not None and not question.fields) <= 1:
        return question.title
    return f"{question.title} {words(f'field.{name}')}"

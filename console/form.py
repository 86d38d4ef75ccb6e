"""`i`: the phone-taker's form. The cursor starts in what happened; class and place are guessed as one types; one key files it."""

from collections.abc import Sequence

from console import text_field
from console.desk import Desk
from console.text_field import TextField
from data.acts import Refused
from data.pinyin import matches
from data.views.models.cases import Choice
from data.words import Words
from widgets.cells import wrap
from widgets.lines import Line, Piece, cell, gap, line
from widgets.strip import Ask
from widgets.theme import Ground, Tone

FIELDS = ("text", "address", "class", "grid", "name", "phone")
_PICKED = frozenset({"class", "grid"})


class Form:
    """A report being written down. What a person wrote is never overwritten by a guess."""

    covers = True

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.fields = {name: TextField() for name in FIELDS}
        self.at = 0
        self._leaving = False
        self._offers = desk.office.phone.offers()

    @property
    def name(self) -> str:
        """The field that is being written."""
        return FIELDS[self.at]

    def text(self, signs: str) -> None:
        """More of this field."""
        self._leaving = False
        self.fields[self.name] = text_field.put(self.fields[self.name], signs, 500)

    def key(self, name: str) -> None:
        """F2 or Enter files; Tab and arrows change the field; Esc twice throws away what was written."""
        if name == "escape":
            self._leave()
            return
        self._leaving = False
        if name in {"f2", "enter"}:
            self._file()
        elif name in {"tab", "down"}:
            self.at = (self.at + 1) % len(FIELDS)
        elif name in {"shift+tab", "up"}:
            self.at = (self.at - 1) % len(FIELDS)
        else:
            self.fields[self.name] = text_field.edit(self.fields[self.name], name)

    def _leave(self) -> None:
        if self._leaving or not any(field.text for field in self.fields.values()):
            self._desk.overlay = None
            self._desk.hush()
        else:
            self._leaving = True
            self._desk.say(self._desk.words("form.leave"), bad=True)

    # --- what it stands for

    def value(self, field: str) -> str:
        """What will be filed: what was written, else the guess; for class and grid its code."""
        written = self.fields[field].text.strip()
        if field in _PICKED:
            found = _named(self._offers[field], written) if written else None
            return found.value if found else "" if written else self._guessed(field)
        return written or (self._guessed(field) if field == "address" else "")

    def _guessed(self, field: str) -> str:
        guess = self._desk.office.phone.guess(self.fields["text"].text, self.fields["address"].text)
        return {"class": guess.class_code, "grid": guess.grid, "address": guess.place}.get(field) or ""

    def _file(self) -> None:
        desk = self._desk
        values = {name: self.value(name) for name in FIELDS}
        unknown = next((name for name in sorted(_PICKED) if self.fields[name].text.strip() and not values[name]), None)
        if unknown is not None:
            desk.say(desk.words("form.unknown", field=desk.words(f"form.{unknown}"), text=self.fields[unknown].text), bad=True)
            return
        outcome = desk.office.phone.file(**{name: value or None for name, value in values.items()})
        if isinstance(outcome, Refused):
            desk.say(desk.words.say(outcome.reason), bad=True)
            return
        desk.overlay = None
        desk.did()
        desk.say(desk.words.say(outcome.said))
        desk.cut(None)
        desk.go("cases")
        desk.set_cursor(outcome.case_id)

    # --- looks

    def ask(self, words: Words, room: int) -> Ask:
        """The field being written."""
        shown, caret = text_field.around_caret(self.fields[self.name], room)
        return Ask(title=words("form.title", field=words(f"form.{self.name}")), hint=words("form.hint"), typed=shown, caret=caret)

    def lines(self, words: Words, width: int, height: int) -> list[Line]:
        """All fields with what stands in them, then why it was guessed so."""
        lines = [line(gap(), (words("form.heading"), Tone.STRONG)), Line()]
        for at, name in enumerate(FIELDS):
            lines += self._field_lines(words, name, width, here=at == self.at)
        guess = self._desk.office.phone.guess(self.fields["text"].text, self.fields["address"].text)
        if self.fields["text"].text:
            lines += [Line(), *(line(gap(), (words.say(reason), Tone.DIM)) for reason in guess.why)]
        return lines[:height]

    def _field_lines(self, words: Words, name: str, width: int, *, here: bool) -> list[Line]:
        shown, tone = self._shown(words, name)
        parts = wrap(shown, width - 16) or [""]
        ground = Ground.CURSOR if here else Ground.SCREEN
        mark: Piece = (">", Tone.KEY) if here else gap()
        first = Line((mark, cell(words(f"form.{name}"), 12, Tone.DIM), (parts[0], tone)), ground)
        return [first, *(Line((gap(), gap(12), (part, tone)), ground) for part in parts[1:])]

    def _shown(self, words: Words, name: str) -> tuple[str, Tone]:
        """A written value plain, a guess dim and called one."""
        written, value = self.fields[name].text, self.value(name)
        said = next((choice.name for choice in self._offers.get(name, ()) if choice.value == value), value)
        if written:
            return (f"{written} = {said or words('form.nothing')}" if name in _PICKED and said != written else written), Tone.STRONG
        return (words("form.guessed", value=said), Tone.TEXT) if said else ("", Tone.DIM)


def _named(choices: Sequence[Choice], text: str) -> Choice | None:
    """The choice that a text names: whole, then in part, then by its initials; the first of several."""
    exact = [choice for choice in choices if text in {choice.value, choice.name}]
    near = [choice for choice in choices if text in choice.name]
    return next(iter([*exact, *near, *(choice for choice in choices if matches(text, choice.name))]), None)

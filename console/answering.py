"""Keys while a question is open in the strip: digits, Enter, Esc, and text where a text is wanted."""

from console.acting import Acting
from console.desk import Desk
from console.question import Question, edit, press_digit, typed, written


class Answering:
    """Answers for one desk; an answered question is acted on at once."""

    def __init__(self, desk: Desk, acting: Acting) -> None:
        self.desk = desk
        self._acting = acting

    def digit(self, pressed: int) -> None:
        """A digit for the question that is open."""
        assert self.desk.question is not None
        if self.desk.question.fields:
            self._take(press_digit(self.desk.question, pressed))

    def key(self, name: str) -> None:
        """A key other than a sign, for the question that is open."""
        question = self.desk.question
        assert question is not None
        if name == "escape":
            self.desk.question = None
        elif question.confirming:
            self._confirm(question, name)
        elif question.typed is None:
            self._take(press_digit(question, 0) if name in {"pagedown", "pageup"} else question)
        elif name == "enter":
            self._save(question)
        else:
            self.desk.question = edit(question, name)

    def _confirm(self, question: Question, name: str) -> None:
        if name == "enter":
            self.desk.question = None
            self._do(question, confirm=True)

    def text(self, signs: str) -> None:
        """Signs for the text field, typed or pasted."""
        question = self.desk.question
        if question is not None and question.typed is not None:
            self.desk.question = typed(question, " ".join(signs.split()) if len(signs) > 1 else signs)

    def _save(self, question: Question) -> None:
        if not (question.typed or "").strip():
            self.desk.say(self.desk.words("seat.empty_text"), bad=True)
            self.desk.question = None
        else:
            self._take(written(question))

    def _take(self, question: Question) -> None:
        """Keep the question, or do its act once it is answered."""
        if not question.answered:
            self.desk.question = question
            return
        self.desk.question = None
        self._do(question, confirm=False)

    def _do(self, question: Question, *, confirm: bool) -> None:
        if question.then is not None:
            question.then(question.args)
        elif question.proposal is not None:
            self._acting.act(question.act, question.proposal, confirm=confirm, args=question.args)

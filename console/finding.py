"""`/`: the list filtered as one types, on text, number, unit, kind and pinyin initials; Esc gives back view and cursor."""

from collections.abc import Callable, Sequence

from console import text_field
from console.desk import Desk
from console.rows import Cut, Rows
from console.text_field import TextField
from data.views.models.cases import CaseRow
from data.words import Words
from widgets.lines import Line
from widgets.strip import Ask

_MOST = 200


class Finder:
    """A filter being typed. The queue under it shows what it finds."""

    covers = False

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._before: tuple[Rows, str | None, int] = (desk.rows, desk.cursor, desk.line)
        self.field = TextField()
        self.everything = False

    def text(self, signs: str) -> None:
        """More of the text."""
        self.field = text_field.put(self.field, signs, 80)
        self._apply()

    def key(self, name: str) -> None:
        """Enter keeps the filter, Esc gives back what was, Tab looks at open cases or at all; arrows move."""
        if name == "escape":
            self._give_back()
        elif name == "enter":
            self._desk.overlay = None
            if not self.field.text.strip():
                self._give_back()
        elif name == "tab":
            self.everything = not self.everything
            self._apply()
        elif name in {"up", "down", "pageup", "pagedown"}:
            self._desk.move({"up": -1, "down": 1, "pageup": -9, "pagedown": 9}[name])
        else:
            self.field = text_field.edit(self.field, name)
            self._apply()

    def _apply(self) -> None:
        words, text = self._desk.words, self.field.text.strip()
        if not text:
            self._desk.cut(None)
            return
        scope = words("find.all" if self.everything else "find.open")
        self._desk.cut(Cut(title=words("find.title", text=text, scope=scope), load=self._found))

    def _found(self) -> Sequence[CaseRow]:
        text = self.field.text.strip()
        rows = self._desk.office.cases.search(text, self.everything, _MOST).rows
        return rows if self.everything else sorted(rows, key=lambda row: (row.level, not row.waits_on_me, row.due is None, row.due or 0))

    def _give_back(self) -> None:
        self._desk.overlay = None
        self._desk.rows, self._desk.cursor, self._desk.line = self._before
        self._desk.rows.refresh()
        self._desk.position = (self._desk.rows.position(self._desk.cursor) or 0) if self._desk.cursor else 0

    def ask(self, words: Words, room: int) -> Ask:
        """The line being typed."""
        shown, caret = text_field.around_caret(self.field, room)
        total = self._desk.rows.page(1).total if self.field.text.strip() else 0
        title = words("find.asking", scope=words("find.all" if self.everything else "find.open"), n=total)
        return Ask(title=title, hint=words("find.hint"), typed=shown, caret=caret)

    def lines(self, words: Words, width: int, height: int) -> list[Line]:
        """Nothing: the list stays in sight."""
        return []


class LineOf:
    """A line of text for something that is no act on a case (a line for the next shift)."""

    covers = False

    def __init__(self, desk: Desk, title: str, save: Callable[[str], None]) -> None:
        self._desk, self._title, self._save = desk, title, save
        self.field = TextField()

    def text(self, signs: str) -> None:
        """More of the text."""
        self.field = text_field.put(self.field, " ".join(signs.split()) if len(signs) > 1 else signs, 200)

    def key(self, name: str) -> None:
        """Enter keeps, Esc throws away."""
        if name not in {"escape", "enter"}:
            self.field = text_field.edit(self.field, name)
            return
        self._desk.overlay = None
        if name == "enter":
            self._save(self.field.text.strip())

    def ask(self, words: Words, room: int) -> Ask:
        """The line being typed."""
        shown, caret = text_field.around_caret(self.field, room)
        return Ask(title=self._title, hint=words("strip.typing"), typed=shown, caret=caret)

    def lines(self, words: Words, width: int, height: int) -> list[Line]:
        """Nothing: the place stays in sight."""
        return []

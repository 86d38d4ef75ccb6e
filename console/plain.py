"""`paidan --plain`: the queue as numbered lines and the same keys, one a line; for braille displays, serial lines and scripts.

No escape codes, no colour, nothing repainted: what was said stays said. The same desk, keys and guards as on the screen; a line
that was entered is a deliberate press, so the guard's times do not apply to it.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from console.act_guard import ActGuard
from console.acting import shown_key
from console.bell import Bell
from console.desk import Desk, Picture, Wanted
from console.desk_keys import DeskKeys
from console.form import FIELDS, Form
from console.keys import Keymap
from console.places.base import Room
from console.plain_shift import PLACE, PlainShift
from console.question import as_ask
from data.office import Office
from data.views.models.cases import CaseRow
from data.words import Words
from widgets.cells import plain
from widgets.detail import detail_lines
from widgets.lines import Line
from widgets.strip import StripView, strip_lines
from widgets.theme import Depth, Theme
from widgets.times import left

_ROWS = 20
_WIDTH = 400
"""Wide enough that no sentence is cut."""
_READ_S = 1.0
"""A line takes at least so long to type: the monotonic seconds that pass from one to the next."""
_PAGES = {"]": 1, "[": -1}
_QUIT = {"q", "quit", "exit", "退出"}
_HELP = {"?", "？", "help", "帮助", ":", "："}
"""Of a bare colon the palette's first line would be done, and nobody has heard which that is."""
_FUNCTION = re.compile(r"[fF]([1-9]|1[0-2])")
_PAGE = Room(100, 60)
"""What is read of a place that is a page."""


class Plain:
    """One seat by lines."""

    def __init__(self, office: Office, say: Callable[[str], None]) -> None:
        self._time = 0.0
        self._office, self._say = office, say
        self.desk = Desk(office, Words(office.info.language, dict(office.info.names)), lambda: self._time)
        self.desk.place = "cases"
        self._guard = ActGuard(lambda: self._time)
        self.keys = DeskKeys(self.desk, self._guard, Bell(), keymap=Keymap(dict(office.info.keys)))
        self.keys.quit = self._end
        self._shift = PlainShift(self.keys)
        self.ended = False
        self._theme = Theme(Depth.MONO)

    def run(self, lines: Iterable[str]) -> int:
        """Answer line after line until `q` or the end of the input; the exit code."""
        self._tell_all(self._look())
        for line in lines:
            self._time += _READ_S
            self._office.changed()
            self.desk.changed()
            self._take(line.rstrip("\r\n"))
            if self.ended:
                return 0
            self._time += _READ_S
        return 0

    def _end(self) -> None:
        self.ended = True

    # --- in

    def _take(self, line: str) -> None:
        """One line: an answer while something is asked, a field's text while one is written, else a key, a number or a search."""
        text, title, place = line.strip(), self.desk.rows.title, self.desk.place
        if self.desk.question is not None:
            self._answer(text)
        elif self.desk.overlay is not None:
            self._write(text)
        elif self._told_at_once(text):
            return
        elif not (self._shift.is_open and self._shift.obey(text)):
            self._obey(text)
        if self.keys.pages.name not in {"", "overlay", PLACE}:
            self._read_page()
        asked = not text or text in _PAGES or text.startswith(("/", "、"))
        self._tell(self._look(), whole=asked or (self.desk.rows.title, self.desk.place) != (title, place))

    def _told_at_once(self, text: str) -> bool:
        """Lines that only tell something, or end it."""
        if text.lower() in _QUIT:
            self.ended = True
        elif text.lower() in _HELP:
            self._say(plain(self.desk.words("plain.help_handover" if self._shift.is_open else "plain.help")))
        elif text == "l" and not self._shift.is_open:
            self._detail()
        else:
            return False
        return True

    def _obey(self, text: str) -> None:
        if text in _PAGES:
            self.keys.looking.turn(_PAGES[text])
            self.desk.line = 0
        elif text.isdigit():
            self._go(int(text))
        elif text.startswith(("/", "、")):
            self._find(text[1:].strip())
        elif text.startswith((":", "：")):
            self._command(text[1:])
        elif text:
            self._press(text)

    def _press(self, text: str) -> None:
        name = text.lower() if _FUNCTION.fullmatch(text) else text
        character = text if len(text) == 1 else None
        if self.keys.keymap.meaning(name, character) is None or len(text) > 3:
            self.desk.say(self.desk.words("plain.unknown", text=text), bad=True)
        else:
            self.keys.key(name, character)

    def _write(self, text: str) -> None:
        """A line for the form's next field, F2 after the last or before it; for a search or a command, all of it."""
        overlay = self.desk.overlay
        assert overlay is not None
        if text == ".":
            self._drop()
        elif not isinstance(overlay, Form):
            overlay.text(text)
            overlay.key("enter")
            self._drop()
        elif text in {"F2", "f2"}:
            overlay.key("f2")
        else:
            overlay.text(text)
            overlay.key("f2" if overlay.name == FIELDS[-1] else "tab")

    def _drop(self) -> None:
        """Out of what was being written; the form asks once more where something stands in it."""
        for _ in range(2):
            if self.desk.overlay is not None:
                self.desk.overlay.key("escape")

    def _read_page(self) -> None:
        """A place that is a page is read out once; the list has its keys again."""
        page, picture = self.keys.pages.current, self._look()
        for each in page.lines(picture, _PAGE) if page else ():
            if text := _text(each):
                self._say(plain(text))
        self.desk.helping = False
        if self.desk.place not in {"cases", PLACE}:
            self.desk.go("cases")

    def _answer(self, text: str) -> None:
        question = self.desk.question
        assert question is not None
        if not text:
            self.keys.answering.key("escape")
        elif question.confirming:
            self.keys.answering.key("enter" if text in {"y", "Y"} else "escape")
        elif question.typed is not None:
            self.keys.answering.text(text)
            self.keys.answering.key("enter")
        elif text.isdigit():
            self.keys.answering.digit(int(text))

    def _go(self, number: int) -> None:
        """To the case with this number on the list that was read, or with this number of its own."""
        picture = self.keys.picture
        rows = picture.page.rows if picture else ()
        found = rows[number - 1].id if 1 <= number <= len(rows) else self._office.cases.find(str(number))
        if found is None:
            self.desk.say(self.desk.words("palette.no_subject", text=str(number)), bad=True)
        else:
            self.desk.set_cursor(found)

    def _find(self, text: str) -> None:
        self.desk.cut(None)
        if text:
            self.keys.find_cases(text)
            self.keys.key("enter", None)

    def _command(self, text: str) -> None:
        self.keys.key("colon", ":")
        self.keys.paste(text)
        self.keys.key("enter", None)

    # --- out

    def _look(self) -> Picture:
        """Read, and let the guard know that it was said."""
        picture = self.desk.read(Wanted(rows=_ROWS, panels=0, spark=0, detail=False))
        self.keys.drawn(picture, _ROWS)
        self._guard.painted(shown_key(picture.proposal))
        return picture

    def _tell_all(self, picture: Picture) -> None:
        self._tell(picture, whole=True)

    def _tell(self, picture: Picture, *, whole: bool) -> None:
        """The list when it was asked for; then always what the one key would do, what was said, and what is asked."""
        if whole:
            for text in self._shift.sheet(picture) if self._shift.is_open else self._list(picture):
                self._say(plain(text))
        told = self._shift.now(picture) if self._shift.is_open and self.desk.overlay is None and self.desk.question is None else self._strip(picture)
        for text in told:
            self._say(plain(text))
        self.desk.hush()
        self._say(plain(self._prompt()))

    def _list(self, picture: Picture) -> Iterator[str]:
        words, counts, page = self.desk.words, picture.counts, picture.page
        yield words(
            "plain.counts", open=counts.open, sent=counts.sent, working=counts.working, verify=counts.to_verify, late=counts.late,
            abnormal=counts.abnormal, lost=counts.lost,
        )  # fmt: skip
        if self.desk.rows.title:
            yield words("rows.title", title=self.desk.rows.title, total=page.total)
        if not page.rows:
            yield words("plain.empty")
            return
        for number, row in enumerate(page.rows, 1):
            yield self._row(number, row, picture.now)
        yield words("plain.rows", first=page.offset + 1, last=page.offset + len(page.rows), total=page.total)

    def _row(self, number: int, row: CaseRow, now: int) -> str:
        words = self.desk.words
        level = f"{int(row.level)}{words(f'level.{int(row.level)}')}"
        return words(
            "plain.case", n=number, level=level, left=left(row.due, now, words), state=words(f"state.{row.state}"),
            class_name=words.named(row.class_name), number=row.number, text=("!! " if row.failed else "") + row.text, place=row.place,
        )  # fmt: skip

    def _strip(self, picture: Picture) -> Iterator[str]:
        desk, words = self.desk, self.desk.words
        if picture.cursor is not None and desk.question is None and desk.overlay is None:
            row = picture.cursor
            level = f"{int(row.level)}{words(f'level.{int(row.level)}')}"
            yield words("plain.cursor", number=row.number, level=level, state=words(f"state.{row.state}"))
        ask = as_ask(desk.question, words, _WIDTH) if desk.question else None
        if desk.overlay is not None:
            written = desk.overlay.ask(words, _WIDTH)
            yield f"{written.title}: {written.typed or ''}"
            if desk.said is not None:
                yield desk.said.text
            return
        warned = picture.proposal is not None and desk.warned == picture.proposal.digest != ""
        view = StripView(
            proposal=picture.proposal, grace=picture.grace, followed=picture.followed, said=desk.said, ask=ask, warned=warned, marked=len(desk.marks)
        )
        zone = self._office.info.zone
        for line in strip_lines(view, now=picture.now, zone=zone, words=words, width=_WIDTH, theme=self._theme):
            if text := _text(line):
                yield text

    def _prompt(self) -> str:
        words, question = self.desk.words, self.desk.question
        if self.desk.overlay is not None:
            return words("plain.field")
        if question is None:
            return words("plain.prompt_handover" if self._shift.is_open else "plain.prompt")
        return words("plain.confirm" if question.confirming else "plain.typing" if question.typed is not None else "plain.digits")

    def _detail(self) -> None:
        """The case under the cursor, whole; who ordered it learns that it was seen."""
        cursor = self.desk.cursor
        detail = self._office.cases.detail(cursor) if cursor else None
        if cursor is None or detail is None:
            self._say(plain(self.desk.words("seat.no_case")))
            return
        self._office.acts.see(cursor)
        zone, words = self._office.info.zone, self.desk.words
        for line in detail_lines(detail, self._office.acts.proposal(cursor), now=self._office.now(), zone=zone, words=words, width=100):
            if text := _text(line):
                self._say(plain(text))


def _text(line: Line) -> str:
    return " ".join("".join(text for text, _ in line.pieces).split())

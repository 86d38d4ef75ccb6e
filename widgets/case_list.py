"""The queue as lines. The cursor is a case, not a row: it stays on its case, on the same screen line, while rows move."""

from collections.abc import Container, Sequence

from msgspec import Struct
from textual.events import Click
from textual.message import Message

from data.domain.vocabulary import Level, State
from data.views.models.cases import CaseRow
from data.words import Words
from widgets.lines import Line, Piece, apart, cell, gap
from widgets.pane import Pane
from widgets.theme import Ground, Tone
from widgets.times import short_left

_SOON = 10 * 60_000
"""A deadline nearer than this is orange."""
_COLUMNS = {"zh": (5, 4), "en": (6, 5)}
"""Cells of level and state, by the length of a language's words."""
_MINE = frozenset({State.TRIAGE, State.OPEN, State.RETURNED})
LEVEL_TONES = {Level.CRITICAL: Tone.LEVEL1, Level.HIGH: Tone.LEVEL2, Level.MEDIUM: Tone.TEXT, Level.NOTE: Tone.DIM}


class Window(Struct, frozen=True):
    """Which part of the queue is on the screen."""

    top: int
    """Index in the queue of the first line shown."""
    line: int
    """Screen line of the cursor."""


def window(position: int, line: int, height: int, total: int) -> Window:
    """Where the window stands so that the case at `position` of the queue is on screen line `line` if that can be.

    The window never runs beyond the queue's ends while there is a queue to fill it.
    """
    height = max(height, 1)
    line = min(max(line, 0), height - 1)
    top = min(max(position - line, 0), max(total - height, 0))
    return Window(top, position - top)


class CaseList(Pane):
    """Rows of a page of the queue; what to show is decided above it, by the place."""

    class Pointed(Message):
        """The mouse pointed at the row on this line of the list: the cursor may go there, and nothing is done."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    def on_click(self, event: Click) -> None:
        """A click is a wish for the cursor, never an act."""
        event.stop()
        self.post_message(self.Pointed(event.y))

    def show_rows(self, rows: Sequence[CaseRow], *, cursor: str | None, now: int, words: Words, width: int, marks: Container[str] = ()) -> None:
        """Show these rows, the cursor on the case with this id, a star at each that is marked."""
        painted = self._theme.paints_cursor
        self.show([
            row_line(row, cursor=row.id == cursor, marked=row.id in marks, painted=painted, now=now, words=words, width=width) for row in rows
        ])  # fmt: skip


def header(words: Words, width: int) -> Line:
    """Names of the columns."""
    text, (level, state) = _text_width(width, words), _COLUMNS[words.language]
    names = (("level", level + 1, "left"), ("left", 6, "right"), ("", 2, "left"), ("state", state + 1, "left"), ("class", 9, "left"))
    columns = [cell(words(f"column.{name}") if name else "", size, Tone.DIM, align) for name, size, align in names]
    more = (cell(words("column.text"), text + 1, Tone.DIM), cell(words("column.place"), 11, Tone.DIM))
    return Line((gap(), *columns, *more))


def row_line(row: CaseRow, *, cursor: bool, now: int, words: Words, width: int, painted: bool = True, marked: bool = False) -> Line:
    """One case, exactly in its columns; `!!` before the text when an order of it failed. `painted`: the cursor is a ground too."""
    painted = painted and cursor
    mark = (">", Tone.KEY) if cursor else gap()
    pieces = (mark, *badge(row.level, words), ("*", Tone.KEY) if marked else gap(), _left(row, now, words), gap(2))
    text = ("!! " if row.failed else "") + (_incident(row, words) if row.count > 1 else row.text)
    tone = Tone.LATE if row.failed else Tone.STRONG if painted else Tone.TEXT
    columns = (
        cell(words(f"state.{row.state}"), _COLUMNS[words.language][1], Tone.TEXT if row.state in _MINE else Tone.DIM),
        gap(),
        cell(words.named(row.class_name), 8, Tone.TEXT),
        gap(),
        cell(text, _text_width(width, words), tone),
        gap(),
        cell(row.place, 11, Tone.DIM),
    )
    return Line((*pieces, *columns), Ground.CURSOR if painted else Ground.SCREEN)


def _incident(row: CaseRow, words: Words) -> str:
    """`事件 23 处 (+9/5分) 望江路下穿道积水`: the row stands for so many cases, the most urgent one in words."""
    recent = f" {words('rows.recent', n=row.recent)}" if row.recent else ""
    return f"{words('rows.incident', n=row.count)}{recent} {row.text}"


def cut_title(title: str, total: int, words: Words) -> Line:
    """Over a list that is not the whole queue: what it is, and the way back."""
    return Line((gap(), (words("rows.title", title=title, total=total), Tone.LEVEL2)))


def badge(level: Level, words: Words) -> tuple[Piece, ...]:
    """`1特急`, `1 CRIT`: digit and word, so that the colour is never alone."""
    return (cell(level_text(level, words), _COLUMNS[words.language][0], LEVEL_TONES[level]),)


def no_badge(words: Words, said: str = "") -> Piece:
    """What stands in the badge's column where there is none."""
    return cell(said, _COLUMNS[words.language][0], Tone.DIM)


def level_text(level: Level, words: Words) -> str:
    """The badge's text; letters stand apart from the digit."""
    name = words(f"level.{int(level)}")
    return f"{int(level)}{apart(name)[0]}{name}"


def _left(row: CaseRow, now: int, words: Words) -> Piece:
    text = short_left(row.due, now, words)
    if row.due is None:
        tone = Tone.DIM
    elif row.due < now:
        tone = Tone.LATE
    elif row.due - now < _SOON and row.level <= Level.HIGH:
        tone = Tone.LEVEL2
    else:
        tone = Tone.TEXT if row.level <= Level.HIGH else Tone.DIM
    return cell(text, 6, tone, "right")


def _text_width(width: int, words: Words) -> int:
    """What is left for the text: all but the fixed columns."""
    return max(width - 33 - sum(_COLUMNS[words.language]), 8)

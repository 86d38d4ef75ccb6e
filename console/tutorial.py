"""The lesson: every key once, on invented cases at a desk of its own. Each step says one key and waits until it has been done."""

from collections.abc import Callable
from dataclasses import dataclass

from console.bell import Bell
from console.desk import Desk
from console.desk_keys import DeskKeys


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done, by the word `tutorial.<name>`, and how it is known that it was."""

    name: str
    done: Callable[["Lesson"], bool]


class Lesson:
    """One person's way through the steps. Look at `Desk.lesson` for what it says now."""

    def __init__(self, keys: DeskKeys, bell: Bell) -> None:
        self.keys, self.desk, self.bell = keys, keys.desk, bell
        self.at = 0
        self.turns = 0
        self.start = self.desk.cursor
        self._thin = keys.thin
        keys.thin, keys.after = self._turn, self.look
        self._say()

    def _turn(self) -> bool:
        self.turns += 1
        return self._thin()

    @property
    def finished(self) -> bool:
        """All of it was done."""
        return self.at >= len(STEPS)

    def look(self) -> None:
        """After each key: on to the next step when this one was done."""
        if not self.finished and STEPS[self.at].done(self):
            self.at += 1
            self.start = self.desk.cursor
        self._say()

    def _say(self) -> None:
        words = self.desk.words
        if self.finished:
            self.desk.lesson = words("tutorial.done")
        else:
            head = words("tutorial.title", at=self.at + 1, of=len(STEPS))
            self.desk.lesson = f"{head}  {words(f'tutorial.{STEPS[self.at].name}')}"

    def did(self, act: str) -> bool:
        """Whether this act stands in the journal."""
        return any(line.act == act for line in self.desk.office.journal.page(3).lines)


def _nothing_open(desk: Desk) -> bool:
    return desk.overlay is None and desk.question is None


STEPS: tuple[Step, ...] = (
    Step("move", lambda lesson: lesson.desk.cursor != lesson.start),
    Step("dispatch", lambda lesson: lesson.did("dispatch")),
    Step("undo", lambda lesson: lesson.did("undo")),
    Step("acknowledge", lambda lesson: lesson.did("acknowledge")),
    Step("note", lambda lesson: lesson.did("note")),
    Step("close", lambda lesson: lesson.did("decline")),
    Step("find", lambda lesson: bool(lesson.desk.rows.title) and _nothing_open(lesson.desk)),
    Step("back", lambda lesson: not lesson.desk.rows.title),
    Step("merge", lambda lesson: lesson.did("merge")),
    Step("mark", lambda lesson: len(lesson.desk.marks) > 1),
    Step("mute", lambda lesson: lesson.bell.muted(lesson.desk.clock())),
    Step("thin", lambda lesson: lesson.turns > 1),
    Step("handover", lambda lesson: lesson.desk.place == "handover"),
)

"""F1: the keys here, each with its present state; one that cannot act now says why."""

from textual.app import ComposeResult

from console.acting import blocks
from console.desk import Desk, Picture, Wanted
from console.keys import KEYS, Key, KeyDef
from console.places.base import Place, Room
from console.places.cases import paged
from widgets.lines import Line, cell, gap, line
from widgets.pane import Pane
from widgets.theme import Ground, Theme, Tone


class HelpPlace(Place):
    """One page of text."""

    def __init__(self, theme: Theme, *, id: str) -> None:
        super().__init__(theme, id=id)
        self._page = Pane(theme)

    def compose(self) -> ComposeResult:
        """One pane."""
        yield self._page

    def wanted(self, desk: Desk, room: Room) -> Wanted:
        """A page of rows, so that the cursor keeps its case."""
        return Wanted(rows=room.height, panels=0, spark=0, detail=False)

    def draw(self, desk: Desk, picture: Picture, room: Room) -> None:
        """Every key with its present state."""
        lines = [_title(desk, picture), *(_key(each, desk, picture) for each in KEYS)]
        self._page.show(paged(lines, desk, room.height, Ground.SCREEN))


def _title(desk: Desk, picture: Picture) -> Line:
    words = desk.words
    case = picture.cursor
    where = words("help.case", number=case.number, state=words(f"state.{case.state}")) if case else words("strip.empty")
    return line(gap(), (words("help.title"), Tone.STRONG), gap(2), (where, Tone.DIM), gap(2), (words("help.back"), Tone.DIM))


def _key(each: KeyDef, desk: Desk, picture: Picture) -> Line:
    words = desk.words
    name = cell(words(f"key.{each.key}"), 14, Tone.STRONG)
    return line(gap(2), cell(each.shown, 10, Tone.KEY), name, (_state(each, desk, picture), Tone.TEXT))


def _state(each: KeyDef, desk: Desk, picture: Picture) -> str:
    """What the key would do to the case under the cursor."""
    words, proposal = desk.words, picture.proposal
    if each.key is Key.STEP and proposal is not None and proposal.step is not None:
        return words(f"act.{proposal.step}")
    act = {Key.STEP: "dispatch", Key.UNDO: "" if picture.grace else "withdraw"}.get(each.key, each.act)
    if not act:
        return ""
    reason = desk.office.why_not(act, proposal.case_id) if proposal else None
    if proposal is None:
        return words("help.cannot", reason=words("seat.no_case"))
    return words("help.cannot", reason=words.say(reason)) if reason and blocks(reason) else words("help.can")

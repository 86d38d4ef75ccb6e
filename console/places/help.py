"""F1: the keys here, each with its present state; one that cannot act now says why."""

from console.asking import blocks, first_possible
from console.desk import Picture
from console.keys import Key, KeyDef, Keymap
from console.pages import Page, Pages
from console.places.base import Room
from console.places.cases import paged
from widgets.lines import Line, cell, gap, line
from widgets.theme import Ground, Tone


class HelpPage(Page):
    """One page of text, about the place it lies over."""

    keymap: Keymap
    pages: Pages

    def lines(self, picture: Picture, room: Room) -> list[Line]:
        """Every key with its present state."""
        return paged([self._title(picture), *self._keys(picture)], self.desk, room.height, Ground.SCREEN)

    def _keys(self, picture: Picture) -> list[Line]:
        page = None if self.desk.place in {"board", "cases"} else self.pages.of(self.desk.place)
        here = page.meanings if page else {}
        first = [self._line(self.keymap.of(key), word, "") for key, word in here.items()]
        rest = [self._line(each, f"key.{each.key}", self._state(each, picture)) for each in self.keymap.keys if each.key not in here]
        return [*first, *rest]

    def _title(self, picture: Picture) -> Line:
        words, case = self.desk.words, picture.cursor
        where = words("help.case", number=case.number, state=words(f"state.{case.state}")) if case else words("strip.empty")
        return line(gap(), (words("help.title"), Tone.STRONG), gap(2), (where, Tone.DIM), gap(2), (words("help.back"), Tone.DIM))

    def _line(self, each: KeyDef, word: str, state: str) -> Line:
        return line(gap(2), cell(each.shown, 10, Tone.KEY), cell(self.desk.words(word), 14, Tone.STRONG), (state, Tone.TEXT))

    def _state(self, each: KeyDef, picture: Picture) -> str:
        """What the key would do to the case under the cursor."""
        words, proposal = self.desk.words, picture.proposal
        if each.key is Key.STEP and proposal is not None and proposal.step is not None:
            return words(f"act.{proposal.step}")
        names = {Key.STEP: ("dispatch",), Key.UNDO: () if picture.grace else ("withdraw",)}.get(each.key, each.acts)
        if not names:
            return ""
        if proposal is None:
            return words("help.cannot", reason=words("seat.no_case"))
        act, reason = first_possible(self.desk, names, proposal.case_id)
        if reason is not None and blocks(reason):
            return words("help.cannot", reason=words.say(reason))
        if act == names[0]:
            return words("help.can")
        # The key does something else here: say why not the first, and what instead.
        why = self.desk.office.acts.why_not(names[0], proposal.case_id)
        instead = words("help.instead", act=words(f"act.{act.partition('.')[0]}"))
        return f"{words.say(why)} {instead}" if why else instead


PAGE = HelpPage

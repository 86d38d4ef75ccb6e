"""`:` — every act and place by name, the impossible ones grey with their reason; `d 2041 红星` in one line."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from console import text_field
from console.acting import Acting
from console.asking import blocks, fields_of
from console.desk import Desk
from console.keys import Key, Keymap
from console.pages import Pages
from console.sensing import SensorHits, open_trend
from console.text_field import TextField
from data import acts
from data.acts import Refused
from data.pinyin import matches
from data.views.models.cases import Proposal
from data.words import Words
from widgets.lines import Line, cell, gap
from widgets.sensor_panel import value_text
from widgets.strip import Ask
from widgets.theme import Ground, Tone

_HIDDEN = frozenset({"see", "undo"})
"""Acts that are done by looking, or have a meaning of their own beside the case under the cursor."""
_PLACES = ("since", "board", "cases", "trends", "journal", "supervision", "health", "handover", "vitals", "warnings")
_SENSORS = 20
"""Sensors that are offered; who has more writes one sign more (judgement)."""
_LOCAL = frozenset({Key.SPAN, Key.OUTPUT, Key.EARLIER, Key.LATER})
"""Keys that only some places know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the palette."""

    name: str
    """What may be typed for it."""
    word: str
    letter: str
    run: Callable[[], None]
    reason: str = ""
    """Why it cannot be done now; grey."""
    note: str = ""
    """What it is, where its name does not say so."""


class Palette:
    """A command being typed, over the list of all."""

    covers = True

    def __init__(self, desk: Desk, acting: Acting, keymap: Keymap, pages: Pages, press: Callable[[Key], None], place: Callable[[int], None]) -> None:
        self._desk, self._acting, self._keymap, self._pages = desk, acting, keymap, pages
        self._press, self._place = press, place
        self.field = TextField()
        self.index = 0
        self._hits = SensorHits(desk, _SENSORS)

    def text(self, signs: str) -> None:
        """More of the command."""
        self.field, self.index = text_field.put(self.field, signs, 80), 0

    def key(self, name: str) -> None:
        """Up and down choose, Enter does, Esc leaves."""
        if name == "escape":
            self._desk.overlay = None
        elif name == "enter":
            self._enter()
        elif name in {"up", "down"}:
            self.index = max(self.index + (1 if name == "down" else -1), 0)
        else:
            self.field, self.index = text_field.edit(self.field, name), 0

    # --- what there is

    def entries(self) -> list[Entry]:
        """What the line typed so far leaves: by name, word, letter or initials."""
        if text := self._trend_of():
            return [*self._case_named(text), *self._sensors(text)]
        wanted = self.field.text.split()
        found = [*self._acts(), *self._keys(), *self._places()]
        return [entry for entry in found if not wanted or _fits(entry, wanted[0])]

    def _acts(self) -> Iterator[Entry]:
        words, proposal = self._desk.words, self._acting.proposal
        for name in acts.table():
            if name in _HIDDEN:
                continue
            known = self._keymap.for_act(name)
            step = proposal is not None and proposal.step == name
            letter = self._keymap.letter(Key.STEP) if step else self._keymap.letter(known.key) if known else ""
            reason = self._desk.office.acts.why_not(name, proposal.case_id) if proposal else None
            said = words("seat.no_case") if proposal is None else words.say(reason) if reason and blocks(reason) else ""
            yield Entry(name=name, word=words(f"act.{name}"), letter=letter, run=self._starter(name), reason=said)

    def _starter(self, act: str) -> Callable[[], None]:
        return lambda: self._acting.start(act)

    def _keys(self) -> Iterator[Entry]:
        for each in self._keymap.keys:
            if not each.acts and each.key not in {Key.PLACE, Key.UP, Key.DOWN, Key.PALETTE, Key.BACK, Key.STEP, Key.OPEN, Key.QUIT}:
                word, letter = self._desk.words(f"key.{each.key}"), self._keymap.letter(each.key)
                yield Entry(name=str(each.key), word=word, letter=letter, run=self._presser(each.key), reason=self._elsewhere(each.key))

    def _elsewhere(self, key: Key) -> str:
        """Where this key means something, when it does not here."""
        words = self._desk.words
        if key not in _LOCAL or key in self._meanings(self._desk.place):
            return ""
        known = [f"{digit} {words(f'place.{name}')}" for digit, name in enumerate(_PLACES) if key in self._meanings(name)]
        return words("palette.only_in", places=", ".join(known))

    def _meanings(self, place: str) -> Container[Key]:
        return () if place in {"board", "cases"} else self._pages.of(place).meanings

    def _presser(self, key: Key) -> Callable[[], None]:
        return lambda: self._press(key)

    def _places(self) -> Iterator[Entry]:
        for digit, name in enumerate(_PLACES):
            yield Entry(name=name, word=self._desk.words(f"place.{name}"), letter=str(digit), run=self._goer(digit))

    def _goer(self, digit: int) -> Callable[[], None]:
        return lambda: self._place(digit)

    def _trend_of(self) -> str:
        """What is typed behind `t`: a sensor is looked for."""
        verb, _, rest = self.field.text.strip().partition(" ")
        return rest.strip() if verb.lower() in {"t", "trend", "trends", self._desk.words("place.trends").lower()} else ""

    def _case_named(self, text: str) -> Iterator[Entry]:
        """`t` is a key for cases too: the one with this very number comes first."""
        verb, (subject, *more) = self.field.text.split(maxsplit=1)[0], text.split()
        case_id = self._desk.office.cases.find(subject)
        act = self._act_of(verb, case_id) if case_id else None
        if act:
            word = self._desk.words(f"act.{act.partition('.')[0]}")
            yield Entry(name=f"#{subject.lstrip('#')}", word=word, letter=verb, run=lambda: self._run_line(verb, subject, " ".join(more)))

    def _sensors(self, text: str) -> Iterator[Entry]:
        old = self._hits.are_old()
        for found in self._hits.of(text):
            note = f"{value_text(found, self._desk.words, old=old)}  {found.place}"
            yield Entry(name=found.sensor, word=found.name or found.kind_name, letter="", run=self._shower(found.sensor), note=note)

    def _shower(self, sensor: str) -> Callable[[], None]:
        return lambda: open_trend(self._desk, sensor)

    # --- doing it

    def _enter(self) -> None:
        self._desk.overlay = None
        parts = self.field.text.split()
        if len(parts) > 1 and not (self._trend_of() and self.entries()):
            self._run_line(parts[0], parts[1], " ".join(parts[2:]))
            return
        entries = self.entries()
        if not entries:
            self._desk.say(self._desk.words("palette.none", text=self.field.text), bad=True)
            return
        entry = entries[min(self.index, len(entries) - 1)]
        if entry.reason:
            self._desk.say(entry.reason, bad=True)
        else:
            entry.run()

    def _run_line(self, verb: str, subject: str, rest: str) -> None:
        """`d 2041 红星`, `note 2041 门已开`, `t yl-0093`."""
        desk, words = self._desk, self._desk.words
        case_id = desk.office.cases.find(subject)
        if case_id is None:
            sensor = desk.office.trends.named(subject)
            if sensor is None:
                desk.say(words("palette.no_subject", text=subject), bad=True)
            else:
                desk.go("trends")
                desk.sensor = sensor
            return
        act = self._act_of(verb, case_id)
        proposal = desk.office.acts.proposal(case_id)
        if act is None or proposal is None:
            desk.say(words("palette.none", text=verb), bad=True)
        else:
            self._do(act, proposal, rest)

    def _act_of(self, verb: str, case_id: str) -> str | None:
        proposal = self._desk.office.acts.proposal(case_id)
        if verb in self._keymap.of(Key.STEP).names or verb == self._desk.words("act.dispatch"):
            return proposal.step or "dispatch" if proposal else None
        table = acts.table()
        by_letter = next((each.acts for each in self._keymap.keys if each.acts and verb in each.names), ())
        possible = [name for name in by_letter if name in table and not blocks(self._desk.office.acts.why_not(name, case_id))]
        named = [name for name in table if verb in {name, self._desk.words(f"act.{name}")}]
        return next(iter([*possible, *(name for name in by_letter if name in table), *named]), None)

    def _do(self, act: str, proposal: Proposal, rest: str) -> None:
        """With the words behind it as its field; a unit named for a dispatch is set first. Marks do not matter here."""
        desk, args = self._desk, {}
        desk.marks = {}
        desk.set_cursor(proposal.case_id)
        if act in {"dispatch", "classify"} and rest:
            unit = match_unit(desk, proposal, rest)
            if unit is None:
                desk.say(desk.words("palette.no_subject", text=rest), bad=True)
                return
            outcome = desk.office.acts.do("classify", proposal.case_id, version=proposal.version, unit=unit)
            fresh = desk.office.acts.proposal(proposal.case_id)
            if isinstance(outcome, Refused) or fresh is None or act == "classify":
                desk.say(desk.words.say(outcome.reason if isinstance(outcome, Refused) else outcome.said), bad=isinstance(outcome, Refused))
                return
            proposal = fresh
        elif rest:
            fields = fields_of(desk, act, proposal)
            args = {fields[0][0]: _choice(fields[0], rest)} if fields else {}
        self._acting.act(act, proposal, args=args)

    # --- looks

    def ask(self, words: Words, room: int) -> Ask:
        """The line being typed."""
        shown, caret = text_field.around_caret(self.field, room)
        return Ask(title=words("palette.title"), hint=words("palette.hint"), typed=shown, caret=caret)

    def lines(self, words: Words, width: int, height: int) -> list[Line]:
        """The entries, the chosen one under the cursor."""
        entries = self.entries()
        self.index = min(self.index, max(len(entries) - 1, 0))
        top = max(min(self.index - height // 2, len(entries) - height), 0)
        return [_line(entry, here=at == self.index) for at, entry in enumerate(entries[top : top + height], top)]


def _line(entry: Entry, *, here: bool) -> Line:
    tone = Tone.DIM if entry.reason else Tone.STRONG
    mark = (">", Tone.KEY) if here else gap()
    said = (cell(entry.word, 18, tone), cell(entry.name, 14, Tone.DIM), (entry.reason or entry.note, Tone.DIM))
    pieces = (mark, cell(entry.letter, 3, Tone.KEY), *said)
    return Line(pieces, Ground.CURSOR if here else Ground.SCREEN)


def _fits(entry: Entry, wanted: str) -> bool:
    lower = wanted.lower()
    return wanted == entry.letter or entry.name.startswith(lower) or lower in entry.word.lower() or matches(lower, entry.word)


def match_unit(desk: Desk, proposal: Proposal, text: str) -> str | None:
    """The unit whose name holds `text` or has these initials; None when none or several fit."""
    offered = dict(desk.office.acts.choices("reassign" if "reassign" in acts.table() else "classify", proposal.case_id)).get("unit", ())
    offered = offered or dict(desk.office.acts.choices("classify", proposal.case_id)).get("unit", ())
    exact = [choice.value for choice in offered if text in {choice.name, choice.value}]
    near = [choice.value for choice in offered if text in choice.name or matches(text, choice.name)]
    return exact[0] if exact else near[0] if len(near) == 1 else None


def _choice(field: tuple[str, tuple[object, ...]], text: str) -> str:
    """The choice that the text names, else the text itself."""
    choices = [choice for choice in field[1] if text in {choice.value, choice.name}]  # type: ignore[attr-defined]
    return choices[0].value if choices else text  # type: ignore[attr-defined]

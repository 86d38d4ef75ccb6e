"""The keys: one table for the press, the key line and the help. Each act has a letter and a key no input method eats."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from data.domain.errors import SettingsError
from data.files import mistake


class Key(StrEnum):
    """What a press means outside a text field."""

    STEP = "step"
    UNDO = "undo"
    OPEN = "open"
    UP = "up"
    DOWN = "down"
    HOME = "home"
    END = "end"
    PAGE_UP = "page_up"
    PAGE_DOWN = "page_down"
    REASSIGN = "reassign"
    ACKNOWLEDGE = "acknowledge"
    HOLD = "hold"
    CLOSE = "close"
    REPORT = "report"
    NOTE = "note"
    EDIT = "edit"
    DEADLINE = "deadline"
    PHONED = "phoned"
    MERGE = "merge"
    MARK = "mark"
    MARK_GROUP = "mark_group"
    FIND = "find"
    PALETTE = "palette"
    RETRY = "retry"
    FAULTS = "faults"
    GROUP = "group"
    SPAN = "span"
    OUTPUT = "output"
    EARLIER = "earlier"
    LATER = "later"
    MUTE = "mute"
    THIN = "thin"
    TUTORIAL = "tutorial"
    HELP = "help"
    BACK = "back"
    LAST = "last"
    QUIT = "quit"
    PLACE = "place"


class KeyDef(Struct, frozen=True, kw_only=True):
    """One key, declared once: press, key line, help, palette and overrides are read from here."""

    key: Key
    names: tuple[str, ...]
    """Textual's names; the first is the one that no input method eats, where there is one."""
    shown: str
    """What the help prints."""
    acts: tuple[str, ...] = ()
    """Acts it does on the case under the cursor: the first one that is possible there. Empty for keys that always work."""


KEYS: tuple[KeyDef, ...] = (
    KeyDef(key=Key.STEP, names=("f2", "d"), shown="F2 d"),
    KeyDef(key=Key.UNDO, names=("f8", "u"), shown="F8 u"),
    KeyDef(key=Key.OPEN, names=("enter", "right", "l"), shown="Enter l"),
    KeyDef(key=Key.UP, names=("up", "k"), shown="Up k"),
    KeyDef(key=Key.DOWN, names=("down", "j"), shown="Down j"),
    KeyDef(key=Key.HOME, names=("home",), shown="Home"),
    KeyDef(key=Key.END, names=("end",), shown="End"),
    KeyDef(key=Key.PAGE_UP, names=("pageup",), shown="PgUp"),
    KeyDef(key=Key.PAGE_DOWN, names=("pagedown",), shown="PgDn"),
    KeyDef(key=Key.REASSIGN, names=("f6", "a"), shown="F6 a", acts=("classify", "reassign")),
    KeyDef(key=Key.ACKNOWLEDGE, names=("f5", "y"), shown="F5 y", acts=("acknowledge",)),
    KeyDef(key=Key.HOLD, names=("f7", "s"), shown="F7 s", acts=("hold", "resume")),
    KeyDef(key=Key.CLOSE, names=("f9", "c"), shown="F9 c", acts=("close", "decline")),
    KeyDef(key=Key.REPORT, names=("f3", "i"), shown="F3 i"),
    KeyDef(key=Key.NOTE, names=("b",), shown="b", acts=("note",)),
    KeyDef(key=Key.EDIT, names=("e",), shown="e", acts=("edit.text",)),
    KeyDef(key=Key.DEADLINE, names=("t",), shown="t", acts=("extend", "edit.done_by")),
    KeyDef(key=Key.PHONED, names=("p",), shown="p", acts=("phoned",)),
    KeyDef(key=Key.MERGE, names=("m",), shown="m", acts=("merge",)),
    KeyDef(key=Key.MARK, names=("space", "v"), shown="Space v"),
    KeyDef(key=Key.MARK_GROUP, names=("V",), shown="V"),
    KeyDef(key=Key.FIND, names=("f4", "slash", "/"), shown="F4 /"),
    KeyDef(key=Key.PALETTE, names=("f10", "ctrl+p", "colon", ":"), shown="F10 :"),
    KeyDef(key=Key.RETRY, names=("r",), shown="r", acts=("retry",)),
    KeyDef(key=Key.FAULTS, names=("n",), shown="n"),
    KeyDef(key=Key.GROUP, names=("g",), shown="g"),
    KeyDef(key=Key.SPAN, names=("h",), shown="h"),
    KeyDef(key=Key.OUTPUT, names=("o",), shown="o"),
    KeyDef(key=Key.EARLIER, names=("[", "left_square_bracket"), shown="["),
    KeyDef(key=Key.LATER, names=("]", "right_square_bracket"), shown="]"),
    KeyDef(key=Key.MUTE, names=("f12", "x"), shown="F12 x"),
    KeyDef(key=Key.THIN, names=("L",), shown="L"),
    KeyDef(key=Key.TUTORIAL, names=("ctrl+t",), shown="Ctrl+T"),
    KeyDef(key=Key.HELP, names=("f1", "question_mark", "?"), shown="F1 ?"),
    KeyDef(key=Key.BACK, names=("escape", "left"), shown="Esc"),
    KeyDef(key=Key.LAST, names=("minus", "-"), shown="-"),
    KeyDef(key=Key.QUIT, names=("ctrl+q",), shown="Ctrl+Q"),
    KeyDef(key=Key.PLACE, names=("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), shown="0-9"),
)
_FIXED = frozenset({Key.PLACE, Key.QUIT, Key.BACK, Key.HELP})
"""Keys that nobody may take away or lose: out, help and the places."""


class Keymap:
    """The keys of one seat: the table above with a person's own letters."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        """`own` gives a key by its name another letter: `[keys]` of paidan.toml. Raises: `SettingsError` naming what clashes."""
        self.keys = tuple(_with(each, own or {}) for each in KEYS)
        self._by_name: dict[str, Key] = {}
        _check_names(own or {})
        for each in self.keys:
            for name in each.names:
                if name in self._by_name:
                    raise _clash(name, self._by_name[name], each.key)
                self._by_name[name] = each.key

    def of(self, key: Key) -> KeyDef:
        """Its declaration."""
        return next(each for each in self.keys if each.key is key)

    def letter(self, key: Key) -> str:
        """What to press where an input method is off; the last of its shown names."""
        return self.of(key).shown.split()[-1]

    def for_act(self, act: str) -> KeyDef | None:
        """The key that does an act, if one does."""
        return next((each for each in self.keys if act in {name.partition(".")[0] for name in each.acts}), None)

    def meaning(self, name: str, character: str | None) -> Key | None:
        """What a press means, or None if nothing; capitals mean their letters only where the table has them."""
        sign = folded(character)
        if sign == " ":
            return self._by_name.get("space")
        return self._by_name[sign] if sign and sign.isprintable() and sign in self._by_name else self._by_name.get(name)


def _with(each: KeyDef, own: Mapping[str, str]) -> KeyDef:
    """The key with its letter exchanged; what no input method eats stays beside it."""
    letter = own.get(str(each.key))
    if letter is None:
        return each
    kept = tuple(name for name in each.names if len(name) > 1 and name not in _LETTER_NAMES)
    shown = [part for part in each.shown.split() if len(part) > 1]
    return replace(each, names=(*kept, letter), shown=" ".join([*shown, letter]))


_LETTER_NAMES = frozenset({"slash", "colon", "question_mark", "minus", "left_square_bracket", "right_square_bracket", "space"})
_PUNCTUATION = {"、": "/", "\u3000": " "}


def _check_names(own: Mapping[str, str]) -> None:
    for name, letter in own.items():
        if name not in set(Key) or name in _FIXED:
            raise _wrong(f"keys.{name}", "settings_want_key")
        if len(letter) != 1 or not letter.isascii() or not letter.isprintable() or letter.isdigit() or letter == " ":
            raise _wrong(f"keys.{name} = {letter!r}", "settings_want_letter")


def _clash(letter: str, one: Key, two: Key) -> SettingsError:
    return _wrong(f"keys.{two} = {letter!r} ({one})", "settings_want_free_key")


def _wrong(key: str, remedy: str) -> SettingsError:
    return mistake("paidan.toml", key, remedy)


def written(name: str, character: str | None) -> str | None:
    """The sign of a press; some presses bring only its name (`fullwidth_question_mark`)."""
    if character is None and name.startswith(("fullwidth_", "ideographic_")):
        try:
            return unicodedata.lookup(name.replace("_", " ").upper())
        except KeyError:
            return None
    return character


def folded(character: str | None) -> str | None:
    """A full-width form as its ASCII sign; the input method wrote it, the operator meant the key."""
    if character is None or len(character) != 1:
        return character
    if character in _PUNCTUATION:
        return _PUNCTUATION[character]
    return unicodedata.normalize("NFKC", character) if "！" <= character <= "～" else character


def is_foreign(character: str | None) -> bool:
    """Whether this is text of an input method, which outside a text field is never obeyed."""
    sign = folded(character)
    return sign is not None and sign.isprintable() and not sign.isascii()


def digit(name: str, character: str | None) -> int | None:
    """The digit pressed, full-width too."""
    sign = folded(character) or name
    return int(sign) if len(sign) == 1 and sign in "0123456789" else None

"""The keys: one table for the press, the key line and the help. Each act has a letter and a key no input method eats."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Key(StrEnum):
    """What a press means outside a text field."""

    STEP = "step"
    UNDO = "undo"
    OPEN = "open"
    UP = "up"
    DOWN = "down"
    HOME = "home"
    PAGE_UP = "page_up"
    PAGE_DOWN = "page_down"
    REASSIGN = "reassign"
    NOTE = "note"
    CLOSE = "close"
    MUTE = "mute"
    HELP = "help"
    BACK = "back"
    LAST = "last"
    QUIT = "quit"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDef:
    """One key: `names` are Textual's, `shown` is what the help prints."""

    key: Key
    names: tuple[str, ...]
    shown: str
    act: str = ""
    """The act it does on the case under the cursor, for the reason why it cannot; "" for keys that always work."""


KEYS: tuple[KeyDef, ...] = (
    KeyDef(key=Key.STEP, names=("f2", "d"), shown="F2 d"),
    KeyDef(key=Key.UNDO, names=("f8", "u"), shown="F8 u"),
    KeyDef(key=Key.OPEN, names=("enter", "right", "l"), shown="Enter l"),
    KeyDef(key=Key.UP, names=("up", "k"), shown="Up k"),
    KeyDef(key=Key.DOWN, names=("down", "j"), shown="Down j"),
    KeyDef(key=Key.HOME, names=("home",), shown="Home"),
    KeyDef(key=Key.PAGE_UP, names=("pageup",), shown="PgUp"),
    KeyDef(key=Key.PAGE_DOWN, names=("pagedown",), shown="PgDn"),
    KeyDef(key=Key.REASSIGN, names=("f6", "a"), shown="F6 a", act="classify"),
    KeyDef(key=Key.NOTE, names=("b",), shown="b", act="note"),
    KeyDef(key=Key.CLOSE, names=("f9", "c"), shown="F9 c", act="close"),
    KeyDef(key=Key.MUTE, names=("f12", "x"), shown="F12 x"),
    KeyDef(key=Key.HELP, names=("f1", "question_mark", "?"), shown="F1 ?"),
    KeyDef(key=Key.BACK, names=("escape", "left", "h"), shown="Esc"),
    KeyDef(key=Key.LAST, names=("minus", "-"), shown="-"),
    KeyDef(key=Key.QUIT, names=("ctrl+q",), shown="Ctrl+Q"),
    KeyDef(key=Key.PLACE, names=("0", "1", "2", "3", "4", "5", "6", "7"), shown="1-7"),
)
_BY_NAME = {name: each.key for each in KEYS for name in each.names}
_PUNCTUATION = {"、": "/", "\u3000": " "}


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


def meaning(name: str, character: str | None) -> Key | None:
    """What a press means, or None if nothing; capitals mean their letters only where the table has them."""
    sign = folded(character)
    return _BY_NAME.get(sign) if sign and sign.isprintable() and sign in _BY_NAME else _BY_NAME.get(name)


def digit(name: str, character: str | None) -> int | None:
    """The digit pressed, full-width too."""
    sign = folded(character) or name
    return int(sign) if len(sign) == 1 and sign in "0123456789" else None

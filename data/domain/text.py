"""Text from outside, made safe at the way in. What is stored may be shown anywhere."""

import re
import unicodedata

# Controls, bidi overrides, zero-width and line separators, byte-order mark, tag characters, surrogates, non-characters:
# none may reach a terminal, a file name or a log. Tab and newline are kept here and folded by `one_line`.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)
_NONCHARACTER = re.compile("[" + "".join(chr(p * 0x10000 + n) for p in range(1, 17) for n in (0xFFFE, 0xFFFF)) + "]")
_SPACES = re.compile(r"[^\S\u3000]+")
MAX_TEXT = 4000
"""Longest text kept from one message, in characters (Open311 allows a description of 4,000)."""


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """Make text from outside safe to keep and show.

    NFC; unsafe characters become U+FFFD; at most two combining marks stay on one base;
    newline and tab survive; cut to `limit` characters.
    """
    text = unicodedata.normalize("NFC", text[: limit * 4].encode("utf-8", "replace").decode("utf-8"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _NONCHARACTER.sub("\ufffd", _UNSAFE.sub("\ufffd", text))
    return _thin_marks(text)[:limit].strip()


def one_line(text: str, limit: int = MAX_TEXT) -> str:
    """`clean` and folded to one line; runs of white space become one blank."""
    return _SPACES.sub(" ", clean(text, limit)).strip()


def printable(text: str) -> str:
    """The same text with U+FFFD for whatever a terminal must not see; nothing else is changed."""
    return _NONCHARACTER.sub("\ufffd", _UNSAFE.sub("\ufffd", text))


def escaped(json_text: str) -> str:
    """JSON that says the same with an escape for whatever a terminal must not see: outside of strings JSON has no such signs."""
    return _NONCHARACTER.sub(_escape, _UNSAFE.sub(_escape, json_text))


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def short(text: str | None, limit: int) -> str | None:
    """`one_line`, and None for what says nothing."""
    return (one_line(text, limit) or None) if text else None


SYSTEM_NAME = "system"
"""Who acts when no person does. Nobody else may sign so."""


def is_person(name: str) -> bool:
    """Whether somebody may sign with this name: nobody is the system or nameless, and `@` begins a word of ours."""
    name = name.strip()
    return bool(name) and name.casefold() != SYSTEM_NAME and not name.startswith("@")


def somebody(name: str, otherwise: str) -> str:
    """A person's name as another desk or a device gives it, for the journal; `otherwise` where it is nobody's."""
    name = one_line(name, 40)
    return name if is_person(name) else otherwise


def _thin_marks(text: str) -> str:
    if not any(unicodedata.combining(sign) for sign in text):
        return text
    kept, marks = [], 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= 2:
            kept.append(sign)
    return "".join(kept)


def mask_phone(phone: str) -> str:
    """Mask a telephone number for lists and details: `138****5678`; a short or odd one shows its last two digits."""
    if len(phone) == 11 and phone.isdigit():
        return f"{phone[:3]}****{phone[7:]}"
    return "*" * max(len(phone) - 2, 0) + phone[-2:] if phone else ""


_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_id(text: str) -> bool:
    """Whether `text` may name a centre, unit or sensor: letters, digits, `_` and `-`, up to 64."""
    return _ID.fullmatch(text) is not None

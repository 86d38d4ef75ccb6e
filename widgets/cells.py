"""Terminal cells: what a text is as wide as, cut or padded to, and which characters may be shown at all.

A character of East-Asian width A is one cell here and two at the other end of some SSH lines; none may leave us.
"""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size

MARK = "~"
"""Stands where a text was cut."""

_FOLDED = {
    "…": "~",
    "⋯": "~",
    "—": "--",
    "–": "-",
    "―": "--",
    "“": "「",
    "”": "」",
    "‘": "'",
    "’": "'",
    "·": ".",
    "℃": "度",
    "℉": "F",
    "°": "度",
    "×": "x",
    "÷": "/",
    "→": "->",
    "⇒": "=>",
    "←": "<-",
    "↑": "^",
    "↓": "v",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "≈": "~",
    "±": "+-",
    "²": "2",
    "³": "3",
    "№": "No",
    "\u2800": " ",
    "\t": " ",
    "\n": " ",
    "\u00a0": " ",
}


class _Table(dict[int, str]):
    """Fold of each code point, worked out when first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        return folded


def _fold(sign: str) -> str:
    if sign in _FOLDED:
        return _FOLDED[sign]
    if " " <= sign <= "~":
        return sign
    if not (size := _size(sign)):
        return ""
    if _is_safe(sign):
        return sign
    base = unicodedata.normalize("NFKD", sign)[0]
    return base if size == 1 and " " < base <= "~" else "?" * size


def _size(sign: str) -> int:
    """Cells of an unsafe sign's stand-in; marks and joiners that take no room get none, controls one."""
    if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}:
        return 1
    return get_character_cell_size(sign)


def _is_safe(sign: str) -> bool:
    """Letters, digits and punctuation of one certain width; Braille; not pictures, whose width depends on the font."""
    category, breadth = unicodedata.category(sign), unicodedata.east_asian_width(sign)
    if breadth == "A" or category[0] in "CMZ" or "\U0001f000" <= sign <= "\U0001faff":
        return sign == "\u3000"
    if category == "So":
        return "\u2801" <= sign <= "\u28ff" or "\u3200" <= sign <= "\u33ff"
    return breadth in "WF" or sign < "\u2000"


_table = _Table()


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """`text` with every character that a far terminal might draw wider, or obey, folded to a safe one."""
    return text.translate(_table)


def width(text: str) -> int:
    """Cells that `text` takes when shown by us, that is after `plain`."""
    return cell_len(plain(text))


@lru_cache(maxsize=4096)
def fit(text: str, cells: int, align: str = "left") -> str:
    """`text` in exactly `cells` cells: cut with `~` if longer, padded with blanks if shorter.

    `align` is left, right or centre. A double-width character is never halved.
    """
    text = plain(text)
    if (size := cell_len(text)) > cells:
        text = cut(text, cells)
        size = cell_len(text)
    gap = cells - size
    if align == "right":
        return " " * gap + text
    left = gap // 2 if align == "centre" else 0
    return " " * left + text + " " * (gap - left)


def cut(text: str, cells: int) -> str:
    """The beginning of `text` in at most `cells` cells, its last cell the mark if anything is missing."""
    text = plain(text)
    if cell_len(text) <= cells:
        return text
    if cells <= 0:
        return ""
    kept, used = [], 0
    for sign in text:
        used += get_character_cell_size(sign)
        if used > cells - 1:
            break
        kept.append(sign)
    return "".join(kept) + MARK


def wrap(text: str, cells: int) -> list[str]:
    """`text` broken into lines of at most `cells` cells; newlines are kept. Never empty."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_one(plain(paragraph), max(cells, 2)))
    return lines


def _wrap_one(text: str, cells: int) -> list[str]:
    lines, line, used = [], "", 0
    for sign in text:
        size = get_character_cell_size(sign)
        if used + size > cells:
            lines.append(line)
            line, used = "", 0
        line, used = line + sign, used + size
    return [*lines, line]

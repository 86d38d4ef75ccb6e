"""Pinyin initials without a dictionary: the 3,755 level-1 characters of GB 2312 stand in the order of their pinyin.

`dhg` finds 大河沟. A sign of which nothing is known (level 2 and beyond, and not in the list below) matches any letter;
one with two readings matches either. Standard codec only, so that a seat can use it before its first paint.
"""

from bisect import bisect_right
from functools import lru_cache

_STARTS = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8,
    0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
"""First GB 2312 code of each letter of `_LETTERS`."""
_LETTERS = "abcdefghjklmnopqrstwxyz"
_END = 0xD7F9
"""Last code of level 1."""

_KNOWN = {
    sign: letters
    for letters, signs in {
        # two readings, either may be meant
        "cz": "重长朝藏曾", "ly": "乐", "hx": "行", "sx": "厦", "hk": "会", "dt": "调", "cds": "单", "fp": "番", "wy": "蔚", "jx": "解",
        # level 2: place names and names of people
        "a": "桉岙", "b": "亳璧浜", "c": "宸滁岑", "d": "郸垌", "f": "驸洑涪滏", "g": "珙莞", "h": "昊", "j": "瑾郏筠", "k": "郐",
        "l": "漯泸阆栎栾琳", "m": "淼", "n": "楠", "p": "枇杷濮郫", "q": "綦邛衢", "r": "瀼榕", "s": "晟睢", "t": "沱潼婷",
        "w": "塆", "x": "鑫", "y": "垭渝沅鄞翊怡", "z": "苎梓圳",
    }.items()
    for sign in signs
}  # fmt: skip


@lru_cache(maxsize=8192)
def initial(sign: str) -> str:
    """Letters that a sign's pinyin may begin with; a Latin letter or digit is itself; "?" when it is not known."""
    if sign.isascii():
        return sign.lower()
    if sign in _KNOWN:
        return _KNOWN[sign]
    try:
        code = int.from_bytes(sign.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return "?"
    return _LETTERS[bisect_right(_STARTS, code) - 1] if _STARTS[0] <= code <= _END else "?"


def initials(text: str) -> str:
    """One letter a sign, the first where there are several: `大河沟` → `dhg`."""
    return "".join(initial(sign)[0] for sign in text if sign.isalnum())


def matches(typed: str, text: str) -> bool:
    """Whether `typed` (Latin letters, `?` for any) is a run of the initials of `text`. False when something else was typed."""
    if not typed.isascii() or not typed.replace("?", "").isalnum():
        return False
    letters = [initial(sign) for sign in text if sign.isalnum()]
    wanted = typed.lower()
    return any(
        all(letter in have or "?" in (letter, have) for letter, have in zip(wanted, letters[start:], strict=False))
        for start in range(len(letters) - len(wanted) + 1)
    )

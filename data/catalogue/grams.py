"""How a sensor is found: runs of three signs of its texts, of its pinyin initials and of its pinyin. Pure.

Each sign has a set of readings (`大`: da, dai, tai), so a name has many spellings; runs are made of neighbours only, so their
number grows with the length of the name and not with the number of spellings. What the runs let through is checked sign by sign.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product

N = 3
"""Signs in a run. Shorter queries are prefixes of runs."""
Readings = Sequence[Sequence[str]]
"""Sign by sign, every reading without tones; a Latin letter or digit is its own."""


def plain(text: str) -> str:
    """Letters, digits and Han only, in lower case: what is compared."""
    return "".join(sign for sign in text.lower() if sign.isalnum())


@lru_cache(maxsize=4_000)
def text_runs(text: str) -> frozenset[str]:
    """Runs of a plain text."""
    return frozenset(_token("t", text[start : start + N]) for start in range(len(text)))


def sound_runs(readings: Readings) -> frozenset[str]:
    """Runs of the initials, of the whole pinyin, and those of it with which a sign begins."""
    initials = [sorted({one[0] for one in sign}) for sign in readings]
    runs = {_token("i", "".join(letters)) for window in _windows(initials, N) for letters in product(*window)}
    for window in _windows(readings, N):
        tails = _tails(window[1:])
        for first in window[0]:
            runs |= {_token("b", (first + tail)[:N]) for tail in tails}
            # Every run that begins within the first sign of a window and ends at most in its last.
            runs |= {_token("p", (first + tail)[start : start + N]) for tail in tails for start in range(len(first))}
    return frozenset(runs)


def _windows(signs: Readings, n: int) -> Iterator[Readings]:
    for start in range(len(signs)):
        yield signs[start : start + n]


def _tails(signs: Readings) -> set[str]:
    """The first two letters of what follows."""
    if not signs:
        return {""}
    short = {one for one in signs[0] if len(one) == 1}
    more = {one + after[:1] for one in short for after in (signs[1] if len(signs) > 1 else [""])}
    return {one[: N - 1] for one in signs[0]} - short | more


@lru_cache(maxsize=50_000)
def _token(space: str, run: str) -> str:
    # ASCII only, for the plainest of tokenizers; two runs that are written alike are told apart by the check.
    return space + "".join(sign if sign.isascii() else f"{ord(sign):x}" for sign in run)


def expression(text: str) -> str:
    """An FTS5 expression for all words of a query; "" when there is nothing to look for."""
    return " AND ".join(f"({_any(word)})" for word in words(text))


def words(text: str) -> list[str]:
    """The query's words, plain."""
    return [word for part in text.split() if (word := plain(part))]


def _any(word: str) -> str:
    # The pinyin of a sign begins with one letter as its initial does.
    return " OR ".join(f"({_all(space, word)})" for space in ("t", *(("ip" if len(word) > 1 else "i") if word.isascii() else "")))


def _all(space: str, word: str) -> str:
    return " AND ".join(f'"{token}" *' if is_prefix else f'"{token}"' for token, is_prefix in needed(space, word))


def needed(space: str, word: str) -> list[tuple[str, bool]]:
    """The runs that a name must have for a word to be in it; True where it is only the beginning of one."""
    # Pinyin counts from the beginning of a sign on: without this `ng` would have to be looked for in half of the register.
    first = "b" if space == "p" else space
    if len(word) < N:
        return [(_token(first, word), True)]
    rest = (_token(space, word[start : start + N]) for start in range(1, len(word) - N + 1))
    return [(token, False) for token in dict.fromkeys((_token(first, word[:N]), *rest))]


def matches(word: str, texts: Iterable[str], sounds: Iterable[Readings]) -> bool:
    """Whether a plain word is a run of one of the texts, of its initials, or of its pinyin from the beginning of a sign on."""
    if any(word in text for text in texts):
        return True
    return word.isascii() and any(_sounds(word, readings) for readings in sounds)


def _sounds(word: str, readings: Readings) -> bool:
    return any(_initials(word, readings, start) or _spelt(word, readings, start) for start in range(len(readings)))


def _initials(word: str, readings: Readings, start: int) -> bool:
    return len(readings) - start >= len(word) and all(
        any(one[0] == letter for one in sign) for letter, sign in zip(word, readings[start:], strict=False)
    )


def _spelt(word: str, readings: Readings, start: int) -> bool:
    if start == len(readings):
        return False
    return any(one.startswith(word) or (word.startswith(one) and _spelt(word[len(one) :], readings, start + 1)) for one in readings[start])


def pack(readings: Readings) -> str:
    """One line for keeping."""
    return "|".join(",".join(sign) for sign in readings)


def unpack(line: str) -> Readings:
    """The readings of a kept line."""
    return [sign.split(",") for sign in line.split("|")] if line else []


def forget() -> None:
    """Let go of what was kept to make many at once."""
    text_runs.cache_clear()
    _token.cache_clear()

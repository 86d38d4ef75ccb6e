"""The catalogues: equal keys and fields in each language, no key of two rooms, only signs that have one width everywhere."""

import string
import unicodedata
from importlib import import_module
from pkgutil import iter_modules

import pytest

from data.words import LANGUAGES, Words


def catalogue(language: str) -> dict[str, str]:
    found: dict[str, str] = import_module(f"data.words.{language}").CATALOGUE
    return found


def rooms(language: str) -> dict[str, dict[str, str]]:
    package = import_module(f"data.words.{language}")
    return {found.name: import_module(f"{package.__name__}.{found.name}").WORDS for found in iter_modules(package.__path__)}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_everything_that_chinese_says(language: str) -> None:
    """The same keys: nothing untranslated, nothing left over."""
    assert set() == set(catalogue("zh")) - set(catalogue(language))
    assert set() == set(catalogue(language)) - set(catalogue("zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_has_the_fields_of_its_chinese_twin(language: str) -> None:
    """A translation names no field that its caller does not give, and leaves nothing out."""
    other = catalogue(language)
    assert {} == {
        key: (fields(text), fields(other[key])) for key, text in catalogue("zh").items() if key in other and fields(text) != fields(other[key])
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_belongs_to_two_rooms(language: str) -> None:
    """The later room would silently overwrite the earlier one's words; saying the same is no harm."""
    said: dict[str, dict[str, str]] = {}
    for room, words in rooms(language).items():
        for key, text in words.items():
            said.setdefault(key, {})[room] = text
    assert {} == {key: by_room for key, by_room in said.items() if len(set(by_room.values())) > 1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sign_is_of_ambiguous_width(language: str) -> None:
    """Such signs are one cell in some terminals and two in others."""
    ambiguous = {(key, sign) for key, text in catalogue(language).items() for sign in text if unicodedata.east_asian_width(sign) == "A"}
    assert set() == ambiguous


def test_english_is_english() -> None:
    """No Han sign in it, but for a few marks that are the same in the field."""
    han = {key for key, text in catalogue("en").items() if any("\u4e00" <= sign <= "\u9fff" for sign in text)}
    assert set() == han


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_word_is_shown_as_its_key(language: str) -> None:
    """A screen must not fall over a word."""
    words = Words(language)
    assert "no.such.key" == words("no.such.key")
    assert words.has("state.open")

"""All words a person reads, one catalogue a language with equal keys; zh first.

A catalogue is a flat dict: key → sentence with named `{fields}`. A missing key is shown as the key itself,
never an error: a screen must not fall over a word.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from data.domain.reason import Reason

LANGUAGES = ("zh", "en")


class Words:
    """One language's catalogue: `words("state.open")`, `words("strip.due", minutes=15)`, `words.say(reason)`."""

    def __init__(self, language: str, names: Mapping[str, str] = MappingProxyType({})) -> None:
        """`names`: what a class is called in this language, where that is not its own name."""
        if language not in LANGUAGES:
            language = "zh"
        self.language = language
        self._names = names
        self._catalogue: dict[str, str] = import_module(f"data.words.{language}").CATALOGUE

    def __call__(self, key: str, /, **fields: object) -> str:
        sentence = self._catalogue.get(key, key)
        return sentence.format(**fields) if fields else sentence

    def has(self, key: str) -> bool:
        """Whether the catalogue has this key."""
        return key in self._catalogue

    def named(self, name: str) -> str:
        """The name of a class in this language; one whose file has none is called as it is there."""
        return self._names.get(name, name)

    def say(self, reason: Reason) -> str:
        """The sentence for a `Reason`. An argument written `@key` is itself looked up (`@state.open`), a class's name too."""
        fields = {name: self._inner(value) for name, value in reason.args}
        try:
            return self(f"reason.{reason.code}", **fields)
        except (KeyError, IndexError):
            return f"{reason.code} {fields}"

    def _inner(self, value: str | float) -> str | float:
        if not isinstance(value, str):
            return value
        return self(value[1:]) if value.startswith("@") else self.named(value)

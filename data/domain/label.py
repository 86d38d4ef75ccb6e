"""What a thing of a settings file is called."""

import msgspec


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name in the languages that there are."""

    zh: str
    en: str

    def __call__(self, language: str) -> str:
        """The name in this language; zh where there is no such language."""
        return self.en if language == "en" else self.zh

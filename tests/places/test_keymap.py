"""The keys' table: one declaration each, and a person's own letters."""

import pytest

from console.keys import KEYS, Key, Keymap
from data.domain.errors import SettingsError
from data.words import Words


def test_every_key_has_a_word_in_both_languages() -> None:
    """For key line, help and palette."""
    assert [] == [(language, each.key) for language in ("zh", "en") for each in KEYS if not Words(language).has(f"key.{each.key}")]


def test_an_own_letter_takes_the_place_of_the_old_one() -> None:
    """The key that no input method eats stays beside it."""
    keymap = Keymap({"close": "C"})

    assert (Key.CLOSE, Key.CLOSE, None) == (keymap.meaning("C", "C"), keymap.meaning("f9", None), keymap.meaning("c", "c"))


@pytest.mark.parametrize(
    ("own", "named"),
    [({"note": "d"}, "keys.note"), ({"nonsense": "z"}, "keys.nonsense"), ({"note": "7"}, "keys.note"), ({"help": "z"}, "keys.help")],
)
def test_a_clash_is_refused_and_named(own: dict[str, str], named: str) -> None:
    """A letter that is taken, a key that there is none of, a digit, a key that may not change."""
    with pytest.raises(SettingsError) as refused:
        Keymap(own)

    assert named in str(dict(refused.value.reason.args)["key"])

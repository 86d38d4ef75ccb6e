"""Why something is so: a code with arguments, born before any reader's language is known."""

from msgspec import Struct


class Reason(Struct, frozen=True):
    """A refusal, warning or why-line. `data.words` turns it into a sentence.

    `code` is a key of the word catalogues (`reason.<code>`); `args` fill its named fields.
    """

    code: str
    args: tuple[tuple[str, str | int | float], ...] = ()


def because(code: str, **args: str | float) -> Reason:
    """Make a `Reason`; keyword names are the fields of the catalogue's sentence."""
    return Reason(code, tuple(sorted(args.items())))


def quoted(text: str) -> str:
    """Words from outside as an argument: an `@` at their beginning names no word of ours, so a full-width one stands there."""
    return f"＠{text[1:]}" if text.startswith("@") else text

"""`paidan`: a seat when nothing but its home and operator are named, else what click makes of the words.

A seat is opened without click, whose import alone takes 12 ms of the processor before anything is on the screen.
"""

import os
import sys
from pathlib import Path

from console.opening import open_seat, who_where

_COMPLETION = "_PAIDAN_COMPLETE"
"""A shell that completes asks click by this variable, with no words at all."""


def main() -> None:
    """The program. Ends by `SystemExit`."""
    asked = None if _COMPLETION in os.environ else seat_words(sys.argv[1:])
    if asked is None:
        from console.command_line import group

        group(prog_name="paidan")
    else:
        sys.exit(_seat(*asked))


def seat_words(words: list[str]) -> tuple[Path | None, str | None] | None:
    """Home and operator of a command line that opens a seat and does nothing else; None: click's to understand or to refuse."""
    rest = iter(words)
    found: dict[str, str] = {}
    for word in rest:
        name, joined, value = word.partition("=")
        value = value if joined else next(rest, "")
        if name not in {"--home", "--as"} or not value or value.startswith("-"):
            return None
        found[name] = value
    home = Path(found["--home"]) if "--home" in found else None
    return None if home is not None and home.is_file() else (home, found.get("--as"))


def _seat(home: Path | None, operator: str | None) -> int:
    from data.domain.errors import PaidanError

    try:
        return open_seat(*who_where(home, operator))
    except PaidanError:
        from console.telling import said_in_words

        with said_in_words():
            raise


if __name__ == "__main__":
    main()

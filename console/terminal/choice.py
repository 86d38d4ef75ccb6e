"""Which driver runs this terminal: ours, or Textual's own where ours cannot."""

import os
import sys

from textual.driver import Driver


def pick() -> type[Driver] | None:
    """Our driver on a terminal of a Unix; None lets Textual choose. `PAIDAN_DRIVER=stock` forces that."""
    if sys.platform == "win32" or os.environ.get("PAIDAN_DRIVER") == "stock":
        return None
    if sys.__stdin__ is None or sys.__stderr__ is None or not (sys.__stdin__.isatty() and sys.__stderr__.isatty()):
        return None
    from console.terminal.driver import SeatDriver

    return SeatDriver

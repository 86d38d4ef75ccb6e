"""The last guard before the terminal: no text may carry a control sequence or a character of uncertain width.

Data is cleaned at the way in and folded when drawn; this catches what another path let through, Textual's own
widgets included. It wraps `textual.strip.Strip.render`, the one place through which all text goes (a test fails
when a newer Textual no longer calls it).
"""

import unicodedata

from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

_HEIGHTS = "_.-=#"


class _Table(dict[int, int | None]):
    """`?` for what must not leave, worked out when a code point is first met; widths stay as measured."""

    ascii_only = False
    """The terminal's font has no Braille: a sign becomes one of five heights, by how many of its dots are set."""

    def __missing__(self, code: int) -> int:
        sign = chr(code)
        bad = unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or unicodedata.east_asian_width(sign) == "A"
        if self.ascii_only and 0x2801 <= code <= 0x28FF:
            kept = self[code] = ord(_HEIGHTS[min((code & 0xFF).bit_count() * 5 // 9, 4)])
            return kept
        kept = self[code] = ord("?") if bad else code
        return kept


_table = _Table()
_render = Strip.render
_installed: list[bool] = []


def safe(text: str) -> str:
    """`text` with each dangerous or ambiguous character as `?`."""
    return text if text.isascii() and text.isprintable() else text.translate(_table)


def _safe_render(strip: Strip, console: Console) -> str:
    segments = strip._segments
    if any(not control and safe(text) != text for text, _, control in segments):
        clean = [Segment(text if control else safe(text), style, control) for text, style, control in segments]
        return _render(Strip(clean, strip.cell_length), console)
    return _render(strip, console)


def install(*, ascii_only: bool = False) -> None:
    """Put the guard in place, once a process."""
    _table.ascii_only = ascii_only
    if not _installed:
        Strip.render = _safe_render  # type: ignore[assignment,method-assign]  # the choke point has no hook of its own
        _installed.append(True)

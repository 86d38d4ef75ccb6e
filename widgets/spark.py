"""A sparkline in Braille: two samples and four heights a cell, on a fixed scale so that two can be compared by eye."""

from collections.abc import Sequence

_LEFT = (0x00, 0x40, 0x44, 0x46, 0x47)
_RIGHT = (0x00, 0x80, 0xA0, 0xB0, 0xB8)


def spark(samples: Sequence[float | None], cells: int, low: float, high: float) -> str:
    """The newest `2 × cells` samples, newest last, in exactly `cells` cells.

    A gap (None) is drawn as nothing; a cell with nothing in it is a space, since some fonts draw U+2800 as rings.
    Values beyond the scale stand at its end.
    """
    newest = [None] * (cells * 2 - len(samples)) + list(samples[-cells * 2 :] if cells else ())
    heights = [_height(value, low, high, 4) for value in newest]
    pairs = zip(heights[::2], heights[1::2], strict=True)
    return "".join(chr(0x2800 + _LEFT[one] + _RIGHT[two]) if one or two else " " for one, two in pairs)


def _height(value: float | None, low: float, high: float, steps: int) -> int:
    """0 for a gap, else 1 to `steps`."""
    if value is None or value != value:  # noqa: PLR0124 — only NaN differs from itself
        return 0
    # Halved, so that a scale from one end of the floats to the other still has a length.
    length = high / 2 - low / 2
    if length <= 0:
        return 1
    share = (min(max(value, low), high) / 2 - low / 2) / length
    return 1 + min(int(share * steps), steps - 1)

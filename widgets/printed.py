"""A table as it stands on paper or in a terminal: heads above it, columns as wide as their widest cell."""

from collections.abc import Iterable, Iterator, Sequence

from widgets.cells import fit, width


def printed_lines(heads: Iterable[str], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The heads, the names of the columns, the rows; nothing is cut, and what is not known is `-`."""
    table = [columns, *(tuple("-" if value is None else str(value) for value in row) for row in rows)]
    widths = [max(width(row[n]) for row in table) for n in range(len(columns))]
    yield from heads
    for row in table:
        yield "  ".join(fit(cell, cells) for cell, cells in zip(row, widths, strict=True)).rstrip()

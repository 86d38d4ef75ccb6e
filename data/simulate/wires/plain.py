"""A number and nothing around it."""

from data.simulate.wires import Box, Stamp, Values


def body(_box: Box, values: Values, _stamp: Stamp) -> str:
    """The one value."""
    return f"{next(iter(values.values())):g}"

"""Our own topics: an object with the time, as a device with a clock sends it."""

from typing import Any

from data.clock import iso
from data.simulate.wires import Box, Stamp, Values


def body(_box: Box, values: Values, stamp: Stamp) -> dict[str, Any]:
    """The one value."""
    return {"value": next(iter(values.values())), "time": iso(stamp.at, stamp.zone)}

"""A platform's own JSON: flat members under the vendor's names, its own id, epoch milliseconds."""

from typing import Any

from data.simulate.wires import Box, Stamp, Values


def body(box: Box, values: Values, stamp: Stamp) -> dict[str, Any]:
    """All values of the box."""
    return {"device_id": f"wz_{box.device}", **values, "ts": stamp.at}

"""Zigbee2MQTT: one object of all that a device says, the battery as text; the bridge's state for the gateway."""

from typing import Any

from data.simulate.wires import Box, Stamp, Values


def body(_box: Box, values: Values, stamp: Stamp) -> dict[str, Any]:
    """All values of the device; of the bridge, whether it is online."""
    if "availability" in values:
        return {"state": values["availability"]}
    said = {field: f"{value:.2f}" if field == "battery" else value for field, value in values.items()}
    return {**said, "linkquality": 96 + stamp.number % 24}

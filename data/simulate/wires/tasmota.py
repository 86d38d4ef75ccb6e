"""Tasmota's `tele/<device>/SENSOR`: values below the name of their chip, local time without a zone."""

from typing import Any

from data.simulate.wires import Box, Stamp, Values


def body(_box: Box, values: Values, stamp: Stamp) -> dict[str, Any]:
    """All values, by chip."""
    chips: dict[str, Any] = {}
    for field, value in values.items():
        chip, _, name = field.partition(".")
        chips.setdefault(chip, {})[name] = value
    return {"Time": stamp.local, **chips, "TempUnit": "C"}

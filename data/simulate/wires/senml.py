"""A data logger's SenML pack: base name and time once, then a record a channel."""

from typing import Any

from data.simulate.wires import Box, Stamp, Values


def body(box: Box, values: Values, stamp: Stamp) -> list[dict[str, Any]]:
    """All values; the base name is the box, a record's the rest of the sensor's."""
    units = {part.field: part.says for part in box.parts}
    records = [{"n": field, **({"u": units[field]} if units[field] else {}), "v": value} for field, value in values.items()]
    return [{"bn": box.device, "bt": stamp.at / 1000, **records[0]}, *records[1:]]

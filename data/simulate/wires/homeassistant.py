"""Home Assistant discovery: a retained config a sensor, in short keys, and states that are objects."""

from collections.abc import Iterator, Mapping
from typing import Any

from data.domain.sensor import Sensor
from data.simulate.wires import Box, Stamp, Values

PREFIX = "homeassistant"


def body(_box: Box, values: Values, _stamp: Stamp) -> dict[str, Any]:
    """All members that configs point to."""
    return dict(values)


def announce(box: Box, sensors: Mapping[str, Sensor]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each value's config; the entity's unique id is the sensor's."""
    for part in box.parts:
        name = sensors[part.sensor].name
        yield f"{PREFIX}/sensor/{part.sensor}/config", {
            "name": name, "uniq_id": part.sensor, "stat_t": box.topic, "val_tpl": f"{{{{ value_json.{part.field} }}}}", "unit_of_meas": part.says,
            "dev_cla": "sound_pressure", "stat_cla": "measurement", "exp_aft": 300,
            "dev": {"ids": [box.device], "name": name, "mf": "样例", "mdl": "样例"},
        }  # fmt: skip

"""Single readings as rows for other programs: a stream, whatever its length."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from data.clock import iso
from data.store.history.history import History

COLUMNS = ("sensor", "time", "value", "quality", "received_at")


def rows(history: History, sensor: str, start: int, end: int, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """Readings of [start, end), UTC ms, in order of time; `time` is where a reading stands.

    Ids and numbers are all there is, so no sheet takes a cell for a formula.
    Once a day is packed an arrival is no longer kept: `received_at` is then "".
    """
    for point in history.points(sensor, start, end):
        came = iso(point.received, zone) if point.received != point.at else ""
        yield {"sensor": sensor, "time": iso(point.at, zone), "value": point.value, "quality": str(point.quality), "received_at": came}

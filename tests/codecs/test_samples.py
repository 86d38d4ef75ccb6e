"""Messages that real devices, servers, warning centres and cities have published, read as a person reads them.

The folder is not part of the project; where it is not, these tests skip. `PAIDAN_SAMPLES` names another one in the same form.
"""

import json
import math
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.codecs import codecs, homeassistant
from data.domain.errors import PayloadError
from data.domain.reading import Reading
from data.domain.units import convert, unit_name

FOLDER = Path(os.environ.get("PAIDAN_SAMPLES", Path(__file__).resolve().parents[3] / "shared" / "samples"))
ZONE = ZoneInfo("Asia/Shanghai")
NOW = 1_795_000_000_000
CODECS = {
    "zigbee2mqtt": "zigbee2mqtt", "tasmota": "tasmota", "chirpstack": "chirpstack", "tts": "thethingsstack", "senml": "senml",
    "hadiscovery": "homeassistant", "own": "own", "plain": "plain", "json": "json",
}  # fmt: skip


def rows(*formats: str) -> list[Any]:
    """The rows of these formats as parameters; none where there is no folder."""
    path = FOLDER / "expect.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = [json.loads(line) for line in lines if line.strip()]
    picked = [pytest.param(row, id=row["file"]) for row in found if row["format"] in formats]
    return picked or [pytest.param(None, marks=pytest.mark.skip(reason=f"no samples in {FOLDER}"))]


def instant(value: Any) -> int | None:
    """UTC ms of an expected time; without zone it is local, `arrival-46.67s` counts from now."""
    if value is None:
        return None
    if isinstance(value, (int, float)):
        return round(value * 1000)
    if value.startswith("arrival"):
        return NOW + round(float(value.removeprefix("arrival").removesuffix("s") or 0) * 1000)
    if value.replace(".", "", 1).isdigit():
        return round(float(value) * 1000)
    moment = datetime.fromisoformat(value)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).timestamp() * 1000)


def is_value(reading: Reading, wanted: Any, unit: str | None) -> bool:
    """Equal as number, word or truth; a value may come in another unit of the same quantity."""
    if isinstance(wanted, str):
        return reading.text == wanted
    same = math.isclose(reading.value, float(wanted), rel_tol=1e-9, abs_tol=1e-9)
    if unit is None or not isinstance(wanted, (int, float)) or isinstance(wanted, bool):
        return same
    converted = convert(reading.value, reading.unit, unit)
    if converted is None:
        return same and (unit_name(reading.unit) or reading.unit) == (unit_name(unit) or unit)
    return math.isclose(converted, float(wanted), rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("row", rows("zigbee2mqtt", "tasmota", "chirpstack", "tts", "senml", "own", "plain", "json"))
def test_a_device_message_reads_as_a_person_reads_it(row: dict[str, Any]) -> None:
    """Every reading that the row names is there, with its value, unit and time; a row that is refused is refused."""
    codec = codecs()[CODECS[row["format"]]]
    body = (FOLDER / row["file"]).read_bytes()
    if "reject" in row:
        with pytest.raises(PayloadError):
            codec.decode(row["topic"], body, received_at=NOW, zone=ZONE)
        return
    found = codec.decode(row["topic"], body, received_at=NOW, zone=ZONE)
    for wanted in row["expect"]:
        named = [one for one in found if one.field == wanted["field"] and _is_device(one.sensor, wanted["sensor"])]
        assert named, (wanted, found)
        assert any(is_value(one, wanted["value"], wanted.get("unit")) for one in named), (wanted, named)
        if "time" in wanted:
            assert any(abs((one.observed_at or NOW) - (instant(wanted["time"]) or 0)) <= 1 for one in named) or "alt" in row, (wanted, named)
    if not row["expect"]:
        assert [] == [one for one in found if not one.text]


def _is_device(found: str, wanted: str) -> bool:
    return found == wanted or found.endswith(f"/{wanted}") or wanted.endswith(f"/{found}")


def test_discovery_reads_as_a_person_reads_it() -> None:
    """In the order of the folder: an empty config retires what an earlier one of its topic described."""
    found = [param.values[0] for param in rows("hadiscovery")]
    if found == [None]:
        pytest.skip(f"no samples in {FOLDER}")
    discovery = homeassistant.Discovery()
    for row in found:
        body = (FOLDER / row["file"]).read_bytes()
        if "reject" in row:
            with pytest.raises(PayloadError):
                discovery(row["topic"], body, received_at=NOW, zone=ZONE)
            continue
        described = discovery.describe(row["topic"], body)
        discovery.learn(described)
        for wanted in row["expect"]:
            (one,) = [one for one in described if one.id == wanted["sensor"]]
            facts = {
                "component": one.component, "state_topic": one.state_topic, "current_temperature_topic": one.state_topic,
                "value_path": one.value_path, "unit_of_measurement": one.unit, "device_class": one.device_class, "device": one.device,
                "name": one.name, "expire_after": one.expire_after_s, "payload_on": one.payload_on, "payload_off": one.payload_off,
                "pending": "待映射" if one.is_pending else "", "retired": one.is_retired,
            }  # fmt: skip
            assert wanted["value"] == facts[wanted["field"]], (row["file"], wanted)
        if not row["expect"]:
            assert () == described

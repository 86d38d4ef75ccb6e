"""The other half of the road: a noise meter over its limit becomes one alarm, one case, and clears by itself, closing nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.clock import iso, real_ms
from tests.helpers.brokers import AnyBroker
from tests.helpers.town import Desk, Town, found, paidan
from tests.helpers.waiting import wait_until

SENSOR = "jn-plaza-noise"


@pytest.fixture
def town(tmp_path: Path, broker: AnyBroker) -> Iterator[Town]:
    """The street's centre alone."""
    made = found(tmp_path, broker)
    try:
        made.street.serve()
        yield made
    finally:
        made.stop()


def sensor(desk: Desk) -> dict[str, object]:
    """The meter as the command line lists it."""
    rows = json.loads(paidan("sensors", "--home", desk.home, "--json"))
    return next(row for row in rows if row["id"] == SENSOR)


def test_noise_over_its_limit_is_one_alarm_and_one_case(town: Town) -> None:
    """75 dB(A) for two minutes of device time: one case that names the limit and its source; 3 dB below for 130 s clears it."""
    meter = town.client()
    start = real_ms() - 280_000

    def play(value: float, seconds: range) -> None:
        for second in seconds:
            message = {"value": value, "time": iso(start + second * 1000), "id": f"{second}"}
            meter.publish(f"paidan/pailou/sensor/{SENSOR}", message)

    play(75.0, range(0, 50, 10))
    wait_until(lambda: sensor(town.street)["value"] == 75.0, 10, "the reading is shown")
    assert town.street.cases() == []
    play(75.0, range(50, 130, 10))
    case = town.street.wait_state("open")
    assert (case["class"], case["source"]) == ("0501", "alarm")
    assert "江南广场" in case["text"]
    assert "GB 3096-2008" in case["text"]
    play(50.0, range(130, 270, 10))
    wait_until(lambda: sensor(town.street)["level"] is None, 10, "the alarm has cleared")
    assert [row["state"] for row in town.street.cases()] == ["open"]


def test_a_plain_number_and_junk_from_a_sensor(town: Town) -> None:
    """A bare number is a reading; bytes that are none are kept aside; an unknown sensor adds no sensor."""
    before = len(json.loads(paidan("sensors", "--home", town.street.home, "--json")))
    meter = town.client()
    for payload in ("junk", "NaN", '{"value":', "51.5"):
        meter.publish(f"paidan/pailou/sensor/{SENSOR}", payload)
    meter.publish("paidan/pailou/sensor/nobody-knows-me", "1")
    wait_until(lambda: sensor(town.street)["value"] == 51.5, 10, "the number is shown")
    assert town.street.status()["quarantined"] == 3
    assert len(json.loads(paidan("sensors", "--home", town.street.home, "--json"))) == before

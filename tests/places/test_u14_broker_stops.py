"""U14 with a real broker: it stops, and within five seconds every seat says so; F2 goes on."""

import time
from pathlib import Path

from data.office import Office
from tests.helpers.brokers import AnyBroker
from tests.helpers.town import found
from tests.helpers.waiting import wait_until
from tests.places.driving import Seat, drive

LIMIT_S = 5.0


def test_u14_a_stopped_broker_is_told_within_five_seconds(tmp_path: Path, nats_broker: AnyBroker) -> None:
    """The banner says since when, values wear `~`, and a dispatch is stored and shown as not sent yet."""
    town = found(tmp_path, nats_broker)
    try:
        town.street.serve()
        client = town.client()
        client.publish("paidan/pailou/in/report", {"id": "r1", "text": "楼下垃圾没人清", "grid": "DHG-03"})
        client.publish("paidan/pailou/sensor/jn-plaza-noise", {"value": 51.0})
        office = Office.open(town.street.home, "王梅")
        wait_until(lambda: office.cases.queue(9).total == 1, 20, "the report came")
        wait_until(lambda: any(panel.value is not None for panel in office.sensors.board(20, 2).panels), 20, "the value came")

        async def work(seat: Seat) -> None:
            await seat.until(lambda: seat.shows("51.0"))
            nats_broker.stop()
            began = time.monotonic()
            await seat.until(lambda: seat.shows("起收不到新读数"))
            assert time.monotonic() - began <= LIMIT_S
            await seat.until(lambda: seat.shows("~51.0"))
            seat.app.redraw()
            # The channel that is down is a warning, which wants the key twice.
            await seat.press("f2", "f2")
            assert ["sending"] == [row.state for row in office.cases.queue(9).rows], seat.text()
            # In its grace and after it: dispatched, and kept here.
            assert seat.shows("已派 #1"), seat.text()
            await seat.until(lambda: seat.shows("存待发"))

        drive(work, office=office)
        office.close()
    finally:
        town.stop()

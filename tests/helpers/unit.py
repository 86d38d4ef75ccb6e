"""A scripted unit: takes orders from its inbox as an area leader's phone would and answers what the test tells it to."""

from typing import Any

from data.clock import Clock, iso
from tests.helpers.mqtt import Client
from tests.helpers.waiting import wait_until


class Unit:
    """An MQTT unit of a test. Receipt ids follow from the order's, so that a repeated answer is the same message."""

    def __init__(self, url: str, unit: str, clock: Clock, person: str = "") -> None:
        self.unit, self.person, self._clock = unit, person or unit, clock
        self.inbox = f"paidan/{unit}/in/order"
        self._client = Client(url, f"unit-{unit}", topics=(f"paidan/{unit}/in/+",), keep=True)

    def orders(self) -> list[dict[str, Any]]:
        """Orders so far, repeats included, in the order they came."""
        return self._client.messages(self.inbox)

    def wait_order(self, deadline_s: float = 15.0) -> dict[str, Any]:
        """The newest order, once there is one."""
        return wait_until(self.orders, deadline_s, f"{self.unit} has an order")[-1]

    def answer(self, order: dict[str, Any], kind: str, note: str = "", **fields: object) -> dict[str, Any]:
        """Send one receipt; returns it, so that a test can send the very same again with `send`."""
        receipt = {
            "id": f"{order['id']}-{kind}", "order": order["id"], "kind": kind, "time": iso(self._clock.now()),
            "by": self.person, "from": self.unit, "note": note, **fields,
        }  # fmt: skip
        self.send(order, receipt)
        return receipt

    def send(self, order: dict[str, Any], receipt: dict[str, Any]) -> None:
        self._client.publish(order["reply_to"], receipt)

    def cancels(self) -> list[dict[str, Any]]:
        return self._client.messages(f"paidan/{self.unit}/in/cancel")

    def notes(self) -> list[dict[str, Any]]:
        return self._client.messages(f"paidan/{self.unit}/in/note")

    def close(self) -> None:
        self._client.close()

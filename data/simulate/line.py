"""One simulated party's own MQTT connection: 3.1.1, QoS 1, a session that survives, as a phone or a gateway would have."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from data.domain.errors import PaidanError
from data.domain.reason import because
from data.files import broker_password
from data.settings import Settings
from data.simulate.agenda import Agenda

_LOG = logging.getLogger(__name__)
Hear = Callable[[str, Mapping[str, Any]], None]
"""Called on the agenda's thread with topic and decoded JSON object."""


def broker_url(settings: Settings) -> str:
    """Where this home's broker is."""
    file = settings.file
    return f"mqtt://127.0.0.1:{file.broker_port}" if file.broker == "embedded" else file.broker


def password(settings: Settings) -> str | None:
    """The broker's password, from the file that the settings name; relative to the home."""
    return broker_password(settings.home, settings.file.broker_password_file) or None


class Line:
    """A connection under a fixed client id, made when constructed and mended by itself. Raises `PaidanError` at first failure."""

    def __init__(
        self, settings: Settings, client_id: str, agenda: Agenda, topics: tuple[str, ...] = (), hear: Hear | None = None
    ) -> None:
        url = broker_url(settings)
        self._topics, self._hear, self._agenda = topics, hear, agenda
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=not topics, manual_ack=True)
        self._client.on_connect, self._client.on_message, self._client.on_subscribe = self._connected, self._took, self._subscribed
        self._client.reconnect_delay_set(1, 5)
        place = urlsplit(url)
        if place.username:
            self._client.username_pw_set(place.username, password(settings))
        try:
            self._client.connect(place.hostname or "127.0.0.1", place.port or 1883, keepalive=30)
        except OSError as error:
            raise PaidanError(because("simulate_broker", url=url, problem=str(error))) from error
        self._client.loop_start()

    def send(self, topic: str, message: Mapping[str, Any] | Sequence[Any] | str, *, retain: bool = False) -> None:
        """Publish with QoS 1; queued while the connection is down."""
        body = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        self._client.publish(topic, body, qos=1, retain=retain)

    def close(self) -> None:
        """Say goodbye; at most a second."""
        self._client.disconnect()
        self._client.loop_stop()

    # The callbacks run on paho's thread, which an exception would end without a word.

    def _connected(self, client: paho.Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        if self._topics and not code.is_failure:
            client.subscribe([(topic, 1) for topic in self._topics])

    def _subscribed(self, client: paho.Client, _data: Any, _mid: int, codes: Any, _properties: Any) -> None:
        if any(code.is_failure for code in codes):
            _LOG.error("broker refused a subscription of %s", self._topics)

    def _took(self, client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            decoded = json.loads(message.payload)
        except ValueError:
            decoded = None
        if self._hear and isinstance(decoded, dict):
            self._agenda.inbox.put(partial(self._hear, message.topic, decoded))
        client.ack(message.mid, message.qos)

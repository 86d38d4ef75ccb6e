"""A small MQTT client for tests: remembers what came, can withhold acknowledgements, says when it is subscribed."""

import json
import threading
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.helpers.waiting import wait_until


class Client:
    """One client of a broker. With `keep=True` its session survives (fixed id, QoS 1); `acks=False` acknowledges nothing."""

    def __init__(self, url: str, name: str, *, topics: tuple[str, ...] = (), keep: bool = False, acks: bool = True) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.session_present: bool | None = None
        self._topics, self._acks, self._ready = topics, acks, threading.Event()
        self._granted: list[int] = []
        self._mqtt = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=not keep, manual_ack=True)
        self._mqtt.reconnect_delay_set(1, 1)
        self._mqtt.on_connect, self._mqtt.on_message, self._mqtt.on_subscribe = self._connected, self._took, self._subscribed
        place = urlsplit(url)
        self._mqtt.connect(place.hostname or "127.0.0.1", place.port or 1883, keepalive=10)
        self._mqtt.loop_start()
        if not self._ready.wait(10):
            raise AssertionError(f"{name}: no subscription within 10 s")

    def _connected(self, client: mqtt.Client, _data: object, flags: mqtt.ConnectFlags, code: Any, _properties: object) -> None:
        self.session_present = flags.session_present
        if code.is_failure:
            return
        if self._topics:
            client.subscribe([(topic, 1) for topic in self._topics])
        else:
            self._ready.set()

    def _subscribed(self, _client: mqtt.Client, _data: object, _mid: int, codes: Any, _properties: object) -> None:
        if not any(code.is_failure for code in codes):
            self._ready.set()

    def _took(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        self.received.append((message.topic, message.payload))
        if self._acks:
            client.ack(message.mid, message.qos)

    def publish(self, topic: str, payload: object, *, deadline_s: float = 10.0, retain: bool = False) -> None:
        """Publish with QoS 1 (a dict becomes JSON) and wait until the broker has acknowledged it."""
        data = payload if isinstance(payload, (bytes, str)) else json.dumps(payload, ensure_ascii=False)
        handed = self._mqtt.publish(topic, data, qos=1, retain=retain)
        wait_until(handed.is_published, deadline_s, f"{topic} acknowledged by the broker")

    def messages(self, topic: str = "") -> list[Any]:
        """What came so far, decoded, of one topic or of all."""
        return [json.loads(payload) for at, payload in list(self.received) if topic in ("", at)]

    def connected(self) -> bool:
        return self._mqtt.is_connected()

    def drop(self) -> None:
        """Go without a word: the socket closes, the broker sees no DISCONNECT, nothing more is acknowledged."""
        self._mqtt.loop_stop()
        sock = self._mqtt.socket()
        if sock:
            sock.close()

    def close(self) -> None:
        self._mqtt.disconnect()
        self._mqtt.loop_stop()

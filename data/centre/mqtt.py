"""One MQTT connection of the centre, over paho: 3.1.1, persistent session, acknowledged by hand after the commit, TLS where the url says mqtts.

paho's callbacks run on the network thread; they only hand over, and cannot raise: an exception there would end the thread
while `is_connected()` stays true. The network loop runs on a thread of our own that is started again if it ever ends.
"""

import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from data.centre.frame import Frame
from data.centre.handover import Handover
from data.centre.receiver import Receiver
from data.clock import Clock

_LOG = logging.getLogger(__name__)
QUEUE_FRAMES = 20_000
"""Most messages held between all connections and the writer. Unacknowledged QoS 1 is bounded by the broker well below this;
past it a message is dropped unacknowledged and the connection is made anew, so that the broker delivers it again."""
ROOM = 8_000
"""Past `QUEUE_FRAMES` less this no more is read from the network; one read may bring some thousands (a broker need not keep to its own bound)."""
QUEUE_READINGS, LEAST_FRAMES = 120_000, 100
"""Nor past so many readings, where messages are packs of many, but for so few messages; judgement, 0.5 s of work."""
FIRST_RETRY_S, LAST_RETRY_S = 1, 10


@dataclass(frozen=True, slots=True)
class PubAck:
    """The broker has taken a message of ours. It proves nothing about the other desk."""

    mid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files of a connection by TLS; "" is the system's authorities, and no certificate of our own."""

    ca: str = ""
    cert: str = ""
    key: str = ""


Handed = Handover[Frame | PubAck]


def guarded(callback: Callable[..., None]) -> Callable[..., None]:
    """A callback of the network thread that cannot raise."""

    @wraps(callback)
    def safe(self: "Mqtt", *args: Any) -> None:
        try:
            callback(self, *args)
        except Exception as error:  # noqa: BLE001 — the boundary named above; the fault shows in status and log
            self.fault = f"{type(error).__name__}: {error}"
            _LOG.exception("mqtt callback")

    return safe


class Mqtt:
    """The connection. `handed` receives `Frame` and `PubAck` in order of arrival; everything else is for the writer's thread."""

    FORGETS = False
    """Whether the broker is to forget the session when the connection ends."""
    KEEPALIVE_S, LOOK_S = 30, 1.0
    """The second is how often the network thread looks at the time."""

    def __init__(
        self, url: str, *, client_id: str, topics: tuple[str, ...], clock: Clock, user: str = "", password: str = "",
        source: str = "", qos: int = 1, tls: Tls | None = None, handed: Handed | None = None,
    ) -> None:  # fmt: skip
        self.url = url
        self.topics = topics
        self.source = source
        self.handed: Handed = Handover(QUEUE_FRAMES) if handed is None else handed
        self._qos = qos
        self.down_since: int | None = clock.now()
        """Desk time since when there is no working connection, or None."""
        self.fault = ""
        """The newest thing that went wrong here, for the health place."""
        self._told: set[str] = set()
        """Why it is down, once each until it is up again: one that was never reached is told of too."""
        self.dropped = 0
        self.calls: Container[bytes] = frozenset()
        """Topics whose messages go by the first lane."""
        self._clock = clock
        self._generation = 0
        self._held: set[int] = set()
        """Numbers of this connection's messages that are not acknowledged yet."""
        self._stopping = threading.Event()
        self._client = self._make_client(client_id, user or urlsplit(url).username or "", password)
        if tls is not None:
            self._client.tls_set_context(_context(tls))
        self._thread = threading.Thread(target=self._loop, name=f"mqtt {client_id}", daemon=True)

    def _make_client(self, client_id: str, user: str, password: str) -> Receiver:
        client = Receiver(
            self._take,
            has_room=self._has_room,
            callback_api_version=CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=self.FORGETS,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        client.max_inflight_messages_set(1000)
        client.reconnect_delay_set(FIRST_RETRY_S, LAST_RETRY_S)
        if user:
            client.username_pw_set(user, password or None)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _has_room(self) -> bool:
        return len(self.handed) < min(QUEUE_FRAMES - ROOM, max(LEAST_FRAMES, QUEUE_READINGS / self.handed.each))

    def start(self) -> None:
        """Connect in the background and keep at it until `close`."""
        self._thread.start()

    def leave(self) -> None:
        """Begin to disconnect; `close` waits for it."""
        self._stopping.set()
        self._client.disconnect()

    def close(self) -> None:
        """Disconnect; the session stays at the broker and collects what comes in meanwhile."""
        self.leave()
        self._thread.join(timeout=3)

    @property
    def is_up(self) -> bool:
        """Whether messages come and go: connected and every subscription granted."""
        return self.down_since is None and self._thread.is_alive()

    def publish(self, topic: str, body: bytes, *, retain: bool = False) -> int | None:
        """Send with QoS 1; the message's number, to be met again in a `PubAck`, or None when the line is down."""
        if not self.is_up:
            return None
        info = self._client.publish(topic, body, qos=1, retain=retain)
        return info.mid if info.rc == paho.MQTT_ERR_SUCCESS else None

    def ack(self, frames: Iterable[Frame]) -> None:
        """Acknowledge messages that are committed. One of an earlier connection is left: its number may mean another now."""
        ours = [frame for frame in frames if frame.source == self.source and frame.generation == self._generation]
        numbers = [frame.mid for frame in ours if frame.qos == 1]
        self._held.difference_update(numbers)
        self._client.ack_all(numbers)
        for frame in ours:
            if frame.qos == 2:
                self._client.ack(frame.mid, 2)

    def renew(self) -> None:
        """Drop the connection; paho makes it anew and the broker delivers again what was not acknowledged."""
        with contextlib.suppress(OSError):
            sock = self._client.socket()
            if sock is not None:
                sock.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]  # handed through to the socket

    def _loop(self) -> None:
        parts = urlsplit(self.url)
        while not self._stopping.is_set():
            try:
                port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
                self._client.connect(parts.hostname or "127.0.0.1", port, keepalive=self.KEEPALIVE_S)
                self._client.loop_forever(self.LOOK_S, retry_first_connection=True)
            except Exception as error:  # noqa: BLE001 — the network loop must come back whatever ended it
                self._went_down(f"{type(error).__name__}: {error}")
            self._stopping.wait(FIRST_RETRY_S)

    def _went_down(self, why: str) -> None:
        self.fault = why
        if self.down_since is None:
            self.down_since = self._clock.now()
        if why not in self._told:
            self._told.add(why)
            _LOG.warning("broker %s down: %s", self.url, why)

    @guarded
    def _on_connect(self, client: paho.Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        if code.is_failure:
            self._went_down(str(code))
            return
        self._generation += 1
        self._held = set()
        client.subscribe([(topic, self._qos) for topic in self.topics])

    @guarded
    def _on_subscribe(self, _client: paho.Client, _data: Any, _mid: int, codes: Any, _properties: Any) -> None:
        refused = [topic for topic, code in zip(self.topics, codes, strict=False) if code.is_failure]
        if refused:
            self._went_down(f"subscription refused: {', '.join(refused)}")
            self.renew()
            return
        _LOG.info("broker %s connected", self.url)
        self.down_since, self.fault = None, ""
        self._told.clear()

    @guarded
    def _on_disconnect(self, _client: paho.Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        self._went_down(str(code))

    @guarded
    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        # QoS 2 only; the others come by `_take`.
        payload = bytes(message.payload)
        self._take(message._topic, payload, message.mid, message.qos, message.retain, message.dup, len(payload))

    @guarded
    def _take(self, topic: bytes, body: bytes, number: int, qos: int, retained: bool, duplicate: bool, size: int) -> None:
        if qos == 1:
            # A broker that has waited long for an acknowledgement sends again what we still have in hand. Taken twice, copies would
            # fill the line in a flood: the first one's acknowledgement answers for both.
            if duplicate and number in self._held:
                return
            self._held.add(number)
        # A topic that is not UTF-8 goes on with signs in it that no codec takes: it ends in quarantine, acknowledged.
        frame = Frame(
            topic=topic.decode("utf-8", "replace"), body=body, received_at=self._clock.now(), mid=number, qos=qos, retained=retained,
            duplicate=duplicate, generation=self._generation, source=self.source, bytes=size if size > len(body) else 0,
        )  # fmt: skip
        if not self.handed.put(frame, first=topic in self.calls):
            self.dropped += 1
            if qos:
                self.renew()

    @guarded
    def _on_publish(self, _client: paho.Client, _data: Any, mid: int, _code: Any, _properties: Any) -> None:
        # Never dropped: the line's bound is for messages from outside, and there are at most as many of these as we sent.
        self.handed.put_always(PubAck(mid))


def _context(tls: Tls) -> ssl.SSLContext:
    """TLS 1.2 or newer, the server's certificate and name checked. Raises `OSError` for files that cannot be used."""
    context = ssl.create_default_context(cafile=tls.ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.cert:
        context.load_cert_chain(tls.cert, tls.key or None)
    return context

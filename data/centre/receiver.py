"""paho's client with a faster way in: many packets a `recv`, no object of its own a message, one `send` for many acknowledgements.

paho reads each packet with three `recv` and a `select` and writes one `send` a PUBACK, which is most of what a message costs (`speed.md` §2).
Here the socket is read into a buffer; PUBLISH packets of QoS 0 and 1 are taken from it directly, all others are left to paho, which reads them
from the same buffer. Uses members of paho 2.x that are not public: `_create_socket`, `_packet_read`, `_packet_queue`, `_in_packet`, `_sockpairR`,
`_sockpairW`.

MQTT 3.1.1 only. A payload above `MAX_BODY` is cut as it comes in, so that one message cannot fill the memory; `size` says how long it was.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode

CHUNK = 262_144
MAX_BODY = 1_048_576
"""Longest payload that is held in memory (judgement); codecs take less."""
FULL_S = 0.002
"""Rest while whoever takes the messages has no room."""
_PUBLISH, _PUBACK = 0x30, 0x40

Take = Callable[[bytes, bytes, int, int, bool, bool, int], None]
"""(topic, payload, packet number, QoS, retained, duplicate, size)."""


class _Buffered:
    """A socket that is read ahead of its reader."""

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        self.held = bytearray()
        self.at = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sock, name)

    def fileno(self) -> int:
        number: int = self.sock.fileno()
        return number

    def recv(self, most: int) -> bytes:
        """From the buffer, else from the socket."""
        if self.at >= len(self.held):
            taken: bytes = self.sock.recv(most)
            return taken
        taken = bytes(self.held[self.at : self.at + most])
        self.at += len(taken)
        return taken

    def pending(self) -> int:
        """What TLS has decrypted and `select` cannot see; the buffer holds nothing whole between two reads."""
        return self.sock.pending() if isinstance(self.sock, ssl.SSLSocket) else 0

    def fill(self) -> bool:
        """Read what has come. False at the end of the connection; raises `BlockingIOError` when there is nothing."""
        if self.at:
            del self.held[: self.at]
            self.at = 0
        try:
            chunk = self.sock.recv(CHUNK)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
            raise BlockingIOError from error
        self.held += chunk
        return bool(chunk)


class Receiver(paho.Client):
    """See above. `take` is called on the network thread for every message of QoS 0 and 1, and must not raise."""

    def __init__(self, take: Take, has_room: Callable[[], bool] = lambda: True, **more: Any) -> None:
        super().__init__(**more)
        # paho makes these only for the threads that it starts itself; without them what another thread queues waits until `select` times out.
        self._sockpairR, self._sockpairW = socket.socketpair()
        self._sockpairR.settimeout(0)
        self._sockpairW.settimeout(0)
        self._take = take
        self._has_room = has_room
        self._line: _Buffered | None = None
        self._skip = 0

    def ack_all(self, numbers: Iterable[int]) -> None:
        """Acknowledge messages of QoS 1 in one go."""
        packet = bytearray()
        for number in numbers:
            packet += b"\x40\x02" + number.to_bytes(2, "big")
        if packet and self._sock is not None:
            self._packet_queue(_PUBACK, bytes(packet), 0, 1)

    def _packet_queue(self, command: int, packet: Any, mid: int, qos: int, info: Any = None) -> MQTTErrorCode:
        # All writing on the network thread: paho would write on this one too, and of two threads each may break the other's packet in two.
        self._out_packet.append({"command": command, "mid": mid, "qos": qos, "pos": 0, "to_process": len(packet), "packet": packet, "info": info})
        with contextlib.suppress(OSError):
            if self._sockpairW is not None:
                self._sockpairW.send(b"0")
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _create_socket(self) -> Any:
        # A new connection begins with a new buffer.
        self._line, self._skip = _Buffered(super()._create_socket()), 0
        return self._line

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Called by paho's loop when the socket can be read."""
        line = self._line
        if self._sock is None or line is None:
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        if not self._has_room():
            # What is not read waits at the broker's end; acknowledgements and pings of ours still go out in between.
            time.sleep(FULL_S)
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        try:
            if not line.fill():
                return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        except BlockingIOError:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        except OSError:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        self._last_bytes_received = time.monotonic()
        return self._read_held(line)

    def _read_held(self, line: _Buffered) -> MQTTErrorCode:
        while self._sock is line:
            try:
                whole = self._take_publishes(line)
            except ValueError:
                return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_PROTOCOL)
            if not whole:
                return MQTTErrorCode.MQTT_ERR_SUCCESS
            rc = self._packet_read()
            if rc > 0:
                return self._loop_rc_handle(rc)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _take_publishes(self, line: _Buffered) -> bool:
        """Take every whole PUBLISH at the beginning of the buffer; True when a whole packet of another kind stands first."""
        held, at, end = line.held, line.at, len(line.held)
        if self._skip:
            gone = min(self._skip, end - at)
            at, self._skip = at + gone, self._skip - gone
        while at + 2 <= end:
            head, length, body = held[at], held[at + 1], at + 2
            if length & 0x80:
                length, body = _length(held, at + 1, end)
                if body < 0:
                    break
            qos = (head >> 1) & 3
            if head & 0xF0 != _PUBLISH or qos == 2:
                if body + length > end:
                    break
                line.at = at
                return True
            if body + length > end:
                if length <= MAX_BODY or end - body < MAX_BODY:
                    break
                self._publish(held, head, qos, body, end, length)
                self._skip, at = body + length - end, end
                break
            self._publish(held, head, qos, body, body + length, length)
            at = body + length
        line.at = at
        return False

    def _publish(self, held: bytearray, head: int, qos: int, body: int, end: int, length: int) -> None:
        start = body + 2 + ((held[body] << 8) | held[body + 1])
        topic = bytes(held[body + 2 : start])
        number = 0
        if qos:
            number = (held[start] << 8) | held[start + 1]
            start += 2
        if start > end:
            raise ValueError(length)
        size = length - (start - body)
        self._take(
            topic, bytes(held[start:end][:MAX_BODY] if size > MAX_BODY else held[start:end]), number, qos, bool(head & 1), bool(head & 8), size
        )


def _length(held: bytearray, at: int, end: int) -> tuple[int, int]:
    """(remaining length, where the body begins); the second is -1 while bytes are missing. Raises `ValueError` past four bytes."""
    length, shift = 0, 0
    for place in range(at, min(end, at + 4)):
        length |= (held[place] & 0x7F) << shift
        shift += 7
        if not held[place] & 0x80:
            return length, place + 1
    if end - at >= 4:
        raise ValueError(length)
    return 0, -1

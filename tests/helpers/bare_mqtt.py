"""MQTT 3.1.1 from a bare socket: as fast as the broker takes it, or at a rate."""

import socket
import threading
import time


def packet(topic: str, body: bytes, number: int) -> bytes:
    """A PUBLISH of QoS 1."""
    inner = len(topic.encode()).to_bytes(2, "big") + topic.encode() + number.to_bytes(2, "big") + body
    head, length = bytearray([0x32]), len(inner)
    while True:
        head.append((length & 0x7F) | (0x80 if length > 127 else 0))
        length >>= 7
        if not length:
            return bytes(head) + inner


class Publisher:
    """One connection that publishes with QoS 1."""

    def __init__(self, port: int, name: str) -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        body = b"\x00\x04MQTT\x04\x02\x00\x00" + len(name).to_bytes(2, "big") + name.encode()
        self.line.sendall(b"\x10" + bytes([len(body)]) + body)
        assert self.line.recv(4) == b"\x20\x02\x00\x00"
        self.acked: float = 0
        """PUBACKs so far; a part of one counts as that part."""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while got := self.line.recv(65536):
            self.acked += len(got) // 4 if len(got) % 4 == 0 else len(got) / 4

    def send(self, messages: list[tuple[str, bytes]], rate: float = 0) -> None:
        """Publish all, so many a second where a rate is given, and wait until the broker has acknowledged them."""
        begun, sent, before = time.monotonic(), 0, self.acked
        while sent < len(messages):
            step = 500 if not rate else max(1, min(500, round((time.monotonic() - begun) * rate) - sent))
            part = messages[sent : sent + step]
            self.line.sendall(b"".join(packet(topic, body, (sent + n) % 65000 + 1) for n, (topic, body) in enumerate(part)))
            sent += len(part)
            while (rate and sent >= (time.monotonic() - begun) * rate) or sent - (self.acked - before) > 20_000:
                time.sleep(0.002)
        while round(self.acked - before) < len(messages):
            time.sleep(0.005)

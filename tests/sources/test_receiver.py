"""The fast way in: packets however they are cut, long ones, other kinds; and the line to the writer."""

import socket
import threading
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion

from data.centre.handover import Handover
from data.centre.receiver import MAX_BODY, Receiver, _Buffered
from tests.helpers.waiting import wait_until


def packet(topic: bytes, body: bytes, number: int, *, qos: int = 1, retained: bool = False) -> bytes:
    inner = len(topic).to_bytes(2, "big") + topic + (number.to_bytes(2, "big") if qos else b"") + body
    head, length = bytearray([0x30 | (qos << 1) | retained]), len(inner)
    while True:
        head.append((length & 0x7F) | (0x80 if length > 127 else 0))
        length >>= 7
        if not length:
            return bytes(head) + inner


class Script:
    """A socket that gives its bytes in the pieces it was told."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def recv(self, most: int) -> bytes:
        if not self.pieces:
            raise BlockingIOError
        piece = self.pieces[0][:most]
        self.pieces[0] = self.pieces[0][most:]
        if not self.pieces[0]:
            self.pieces.pop(0)
        return piece


def receive(data: bytes, cuts: list[int]) -> list[Any]:
    """What comes out when the bytes come in these pieces."""
    taken: list[Any] = []
    client = Receiver(lambda *message: taken.append(message), callback_api_version=CallbackAPIVersion.VERSION2, client_id="x", manual_ack=True)
    edges = [0, *sorted({cut % len(data) for cut in cuts} - {0}), len(data)] if data else [0]
    line = _Buffered(Script([data[a:b] for a, b in pairwise(edges)]))
    client._line = client._sock = line
    for _ in range(len(edges) + len(data) // 200_000 + 3):
        assert 0 == client.loop_read()
    return taken


MESSAGES = st.lists(
    st.tuples(st.text(min_size=1, max_size=8).map(str.encode), st.binary(max_size=300), st.sampled_from([0, 1]), st.booleans()), max_size=6
)


@settings(max_examples=300, deadline=None)
@given(MESSAGES, st.lists(st.integers(0, 5000), max_size=12))
def test_messages_come_out_whole_however_they_were_cut(messages: list[tuple[bytes, bytes, int, bool]], cuts: list[int]) -> None:
    """Any cut of the stream, with a ping answer between the messages, which paho reads."""
    data, wanted = b"", []
    for number, (topic, body, qos, retained) in enumerate(messages, 1):
        data += packet(topic, body, number, qos=qos, retained=retained) + b"\xd0\x00"
        wanted.append((topic, body, number if qos else 0, qos, retained, False, len(body)))
    assert wanted == receive(data, cuts)


def test_a_message_of_ten_megabytes_is_cut_and_the_next_one_whole() -> None:
    """It never fills the memory; its length is told."""
    big, next_one = receive(packet(b"a", b"x" * 10_000_000, 1) + packet(b"b", b"1", 2), [])
    assert (MAX_BODY, 10_000_000) == (len(big[1]), big[6])
    assert (b"b", b"1", 2) == next_one[:3]


def test_without_room_nothing_is_read() -> None:
    """What the writer has no room for waits at the broker's end, and comes once there is room."""
    taken, room = [], [False]
    receiver = Receiver(lambda topic, *_: taken.append(topic), has_room=lambda: room[0], callback_api_version=CallbackAPIVersion.VERSION2)
    receiver._sock = receiver._line = _Buffered(Script([packet(b"a", b"1", 1)]))
    receiver.loop_read()
    assert [] == taken
    room[0] = True
    receiver.loop_read()
    assert [b"a"] == taken


def test_the_line_refuses_when_full_and_wakes_its_taker() -> None:
    """Bounded, in order, and nobody waits in vain."""
    line: Handover[int] = Handover(2)
    assert [True, True, False] == [line.put(n) for n in (1, 2, 3)]
    line.put_always(4)
    assert [1, 2] == line.take(0, 2)
    assert [4] == line.take(1, 5)
    taken: list[int] = []
    taker = threading.Thread(target=lambda: taken.extend(line.take(5, 5)))
    taker.start()
    line.put(6)
    taker.join(5)
    assert [6] == taken
    assert [] == line.take(0.01, 5)


def test_acknowledgements_leave_in_one_packet() -> None:
    """Four bytes each, one after the other."""
    here, there = socket.socketpair()
    client = Receiver(lambda *_: None, callback_api_version=CallbackAPIVersion.VERSION2, client_id="x", manual_ack=True)
    client._sock = here
    client.ack_all([1, 258])
    wait_until(client.want_write)
    client.loop_write()
    assert b"\x40\x02\x00\x01\x40\x02\x01\x02" == there.recv(100)
    here.close()
    there.close()

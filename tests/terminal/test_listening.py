"""What a terminal may send: nothing that is no UTF-8 ends the seat, and no half of a sign is taken for a key."""

import os
import threading

import pytest
from textual import events

from console.terminal.listening import messages


@pytest.mark.parametrize(
    ("raw", "signs"),
    [
        (b"a\xffb", ["a", "�", "b"]),
        ("派单".encode("gbk"), ["�", "ɵ", "�"]),
        ("派".encode(), ["派"]),
        (b"\xe6\xb4", []),
        (b"\x9b1;2A", ["�", "1", ";", "2", "A"]),
    ],
    ids=["eighth bit", "a terminal set to GBK", "Chinese", "half a sign waits", "a control of eight bits"],
)
def test_bytes_that_are_no_utf8_are_a_sign_that_means_nothing(raw: bytes, signs: list[str]) -> None:
    ours, theirs = os.pipe()
    ended, heard = threading.Event(), list[str]()

    def listen() -> None:
        heard.extend(message.character or message.key for message in messages(ours, ended, debug=False) if isinstance(message, events.Key))

    thread = threading.Thread(target=listen)
    thread.start()
    os.write(theirs, raw)
    ended.wait(0.25)
    ended.set()
    thread.join(5)
    os.close(ours)
    os.close(theirs)
    assert heard == signs

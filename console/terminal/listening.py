"""Keys come in as the stock driver takes them, but for one thing: bytes that are no UTF-8 end no seat.

A line that garbles, a terminal set to GBK or an Alt key that sets the eighth bit sends such; the stock driver dies of the first. Here each
is a sign that means nothing, which the keys' guard takes for an input method's.
"""

import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterator
from threading import Event

from textual._xterm_parser import XTermParser
from textual.message import Message

_TICK_S = 0.1
"""How long an Escape may be the beginning of something longer, as the stock driver has it."""
_MOST = 4096


def messages(fd: int, ended: Event, *, debug: bool) -> Iterator[Message]:
    """What is typed, until `ended` is set or the line is closed. Blocks; for a thread of its own."""
    parser, decode = XTermParser(debug), getincrementaldecoder("utf-8")("replace").decode
    with selectors.SelectSelector() as selector:
        selector.register(fd, selectors.EVENT_READ)
        while not ended.is_set():
            if selector.select(_TICK_S):
                if typed := decode(read := os.read(fd, _MOST)):
                    yield from parser.feed(typed)
                elif not read:
                    return  # closed for good: whoever waits for this thread would wait for ever
            yield from parser.tick()

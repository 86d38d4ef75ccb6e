"""The second connection to the own broker, by which calls come at once: the exact topics of the sensors that call, QoS 0, no session.

A QoS 0 subscription has no queue at the broker and no bound of unacknowledged messages: what is published is passed on there and then, whatever
waits for the ordinary session. Nothing relies on it; what it brings are copies (`data.centre.calls`).
"""

import logging
import threading
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

import paho.mqtt.client as paho

from data.centre.frame import Frame
from data.centre.mqtt import Mqtt, guarded

_LOG = logging.getLogger(__name__)
TOPICS = 200
"""Topics in one SUBSCRIBE; judgement, some 10 KB."""


class FirstLine(Mqtt):
    """Connects as soon as there is a topic to follow; `handed` is that of the ordinary connection."""

    FORGETS = True
    KEEPALIVE_S, LOOK_S = 60, 20.0

    def __init__(self, url: str, **more: Any) -> None:
        super().__init__(url, topics=(), qos=0, **more)
        self._lock = threading.Lock()
        self._followed: frozenset[str] = frozenset()
        self._unanswered = 0
        self._refused = 0

    @property
    def missed_since(self) -> int | None:
        """Since when it is down, where there is anything to follow; else None."""
        return self.down_since if self._followed else None

    def follow(self, topics: Collection[str]) -> None:
        """These are all topics, from now on. For the writer's thread."""
        with self._lock:
            before, self._followed = self._followed, frozenset(topics)
            if self._client.is_connected():
                self._ask(self._followed - before)
                for part in _parts(before - self._followed):
                    self._client.unsubscribe(part)
        if topics and not self._thread.is_alive() and not self._stopping.is_set():
            self.start()

    def close(self) -> None:
        """Disconnect."""
        if self._thread.is_alive():
            super().close()

    def _ask(self, topics: Collection[str]) -> None:
        for part in _parts(topics):
            self._unanswered += 1
            self._client.subscribe([(topic, 0) for topic in part])

    def _has_room(self) -> bool:
        return True  # its lane is bounded; what does not fit comes by the ordinary connection

    @guarded
    def _on_connect(self, _client: paho.Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        if code.is_failure:
            self._went_down(str(code))
            return
        with self._lock:
            self._unanswered = self._refused = 0
            self._ask(self._followed)
            self._look()

    @guarded
    def _on_subscribe(self, _client: paho.Client, _data: Any, _mid: int, codes: Any, _properties: Any) -> None:
        with self._lock:
            self._unanswered -= 1
            self._refused += sum(code.is_failure for code in codes)
            self._look()

    def _look(self) -> None:
        if self._refused:
            self._went_down(f"subscription refused: {self._refused} topics")
        elif self._unanswered <= 0:
            if self.down_since is not None:
                _LOG.info("first line connected, %d topics", len(self._followed))
            self.down_since, self.fault = None, ""
            self._told.clear()

    @guarded
    def _take(self, topic: bytes, body: bytes, _number: int, _qos: int, retained: bool, _duplicate: bool, size: int) -> None:
        # What the broker had kept is no call.
        if retained or size > len(body):
            return
        frame = Frame(topic=topic.decode("utf-8", "replace"), body=body, received_at=self._clock.now(), qos=0, is_copy=True)
        if not self.handed.put(frame, first=True):
            self.dropped += 1


def _parts(topics: Collection[str]) -> Iterator[list[str]]:
    rest = iter(sorted(topics))
    while part := list(islice(rest, TOPICS)):
        yield part

"""CAP messages of a watched folder and of HTTP addresses, parsed on their own threads and handed to the centre's writer.

An address answers with one CAP message, or with a feed (Atom or RSS) whose links on the same host lead to them.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from data.domain.errors import PayloadError
from data.domain.reason import Reason
from data.domain.text import one_line
from data.inlets.cap import Alert, parse_cap
from data.inlets.folder import Folder
from data.inlets.hand import Batch, Hand
from data.inlets.open311 import Unreachable
from data.inlets.xml import Node, parse_xml
from data.settings.ways_in import WarningSource

_LOG = logging.getLogger(__name__)
MAX_BYTES = 1024 * 1024
"""Longest message or feed read (judgement): real ones are a few kB."""
MOST_LINKS = 50
"""Most new links of one feed followed in one look; the rest at the next."""
REMEMBERED = 2_000
"""Links that are known to have been read, the oldest forgotten first; a message read twice counts once anyway."""


class WarningFolder(Folder):
    """Files of CAP messages (.xml, .cap), each taken whole and moved to done/, with its mistake beside it if it has one."""

    inlet = "warnings/folder"
    suffixes = frozenset({".xml", ".cap"})

    def _take(self, path: Path) -> None:
        bad: list[tuple[int, str, Reason]] = []
        alerts: tuple[Alert, ...] = ()
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                alerts = (parse_cap(file.read(MAX_BYTES)),)
        except PayloadError as error:
            bad = [(1, "", error.reason)]
        except FileNotFoundError:
            return  # taken away again by whoever put it there
        if self._hand.give(Batch(inlet=self.inlet, alerts=alerts, bad=len(bad))):
            self._aside(path, bad)


class WarningPoll:
    """One address, asked every `poll_s` real seconds."""

    def __init__(self, config: WarningSource, hand: Hand) -> None:
        self.inlet = f"warnings/{config.name}"
        self._config, self._hand = config, hand
        self._read: dict[str, None] = {}
        self.thread = threading.Thread(target=self._run, name=f"inlet {self.inlet}", daemon=True)

    def _run(self) -> None:
        while not self._hand.stopping.is_set():
            self.look()
            self._hand.stopping.wait(self._config.poll_s)

    def look(self) -> None:
        """Fetch what is new and hand it over; a failure is handed over too, and tried again at the next look."""
        try:
            self._hand.give(self._fetch())
        except (Unreachable, PayloadError) as error:
            said = one_line(str(error), 300)
            _LOG.warning("%s: %s", self.inlet, said)
            self._hand.give(Batch(inlet=self.inlet, fault=said))

    def _fetch(self) -> Batch:
        body = self._get(self._config.url)
        root = parse_xml(body)
        if root.name == "alert":
            return Batch(inlet=self.inlet, alerts=(parse_cap(body),))
        links = [link for link in self._links(root) if link not in self._read][:MOST_LINKS]
        alerts: list[Alert] = []
        bad = 0
        for link in links:
            try:
                alerts.append(parse_cap(self._get(link)))
            except PayloadError as error:
                _LOG.warning("%s: %s", self.inlet, error)
                bad += 1
            self._read[link] = None
        while len(self._read) > REMEMBERED:
            self._read.pop(next(iter(self._read)))
        return Batch(inlet=self.inlet, alerts=tuple(alerts), bad=bad)

    def _links(self, root: Node) -> Iterator[str]:
        """Links of the entries, newest first as feeds have them; only those of the same host and scheme."""
        here = urlsplit(self._config.url)
        for entry in _entries(root):
            for link in entry.all("link"):
                url = urljoin(self._config.url, (link.attributes.get("href") or link.text).strip())
                if urlsplit(url)[:2] == here[:2]:
                    yield url

    def _get(self, url: str) -> bytes:
        import httpx

        until, body = time.monotonic() + self._config.deadline_s, bytearray()
        try:
            with (
                httpx.Client(trust_env=False, follow_redirects=False, timeout=self._config.deadline_s) as client,
                client.stream("GET", url) as response,
            ):
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_BYTES or time.monotonic() > until or self._hand.stopping.is_set():
                        raise Unreachable(f"> {MAX_BYTES} bytes" if len(body) > MAX_BYTES else "timeout")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from None
        if response.status_code != 200:
            raise Unreachable(f"HTTP {response.status_code}")
        return bytes(body)


def _entries(root: Node) -> Iterator[Node]:
    yield from root.all("entry")
    for channel in root.all("channel"):
        yield from channel.all("item")

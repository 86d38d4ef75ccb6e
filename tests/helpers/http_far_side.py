"""The far side of an HTTP channel: a real threaded server that answers as a script tells it to, and keeps what it was asked."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came whole. Header names are lower-case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answering = Callable[["_Handler"], None]


def answer(body: object = b"", status: int = 200, **headers: str) -> Answering:
    """A whole answer; anything but bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()

    def respond(handler: "_Handler") -> None:
        handler.send_response(status)
        handler.send_header("content-length", str(len(raw)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(raw)

    return respond


def half(body: bytes, status: int = 200) -> Answering:
    """Says it is twice as long, sends this and hangs up."""

    def respond(handler: "_Handler") -> None:
        handler.send_response(status)
        handler.send_header("content-length", str(len(body) * 2))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def drip(gap_s: float = 1.0, *, head: bool = False) -> Answering:
    """One byte each `gap_s`, without end: of the body, or already of the head."""

    def respond(handler: "_Handler") -> None:
        raw = b"HTTP/1.1 200 OK\r\n" if head else b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n"
        try:
            handler.wfile.write(b"" if head else raw)
            for byte in raw if head else b"x" * 60_000:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                if handler.server.ending.wait(gap_s):
                    return
        except OSError:
            return

    return respond


def endless(handler: "_Handler") -> None:
    """A body that never ends, as fast as it goes."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 65_536)
    except OSError:
        return


def silence(handler: "_Handler") -> None:
    """Takes the request and says nothing until the other side gives up."""
    handler.connection.settimeout(30)
    try:
        handler.connection.recv(1)
    except OSError:
        return


def hang_up(handler: "_Handler") -> None:
    """Takes the request and closes the connection."""
    handler.connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    far: "FarSide"
    ending: threading.Event

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is what is tested, no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.server.far.take(asked)(self)
        self.close_connection = True

    do_GET = do_POST = do_PUT = _any  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@dataclass(slots=True)
class FarSide:
    """`with FarSide() as far:`; `far.then` decides by the request what is answered."""

    then: Callable[[Asked], Answering] = field(default=lambda asked: answer({"errcode": 0, "code": 0}))
    asked: list[Asked] = field(default_factory=list)
    _server: _Server | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.far, self._server.ending = self, threading.Event()
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="far side", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.ending.set()
        self._server.shutdown()
        self._server.server_close()

    def take(self, asked: Asked) -> Answering:
        with self._lock:
            self.asked.append(asked)
            return self.then(asked)

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.server_address[1])

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def always(self, how: Answering) -> None:
        self.then = lambda asked: how

    def script(self, *hows: Answering) -> None:
        """These answers one after the other, the last for all that follow."""
        left = list(hows)
        self.then = lambda asked: left.pop(0) if len(left) > 1 else left[0]

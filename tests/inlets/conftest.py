"""A real desk with its inlets, and a real HTTP server on the far side."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from data.centre.inlets import Inlets
from data.settings import load
from data.store.journal import verify
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre
from tests.helpers.waiting import wait_until


@dataclass
class Server:
    """An Open311 server that a test tells what to hold and how to fail."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    body: bytes | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    told: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    write_status: int = 200
    http: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}/v2"

    def answer(self, method: str, path: str, query: dict[str, str], form: dict[str, str]) -> tuple[int, bytes]:
        if method != "GET":
            self.told.append((method, path, form))
            return self.write_status, b"[]" if self.write_status == 200 else b'[{"code":400,"description":"no such key SESAME-1"}]'
        self.asked.append(query)
        if self.body is not None or self.status != 200:
            return self.status, self.body or b""
        between = [row for row in self.requests if query["start_date"] <= row["requested_datetime"] <= query["end_date"]]
        return 200, json.dumps(between[:1000]).encode()


def handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            url = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode(), keep_blank_values=True).items()}
            status, body = server.answer(self.command, url.path, {name: values[0] for name, values in parse_qs(url.query).items()}, form)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = _do  # noqa: N815 — the library's names

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.http = ThreadingHTTPServer(("127.0.0.1", 0), handler(made))
    thread = threading.Thread(target=made.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()


@dataclass
class Street:
    """牌楼 with its inlets running; the test's thread is the writer."""

    centre: Centre
    inlets: Inlets

    def until(self, condition: Callable[[], Any], what: str = "") -> Any:
        """Turn the writer until something is so."""

        def turned() -> Any:
            self.inlets.turn(self.centre.desk, self.centre.settings)
            self.centre.clock.pass_s(1)
            return condition()

        return wait_until(turned, 10, what)

    def inlet(self, name: str) -> dict[str, Any]:
        row = self.centre.desk.conn.execute("SELECT * FROM inlets WHERE name=?", (name,)).fetchone()
        return dict(row) if row else {}

    def finish(self, number: int, state: str = "closed", result: str = "已清理") -> None:
        with self.centre.desk.transaction() as tx, tx.entry("close", subject=f"pailou-{number}", operator="王梅", seat="t") as entry:
            entry.update("cases", f"pailou-{number}", {"state": state, "result": result, "closed_at": tx.now})


@pytest.fixture
def open_street(tmp_path: Path, clock: FakeClock) -> Iterator[Callable[..., Street]]:
    """Make the street with extra lines of paidan.toml; its journal must hold at the end."""
    made: list[Street] = []

    def make(extra: str = "") -> Street:
        home = tmp_path / "pailou"
        centre = open_centre(home, "street", clock)
        path = home / "paidan.toml"
        text = path.read_text(encoding="utf-8").replace('folder = "inlet"', 'folder = "inlet"\npoll_s = 0.05')
        path.write_text(text + "\n" + extra, encoding="utf-8")
        centre.settings = load(home)
        street = Street(centre, Inlets(centre.settings))
        street.inlets.start(centre.desk)
        made.append(street)
        return street

    yield make
    for street in made:
        street.inlets.close()
        assert verify(street.centre.desk.conn) is None
        street.centre.desk.conn.close()

"""Folder and HTTP: files move aside, feeds are followed on their own host, faults are shown and tried again."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data.centre.inlets import Inlets
from data.settings import load
from data.views.warnings import banners
from tests.banners.conftest import cap
from tests.helpers.office import Centre
from tests.helpers.waiting import wait_until

Pages = dict[str, bytes]


@pytest.fixture
def pages() -> Iterator[Pages]:
    """What a real HTTP server answers, by path; `url` is where it is. What is not there is a 404."""
    held: Pages = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = held.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("content-length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    held["url"] = f"http://127.0.0.1:{server.server_address[1]}".encode()
    yield held
    server.shutdown()
    server.server_close()


@pytest.fixture
def inlets(desk: Centre, pages: Pages) -> Iterator[Inlets]:
    """The street's inlets, looking often."""
    path = desk.settings.home / "paidan.toml"
    text = path.read_text(encoding="utf-8").replace('folder = "inlet"', 'folder = "inlet"\npoll_s = 0.05', 1)
    more = f'\n[[warning]]\nname = "city"\nurl = "{pages["url"].decode()}/feed"\nallow_http = true\npoll_s = 0.05\n'
    path.write_text(text + more, encoding="utf-8")
    desk.settings = load(desk.settings.home)
    made = Inlets(desk.settings)
    made.start(desk.desk)
    yield made
    made.close()


def turn_until(desk: Centre, inlets: Inlets, condition: object) -> None:
    def turned() -> bool:
        inlets.turn(desk.desk, desk.settings)
        return bool(condition())  # type: ignore[operator]  # a function

    wait_until(turned)


def headlines(desk: Centre) -> list[str]:
    return sorted(one.headline for one in banners(desk.desk.conn, desk.clock.now()))


def test_a_file_becomes_a_banner_and_a_bad_one_is_named(desk: Centre, inlets: Inlets) -> None:
    """Both move to done/; the bad one's mistake lies beside it."""
    folder = desk.settings.home / "warnings"
    wait_until(folder.is_dir)
    (folder / "one.xml").write_bytes(cap("a", desk.clock.now(), headline="甲"))
    (folder / "bad.xml").write_bytes(b"<alert>")
    done = folder / "done"
    turn_until(desk, inlets, lambda: (done / "one.xml").exists() and (done / "bad.xml").exists())
    assert headlines(desk) == ["甲"]
    assert (done / "bad.xml.errors").read_text(encoding="utf-8").startswith("1\t")


def test_an_address_that_answers_with_one_message(desk: Centre, inlets: Inlets, pages: Pages) -> None:
    """Asked again and again, it counts once."""
    pages["/feed"] = cap("a", desk.clock.now(), headline="乙")
    turn_until(desk, inlets, lambda: headlines(desk) == ["乙"])
    assert [row["act"] for row in desk.all("journal") if row["act"].startswith("warning_")].count("warning_new") == 1


def test_a_feed_is_followed_on_its_own_host_only(desk: Centre, inlets: Inlets, pages: Pages) -> None:
    """Atom and RSS; a link to elsewhere is not asked."""
    now = desk.clock.now()
    pages["/1.xml"], pages["/2.xml"] = cap("a", now, headline="丙"), cap("b", now, headline="丁")
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1.xml"/></entry><entry><link href="http://192.0.2.1/x.xml"/></entry></feed>'
    pages["/feed"] = atom.encode()
    turn_until(desk, inlets, lambda: headlines(desk) == ["丙"])
    pages["/feed"] = b"<rss><channel><item><link>/2.xml</link></item></channel></rss>"
    turn_until(desk, inlets, lambda: headlines(desk) == ["丁", "丙"] or headlines(desk) == ["丙", "丁"])


def test_a_fault_is_shown_until_it_is_over(desk: Centre, inlets: Inlets, pages: Pages) -> None:
    """404 stands in the health place; the next good answer ends it."""

    def state() -> object:
        return desk.desk.conn.execute("SELECT error FROM inlets WHERE name='warnings/city'").fetchone()

    turn_until(desk, inlets, lambda: (found := state()) is not None and "404" in str(found[0]))  # type: ignore[index]  # a row
    pages["/feed"] = cap("a", desk.clock.now())
    turn_until(desk, inlets, lambda: state()[0] is None)  # type: ignore[index]  # a row

"""The last guard: text that reached a widget uncleaned still does not reach the terminal."""

import asyncio

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widgets import Static

from console import guard

_EVIL = "a\x1b]52;c;AAAA\x1b\\b\x9b2Jc\x7fd\u202ee\u2066f\u200bg\ufeffh\u2028i\x00j…"


class _Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Static(Text(_EVIL))


async def _rendered() -> str:
    app = _Bare()
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        strips: list[Strip] = app.screen._compositor.render_strips()
        return "".join(strip.render(app.console) for strip in strips)


def test_every_strip_passes_the_guard() -> None:
    """Textual still renders through `Strip.render`; no control, direction or ambiguous sign survives in a stock widget."""
    guard.install()
    output = asyncio.run(_rendered())

    assert not [sign for sign in "\x9b\x7f\u202e\u2066\u200b\ufeff\u2028\x00…" if sign in output]
    assert "\x1b]52" not in output


@pytest.mark.parametrize(("text", "kept"), [("派单 ok", "派单 ok"), ("a\x1bb", "a?b"), ("·", "?")])
def test_safe_text_is_left_alone(text: str, kept: str) -> None:
    """Only what may not leave is replaced, one for one."""
    assert kept == guard.safe(text)


def test_install_twice_is_once() -> None:
    """A second app in the process does not wrap the wrapper."""
    guard.install()
    before = Strip.render
    guard.install()

    assert before is Strip.render

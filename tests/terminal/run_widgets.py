"""A Textual app of random widgets on either driver: `run_widgets.py SEED ours|stock`. Each key `n` makes one random change."""

import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Input, Static

from console.terminal.driver import SeatDriver

_WORDS = ("派单", "山洪 1小时52毫米", "ab", "红星社区，", "~~~", "  ", "\u28ff\u28ff", "한글", "Ａ")
_COLOURS = ("red", "ansi_blue", "#33414f", "#c4292b", "ansi_default", "#ffa033")


class Random(App[None]):
    """All that it shows follows from the seed and the number of keys."""

    CSS = "Input { border: none; height: 1; } Static { height: 2; width: 1fr; } DataTable { height: 5; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, seed: int, *, ours: bool) -> None:
        super().__init__(driver_class=SeatDriver if ours else None, ansi_color=seed % 2 == 0)
        self.chance = random.Random(seed)

    def text(self) -> Content:
        return Content("".join(self.chance.choice(_WORDS) for _ in range(self.chance.randint(0, 12))))

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(self.text(), id="left")
            yield Static(self.text(), id="right")
        yield Input(id="field", value="深沟")
        yield DataTable(id="table")
        yield Static(self.text(), id="foot")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("级", "事由")
        for row in range(8):
            table.add_row(str(row), str(self.text()))
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "ctrl+n":
            self.change()
        elif event.key == "ctrl+e":
            raise RuntimeError("boom")
        elif event.key == "ctrl+y":
            # Behind everything that was drawn: whoever looks waits for it.
            self.call_after_refresh(lambda: self._driver and self._driver.write(f"\x1b]2;done {event.key}\x1b\\"))
        self.follow()

    def follow(self) -> None:
        """Our driver is told where the cursor is wanted; the stock one is told with each frame."""
        if isinstance(self._driver, SeatDriver):
            self.call_after_refresh(lambda: self._driver.place_caret(self.cursor_position))

    def change(self) -> None:
        kind = self.chance.randrange(5)
        widget = self.query_one(self.chance.choice(("#left", "#right", "#foot")), Static)
        if kind == 0:
            widget.update(self.text())
        elif kind == 1:
            widget.styles.background = self.chance.choice(_COLOURS)
        elif kind == 2:
            widget.display = not widget.display
        elif kind == 3:
            self.query_one(DataTable).move_cursor(row=self.chance.randrange(8))
        else:
            styled: Widget = widget
            styled.styles.text_style = self.chance.choice(("bold", "reverse", "underline", "none"))


if __name__ == "__main__":
    app = Random(int(sys.argv[1]), ours=sys.argv[2] == "ours")
    app.run(mouse=False)
    sys.exit(app.return_code)

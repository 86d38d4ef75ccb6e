"""What Textual writes, told apart: frames are read into a picture, a few known controls pass, anything else is dropped.

This is the last guard before the terminal. Nothing in a frame is passed on as it came: the picture knows signs,
looks and places only, so a sequence that slipped into a text cannot leave.
"""

import re
from dataclasses import dataclass

from console.terminal.picture import Picture
from console.terminal.sgr import PLAIN, Look, obey

_PASS = re.compile(
    r"\x07"  # bell
    r"|\x1b\[\?(?:7|25|1000|1006|1049|2004)[hl]"  # wrap, cursor, mouse buttons, alternate screen, paste
    r"|\x1b\[6n"  # where is the cursor: answered at once, so it measures the line
    r"|\x1b\]2;[^\x00-\x1f\x7f-\x9f]{0,200}\x1b\\"  # title
)
_NEEDLESS = re.compile(
    r"\x1b\[\?(?:1003|1004|1015|1016|2026|2048)(?:[hl]|\$p)"  # mouse moves, focus, synchronised output, sizes in band: we need none
    r"|\x1b\[(?:<|>\d+)u"  # keys of kitty, which input methods do not survive
    r"|\x1b\]22;[a-z_-]*\x07"  # shape of the mouse pointer
)
_TOKEN = re.compile(
    r"\x1b\[(?P<codes>[0-9;]*)(?P<what>[mH])"
    r"|(?P<foreign>\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|[ -/]*[0-~])?|[\x00-\x09\x0b-\x1f\x7f-\x9f])"
    r"|(?P<line>\n)"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
)


def controls(data: str) -> tuple[str, ...] | None:
    """The controls to pass on if `data` is known controls and nothing else; None: read it as a frame."""
    passed, at = [], 0
    while at < len(data):
        if found := _PASS.match(data, at):
            passed.append(found[0])
        elif not (found := _NEEDLESS.match(data, at)):
            return None
        at = found.end()
    return tuple(passed)


@dataclass(slots=True)
class Reader:
    """Follows the stock driver's pen. `dropped` counts sequences and controls that no frame may hold."""

    x: int = 0
    y: int = 0
    look: Look = PLAIN
    dropped: int = 0

    def read(self, data: str, into: Picture) -> None:
        """Draw a frame."""
        for token in _TOKEN.finditer(data):
            if (text := token["text"]) is not None:
                self.x = into.put(self.y, self.x, text, self.look)
            elif (codes := token["codes"]) is None:
                self._line_or_foreign(token)
            elif token["what"] == "m":
                self.look = obey(self.look, codes)
            else:
                self._move(codes)

    def _move(self, codes: str) -> None:
        row, _, column = codes.partition(";")
        self.y, self.x = int(row or 1) - 1, int(column.partition(";")[0] or 1) - 1

    def _line_or_foreign(self, token: re.Match[str]) -> None:
        if token["line"]:
            self.x, self.y = 0, self.y + 1
        else:
            self.dropped += 1

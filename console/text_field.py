"""A line of text being written: pure, a press gives a new one."""


from msgspec import Struct
from msgspec.structs import replace

from widgets.cells import width


class TextField(Struct, frozen=True):
    """Text and caret, in characters."""

    text: str = ""
    caret: int = 0


def begun(text: str) -> TextField:
    """A field that holds a text already, its caret at the end."""
    return TextField(text, len(text))


def put(field: TextField, signs: str, most: int = 500) -> TextField:
    """Put `signs` in at the caret; no more than `most` characters in all."""
    signs = signs[: max(most - len(field.text), 0)]
    return TextField(field.text[: field.caret] + signs + field.text[field.caret :], field.caret + len(signs))


def edit(field: TextField, key: str) -> TextField:
    """Backspace, delete, left, right, home, end; Ctrl+U empties."""
    text, at = field.text, field.caret
    moves = {"left": max(at - 1, 0), "right": min(at + 1, len(text)), "home": 0, "end": len(text)}
    if key in moves:
        return replace(field, caret=moves[key])
    if key == "backspace" and at:
        return TextField(text[: at - 1] + text[at:], at - 1)
    if key == "delete":
        return TextField(text[:at] + text[at + 1 :], at)
    return TextField() if key == "ctrl+u" else field


def around_caret(field: TextField, room: int) -> tuple[str, int]:
    """The part of a long text that holds the caret, in `room` cells, and the caret's cell in it."""
    start = 0
    while width(field.text[start : field.caret]) > room - 2:
        start += 1
    return field.text[start:], width(field.text[start : field.caret])

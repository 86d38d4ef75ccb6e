"""A picture of a running app's screen, cell by cell, since the SVG export tears CJK columns. For eyes, not for asserts."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rich.cells import get_character_cell_size
from rich.color import ColorType
from rich.style import Style
from textual.app import App

_FONTS = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
_MONO_SC = 7
"""Index of Noto Sans Mono CJK SC in the collection."""
_CELL = (11, 24)


def take(app: App[int], path: Path) -> None:
    """Save what `app` shows now as a PNG."""
    width, height = app.size
    image = Image.new("RGB", (width * _CELL[0], height * _CELL[1]), "#15181c")
    pen = ImageDraw.Draw(image)
    fonts = [ImageFont.truetype(name, 20, index=_MONO_SC) for name in _FONTS]
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        x = 0
        for text, style, control in strip:
            if not control:
                x = _segment(pen, fonts, x, y, text, style or Style())
    image.save(path)


def _segment(pen: ImageDraw.ImageDraw, fonts: list[ImageFont.FreeTypeFont], x: int, y: int, text: str, style: Style) -> int:
    front, back = _colour(style.color, "#c9ced6"), _colour(style.bgcolor, "#15181c")
    if style.reverse:
        front, back = back, front
    for sign in text:
        size = get_character_cell_size(sign)
        left, top = x * _CELL[0], y * _CELL[1]
        pen.rectangle((left, top, left + size * _CELL[0] - 1, top + _CELL[1] - 1), fill=back)
        if "\u2800" < sign <= "\u28ff":
            _dots(pen, left, top, ord(sign) - 0x2800, front)
        else:
            pen.text((left, top - 3), sign, font=fonts[bool(style.bold)], fill=front)
        if style.underline:
            pen.line((left, top + 22, left + size * _CELL[0] - 1, top + 22), fill=front)
        x += size
    return x


def _dots(pen: ImageDraw.ImageDraw, left: int, top: int, bits: int, colour: str) -> None:
    """The CJK font lacks Braille: eight dots by hand."""
    places = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
    for bit, (column, line) in enumerate(places):
        if bits >> bit & 1:
            x, y = left + 2 + column * 5, top + 3 + line * 5
            pen.ellipse((x, y, x + 3, y + 3), fill=colour)


def _colour(colour: object, otherwise: str) -> str:
    if colour is None or colour.type is ColorType.DEFAULT:  # type: ignore[attr-defined]  # rich's Color or None
        return otherwise
    return colour.get_truecolor().hex  # type: ignore[attr-defined]  # as above

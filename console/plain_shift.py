"""The handover sheet by lines: items have numbers, the keys are the screen's, and Enter is a word, for an empty line only reads."""

from collections.abc import Iterator

from console.desk import Picture
from console.desk_keys import DeskKeys
from console.keys import Key
from console.pages import Entry, ListPage
from console.places.base import Room
from widgets.lines import Line

PLACE = "handover"
_PAGE = Room(100, 60)
"""As every place is read: below the width at which the report stands beside the sheet."""
_SIGN = frozenset({"enter", "回车"})
_BACK = frozenset({"esc", "escape", "-", "."})
_MOVES = frozenset({Key.UP, Key.DOWN, Key.HOME, Key.END})
_ELSEWHERE = frozenset({None, Key.HELP, Key.FIND, Key.PALETTE})
"""What is no key, or no key of a place."""


class PlainShift:
    """The sheet while it is the place that the lines are for."""

    def __init__(self, keys: DeskKeys) -> None:
        self._keys, self._desk = keys, keys.desk

    @property
    def is_open(self) -> bool:
        """Whether lines are for it now."""
        return self._desk.place == PLACE

    def obey(self, text: str) -> bool:
        """Whether this line was for the sheet. A key that would act on a case, which nobody has heard here, is refused."""
        if text.lower() in _BACK:
            self._desk.go("cases")
        elif text.isdigit():
            self._point(int(text))
        elif text.lower() in _SIGN:
            self._keys.press(Key.OPEN)
        else:
            return self._press(self._keys.keymap.meaning(text.lower() if len(text) > 1 else text, text if len(text) == 1 else None))
        return True

    def _press(self, key: Key | None) -> bool:
        if key is None or key in _ELSEWHERE:
            return False
        # The letter of Enter reads a case everywhere else in this mode; a signature is given by the whole word.
        if key is not Key.OPEN and (key in _MOVES or key in self._page().meanings):
            self._keys.press(key)
        else:
            self._desk.say(self._desk.words("key.not_here", key=self._desk.words(f"key.{key}")), bad=True)
        return True

    def _page(self) -> ListPage:
        page = self._keys.pages.of(PLACE)
        assert isinstance(page, ListPage)
        return page

    def _items(self) -> list[Entry]:
        picture = self._keys.picture
        return [each for each in self._page().entries(picture, _PAGE) if each.id] if picture else []

    def _point(self, number: int) -> None:
        items = self._items()
        if 1 <= number <= len(items):
            self._page().cursor = items[number - 1].id
        else:
            self._desk.say(self._desk.words("plain.no_item", n=number), bad=True)

    def sheet(self, picture: Picture) -> Iterator[str]:
        """All of it, the items numbered."""
        page, number = self._page(), 0
        page.lines(picture, _PAGE)
        yield from (_text(each) for each in page.head(picture, _PAGE))
        for entry in page.entries(picture, _PAGE):
            number += bool(entry.id)
            yield f"{number}. {_text(Line(entry.pieces))}" if entry.id else _text(Line(entry.pieces))
        yield from (_text(each) for each in page.foot(picture, _PAGE))

    def now(self, picture: Picture) -> Iterator[str]:
        """The item that the keys are for, and what came of the last one."""
        page = self._page()
        page.lines(picture, _PAGE)
        for number, entry in enumerate(self._items(), 1):
            if entry.id == page.cursor:
                yield self._desk.words("plain.item", n=number, text=_text(Line(entry.pieces)))
        if self._desk.said is not None:
            yield self._desk.said.text


def _text(line: Line) -> str:
    return " ".join("".join(text for text, _ in line.pieces).split())

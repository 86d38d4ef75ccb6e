"""What one seat knows of the warnings from above: those that every screen shows, whether they moved, and which it has not rung for."""

from typing import TYPE_CHECKING

from data.views.models.seat import Banner

if TYPE_CHECKING:
    from console.desk import Desk

_LOOK_S = 5.0
"""A warning ends by the clock alone, so it is looked at so often though nothing changed."""
GREY_MS = 1_800_000
"""How long an ended warning still takes a line of every screen; judgement. Its page shows it for hours."""


class FromAbove:
    """Held by a desk; all in the app's thread."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._banners: tuple[Banner, ...] = ()
        self._of = (-1, float("-inf"))
        self._drawn: tuple[Banner, ...] = ()
        self._rang: dict[str, int] | None = None
        """Warnings that this seat has rung for, and the level then; None before its first look."""

    @property
    def banners(self) -> tuple[Banner, ...]:
        """Those that stand, else what ended just now."""
        desk, (revision, at) = self._desk, self._of
        if revision != desk.revision or desk.clock() - at >= _LOOK_S:
            found, now = desk.office.news.banners(), desk.office.now()
            standing = tuple(each for each in found if not each.is_over)
            self._banners = standing or tuple(each for each in found if each.ends > now - GREY_MS)
            self._of = desk.revision, desk.clock()
        return self._banners

    def moved(self) -> bool:
        """Whether they have changed since this was last asked: they do so by the clock too."""
        before, self._drawn = self._drawn, self.banners
        return self._drawn != before

    def new(self) -> int | None:
        """Level of the most urgent one in earnest that came or rose since this was last asked; None at first and without any."""
        standing = {each.id: each.level for each in self.banners if not each.is_over and each.status == "Actual"}
        known, self._rang = self._rang, standing
        if known is None:
            return None
        return min((level for id, level in standing.items() if level < known.get(id, 9)), default=None)

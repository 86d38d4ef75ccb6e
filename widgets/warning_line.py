"""上级预警 in one line: national scale, headline, area, until when; grey once it is over, marked where it is not in earnest."""

from collections.abc import Sequence

from data.views.models.seat import Banner
from data.words import Words
from widgets.cells import cut
from widgets.lines import Line, Piece, gap, spread
from widgets.theme import Ground, Tone
from widgets.times import day_and_time

SCALE_TONES = {1: Tone.LEVEL1, 2: Tone.LEVEL2, 3: Tone.YELLOW, 4: Tone.BLUE}
"""The national scale; its word always stands with it."""
_AREA, _KEY = 24, "9"


def warning_line(banners: Sequence[Banner], now: int, zone: str, words: Words, width: int) -> Line | None:
    """The first of them (they come most urgent first), and how many more there are; None without any."""
    if not banners:
        return None
    first = banners[0]
    until = words("warning.until", at=day_and_time(first.expires, now, zone)) if first.expires is not None else ""
    tone = Tone.DIM if first.is_over else Tone.TEXT
    right: list[Piece] = [gap(2), (cut(first.area, _AREA), tone), gap(), (until, tone), gap()]
    if len(banners) > 1:
        right += [(words("warning.more", n=len(banners) - 1), Tone.DIM), gap()]
    return spread((*scale(first, words), gap(), (first.headline, tone)), (*right, (_KEY, Tone.KEY), gap()), width, Ground.BAR, keep_right=True)


def scale(banner: Banner, words: Words) -> tuple[Piece, ...]:
    """What it is not (演练), whether it is over, and its colour by word; in colour only while it stands."""
    mark, colour = words(f"warning.status.{banner.status}"), words("warning.level", colour=words(f"warning.colour.{banner.level}"))
    marks = ((f" {mark} ", Tone.CHIP),) if mark else ()
    if banner.is_over:
        return (*((f" {mark} ", Tone.DIM) for _ in marks), (f" {words(f'warning.state.{banner.state}')} {colour} ", Tone.DIM))
    return (*marks, (f" {colour} ", SCALE_TONES.get(banner.level, Tone.STRONG)))

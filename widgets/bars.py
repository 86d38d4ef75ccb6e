"""The lines around the body: places with the seat's name and clock, counts, banner, keys."""

from collections.abc import Sequence

from msgspec import Struct

from data.views.models.seat import Counts, Link, SeatInfo
from data.words import Words
from widgets.lines import Line, Piece, apart, gap, pieces_width, spread
from widgets.theme import Ground, Theme, Tone
from widgets.times import clock, short_clock, span

PLACES = ("board", "cases", "trends", "journal", "supervision", "health", "handover")
"""Places in the order of their digits, from 1."""
UNDER_BOARD = ("vitals", "warnings")
"""Levels of the board with digits of their own, behind those of the places; the bar has no room for their names."""
_WIDE = 110


class Signs(Struct, frozen=True, kw_only=True):
    """What the counts bar says beside the counts."""

    above: int = 0
    above_critical: int = 0
    rang: bool = False


def places_bar(
    *, current: str, ready: Sequence[str], info: SeatInfo, link: Link | None, now: int, words: Words, width: int, theme: Theme, speed: str = "lan"
) -> Line:
    """Places by digit, the current one a chip (in brackets where there is no colour); seat, line and clock at the right.

    `link` is None while the store cannot be read; `speed` is the line to this terminal: lan, dsl or thin.
    """
    pieces: list[Piece] = [gap()]
    for digit, place in enumerate(PLACES, 1):
        name = f"{digit}{words(f'place.{place}')}"
        if place == ("board" if current in UNDER_BOARD else current):
            pieces.append((f"[{name}]" if theme.mono else f" {name} ", Tone.CHIP))
        else:
            pieces.append((f" {name} ", Tone.TEXT if place in ready else Tone.DIM))
    return spread(pieces, _seat(info, link, now, words, width - pieces_width(pieces), speed, wide=width >= _WIDE), width, Ground.BAR)


def _seat(info: SeatInfo, link: Link | None, now: int, words: Words, room: int, speed: str, *, wide: bool) -> list[Piece]:
    """Name, person, line and clock; where long words leave no room, the person goes first, then the seconds, then the name."""
    name: Piece = (info.centre_name if wide else info.short_name, Tone.TEXT)
    line, apart = link_word(link, words, speed), gap(2) if wide else gap()
    short, person = (short_clock(now, info.zone), Tone.TEXT), (info.operator, Tone.TEXT)
    time = short if speed == "thin" else (clock(now, info.zone), Tone.TEXT)
    forms = ([name, apart, person, apart, line, gap(2), time], [name, apart, line, gap(2), time], [name, apart, line, gap(), short])
    return [*next((form for form in forms if pieces_width(form) < room), [line, gap(), short]), gap()]


def link_word(link: Link | None, words: Words, speed: str = "lan") -> Piece:
    """How the centre behind this desk is doing, in one word; when it is well, how the line before it is."""
    if link is None:
        return words("link.old"), Tone.LATE
    if not link.running:
        return words("link.stopped"), Tone.LATE
    if not link.broker_up:
        return words("link.broker"), Tone.LATE
    return words(f"speed.{speed}"), Tone.TEXT


def counts_bar(counts: Counts, signs: Signs, words: Words, width: int) -> Line:
    """Cases by state, late ones; at the right what is new above, or the sensors."""
    numbers = (("open", counts.open), ("sent", counts.sent), ("working", counts.working), ("verify", counts.to_verify))
    pieces: list[Piece] = []
    for name, number in numbers:
        pieces += [(f" {words(f'count.{name}')} ", Tone.DIM), (str(number), Tone.STRONG), gap()]
    late = Tone.LATE if counts.late else Tone.STRONG
    pieces += [(f" {words('count.late')} ", Tone.DIM), (str(counts.late), late), gap()]
    return spread(pieces, _right_of_counts(counts, signs, words, width), width, Ground.PANEL)


def _right_of_counts(counts: Counts, signs: Signs, words: Words, width: int) -> list[Piece]:
    bell: list[Piece] = [(words("count.bell"), Tone.CHIP), gap(2)] if signs.rang else []
    if signs.above:
        key = "count.above_critical" if signs.above_critical else "count.above"
        said = words(key, n=signs.above, critical=signs.above_critical)
        return [*bell, (said, Tone.LATE if signs.above_critical else Tone.LEVEL2), (" Home ", Tone.KEY)]
    wide = width >= _WIDE
    sensors = f"{counts.sensors:,}" if wide else _short(counts.sensors, words)
    blank, apart = (" ", "   ") if wide else ("", " ")
    pairs = (("sensors", sensors), ("abnormal", f"{counts.abnormal:,}"), ("lost", f"{counts.lost:,}"))
    more = [(name, str(number)) for name, number in (("shelved", counts.shelved), ("suppressed", counts.suppressed)) if number and wide]
    said = apart.join(f"{words(f'count.{name}')}{blank}{number}" for name, number in (*pairs, *more))
    news: list[Piece] = [gap(), (f"{words('count.since', n=counts.news)} ", Tone.KEY)] if counts.news else []
    return [*bell, (f"{said} ", Tone.TEXT), *news]


def _short(number: int, words: Words) -> str:
    if number < 100_000:
        return f"{number:,}"
    size = int(words("count.wan_size"))
    return words("count.wan", n=f"{number / size:.{int(size > 1000)}f}")


def banner(link: Link | None, error: str, now: int, old_since: int, zone: str, words: Words) -> Line | None:
    """One line when something behind the desk does not work, worst first; None when all does."""
    if link is None:
        said = words("banner.store", error=error, at=clock(old_since or None, zone))
    elif not link.running:
        said = words("banner.stopped", waiting=link.waiting)
    elif not link.broker_up:
        since = link.broker_down_since
        at, lasted = (clock(since, zone), span(now - since, words)) if since is not None else ("--:--", "-")
        said = words("banner.broker", at=at, span=lasted, waiting=link.waiting)
    else:
        return None
    return Line(((" !! ", Tone.LEVEL1), gap(), (said, Tone.LATE)), Ground.BAR)


def lesson(said: str) -> Line:
    """The tutorial's line."""
    return Line(((" ? ", Tone.CHIP), gap(), (said, Tone.STRONG)), Ground.BAR)


def key_line(keys: Sequence[tuple[str, str]], muted_until: int | None, zone: str, words: Words, width: int) -> Line:
    """Key and what it does here, as many as there is room for; at the right whether the bell is muted, and until when."""
    mute = words("mute.off") if muted_until is None else words("mute.on", at=short_clock(muted_until, zone))
    tone = Tone.DIM if muted_until is None else Tone.LATE
    right = ((mute, tone), gap())
    pieces: list[Piece] = []
    for key, name in keys:
        one = (gap(), (key, Tone.KEY), apart(name), (name, Tone.TEXT), gap())
        if pieces_width([*pieces, *one, *right]) <= width:
            pieces += one
    return spread(pieces, right, width, Ground.BAR)

"""One case in words: reporters' own, place, source, deadlines, orders, what happened. Lines of a pane beside the list."""

from collections.abc import Iterator
from itertools import zip_longest

from data.views.models.cases import CaseDetail, OrderFacts, Proposal
from data.words import Words
from widgets.case_list import badge
from widgets.cells import cut, fit, wrap
from widgets.cells import width as cells
from widgets.lines import Line, Piece, cut_pieces, gap, spread
from widgets.sensor_panel import brief_panel, panel_line
from widgets.theme import Ground, Tone
from widgets.times import MINUTE, clock, left, short_clock, span

_BRIEF_STEPS = 4
"""Newest steps on the first page of a narrow screen."""
_STRIP_TEXT = 74
"""Cells of the order text that the strip shows on the narrowest screen."""


def detail_lines(detail: CaseDetail, proposal: Proposal | None, *, now: int, zone: str, words: Words, width: int) -> list[Line]:
    """All of it, one after the other, in `width` cells."""
    parts = (
        _head(detail, now, words, width),
        _facts(detail, now, zone, words, width),
        _sensor(detail, words, width),
        _alike(detail, words, width),
        _reports(detail, zone, words, width),
        _orders(detail, zone, words, width),
        _text_out(proposal, words, width),
        _why(proposal, words, width),
        _history(detail, zone, words, width),
    )
    lines = [each for part in parts for each in part]
    return lines[:-1] if lines and not lines[-1].pieces else lines


def brief_lines(detail: CaseDetail, which: str, *, now: int, zone: str, words: Words, width: int) -> list[Line]:
    """What fits on seven lines and tells a person what to do; the strip under it has the order's text, the pages behind it all the rest.

    `which`: which of how many cases this is.
    """
    row = detail.row
    place = " ".join(part for part in (detail.address, detail.grid_name, row.place) if part)
    late = row.due is not None and row.due < now
    name = f" {words.named(row.class_name)} {words(f'state.{row.state}')} "
    head = _head_line(
        which, width, (f"#{row.number} ", Tone.DIM), *badge(row.level, words), (name, Tone.TEXT),
        (left(row.due, now, words), Tone.LATE if late else Tone.TEXT), gap(2), (place, Tone.TEXT),
    )  # fmt: skip
    lines = [head, *_text(row.text, Tone.STRONG, width), _source(detail, zone, words, width), *_steps(detail, zone, words, width)]
    lines += [_line((f"!! {words.say(order.failure)}", Tone.LATE)) for order in detail.orders[:1] if order.failure is not None]
    return [*lines, *_answers(detail, words, width)]


def _source(detail: CaseDetail, zone: str, words: Words, width: int) -> Line:
    """Where it came from and when; the sensor now, its limit, its hour and where that goes."""
    said = f"{words('detail.source')} {words(f'source.{detail.source}')} {short_clock(detail.opened_at, zone)}"
    pieces: list[Piece] = [(said, Tone.TEXT)]
    if detail.panel is not None:
        pieces += [(f"  {detail.panel.sensor} ", Tone.DIM), *brief_panel(detail.panel, words)]
    if detail.roll:
        pieces.append((f"  {detail.roll}", Tone.TEXT))
    return Line((gap(), *cut_pieces(pieces, width - 2)), Ground.PANEL)


def _steps(detail: CaseDetail, zone: str, words: Words, width: int) -> Iterator[Line]:
    """The newest four, two above each other and the next two beside them; where one would be cut by that, the newest three, each on its own line."""
    said = [f"{short_clock(step.at, zone)} {words.say(step.what)}" for step in detail.history[-_BRIEF_STEPS:]]
    name = words("detail.history")
    blank = " " * (cells(name) + 1)
    room = width - 2 - cells(blank)
    if len(said) > 2 and all(cells(one) < room // 2 for one in said):
        said = [fit(one, room // 2) + other for one, other in zip_longest(said[:2], said[2:], fillvalue="")]
    for number, one in enumerate(said[-3:]):
        yield _line((blank if number else f"{name} ", Tone.DIM), (cut(one, room), Tone.TEXT))


def _answers(detail: CaseDetail, words: Words, width: int) -> Iterator[Line]:
    """What came back, and beside it who reported."""
    who = " ".join(f"{words(f'reporter.{report.kind}')}{report.name}" for report in detail.reports[:3])
    said = [f"{words(f'detail.{name}')} {text}" for name, text in (("result", detail.result), ("reports", who)) if text]
    if len(said) == 2 and cells(said[0]) < (room := (width - 2) // 2):
        said = [fit(said[0], room) + said[1]]
    yield from (_line((cut(each, width - 2), Tone.TEXT)) for each in said)


def _head_line(which: str, width: int, *pieces: Piece) -> Line:
    return spread((gap(), *pieces), ((which, Tone.DIM), gap()), width, Ground.PANEL, keep_right=True)


def _line(*pieces: Piece) -> Line:
    return Line((gap(), *pieces), Ground.PANEL)


def _blank() -> Line:
    return Line((), Ground.PANEL)


def _text(text: str, tone: Tone, width: int) -> Iterator[Line]:
    for part in wrap(text, width - 2):
        yield _line((part, tone))


def _named(name: str, text: str, width: int) -> Iterator[Line]:
    """A dim name, then its text, wrapped under itself."""
    first = True
    for part in wrap(text, width - 9):
        yield _line((f"{name} " if first else "     ", Tone.DIM), (part, Tone.TEXT))
        first = False


def _head(detail: CaseDetail, now: int, words: Words, width: int) -> Iterator[Line]:
    row = detail.row
    state = words(f"state.{row.state}")
    late = row.due is not None and row.due < now
    time = (left(row.due, now, words), Tone.LATE if late else Tone.TEXT)
    name = (f" {words.named(row.class_name)} ", Tone.STRONG)
    yield _line((f"#{row.number} ", Tone.DIM), *badge(row.level, words), name, (f"{state} ", Tone.TEXT), time)
    yield from _text(row.text, Tone.STRONG, width)
    yield _blank()


def _facts(detail: CaseDetail, now: int, zone: str, words: Words, width: int) -> Iterator[Line]:
    place = " ".join(part for part in (detail.address, detail.grid_name, detail.row.place) if part)
    yield from _named(words("detail.place"), place or "-", width)
    yield from _named(words("detail.source"), words(f"source.{detail.source}"), width)
    if detail.row.upper:
        yield from _named(words("detail.upper"), detail.row.upper, width)
    since = words("detail.since", span=span(max(now - detail.opened_at, 0), words))
    yield from _named(words("detail.opened"), f"{clock(detail.opened_at, zone)} {since}", width)
    for name, by, met in (("accept_by", detail.accept_by, detail.accepted_at), ("done_by", detail.done_by, None)):
        if by is not None:
            yield from _named(words(f"detail.{name}"), f"{clock(by, zone)} {_kept(by, met or detail.ended_at, now, words)}", width)
    if detail.triage is not None:
        yield from _named(words("detail.triage"), words.say(detail.triage), width)
    if detail.roll:
        yield from _named(words("detail.roll"), detail.roll, width)
    if detail.result:
        yield from _named(words("detail.result"), detail.result, width)
    yield _blank()


def _kept(by: int, met: int | None, now: int, words: Words) -> str:
    """Whether a deadline was kept by what happened at `met`; the time that is left while nothing has."""
    if met is None:
        return left(by, now, words)
    return words("detail.kept") if met <= by else words("detail.kept_late", span=span(max(met - by, MINUTE), words))


def _sensor(detail: CaseDetail, words: Words, width: int) -> Iterator[Line]:
    if detail.panel is None:
        return
    yield _line((f"{words('detail.sensor')} {detail.panel.sensor}", Tone.DIM))
    whole = panel_line(detail.panel, old=False, words=words, cells=80)
    # The panel's columns are made for 80 cells: beside the list its two halves stand under each other.
    if width >= 80:
        yield Line(whole.pieces, Ground.PANEL)
    else:
        yield Line((gap(), whole.pieces[3], gap(), whole.pieces[6], gap(), whole.pieces[8]), Ground.PANEL)
        yield Line((gap(), whole.pieces[10], gap(), *whole.pieces[12:]), Ground.PANEL)
    yield _blank()


def _reports(detail: CaseDetail, zone: str, words: Words, width: int) -> Iterator[Line]:
    if not detail.reports:
        return
    yield _line((words("detail.reports"), Tone.DIM))
    for report in detail.reports:
        who = " ".join(part for part in (words(f"reporter.{report.kind}"), report.name, report.phone) if part)
        yield _line((f"{clock(report.at, zone)} ", Tone.DIM), (who, Tone.TEXT))
        # The first report's words head the case; they are not said twice.
        yield from _text(report.text, Tone.TEXT, width) if report.text != detail.row.text else ()
    yield _blank()


def _orders(detail: CaseDetail, zone: str, words: Words, width: int) -> Iterator[Line]:
    if not detail.orders:
        return
    newest = detail.orders[0]
    count = ((f" {words('strip.finished')} {newest.done}/{newest.wanted}", Tone.STRONG),) if newest.wanted > 1 else ()
    yield _line((words("detail.orders"), Tone.DIM), *count)
    for order in detail.orders:
        yield _line((order.unit_name, Tone.STRONG))
        yield from (_line(*pieces) for pieces in _order_times(order, zone, words))
        if order.failure is not None:
            stuck = f"{words(f'outbox.{order.stuck}')} " if order.stuck else ""
            yield from _text(f"!! {stuck}{words.say(order.failure)}", Tone.LATE, width)
    yield _blank()


def _alike(detail: CaseDetail, words: Words, width: int) -> Iterator[Line]:
    """What it may be a duplicate of, with the score and why; `m` merges."""
    for one in detail.alike:
        said = words("reason.possible_duplicate", number=one.number, score=f"{one.score:.2f}")
        why = words("strip.and").join(words.say(reason) for reason in one.reasons)
        yield from _text(f"{said} {words(f'state.{one.state}')} {one.text}", Tone.LEVEL2, width)
        yield from _text(why, Tone.DIM, width)
    if detail.alike:
        yield _blank()


def _order_times(order: OrderFacts, zone: str, words: Words) -> Iterator[tuple[Piece, ...]]:
    """Six facts, two a line; none is inferred from another."""
    times = (order.sent_at, order.delivered_at, order.seen_at, order.accepted_at, order.arrived_at, order.done_at)
    names = ("sent", "delivered", "seen", "accepted", "arrived", "finished")
    facts = zip(names, times, strict=True)
    pairs = [((f"{words(f'strip.{name}')} ", Tone.DIM), (f"{clock(at, zone):<9}", Tone.TEXT)) for name, at in facts]
    for one, two in zip(pairs[::2], pairs[1::2], strict=True):
        yield (*one, *two)


def _text_out(proposal: Proposal | None, words: Words, width: int) -> Iterator[Line]:
    """The whole text that will go out, where the strip's one line cannot hold it."""
    if proposal is None or proposal.step is None or cells(proposal.text) <= _STRIP_TEXT:
        return
    yield _line((words("detail.text"), Tone.DIM))
    yield from _text(proposal.text, Tone.TEXT, width)
    yield _blank()


def _why(proposal: Proposal | None, words: Words, width: int) -> Iterator[Line]:
    if proposal is None or not proposal.why:
        return
    yield _line((words("detail.why"), Tone.DIM))
    for reason in proposal.why:
        yield from _text(words.say(reason), Tone.TEXT, width)
    yield _blank()


def _history(detail: CaseDetail, zone: str, words: Words, width: int) -> Iterator[Line]:
    if not detail.history:
        return
    yield _line((words("detail.history"), Tone.DIM))
    for step in detail.history:
        for number, part in enumerate(wrap(words.say(step.what), width - 11)):
            yield _line((f"{clock(step.at, zone)} " if not number else " " * 9, Tone.DIM), (part, Tone.TEXT))

"""The three lines at the foot: what the one key does, before it is pressed; what became of it, after."""


from msgspec import Struct, field

from data.domain.reason import Reason
from data.views.models.cases import Grace, OrderFacts, Proposal
from data.words import Words
from widgets.lines import Line, Piece, apart, gap, pieces_width, spread
from widgets.theme import Ground, Theme, Tone
from widgets.times import clock, minutes, short_clock

ACT_LETTERS = {
    "note": "b", "close": "c", "withdraw": "u", "undo": "u", "dispatch": "d", "accept": "d", "classify": "a", "reassign": "a",
    "extend": "t", "edit": "e", "merge": "m", "hold": "s",
}  # fmt: skip
_LEAVING_MS = 2_000
"""What the centre needs at most to send what is due; judgement."""
_FACTS = ("sent", "delivered", "seen", "accepted")


class Said(Struct, frozen=True, kw_only=True):
    """What the third line says instead of the other acts."""

    text: str
    bad: bool = False


class Ask(Struct, frozen=True, kw_only=True):
    """A question in the strip: digits to choose from, or a text being typed. It takes the strip over until answered."""

    title: str
    hint: str
    choices: tuple[str, ...] = ()
    """Names, pressed as 1 to 9 in this order."""
    typed: str | None = None
    """The text so far, or None when digits are wanted."""
    caret: int = 0
    """Cells from the text's beginning to the caret."""


class StripView(Struct, frozen=True, kw_only=True):
    """All that the strip may have to show."""

    proposal: Proposal | None
    grace: Grace | None = None
    followed: OrderFacts | None = None
    """The order this seat sent last, until something else was done."""
    said: Said | None = None
    ask: Ask | None = None
    nothing: str = ""
    """What to say where no case is under the cursor, instead of that nothing waits."""
    others: str = ""
    """Keys of what is under the cursor, instead of the case's other acts."""
    marked: int = 0
    """Cases that are marked: the next act is done to all of them."""
    as_one: bool = False
    """They go as one order."""
    warned: bool = field(default=False)
    """The warnings of this proposal were shown; the next press sends."""


def strip_lines(view: StripView, *, now: int, zone: str, words: Words, width: int, theme: Theme) -> tuple[Line, Line, Line]:
    """The three lines for `view`."""
    if view.ask is not None:
        return _ask_lines(view.ask, view.said, width)
    if view.proposal is None:
        third = _third(view, now, zone, words, width)
        return _bar((gap(), (view.nothing or words("strip.empty"), Tone.DIM))), _bar(()), third
    first = _first(view.proposal, zone, words, theme)
    if view.marked:
        marked = words("group.chip" if view.as_one else "bulk.marked", n=view.marked)
        first = spread(first.pieces, ((f" {marked} ", Tone.CHIP), gap()), width, Ground.STRIP, keep_right=True)
    return first, _second(view, words, width), _third(view, now, zone, words, width)


def _bar(pieces: tuple[Piece, ...]) -> Line:
    return Line(pieces, Ground.STRIP)


def chip(label: str, theme: Theme) -> Piece:
    """A key cap; brackets stand for the colour where there is none."""
    return (f"[{label}]" if theme.mono else f" {label} "), Tone.CHIP


def _first(proposal: Proposal, zone: str, words: Words, theme: Theme) -> Line:
    """What F2 does now; or, when there is nothing to do here, how far the order has come."""
    facts = proposal.awaited
    if facts is not None and facts.failure is not None and proposal.step is None:
        return _bar(_failure(facts, facts.failure, words))
    if proposal.step is None:
        waiting = facts_pieces(facts, zone, words) if facts else (gap(), (words("strip.none"), Tone.DIM))
        return _bar(waiting)
    act = (f" {words(f'act.{proposal.step}')} ", Tone.STRONG)
    return _bar((chip("F2/d", theme), act, *_step(proposal, words)))


def _step(proposal: Proposal, words: Words) -> tuple[Piece, ...]:
    if proposal.problem is not None:
        return ((f"{words('strip.pick')} ", Tone.TEXT), (words.say(proposal.problem), Tone.LEVEL2))
    if proposal.step == "close":
        return ((f"#{proposal.number} {words('strip.result')} ", Tone.DIM), (proposal.result, Tone.STRONG))
    pieces: list[Piece] = []
    if proposal.unit_name:
        others = f"+{len(proposal.assists)}" if proposal.assists else ""
        pieces += [(f"{words('strip.to')} ", Tone.DIM), (f"{proposal.unit_name}{others}", Tone.STRONG)]
    if proposal.person:
        pieces += [(f" {words('strip.duty')} ", Tone.DIM), (proposal.person, Tone.TEXT)]
    if proposal.channel:
        pieces += [(f" {words('strip.by')} ", Tone.DIM), (words(f"channel.{proposal.channel}"), Tone.TEXT)]
    limits = _limits(proposal, words)
    if limits:
        pieces += [(f" {words('strip.limit')} ", Tone.DIM), (limits, Tone.TEXT)]
    if proposal.assists:
        pieces.append((f" {words('strip.with', names=' '.join(proposal.assists))}", Tone.STRONG))
    return tuple(pieces) or ((f"#{proposal.number}", Tone.TEXT),)


def _limits(proposal: Proposal, words: Words) -> str:
    parts = []
    if proposal.accept_min:
        parts.append(words("strip.accept", span=minutes(proposal.accept_min, words)))
    if proposal.done_min:
        parts.append(words("strip.done", span=minutes(proposal.done_min, words)))
    return " ".join(parts)


def _failure(facts: OrderFacts, reason: Reason, words: Words) -> tuple[Piece, ...]:
    # Without a state of its own it is only kept here: dispatched it is, and it leaves by itself.
    stuck = words(f"outbox.{facts.stuck}") if facts.stuck else words("strip.stored")
    return (gap(), ("!! ", Tone.LATE), (f"#{facts.case_number} {stuck} ", Tone.STRONG), (words.say(reason), Tone.LATE))


def facts_pieces(facts: OrderFacts, zone: str, words: Words) -> tuple[Piece, ...]:
    """Sent, delivered, seen, accepted: four times, each its own fact; `--:--` for what has not happened."""
    times = {"sent": facts.sent_at, "delivered": facts.delivered_at, "seen": facts.seen_at, "accepted": facts.accepted_at}
    pieces: list[Piece] = [(f" #{facts.case_number} ", Tone.STRONG), (f"{facts.unit_name} ", Tone.TEXT)]
    if facts.wanted > 1:
        pieces.append((f"{facts.done}/{facts.wanted} ", Tone.STRONG))
    for fact in _FACTS:
        at = times[fact]
        pieces += [(words(f"strip.{fact}"), Tone.DIM), (f"{clock(at, zone)} ", Tone.TEXT if at else Tone.DIM)]
    limit = facts.accept_by if facts.accepted_at is None else facts.done_by
    return (*pieces, (words("strip.by_then", at=short_clock(limit, zone)), Tone.DIM))


def _second(view: StripView, words: Words, width: int) -> Line:
    """What it has to say, and at its end how far a transfer has come."""
    said = _second_said(view, words)
    roll = view.proposal.roll if view.proposal else ""
    return spread(said.pieces, ((f" {roll}", Tone.STRONG), gap()), width, Ground.STRIP, keep_right=True) if roll else said


def _second_said(view: StripView, words: Words) -> Line:
    """The warnings, if there are any; else a failure beside a step; else the text that will go out."""
    proposal = view.proposal
    assert proposal is not None
    if proposal.warnings:
        said = words("strip.and").join(words.say(reason) for reason in proposal.warnings)
        again: tuple[Piece, ...] = (gap(2), (words("strip.again"), Tone.KEY)) if view.warned else ()
        return _bar((gap(), (f"{words('strip.warning')} ", Tone.LATE), (said, Tone.STRONG), *again))
    facts = proposal.awaited
    if facts is not None and facts.failure is not None and proposal.step is not None:
        return _bar(_failure(facts, facts.failure, words))
    return _bar((gap(), (f"{words('strip.text')} ", Tone.DIM), (proposal.text, Tone.TEXT)))


def _third(view: StripView, now: int, zone: str, words: Words, width: int) -> Line:
    """The newest thing said; else the order that can still be taken back; else the one followed; else the other acts."""
    if view.said is not None:
        said = (gap(), (view.said.text, Tone.LATE if view.said.bad else Tone.TEXT))
        # What can still be taken back is never hidden by what was said: the key pressed once too often is refused.
        return spread(said, _grace_short(view.grace, now, words), width, Ground.STRIP, keep_right=True)
    if view.grace is not None:
        return _grace(view.grace, now, words, width)
    if view.followed is not None:
        return _followed(view.followed, zone, words)
    if view.others:
        return _bar((gap(), (view.others, Tone.TEXT)))
    if view.proposal is None:
        return _bar(())
    whole = refusal_pieces(view.proposal, words)
    return _bar(whole if pieces_width(whole) <= width else refusal_pieces(view.proposal, words, all_of_them=False))


def _grace(grace: Grace, now: int, words: Words, width: int) -> Line:
    seconds = -(-(grace.not_before - now) // 1000)
    # What should have left a while ago and is still here is kept for a line that is down, and can still be taken back.
    kept = now - grace.not_before > _LEAVING_MS
    leaves = words("strip.leaves", seconds=seconds) if seconds > 0 else words("strip.waits" if kept else "strip.leaving")
    said = words("strip.grace", number=grace.number, class_name=words.named(grace.class_name), unit=grace.unit_name)
    undo: list[Piece] = [("[F8/u]", Tone.KEY), (f" {words('strip.undo')} ", Tone.TEXT)] if seconds > 0 or kept else []
    return spread([gap(), (said, Tone.STRONG), gap(2), (leaves, Tone.TEXT)], undo, width, Ground.STRIP)


def _grace_short(grace: Grace | None, now: int, words: Words) -> tuple[Piece, ...]:
    """The grace beside something else; "" when there is none, or none left."""
    if grace is None or grace.not_before <= now:
        return ()
    seconds = -(-(grace.not_before - now) // 1000)
    said = words("strip.grace_short", number=grace.number, seconds=seconds)
    return gap(2), (said, Tone.STRONG), gap(), ("[F8/u]", Tone.KEY), (f" {words('strip.undo')}", Tone.TEXT), gap()


def _followed(facts: OrderFacts, zone: str, words: Words) -> Line:
    if facts.failure is not None:
        return _bar(_failure(facts, facts.failure, words))
    if facts.sent_at is None and facts.accepted_at is None:
        return _bar((gap(), (words("strip.kept", number=facts.case_number, unit=facts.unit_name), Tone.STRONG)))
    return _bar(facts_pieces(facts, zone, words))


def refusal_pieces(proposal: Proposal, words: Words, *, all_of_them: bool = True) -> tuple[Piece, ...]:
    """The other acts with their letters; those that are not possible are dim, and the last of them says why. On a narrow line only that one."""
    pieces: list[Piece] = []
    blocked = [act for act, reason in proposal.refusals if reason is not None]
    for act, reason in proposal.refusals:
        possible = reason is None
        if not (possible or all_of_them or act == blocked[-1]):
            continue
        name = words(f"act.{act}") + (words("strip.alike", n=proposal.alike) if act == "merge" and proposal.alike and possible else "")
        said = _because(name, words.say(reason)) if reason is not None and act == blocked[-1] else name
        pieces += [gap(), (ACT_LETTERS.get(act, ":"), Tone.KEY if possible else Tone.DIM), apart(said), (said, Tone.TEXT if possible else Tone.DIM)]
    return tuple(pieces)


def _because(name: str, said: str) -> str:
    """The sentence alone where it names the act already."""
    return said if name in said else f"{name}:{said}"


def _ask_lines(ask: Ask, said: Said | None, width: int) -> tuple[Line, Line, Line]:
    first = spread([gap(), (ask.title, Tone.STRONG)], [(ask.hint, Tone.KEY), gap()], width, Ground.STRIP)
    if ask.typed is not None:
        third: tuple[Piece, ...] = (gap(), (said.text, Tone.LATE)) if said else ()
        return first, _bar((gap(), (ask.typed, Tone.TEXT))), _bar(third)
    half = 5 if len(ask.choices) > 4 else len(ask.choices)
    return first, _bar(_digits(ask.choices[:half], 1)), _bar(_digits(ask.choices[half:], half + 1))


def _digits(names: tuple[str, ...], first: int) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for digit, name in enumerate(names, first):
        pieces += [gap(), (str(digit), Tone.KEY), apart(name), (name, Tone.TEXT), gap()]
    return tuple(pieces)

"""The plan of a dispatch: pure, `(case, tables, now, around) → Plan`. Nothing is guessed: what is missing is a `problem`.

The unit is the one a person chose, else the class's own, else the grid's by class, else the grid's, else the centre above.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from data.calendar import ALWAYS, deadline
from data.domain.case import Case
from data.domain.reason import Reason, because
from data.domain.tables import CaseClass, Grid, Tables, Unit
from data.domain.vocabulary import Level
from data.words import Words

MINUTE = 60_000
MAX_ORDER_TEXT = 140
"""Longest order text in characters, so that it is one SMS of two parts; `domain.md` §6c."""
FALLBACK_MIN: dict[Level, tuple[int, int]] = {
    Level.CRITICAL: (1, 120),
    Level.HIGH: (5, 480),
    Level.MEDIUM: (15, 1440),
    Level.NOTE: (60, 4320),
}
"""Minutes to accept and to finish where the class is unknown: red 2 h, yellow 24 h, blue 72 h (`domain.md` §4d, practice);
orange is our judgement."""


PERSONS = frozenset({"leader", "property", "patrol"})
"""Kinds of units that are one person's hands: their open orders are counted. A centre or department shares its work out itself."""


class Around(Struct, frozen=True, kw_only=True):
    """What a plan must know beside the tables: read from the desk by the caller."""

    load: Mapping[str, int] = field(default_factory=dict)
    """Unit → orders it has not finished."""
    down: frozenset[str] = frozenset()
    """Channels that do not get through now."""
    attempt: int = 1
    """The how manieth dispatch of this case it would be."""
    joined: int = 0
    """Cases that go with this one as one order."""
    alike: tuple[tuple[int, float], ...] = ()
    """Live cases that this one may be a duplicate of: number and score (0 to 1), likest first."""


NOTHING_AROUND = Around()


class Assist(Struct, frozen=True, kw_only=True):
    """A unit that is ordered together with the lead."""

    unit: Unit
    person: str = ""
    channel: str = ""


class Plan(Struct, frozen=True, kw_only=True):
    """What one key will send. With a `problem` there is nothing to send; with `warnings` the key is wanted twice."""

    unit: Unit | None = None
    person: str = ""
    channel: str = ""
    accept_by: int = 0
    done_by: int = 0
    text: str = ""
    gist: str = ""
    """The text without its deadline, which moves with the moment."""
    assists: tuple[Assist, ...] = ()
    why: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    problem: Reason | None = None

    @property
    def digest(self) -> str:
        """Names what was proposed, without the moment: what is sent must be what was shown."""
        unit = self.unit.id if self.unit else ""
        assists = (f"{each.unit.id}/{each.channel}" for each in self.assists)
        shown = "\x1f".join((unit, self.person, self.channel, self.gist, *assists, *(warning.code for warning in self.warnings)))
        return hashlib.sha256(shown.encode()).hexdigest()[:16]


def minutes(case_class: CaseClass | None, level: Level) -> tuple[int, int]:
    """Minutes until acceptance and until the end, by class and level, else by level; the end in the class's own clock."""
    return case_class.minutes(level) if case_class else FALLBACK_MIN[level]


def limits(tables: Tables, class_code: str | None, level: Level, start: int) -> tuple[int, int]:
    """Until when a case that begins at `start` is to be accepted and finished; working classes by the working calendar."""
    case_class = tables.classes.get(class_code or "")
    accept_min, done_min = minutes(case_class, level)
    done_by = deadline(start, done_min, case_class.clock if case_class else ALWAYS, tables.calendar)
    return min(start + accept_min * MINUTE, done_by), done_by


def owner(tables: Tables, class_code: str | None, grid: str | None) -> tuple[str | None, Reason]:
    """The unit for a class at a place, and why; or None with the reason why there is none."""
    case_class = tables.classes.get(class_code or "")
    if case_class and case_class.unit:
        return case_class.unit, because("why_class", name=case_class.name)
    if not grid:
        return None, because("no_grid")
    row = tables.grids.get(grid)
    if row is None:
        return None, because("unknown_grid", grid=grid)
    return _grid_owner(tables, class_code, row)


def _grid_owner(tables: Tables, class_code: str | None, grid: Grid) -> tuple[str | None, Reason]:
    """Who takes the class by name; else the grid's own who may take it; else the centre above."""
    own = [grid.centre] if grid.centre and grid.centre != tables.centre else [unit for unit in (grid.unit, grid.leader) if unit]
    near = [unit.id for unit in tables.units.values() if unit.parent == tables.centre and class_code in unit.classes]
    named = [unit for unit in own if _names(tables, unit, class_code)] or (near if len(near) == 1 else [])
    if named:
        return named[0], because("why_class_grid", grid=grid.id, name=grid.name)
    able = [unit for unit in own if _may_take(tables, unit, class_code)]
    if able:
        return able[0], because("why_grid", grid=grid.id, name=grid.name)
    if tables.parent in tables.units:
        return tables.parent, because("why_parent", grid=grid.id)
    return None, because("grid_without_unit", grid=grid.id)


def _names(tables: Tables, unit: str, class_code: str | None) -> bool:
    return unit in tables.units and class_code in tables.units[unit].classes


def _may_take(tables: Tables, unit: str, class_code: str | None) -> bool:
    known = tables.units.get(unit)
    return known is None or not known.classes or class_code in known.classes


def missing(tables: Tables, class_code: str | None, unit: str | None, grid: str | None) -> Reason | None:
    """What a person must still decide before the case can be dispatched, or None."""
    if class_code not in tables.classes:
        return because("no_class")
    if unit in tables.units:
        return None
    return owner(tables, class_code, grid)[1]


def plan(case: Case, tables: Tables, now: int, around: Around = NOTHING_AROUND, assists: tuple[str, ...] | None = None) -> Plan:
    """The proposal for `case` at `now`; `assists` instead of those that the class names. One that a class names and this home lacks is left out."""
    problem = missing(tables, case.class_code, case.unit, case.grid)
    if problem or case.unit is None:
        return Plan(problem=problem or because("no_unit"))
    chosen, why, warnings = _on_duty(tables, tables.units[case.unit], now)
    accept_by, done_by, late = _deadlines(case, tables, now)
    channel, detour = _channel(chosen, around, case)
    helpers, helper_warnings = _assists(case, tables, now, around, chosen, assists)
    return Plan(
        unit=chosen,
        person=_person(tables, chosen, now),
        channel=channel,
        accept_by=accept_by,
        done_by=done_by,
        text=order_text(case, tables, done_by=done_by, now=now, attempt=around.attempt, joined=around.joined),
        gist=order_text(case, tables, attempt=around.attempt, joined=around.joined),
        assists=helpers,
        why=(*_why(case, tables), *why, *detour, *_with(chosen, helpers)),
        warnings=(
            *_alike(around), *warnings, *detour, *_load(tables, chosen, around), *_returns(case, tables, chosen), *late, *helper_warnings,
        ),
    )


def _person(tables: Tables, unit: Unit, now: int) -> str:
    shift = tables.on_duty(unit.id, now)
    return shift.person if shift else unit.person


def _on_duty(tables: Tables, unit: Unit, now: int) -> tuple[Unit, tuple[Reason, ...], tuple[Reason, ...]]:
    if not tables.has_roster(unit.id) or tables.on_duty(unit.id, now):
        return unit, (), ()
    deputy = tables.units.get(unit.deputy)
    if deputy is None:
        return unit, (), (because("off_duty", name=unit.name),)
    return deputy, (because("why_deputy", name=unit.name),), (because("off_duty_deputy", name=unit.name, deputy=deputy.name),)


def _channel(unit: Unit, around: Around, case: Case) -> tuple[str, tuple[Reason, ...]]:
    """The first channel that gets through; with all down the first, where the order will wait. An exercise goes by MQTT alone."""
    if case.exercise:
        return "mqtt", ()
    healthy = next((channel for channel in unit.channels if channel not in around.down), "")
    if not unit.channels or healthy == unit.channels[0]:
        return healthy, ()
    if healthy:
        return healthy, (because("channel_detour", down=f"@channel.{unit.channels[0]}", channel=f"@channel.{healthy}"),)
    return unit.channels[0], (because("channels_down", name=unit.name),)


def _alike(around: Around) -> Iterator[Reason]:
    """The likest case of the same trouble: before it is sent twice, a person looks."""
    yield from (because("possible_duplicate", number=number, score=f"{score:.2f}") for number, score in around.alike[:1])


def _load(tables: Tables, unit: Unit, around: Around) -> tuple[Reason, ...]:
    orders = around.load.get(unit.id, 0)
    if unit.kind not in PERSONS or orders < tables.load_warn:
        return ()
    return (because("unit_loaded", name=unit.name, orders=orders),)


def _returns(case: Case, tables: Tables, unit: Unit) -> tuple[Reason, ...]:
    """Sending a case back to who sent it wants a second look; so does passing it up because nobody here is named for it."""
    if unit.id == case.order_from:
        return (because("back_to_sender", name=unit.name),)
    if unit.id == tables.parent and not case.unit_chosen:
        return (because("nobody_here", name=unit.name),)
    return ()


def _assists(
    case: Case, tables: Tables, now: int, around: Around, lead: Unit, wanted: tuple[str, ...] | None
) -> tuple[tuple[Assist, ...], tuple[Reason, ...]]:
    case_class = tables.classes.get(case.class_code or "")
    # Only who named a unit himself can do something about one that is not there; the files' are told by the checks.
    of_class = tuple(unit for unit in case_class.assists if unit in tables.units) if case_class else ()
    names = wanted if wanted is not None else of_class
    helpers: list[Assist] = []
    warnings: list[Reason] = []
    for name in dict.fromkeys(names):
        known = tables.units.get(name)
        if known is None:
            warnings.append(because("assist_unknown", value=name))
            continue
        unit, _, off = _on_duty(tables, known, now)
        channel, detour = _channel(unit, around, case)
        if unit.id != lead.id and unit.id not in {each.unit.id for each in helpers}:
            helpers.append(Assist(unit=unit, person=_person(tables, unit, now), channel=channel))
            warnings += (*off, *detour, *_load(tables, unit, around))
    return tuple(helpers), tuple(warnings)


def _with(lead: Unit, helpers: tuple[Assist, ...]) -> Iterator[Reason]:
    """That one key sends several orders, and who leads."""
    if helpers:
        yield because("why_assists", lead=lead.name, count=len(helpers) + 1, names=" ".join(each.unit.name for each in helpers))


def _deadlines(case: Case, tables: Tables, now: int) -> tuple[int, int, tuple[Reason, ...]]:
    accept_by, fresh = limits(tables, case.class_code, case.level, now)
    late = case.done_by is not None and case.done_by <= now
    done_by = fresh if case.done_by is None or late else case.done_by
    accept_by, done_min = min(accept_by, done_by), minutes(tables.classes.get(case.class_code or ""), case.level)[1]
    return accept_by, done_by, (because("deadline_passed", minutes=done_min),) if late else ()


def _why(case: Case, tables: Tables) -> Iterator[Reason]:
    if case.unit_chosen:
        yield because("why_chosen")
    else:
        yield owner(tables, case.class_code, case.grid)[1]
    if case_class := tables.classes.get(case.class_code or ""):
        yield because("why_deadline", name=case_class.name, accept=case_class.accept_min, done=case_class.done_min)


def receipt_code(number: int, attempt: int) -> str:
    """What a unit puts before its answer by SMS or telephone: the case's number, and from the second dispatch on which one."""
    return str(number) if attempt == 1 else f"{number}-{attempt}"


def order_text(
    case: Case, tables: Tables, *, done_by: int | None = None, now: int = 0, attempt: int = 1, asks: str = "", joined: int = 0
) -> str:
    """The order's words in the centre's language, up to 140 characters: class, place and what happened, what to do, deadline, code.

    What happened is what gives way when there is not enough room. `asks` stands in the place of what the class asks for.
    With cases `joined` to it, how many they are in all.
    """
    words, case_class = Words(tables.language), tables.classes.get(case.class_code or "")
    label, ask = (case_class.label, asks or case_class.ask) if case_class else ("", asks)
    place = case.address or ""
    mark = words("order.exercise") if case.exercise else ""
    told = case.text.removeprefix(mark)
    happened = told if not place or place in told else f"{place} {told}"
    head, stop = mark + (words("order.head", label=label) if label else ""), words("order.stop")
    stop = (words("order.joined", n=joined + 1) if joined else "") + stop
    end = words("order.code", code=receipt_code(case.number, attempt))
    if done_by is not None:
        end = words("order.due", time=_clock_time(done_by, now, ZoneInfo(tables.zone), words)) + end
    asked = words("order.ask", ask=ask[: MAX_ORDER_TEXT // 2 - len(end)]) if ask else ""
    room = MAX_ORDER_TEXT - len(head) - len(stop) - len(asked) - len(end)
    return f"{head}{happened[:room].rstrip('。.')}{stop}{asked}{end}"


def _clock_time(at: int, now: int, zone: ZoneInfo, words: Words) -> str:
    moment, today = (datetime.fromtimestamp(each / 1000, UTC).astimezone(zone) for each in (at, now))
    if moment.date() == today.date():
        return f"{moment:%H:%M}"
    return words("order.day", month=moment.month, day=moment.day, time=f"{moment:%H:%M}")


def guess_class(text: str, tables: Tables) -> str | None:
    """Class code by keywords: the one with the most, then the longest, hits; None when none or two are equal."""
    scores = sorted(
        ((sum(word in text for word in row.keywords), max((len(word) for word in row.keywords if word in text), default=0), row.code)
         for row in tables.classes.values()),
        reverse=True,
    )  # fmt: skip
    if not scores or scores[0][0] == 0:
        return None
    if len(scores) > 1 and scores[0][:2] == scores[1][:2]:
        return None
    return scores[0][2]

"""The plan of a dispatch: pure, `(case, tables, now) → Plan`. Nothing is guessed: what is missing is a `problem`."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from data.calendar import ALWAYS, deadline
from data.domain.case import Case
from data.domain.reason import Reason, because
from data.domain.tables import CaseClass, Tables, Unit
from data.domain.vocabulary import Level

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one key will send. With a `problem` there is nothing to send; with `warnings` the key is wanted twice."""

    unit: Unit | None = None
    person: str = ""
    channel: str = ""
    accept_by: int = 0
    done_by: int = 0
    text: str = ""
    why: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    problem: Reason | None = None

    @property
    def digest(self) -> str:
        """Names what was proposed, without the moment: what is sent must be what was shown."""
        unit = self.unit.id if self.unit else ""
        shown = "\x1f".join((unit, self.person, self.channel, self.text, *(warning.code for warning in self.warnings)))
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
    unit = row.centre if row.centre and row.centre != tables.centre else row.unit or row.leader
    return (unit, because("why_grid", grid=grid, name=row.name)) if unit else (None, because("grid_without_unit", grid=grid))


def missing(tables: Tables, class_code: str | None, unit: str | None, grid: str | None) -> Reason | None:
    """What a person must still decide before the case can be dispatched, or None."""
    if class_code not in tables.classes:
        return because("no_class")
    if unit in tables.units:
        return None
    return owner(tables, class_code, grid)[1]


def plan(case: Case, tables: Tables, now: int) -> Plan:
    """The proposal for `case` at `now`."""
    problem = missing(tables, case.class_code, case.unit, case.grid)
    if problem or case.unit is None:
        return Plan(problem=problem or because("no_unit"))
    chosen, why, warnings = _on_duty(tables, tables.units[case.unit], now)
    accept_by, done_by, late = _deadlines(case, tables, now)
    shift = tables.on_duty(chosen.id, now)
    return Plan(
        unit=chosen,
        person=shift.person if shift else chosen.person,
        channel=chosen.channels[0] if chosen.channels else "",
        accept_by=accept_by,
        done_by=done_by,
        text=order_text(case, tables),
        why=(*_why(case, tables), *why),
        warnings=(*warnings, *late),
    )


def _on_duty(tables: Tables, unit: Unit, now: int) -> tuple[Unit, tuple[Reason, ...], tuple[Reason, ...]]:
    if not tables.has_roster(unit.id) or tables.on_duty(unit.id, now):
        return unit, (), ()
    deputy = tables.units.get(unit.deputy)
    if deputy is None:
        return unit, (), (because("off_duty", name=unit.name),)
    return deputy, (because("why_deputy", name=unit.name),), (because("off_duty_deputy", name=unit.name, deputy=deputy.name),)


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


def order_text(case: Case, tables: Tables) -> str:
    """The order's words in the centre's language: class, what happened and where, what to do; up to 140 characters."""
    case_class = tables.classes.get(case.class_code or "")
    label, ask = (case_class.label, case_class.ask) if case_class else ("", "")
    place = case.address or ""
    happened = case.text if not place or place in case.text else f"{place} {case.text}"
    head, tail = f"{label}：" if label else "", f"{ask}。" if ask else ""
    room = MAX_ORDER_TEXT - len(head) - len(tail) - 1
    return f"{head}{happened[:room].rstrip('。.')}。{tail}"


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
